/**
 * What a call would do, for a dry run, a confirmation and the audit: the exact request, redacted, to which
 * account and region, and what the policy says to it.
 */

import type { Target } from '../../aws/targets.ts';
import type { Change } from '../../environment/schema-changes.ts';
import { toServerError } from '../../errors.ts';
import type { Operation } from '../../operations/define.ts';
import { membersOf } from '../../operations/wire.ts';
import type { Decision } from '../../policy/decide.ts';
import { redactBySchema } from '../../secrets/redaction.ts';
import type { Inventory } from './inventory.ts';

/** The request as it would go out. */
export interface PlannedRequest {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a person must agree to. */
export interface PlannedConfirmation {
  /** What has to be typed: the environment's name, or the app's id where there is no environment. */
  readonly type: string;
  /** What goes, where something does. */
  readonly goes?: Inventory;
  /** Environments that go although nobody can name what they have: `remarks` say why. */
  readonly notItemized?: readonly string[];
  /** How many of these are not shown. */
  readonly moreNotItemized?: number;
  /** What else goes that belongs to no environment, a sentence each. */
  readonly alsoGoes?: readonly string[];
  /** How many resources that go are not shown. */
  readonly moreGoes?: number;
}

/** What a workflow knows of a plan beside what its request does. */
export interface PlanRemarks {
  /** What stays, where something goes. */
  readonly stays?: readonly string[];
  /** What else a person should know, a sentence each. */
  readonly remarks?: readonly string[];
}

/** The app that a call is about. */
export interface PlannedApp {
  readonly id: string;
  /** Absent where AmplifyBackend does not tell it. */
  readonly name?: string;
}

/** Answers `structuredContent.plan`. */
export interface Plan extends PlanRemarks {
  readonly account: string;
  readonly arn?: string;
  readonly region: string;
  readonly target?: string;
  readonly app?: PlannedApp;
  /** The environment that changes, or is made. */
  readonly environment?: string;
  readonly request: PlannedRequest;
  /** What is asked for, member by member; of a change only what differs from what is there. */
  readonly changes?: readonly Change[];
  /** How many changes are not shown. */
  readonly moreChanges?: number;
  readonly policy: string;
  readonly confirmation?: PlannedConfirmation;
}

/** The request of checked arguments, with secrets withheld. */
export function planRequest(operation: Operation, args: Readonly<Record<string, unknown>>): PlannedRequest {
  const redacted = redactBySchema(operation.sdkInput, args) as Record<string, unknown>;
  const members = membersOf(operation.sdkInput) ?? [];
  const inPath = members.filter(member => member.inPath);
  const path = inPath.reduce(
    (template, { sdkName, wireName }) =>
      template.replace(`{${sdkName}}`, encodeURIComponent(String(redacted[wireName]))),
    operation.http.path,
  );
  const labels = new Set(inPath.map(({ wireName }) => wireName));
  const body = Object.fromEntries(Object.entries(redacted).filter(([name]) => !labels.has(name)));
  return { operation: operation.name, method: operation.http.method, path, body };
}

/** A decision in words. */
export function policyText(decision: Decision): string {
  if (decision.kind === 'deny') return `refused by the setting ${decision.setting}: ${decision.why}`;
  return decision.kind === 'confirm' ? 'allowed after a person has confirmed it' : 'allowed';
}

/** A target's place, as plans and audit lines say it. */
export type TargetDescription = Pick<Plan, 'account' | 'arn' | 'region' | 'target'>;

/** Where the call goes. An account that cannot be asked for is named as unknown, with the reason. */
export async function describeTarget(target: Target): Promise<TargetDescription> {
  const region = await target.region();
  const named = target.name === undefined ? {} : { target: target.name };
  try {
    const { account, arn } = await target.identity();
    return { account, arn, region, ...named };
  } catch (thrown) {
    return { account: `unknown (${toServerError(thrown).code})`, region, ...named };
  }
}

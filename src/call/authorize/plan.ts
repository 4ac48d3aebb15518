/**
 * The plan of a call, for a dry run, a confirmation and the audit: the exact request without its secrets, the account
 * and region that it goes to, and the policy's decision.
 */

import type { Target } from '../../aws/targets.ts';
import type { Change } from '../../environment/schema-changes.ts';
import { toServerError } from '../../errors.ts';
import type { Operation } from '../../operations/define.ts';
import { membersOf } from '../../operations/wire.ts';
import type { Decision } from '../../policy/decide.ts';
import { redactBySchema } from '../../secrets/redaction.ts';
import type { Inventory, RemovedCount } from './inventory.ts';

/** The request as it would go out. */
export interface PlannedRequest {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a person must confirm. */
export interface PlannedConfirmation {
  /** What has to be typed: the environment's name, or the app's id where there is no environment. */
  readonly type: string;
  /** The resources that are deleted. */
  readonly goes?: Inventory;
  /** Environments that are deleted although their contents are unknown: `remarks` say why. */
  readonly notItemized?: readonly string[];
  /** How many of these are not shown. */
  readonly moreNotItemized?: number;
  /** What else is lost that belongs to no environment, a sentence each. */
  readonly alsoGoes?: readonly string[];
  /** How many deleted resources are not shown. */
  readonly moreGoes?: number;
  /** The numbers of deleted resources and of their contents that are not shown, by kind such as `storage`. */
  readonly moreByKind?: Readonly<Record<string, RemovedCount>>;
}

/** What a plan says besides its request. */
export interface PlanRemarks {
  /** What stays, where something is deleted. */
  readonly stays?: readonly string[];
  /** What else a person should know, a sentence each. */
  readonly remarks?: readonly string[];
}

/** The app that a call is about. */
export interface PlannedApp {
  readonly id: string;
  /** Absent where AmplifyBackend does not say. */
  readonly name?: string;
}

/** The plan, served as `structuredContent.plan`. */
export interface Plan extends PlanRemarks {
  readonly account: string;
  readonly arn?: string;
  readonly region: string;
  readonly target?: string;
  readonly app?: PlannedApp;
  /** The environment that changes or is created. */
  readonly environment?: string;
  readonly request: PlannedRequest;
  /** All requests, where several are confirmed together. */
  readonly requests?: readonly PlannedRequest[];
  /** What is requested, member by member; of an update only what differs from the present state. */
  readonly changes?: readonly Change[];
  /** How many changes are not shown. */
  readonly moreChanges?: number;
  readonly policy: string;
  readonly confirmation?: PlannedConfirmation;
  /** In a dry run: why the call would be refused, as far as reads show it, a sentence each. */
  readonly problems?: readonly string[];
  /** In a dry run: what could not be checked, a sentence each. */
  readonly notChecked?: readonly string[];
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

/** The account, identity and region of a target, as plans and audit lines name them. */
export type TargetDescription = Pick<Plan, 'account' | 'arn' | 'region' | 'target'>;

/** Describes a target. An account that cannot be read is named as unknown, with the reason. */
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

const DRY_RUN = 'Dry run: nothing was sent to AWS.';

/** The notes of a dry run: that nothing was sent, and whether the call would fail. */
export function dryRunNotes({ problems = [] }: Pick<Plan, 'problems'>): string[] {
  if (problems.length === 0) return [DRY_RUN];
  return [`${DRY_RUN} As it is, the call would fail: see problems in the plan.`];
}

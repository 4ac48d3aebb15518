/**
 * What stands between a checked call and AWS: policy, the plan that a dry run shows, and the confirmation
 * of a person. Decides; sends nothing but reads.
 */
import type { Target } from '../../aws/targets.ts';
import { ServerError } from '../../errors.ts';
import type { Operation } from '../../operations/define.ts';
import { toolsetOf } from '../../operations/index.ts';
import {
  needsDestroyedFacts,
  type Decision,
  decide,
  type PolicySettings,
  refusalText,
  type Via,
} from '../../policy/decide.ts';
import type { Read } from '../read-environment.ts';
import { createReader } from '../reads.ts';
import { createStateReader, type StateReader } from './prior-state.ts';
import { createConfirmations, type FormAnswer, type OpenConfirmations } from './confirmation.ts';
import { otherLosses, ifReadable, requestRemarks } from './plan-remarks.ts';
import { type Inventory, readInventory } from './inventory.ts';
import { readLosses } from './losses.ts';
import { type Plan, planRequest, policyText, describeTarget } from './plan.ts';
import { boundedPlan } from './plan-bounds.ts';
import { readRequestedChanges } from './requested-changes.ts';

/** A checked call on its way. */
export interface PendingCall {
  readonly operation: Operation;
  /** AWS's members only. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly target: Target;
  readonly caller: string;
  readonly signal?: AbortSignal | undefined;
  readonly via?: Via | undefined;
  /** The workflow of which the call is a step. */
  readonly workflow?: string | undefined;
}

/** What may be shown to confirm. */
export interface ConfirmationInput {
  readonly form?: FormAnswer | undefined;
  readonly token?: string | undefined;
}

/** The gate of a process. */
export interface Authorizer {
  /** What the call would do. */
  plan(passing: PendingCall): Promise<Plan>;
  /**
   * Lets the call through.
   * @param prepare runs once the policy has nothing against the call, before a person is asked
   * @returns how it came to be allowed, for the audit
   * @throws policy_denied, what `prepare` throws, ConfirmationRequired, or what became of the confirmation
   */
  authorize(passing: PendingCall, shown: ConfirmationInput, prepare?: () => Promise<void>): Promise<string>;
}

/** An app as AmplifyBackend knows it. */
interface KnownApp {
  readonly name?: string;
  readonly environments: readonly string[];
}

interface Judged {
  readonly decision: Decision;
  readonly look: StateReader;
  /** Known where the operation takes every environment of the app. */
  readonly app?: KnownApp;
  /** What an update or an import would destroy. */
  readonly losses?: Inventory | undefined;
}

const environmentOf = ({ args }: PendingCall) => args.targetEnvironmentName ?? args.backendEnvironmentName;

/** What a person types: the environment that changes, or the app where the call names none. */
function phraseOf(passing: PendingCall): string {
  const { operation, args } = passing;
  return String(operation.everyEnvironment ? args.appId : (environmentOf(passing) ?? args.appId));
}

/** @throws RegisteredError */
async function readApp(read: Read, appId: unknown): Promise<KnownApp> {
  const { appName, backendEnvironmentList } = await read('get_backend', { appId });
  return {
    ...(typeof appName === 'string' && appName !== '' && { name: appName }),
    environments: (backendEnvironmentList as string[] | undefined) ?? [],
  };
}

/**
 * Makes the gate.
 * @param targetApps the apps that a target is limited to
 * @param confirmations with whom confirmations are shared
 */
export function createAuthorizer(
  policy: PolicySettings,
  targetApps: (target: string | undefined) => readonly string[] | undefined,
  openConfirmations?: OpenConfirmations,
): Authorizer {
  const confirmations = createConfirmations(openConfirmations, undefined, policy.confirmBy);

  async function judge({ operation, args, target, signal, via }: PendingCall): Promise<Judged> {
    const subject = { ...operation, toolset: toolsetOf(operation) };
    const instance = { args, targetApps: targetApps(target.name), via };
    const decision = decide(subject, policy, { ...instance, environments: [] });
    const look = createStateReader(createReader(target, signal), operation, args);
    if (decision.kind === 'deny' || operation.access === 'read') return { decision, look };
    if (!operation.everyEnvironment) {
      // A deletion is asked about whatever it takes, and what it takes is looked at once it is asked about.
      const losses = needsDestroyedFacts(policy) ? await readLosses(look, operation, args) : undefined;
      return losses
        ? { decision: decide(subject, policy, { ...instance, destroys: true }), look, losses }
        : { decision, look };
    }
    // Which environments there are matters only where some are protected, or a person is shown what goes.
    const matters =
      decision.kind === 'confirm' || policy.protected.length + policy.readOnlyEnvironments.length > 0;
    if (!matters) return { decision, look };
    const app = await readApp(look.read, args.appId);
    return { decision: decide(subject, policy, { ...instance, environments: app.environments }), look, app };
  }

  /** The whole plan: what is shown of it may be less. */
  async function planOf(passing: PendingCall, { decision, look, app, losses }: Judged): Promise<Plan> {
    const { operation, args, target } = passing;
    const request = planRequest(operation, args);
    // Of an app that may not be touched nothing is read.
    if (decision.kind === 'deny')
      return { ...(await describeTarget(target)), request, policy: policyText(decision) };
    const { read } = look;
    const asks = decision.kind === 'confirm';
    const taken = asks && !losses ? await readInventory(read, operation, args, app?.environments) : undefined;
    const goes = asks ? (losses ?? taken?.goes) : undefined;
    const alsoGoes = asks ? await otherLosses(passing) : [];
    // What a person is asked about must be what there is; a dry run shows as much as can be had.
    const reading = readRequestedChanges(look, operation, args, request.body);
    const { changes = [], remark } = (asks ? await reading : await ifReadable(reading)) ?? {};
    const name = (app ?? (await ifReadable(readApp(read, args.appId))))?.name;
    const environment = environmentOf(passing);
    const remarks = [
      ...(taken?.remarks ?? []),
      ...requestRemarks(passing),
      ...(remark === undefined ? [] : [remark]),
    ];
    return {
      ...(await describeTarget(target)),
      app: { id: String(args.appId), ...(name !== undefined && { name }) },
      ...(typeof environment === 'string' && { environment }),
      request,
      ...(changes.length > 0 && { changes }),
      policy: policyText(decision),
      ...(taken && { stays: taken.stays }),
      ...(remarks.length > 0 && { remarks }),
      ...(asks && {
        confirmation: {
          type: phraseOf(passing),
          ...(goes && { goes }),
          ...(taken && taken.notItemized.length > 0 && { notItemized: taken.notItemized }),
          ...(alsoGoes.length > 0 && { alsoGoes }),
        },
      }),
    };
  }

  return {
    plan: async passing => boundedPlan(await planOf(passing, await judge(passing))),
    async authorize(passing, { form, token }, prepare) {
      const { operation, args, caller, workflow } = passing;
      const judged = await judge(passing);
      const { decision } = judged;
      if (decision.kind === 'deny') {
        throw new ServerError('policy_denied', { message: refusalText(operation.toolName, decision) });
      }
      await prepare?.();
      if (decision.kind === 'allow') return 'allowed';
      // The plan is made anew for the second look: what would go now must be what was confirmed.
      const tool = workflow ?? operation.toolName;
      const bond = { tool, args, caller, plan: await planOf(passing, judged) };
      await confirmations.check(bond, form, token);
      return form ? 'confirmed by a typed name' : 'confirmed by token';
    },
  };
}

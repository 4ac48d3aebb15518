/**
 * What stands between a checked call and AWS: policy, the plan that a dry run shows, and the confirmation
 * of a person. Decides; sends nothing but reads.
 */
import type { Target } from '../aws/targets.ts';
import { RegisteredError } from '../errors.ts';
import type { Operation } from '../operations/define.ts';
import { toolsetOf } from '../operations/index.ts';
import { type Decision, decide, type PolicySettings, refusalText, type Via } from '../policy/decide.ts';
import { createConfirmations, type FormAnswer, type SharedConfirmations } from './confirmation.ts';
import { takeInventory } from './inventory.ts';
import { type Plan, planRequest, policyText, whereTo } from './plan.ts';
import { jobSourceOf, readerOf } from './reads.ts';

/** A checked call on its way. */
export interface Passing {
  readonly operation: Operation;
  /** AWS's members only. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly target: Target;
  readonly caller: string;
  readonly signal?: AbortSignal | undefined;
  readonly via?: Via | undefined;
}

/** What may be shown to confirm. */
export interface Shown {
  readonly form?: FormAnswer | undefined;
  readonly token?: string | undefined;
}

/** The gate of a process. */
export interface Gate {
  /** What the call would do. */
  plan(passing: Passing): Promise<Plan>;
  /**
   * Lets the call through.
   * @param prepare runs once the policy has nothing against the call, before a person is asked
   * @returns how it came to be allowed, for the audit
   * @throws policy_denied, what `prepare` throws, ConfirmationRequired, or what became of the confirmation
   */
  pass(passing: Passing, shown: Shown, prepare?: () => Promise<void>): Promise<string>;
}

interface Judged {
  readonly decision: Decision;
  /** The environments of the app, where the operation takes them all. */
  readonly environments?: readonly string[];
}

/** What a person types: the environment that changes, or the app where the call names none. */
function phraseOf({ operation, args }: Passing): string {
  const environment = args.targetEnvironmentName ?? args.backendEnvironmentName;
  return String(operation.everyEnvironment ? args.appId : (environment ?? args.appId));
}

/** Makes the gate. @param targetApps the apps that a target is limited to @param shared with replicas */
export function createGate(
  policy: PolicySettings,
  targetApps: (target: string | undefined) => readonly string[] | undefined,
  shared?: SharedConfirmations,
): Gate {
  const confirmations = createConfirmations(shared);

  async function judge({ operation, args, target, signal, via }: Passing): Promise<Judged> {
    const subject = { ...operation, toolset: toolsetOf(operation) };
    const instance = { args, targetApps: targetApps(target.name), via };
    const decision = decide(subject, policy, { ...instance, environments: [] });
    // Which environments there are matters only where some are protected, or a person is shown what goes.
    const matters =
      decision.kind === 'confirm' || policy.protected.length + policy.readOnlyEnvironments.length > 0;
    if (decision.kind === 'deny' || !operation.everyEnvironment || !matters) return { decision };
    const environments = await jobSourceOf(target, signal).listEnvironments(String(args.appId));
    return { decision: decide(subject, policy, { ...instance, environments }), environments };
  }

  async function planOf(passing: Passing, { decision, environments }: Judged): Promise<Plan> {
    const { operation, args, target, signal } = passing;
    const asks = decision.kind === 'confirm';
    const goes = asks
      ? await takeInventory(readerOf(target, signal), operation, args, environments)
      : undefined;
    return {
      ...(await whereTo(target)),
      request: planRequest(operation, args),
      policy: policyText(decision),
      ...(asks && { confirmation: { type: phraseOf(passing), ...(goes && { goes }) } }),
    };
  }

  return {
    plan: async passing => planOf(passing, await judge(passing)),
    async pass(passing, { form, token }, prepare) {
      const { operation, args, caller } = passing;
      const judged = await judge(passing);
      const { decision } = judged;
      if (decision.kind === 'deny') {
        throw new RegisteredError('policy_denied', { message: refusalText(operation.toolName, decision) });
      }
      await prepare?.();
      if (decision.kind === 'allow') return 'allowed';
      // The plan is made anew for the second look: what would go now must be what was confirmed.
      const bond = { tool: operation.toolName, args, caller, plan: await planOf(passing, judged) };
      await confirmations.check(bond, form, token);
      return form ? 'confirmed by a typed name' : 'confirmed by token';
    },
  };
}

/** Asks the policy about one call, again where more of it is known. */
import { toolsetOf } from '../../operations/index.ts';
import {
  type Decision,
  decide,
  type PolicyCase,
  type PolicySettings,
  type Via,
} from '../../policy/decide.ts';
import type { PlannedWrite } from './plan-remarks.ts';

/** The policy's decision on a call, by what is known of it. */
export type DecideWith = (known: Omit<PolicyCase, 'args' | 'targetApps' | 'via'>) => Decision;

/** @param targetApps the apps that the target is limited to */
export function createDecideWith(
  { operation, args, via }: PlannedWrite & { readonly via?: Via | undefined },
  policy: PolicySettings,
  targetApps: readonly string[] | undefined,
): DecideWith {
  const subject = { ...operation, toolset: toolsetOf(operation) };
  return known => decide(subject, policy, { args, targetApps, via, ...known });
}

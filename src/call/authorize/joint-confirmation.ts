/**
 * Several calls that a person confirms with one answer. The confirmation holds for exactly these calls, each of them once,
 * as long as each one's plan stays the same.
 */
import { ServerError } from '../../errors.ts';
import { bindingOf, type ConfirmedCall } from './confirmation.ts';
import type { Plan, PlannedConfirmation } from './plan.ts';
import { mergedCounts } from './removed-counts.ts';

/** Calls that a person confirms with one answer. Each of them carries the same object as `key`. */
export interface JointCalls<Call> {
  readonly key: object;
  readonly calls: readonly Call[];
}

const joined = <Item>(lists: readonly (readonly Item[] | undefined)[]): readonly Item[] | undefined => {
  const all = [...new Set(lists.flatMap(list => list ?? []))];
  return all.length > 0 ? all : undefined;
};

const sum = (counts: readonly (number | undefined)[]) => {
  const total = counts.reduce<number>((all, count) => all + (count ?? 0), 0);
  return total > 0 ? total : undefined;
};

/** The structure without its undefined members. */
const withoutUndefined = <Value extends object>(value: Value) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));

function mergedConfirmation(all: readonly PlannedConfirmation[]): PlannedConfirmation {
  const goes = all.flatMap(one => (one.goes ? Object.entries(one.goes) : []));
  return {
    type: all.map(({ type }) => type).join(' '),
    ...(goes.length > 0 && { goes: Object.fromEntries(goes) }),
    ...withoutUndefined({
      notItemized: joined(all.map(one => one.notItemized)),
      moreNotItemized: sum(all.map(one => one.moreNotItemized)),
      alsoGoes: joined(all.map(one => one.alsoGoes)),
      moreGoes: sum(all.map(one => one.moreGoes)),
      moreByKind: mergedCounts(all.map(one => one.moreByKind)),
    }),
  };
}

/** One plan for all of them. @param plans of one operation on one app, at least one */
export function mergedPlan(plans: readonly Plan[]): Plan {
  const [first, ...rest] = plans;
  if (!first) throw new ServerError('internal', { cause: new Error('no plans to merge') });
  if (rest.length === 0) return first;
  const { environment: _, ...common } = first;
  const confirmations = plans.flatMap(({ confirmation }) => (confirmation ? [confirmation] : []));
  return {
    ...common,
    requests: plans.map(({ request }) => request),
    ...withoutUndefined({
      stays: joined(plans.map(({ stays }) => stays)),
      remarks: joined(plans.map(({ remarks }) => remarks)),
      problems: joined(plans.map(({ problems }) => problems)),
      notChecked: joined(plans.map(({ notChecked }) => notChecked)),
    }),
    ...(confirmations.length > 0 && { confirmation: mergedConfirmation(confirmations) }),
  };
}

/** What the one confirmation is bound to. */
export function mergedCall(calls: readonly ConfirmedCall[]): ConfirmedCall {
  const [first] = calls;
  if (!first) throw new ServerError('internal', { cause: new Error('no calls to confirm') });
  const { tool, caller } = first;
  return {
    tool,
    caller,
    args: { calls: calls.map(({ args }) => args) },
    plan: mergedPlan(calls.map(({ plan }) => plan)),
  };
}

/** The calls that were confirmed together and not sent yet. */
export class JointConfirmations {
  readonly #left = new WeakMap<object, Set<string>>();

  /**
   * Lets one of the calls go on: the first one asks for all.
   * @param confirmAll asks, or checks the answer @throws what that throws; confirmation_invalid of a call that changed
   */
  async check(
    call: ConfirmedCall,
    key: object,
    confirmAll: () => Promise<readonly ConfirmedCall[]>,
  ): Promise<void> {
    let left = this.#left.get(key);
    if (!left) {
      left = new Set((await confirmAll()).map(bindingOf));
      this.#left.set(key, left);
    }
    if (!left.delete(bindingOf(call))) throw new ServerError('confirmation_invalid');
  }
}

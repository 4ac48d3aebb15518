/** Compares which other services people may use, and reports those that only Gen 2 allows, or allows completely. */
import { memberOf } from '../lib/json.ts';
import type { Finding } from './findings.ts';
import type { Principal } from './roles.ts';
import type { StackView } from './stack-view.ts';
import { documentsOf, type Holders, listOf } from './statements.ts';

type Actions = ReadonlyMap<string, ReadonlySet<string>>;

const MOST_ACTIONS = 1_000;
/** Actions of one service that a finding names. */
const MOST_NAMED = 8;

/** The service of an action. Newer APIs have `geo-maps` and others in place of `geo`. */
const serviceOf = (action: string) =>
  (action.toLowerCase().split(':')[0] ?? '').replace(/^geo-(?:maps|places|routes)$/, 'geo');

function actionsIn(stacks: readonly StackView[], { principals, services }: Holders) {
  const found = new Map<Principal, Map<string, Set<string>>>();
  let count = 0;
  for (const { attached, principals: held } of documentsOf(stacks, principals))
    for (const statement of listOf(memberOf(attached.document(), 'Statement'))) {
      if (memberOf(statement, 'Effect') !== 'Allow') continue;
      for (const action of listOf(memberOf(statement, 'Action'))) {
        if (typeof action !== 'string' || !/^[\w-]+:/.test(action) || count >= MOST_ACTIONS) continue;
        if (services.some(service => action.toLowerCase().startsWith(`${service}:`))) continue;
        count += 1;
        for (const principal of held) {
          const ofPrincipal = found.get(principal) ?? new Map<string, Set<string>>();
          const service = serviceOf(action);
          ofPrincipal.set(service, (ofPrincipal.get(service) ?? new Set()).add(action));
          found.set(principal, ofPrincipal);
        }
      }
    }
  return found;
}

/** Whether Gen 1 gave something of that service, and all of it where Gen 2 gives all. */
const isCovered = (service: string, actions: ReadonlySet<string>, before: Actions | undefined) => {
  const had = before?.get(service);
  const isAll = [...actions].some(action => /:\*$/.test(action));
  return had !== undefined && (!isAll || [...had].some(action => action.includes('*')));
};

export function compareOtherRights(
  [stacks1, gen1]: readonly [readonly StackView[], Holders],
  [stacks2, gen2]: readonly [readonly StackView[], Holders],
): Finding[] {
  const [before, after] = [actionsIn(stacks1, gen1), actionsIn(stacks2, gen2)];
  return [...after].flatMap(([principal, services]) =>
    [...services]
      .filter(([service, actions]) => !isCovered(service, actions, before.get(principal)))
      .map(([service, actions]) => ({
        area: 'access' as const,
        change: 'wider' as const,
        subject: `${principal}: ${service}`,
        gen2: [...actions].sort().slice(0, MOST_NAMED).join(', '),
      })),
  );
}

/** Compares what people and functions may do with files, tables and GraphQL in both generations, role by role. */
import { fitsGlob } from '../lib/glob.ts';
import type { Finding } from './findings.ts';
import { isFunction } from './functions.ts';
import type { Right } from './statements.ts';

/** The label of an owner (bucket, table, API) in a comparison. The same thing has the same label in both generations. */
export type OwnerLabel = (owner: string) => string;

/** How many patterns one comparison of one role considers. */
const MOST_PATTERNS = 300;

const isPattern = (text: string) => text.includes('*') || text.includes('?');

/** A right that is compared: its owner is a label. */
interface Labelled extends Right {
  readonly key: string;
}

function covers(wide: Right, narrow: Right): boolean {
  return (
    wide.service === narrow.service &&
    wide.effect === narrow.effect &&
    (wide.condition === '' || wide.condition === narrow.condition) &&
    (wide.owner === '*' || wide.owner === narrow.owner) &&
    fitsGlob(narrow.path, wide.path) &&
    fitsGlob(narrow.action.toLowerCase(), wide.action.toLowerCase())
  );
}

const keyOf = ({ service, effect, action, owner, path, condition }: Right) =>
  [service, effect, action.toLowerCase(), owner, path, condition].join(' ');

/** The rights of `left` that no right of `right` covers. */
function uncovered(left: readonly Labelled[], right: readonly Labelled[]): Labelled[] {
  const exact = new Set(right.map(({ key }) => key));
  const patterns = right
    .filter(({ owner, path, action, condition }) => [owner, path, action].some(isPattern) || condition === '')
    .slice(0, MOST_PATTERNS);
  return left.filter(each => !exact.has(each.key) && !patterns.some(pattern => covers(pattern, each)));
}

/** One finding for each role and place, with all actions there. */
function findingsOf(rights: readonly Labelled[], change: 'wider' | 'narrower'): Finding[] {
  const byPlace = new Map<string, [Labelled, ...Labelled[]]>();
  for (const right of rights) {
    // A listing of `private/` goes with one of `private/*`.
    const path = right.path.endsWith('/') ? `${right.path}*` : right.path;
    const place =
      `${right.principal}: ${right.effect === 'Deny' ? 'denied ' : ''}${right.owner} ${path}`.trimEnd();
    byPlace.set(place, [right, ...(byPlace.get(place) ?? [])]);
  }
  return [...byPlace].map(([subject, held]) => {
    const actions = [...new Set(held.map(({ action }) => action))].sort().join(', ');
    return {
      area: isFunction(held[0].principal) ? 'functions' : 'access',
      change,
      subject,
      ...(change === 'wider' ? { gen2: actions } : { gen1: actions }),
    };
  });
}

/** An additional `Deny` allows less. */
const direction = (effect: Right['effect'], inGen2: boolean) =>
  (effect === 'Allow') === inGen2 ? ('wider' as const) : ('narrower' as const);

const byPrincipal = (rights: readonly Labelled[]) => {
  const found = new Map<string, Labelled[]>();
  for (const right of rights) found.set(right.principal, [...(found.get(right.principal) ?? []), right]);
  return found;
};

/**
 * The rights that only one generation gives.
 * @param labels the labels of Gen 1's and of Gen 2's owners. The API of Gen 1 has `Gen 1 ` before its label in a right of Gen 2,
 *   which is compared with what Gen 1 gave on that API.
 */
export function compareAccess(
  gen1: readonly Right[],
  gen2: readonly Right[],
  labels: readonly [OwnerLabel, OwnerLabel],
): Finding[] {
  const label = (rights: readonly Right[], labelOf: OwnerLabel) =>
    rights.map(right => {
      const labelled = { ...right, owner: labelOf(right.owner) };
      return { ...labelled, key: keyOf(labelled) };
    });
  const first = label(gen1, labels[0]);
  const second = label(gen2, labels[1]);
  const [before, after] = [byPrincipal(first), byPrincipal(second)];
  const principals = [...new Set([...before.keys(), ...after.keys()])].sort();
  return principals.flatMap(principal => {
    const [left, right] = [before.get(principal) ?? [], after.get(principal) ?? []];
    // A right of Gen 2's role on the API of Gen 1 is no new right where Gen 1 gave it.
    const ofGen1Api = left
      .filter(({ service }) => service === 'appsync')
      .map(each => ({ ...each, owner: gen1Label(each.owner) }))
      .map(each => ({ ...each, key: keyOf(each) }));
    const more = uncovered(right, [...left, ...ofGen1Api]);
    const less = uncovered(left, right);
    const both = [
      ...more.map(each => ({ each, inGen2: true })),
      ...less.map(each => ({ each, inGen2: false })),
    ];
    return (['wider', 'narrower'] as const).flatMap(change =>
      findingsOf(
        both.filter(({ each, inGen2 }) => direction(each.effect, inGen2) === change).map(({ each }) => each),
        change,
      ),
    );
  });
}

/** The label of an API of Gen 1 in the rights of Gen 2. */
export const gen1Label = (label: string): string => `Gen 1 ${label}`;

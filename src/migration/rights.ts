/** Compares what people and functions may do, by the policies of their roles and of the buckets, and who may assume the roles. */
import { quoteName } from '../lib/quote.ts';
import { compareAccess } from './access.ts';
import { apisIn } from './api-modes.ts';
import type { Generation } from './data.ts';
import type { Finding } from './findings.ts';
import { pairFunctions } from './functions.ts';
import { shownNames } from './holdings.ts';
import { compareManagedPolicies } from './managed-policies.ts';
import { compareOpenBuckets } from './open-buckets.ts';
import { compareOtherRights } from './other-rights.ts';
import { filesBuckets, ownerLabels } from './owner-labels.ts';
import { heldRoles, type Principal } from './roles.ts';
import type { StackView } from './stack-view.ts';
import { type Holders, peopleIn, rightsIn } from './statements.ts';
import { compareTrust } from './trust.ts';

/** The differences, and what could not be compared: a sentence each. */
interface Compared {
  readonly findings: readonly Finding[];
  readonly unproven: readonly string[];
}

const read = ({ stacks }: Generation, holders: readonly Holders[]) => {
  const all = holders.map(each => rightsIn(stacks, each));
  return {
    rights: all.flatMap(({ rights }) => rights),
    unproven: all.flatMap(({ unproven }) => unproven),
  };
};

/** What may stand for the identity pools of one generation in a condition: references, ids. */
function identityPools(stacks: readonly StackView[]): string[] {
  const made = stacks.flatMap(stack =>
    stack
      .ofType('AWS::Cognito::IdentityPool')
      .flatMap(({ logicalId }) => [`\${${logicalId}}`, stack.physicalId(logicalId) ?? []].flat()),
  );
  const shown = shownNames(stacks).filter(({ kind }) => kind === 'identity pool');
  return [...made, ...shown.map(({ name }) => name)];
}

/** Compares the managed policies and the trust of the roles. Names the Gen 2 roles that no template creates. */
function compareRoles(
  [gen1, principals1]: readonly [Generation, ReadonlyMap<string, Principal>],
  [gen2, principals2]: readonly [Generation, ReadonlyMap<string, Principal>],
  { people, hasMoved }: { readonly people: ReadonlyMap<string, Principal>; readonly hasMoved: boolean },
): Compared {
  const [held1, held2] = [heldRoles(gen1.stacks, principals1), heldRoles(gen2.stacks, principals2)];
  const managed = compareManagedPolicies([gen1.stacks, held1], [gen2.stacks, held2]);
  const pools = new Set([...identityPools(gen1.stacks), ...identityPools(gen2.stacks)]);
  const trust = compareTrust(held1, held2, pools, hasMoved);
  // After a refactoring, Gen 2 refers to roles that the templates of Gen 1 create.
  const made = new Set([...held2, ...heldRoles(gen1.stacks, people)].map(({ principal }) => principal));
  const unread = [...new Set(people.values())].filter(principal => !made.has(principal));
  return {
    findings: [...managed.findings, ...trust.findings],
    unproven: [
      ...managed.unproven,
      ...trust.unproven,
      ...unread.map(who => `The role of ${quoteName(who)} in Gen 2 is in no template that was read.`),
    ],
  };
}

/** @param names of the environment and the branch, with which the names of functions end; and whether something has moved */
export function compareRights(
  gen1: Generation,
  gen2: Generation,
  names: { readonly environment: string; readonly branch: string; readonly hasMoved: boolean },
): Compared {
  const functions = pairFunctions(gen1.stacks, gen2.stacks, names);
  const [people1, people2] = [peopleIn(gen1.stacks), peopleIn(gen2.stacks)];
  const [rights1, rights2] = [read(gen1, [people1, functions.gen1]), read(gen2, [people2, functions.gen2])];
  // A function that has no such right in Gen 1 can lose none.
  const unpaired = functions.unpaired.filter(who =>
    rights1.rights.some(({ principal }) => principal === who),
  );
  const isPaired = ({ principal }: { readonly principal: string }) => !functions.unpaired.includes(principal);
  const labels = ownerLabels(gen1, gen2, [apisIn(gen1.stacks), apisIn(gen2.stacks)]);
  const [buckets1, buckets2] = filesBuckets(gen1, gen2, labels);
  const pairedFunctions = new Map(
    [...functions.gen1.principals].filter(([, principal]) => isPaired({ principal })),
  );
  const roles = compareRoles(
    [gen1, new Map([...people1.principals, ...pairedFunctions])],
    [gen2, new Map([...people2.principals, ...functions.gen2.principals])],
    { people: people2.principals, hasMoved: names.hasMoved },
  );
  const open = compareOpenBuckets(
    { stacks: gen1.stacks, buckets: buckets1, principals: people1.principals, label: labels[0] },
    { stacks: gen2.stacks, buckets: buckets2, principals: people2.principals, label: labels[1] },
  );
  return {
    findings: [
      ...compareAccess(rights1.rights.filter(isPaired), rights2.rights, labels),
      ...compareOtherRights([gen1.stacks, people1], [gen2.stacks, people2]),
      ...roles.findings,
      ...open.findings,
    ],
    unproven: [
      ...rights1.unproven.map(who => `Rights of ${quoteName(who)} in Gen 1 could not be read as a whole.`),
      ...rights2.unproven.map(who => `Rights of ${quoteName(who)} in Gen 2 could not be read as a whole.`),
      ...unpaired.map(who => `Gen 2 has no ${quoteName(who)} to compare rights with.`),
      ...roles.unproven,
      ...open.unproven,
    ],
  };
}

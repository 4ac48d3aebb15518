/**
 * Compares who may assume the roles of people and functions. Gen 1 sets the trust of its roles outside the templates, so the trust
 * of Gen 2 is compared with what Cognito needs: the app's identity pool, and the right kind of users, signed in or guests.
 */
import { fitsGlob } from '../lib/glob.ts';
import { isObject, memberOf, objectOf } from '../lib/json.ts';
import { quoteName } from '../lib/quote.ts';
import type { Finding } from './findings.ts';
import { isFunction } from './functions.ts';
import { hasUnknownPart } from './intrinsics.ts';
import { guests, type HeldRole, type Principal } from './roles.ts';
import { listOf } from './statements.ts';

const POOL = 'identity pool ';
const COGNITO = 'cognito-identity.amazonaws.com';

/** `AWS *`, `Federated accounts.google.com`: who a statement names. */
export function principalsIn(principal: unknown): string[] {
  if (typeof principal === 'string') return [principal === '*' ? 'anyone' : principal];
  return Object.entries(objectOf(principal)).flatMap(([kind, value]) =>
    listOf(value).map(each =>
      each === '*' ? 'anyone' : `${kind} ${typeof each === 'string' ? each : 'that is not known'}`,
    ),
  );
}

interface Statement {
  readonly names: readonly string[];
  readonly condition: unknown;
  readonly isInverse: boolean;
}

/** The statements that let someone assume the role; undefined where they are unknown. */
function trustStatements({ role }: HeldRole): Statement[] | undefined {
  if (role.properties.AssumeRolePolicyDocument === undefined) return [];
  const document = role.stack.property(role, 'AssumeRolePolicyDocument');
  if (!isObject(document)) return undefined;
  return listOf(document.Statement)
    .filter(statement => memberOf(statement, 'Effect') === 'Allow')
    .map(statement => ({
      names: principalsIn(memberOf(statement, 'Principal')),
      condition: memberOf(statement, 'Condition'),
      isInverse: memberOf(statement, 'NotPrincipal') !== undefined,
    }));
}

/** The values that a condition limits a key to; undefined where it does not limit it. */
function limitOf(condition: unknown, key: string): unknown[] | undefined {
  for (const [operator, keys] of Object.entries(objectOf(condition)))
    if (/^(?:ForAnyValue:)?String(?:Equals|Like|EqualsIgnoreCase)$/.test(operator)) {
      const value = memberOf(keys, `${COGNITO}:${key}`);
      if (value !== undefined) return [...listOf(value)];
    }
  return undefined;
}

/** The people to whom Cognito would give a role that is not theirs, in words. */
function unintendedPeople(principal: Principal, condition: unknown, pools: ReadonlySet<string>): string[] {
  const audience = limitOf(condition, 'aud');
  const kinds = limitOf(condition, 'amr');
  const [other, who] =
    principal === guests ? ['authenticated', 'signed-in users'] : ['unauthenticated', 'guests'];
  const isOther = (value: unknown) =>
    typeof value === 'string' && !hasUnknownPart(value) && !pools.has(value);
  return [
    ...(audience === undefined || audience.includes('*') || audience.length === 0
      ? ['any identity pool']
      : audience.filter(isOther).map(value => `${POOL}${String(value)}`)),
    ...(kinds === undefined || kinds.some(kind => typeof kind === 'string' && fitsGlob(other, kind))
      ? [who]
      : []),
  ];
}

/** Whom the trust of a role lets in besides the principals that the role is for. */
function outsiders(
  { principal }: HeldRole,
  { names, condition, isInverse }: Statement,
  pools: ReadonlySet<string>,
) {
  if (isInverse) return ['all but some'];
  return names.flatMap(name => {
    if (isFunction(principal)) return name.startsWith('Service ') ? [] : [name];
    return name === `Federated ${COGNITO}` ? unintendedPeople(principal, condition, pools) : [name];
  });
}

/**
 * @param pools the ids of the identity pools of both generations, and how the templates of Gen 2 refer to theirs
 * @param hasMoved whether a refactoring has begun: until the next deployment the trust may name the pool that Gen 2 had before
 */
export function compareTrust(
  gen1: readonly HeldRole[],
  gen2: readonly HeldRole[],
  pools: ReadonlySet<string>,
  hasMoved: boolean,
): { findings: Finding[]; unproven: string[] } {
  const trusted = (held: readonly HeldRole[], principal: Principal) =>
    new Set(
      held
        .filter(each => each.principal === principal)
        .flatMap(each =>
          (trustStatements(each) ?? []).flatMap(statement => outsiders(each, statement, pools)),
        ),
    );
  const principals = [...new Set(gen2.map(({ principal }) => principal))].sort();
  const more = principals.map(principal => {
    const before = trusted(gen1, principal);
    return { principal, names: [...trusted(gen2, principal)].filter(name => !before.has(name)) };
  });
  const isFormer = (name: string) => hasMoved && name.startsWith(POOL);
  return {
    findings: more.flatMap(({ principal, names }) => {
      const certain = names.filter(name => !isFormer(name));
      return certain.length === 0
        ? []
        : [
            {
              area: isFunction(principal) ? ('functions' as const) : ('access' as const),
              change: 'wider' as const,
              subject: `${principal}: who may assume the role`,
              gen2: certain.join(', '),
            },
          ];
    }),
    unproven: [
      ...gen2.filter(held => trustStatements(held) === undefined),
      ...more.filter(({ names }) => names.some(isFormer)),
    ].map(({ principal }) => `Who may assume the role of ${quoteName(principal)} in Gen 2 is not known.`),
  };
}

/** The rows of the inventory for one app, from what was read of it. Pure. */
import type { Branch } from '../../aws/amplify.ts';
import type { Stack } from '../../aws/stacks.ts';
import type { Environment, HeldThing, Resource, ThingKind } from '../../environment/index.ts';
import { isMoved, movedIn } from '../shared/moved-to-gen2.ts';
import { type AppSigns, migrationStateOf, type StackPolicy } from './migration-state.ts';
import type { Row } from './output.ts';

/** What was read of an environment. */
export interface EnvironmentFacts {
  readonly environment: Environment;
  /** Of its root stack. */
  readonly policy: StackPolicy;
  /** Whether CloudFormation keeps what its stacks own; absent where nothing has moved to Gen 2. */
  readonly isRetained?: boolean;
}

/** What was read of an app. What could not be read is undefined. */
export interface AppFacts extends AppSigns {
  readonly target: string | undefined;
  readonly name: string | undefined;
  readonly hasRepository: boolean | undefined;
  readonly environments: readonly EnvironmentFacts[] | undefined;
  /** The ids of the pools and buckets that each Gen 2 branch has; absent where there is none. */
  readonly gen2Ids?: ReadonlyMap<string, ReadonlySet<string>>;
  /** The stacks of the target, by their names and ARNs. */
  readonly stacks: ReadonlyMap<string, Stack> | undefined;
}

/** Resources that a row names, of those that hold data and of imported ones. */
const MOST_NAMED = 8;

const plural = (kind: string, count: number) =>
  count === 1 ? kind : `${count} ${kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`}`;

const countedKinds = (things: readonly HeldThing[]): string[] => {
  const counts = new Map<ThingKind, number>();
  for (const { kind } of things) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => plural(kind, count));
};

/** What data a resource holds: "api/shop: 3 tables". @param moved ids of what Gen 2 has by now */
function dataIn({ label, holds, tablesUnknown }: Resource, moved: ReadonlySet<string>): string[] {
  const data = holds.filter(thing => thing.holdsData && !isMoved(thing, moved));
  const held = countedKinds(data.filter(({ isGuess }) => !isGuess));
  const perhaps = held.length === 0 && data.length > 0 ? ['perhaps data'] : [];
  const all = [...held, ...(tablesUnknown === undefined ? perhaps : ['its tables are unknown'])];
  return all.length === 0 ? [] : [`${label}: ${all.join(', ')}`];
}

const bounded = (names: readonly string[]) =>
  names.length <= MOST_NAMED
    ? names
    : [...names.slice(0, MOST_NAMED), `and ${names.length - MOST_NAMED} more`];

const changedAt = (stack: Stack | undefined) => stack?.updatedAt ?? stack?.createdAt;

function lastChangeOf(environment: Environment, stacks: AppFacts['stacks']): string | undefined {
  if (environment.state === 'unreadable' || !stacks) return undefined;
  const { id, name } = environment.stack;
  return changedAt(stacks.get(id ?? '') ?? stacks.get(name ?? ''));
}

/** Hosting that the backend itself deploys, with `amplify add hosting`. */
const isOwnHosting = ({ category, service }: Resource) => category === 'hosting' && !/amplify/i.test(service);

function hostingOf({ hasRepository, branches, environments }: AppFacts): Row['hosting'] {
  if (hasRepository) return 'git';
  if (branches && branches.length > 0) return 'manual';
  const resources = (environments ?? []).flatMap(({ environment }) =>
    environment.state === 'unreadable' ? [] : environment.resources,
  );
  if (resources.some(one => one.state === 'deployed' && isOwnHosting(one))) return 'own';
  return branches && hasRepository !== undefined ? 'none' : 'unknown';
}

function generationOf({ environments, branches }: AppFacts, gen2: readonly Branch[]): Row['generation'] {
  if (!environments) return 'unknown';
  if (gen2.length > 0) return environments.length > 0 ? 'both' : 'gen2';
  if (environments.length > 0) return 'gen1';
  return branches ? 'none' : 'unknown';
}

/** Branches with a Gen 2 backend. */
export const gen2Of = ({ branches = [] }: AppFacts): readonly Branch[] =>
  branches.filter(({ backendStackArn }) => backendStackArn !== undefined);

function factsOf(environment: Environment, { stacks }: AppFacts, moved: ReadonlySet<string>): Partial<Row> {
  const { environment: name, state } = environment;
  if (environment.state === 'unreadable') return { environment: name, state };
  const { resources } = environment;
  const lastChange = lastChangeOf(environment, stacks);
  const own = resources.filter(({ origin }) => origin === 'own');
  const data = bounded(own.flatMap(resource => dataIn(resource, moved)));
  const imported = bounded(resources.flatMap(({ label, origin }) => (origin === 'imported' ? [label] : [])));
  return {
    ...{ environment: name, state },
    ...(lastChange !== undefined && { lastChange }),
    ...(data.length > 0 && { data }),
    ...(imported.length > 0 && { imported }),
  };
}

/** What a Gen 2 branch took over from environments: "from dev: user pool, bucket". */
const movedInto = ({ environments = [] }: AppFacts, ids: ReadonlySet<string>): string[] =>
  environments.flatMap(({ environment }) => {
    const things = environment.state === 'unreadable' ? [] : movedIn(environment.resources, ids);
    return things.length === 0 ? [] : [`from ${environment.environment}: ${countedKinds(things).join(', ')}`];
  });

/** A row for each environment and each Gen 2 backend; one for an app without either. */
export function rowsOf(facts: AppFacts): Row[] {
  const { target, appId, name, environments, stacks } = facts;
  const gen2 = gen2Of(facts);
  const app = {
    ...(target !== undefined && { target }),
    appId,
    ...(name !== undefined && { app: name }),
    generation: generationOf(facts, gen2),
  };
  const hosting = hostingOf(facts);
  const gen2Ids = facts.gen2Ids ?? new Map<string, ReadonlySet<string>>();
  const moved = new Set([...gen2Ids.values()].flatMap(ids => [...ids]));
  const ofGen1 = (environments ?? []).map(({ environment, policy, isRetained }) => ({
    ...factsOf(environment, facts, moved),
    migration: migrationStateOf(
      facts,
      environment.environment,
      policy,
      isRetained === undefined ? undefined : { hasMoved: true, isRetained },
    ),
  }));
  const ofGen2 = gen2.map(({ name: branch, backendStackArn = '', updatedAt }): Partial<Row> => {
    const lastChange = changedAt(stacks?.get(backendStackArn)) ?? updatedAt;
    const data = movedInto(facts, gen2Ids.get(branch) ?? new Set());
    return {
      branch,
      ...(lastChange !== undefined && { lastChange }),
      ...(data.length > 0 && { data }),
    };
  });
  const all = [...ofGen1, ...ofGen2];
  return (all.length > 0 ? all : [{}]).map(one => ({ ...app, ...one, hosting }));
}

/** The rows of one app, from what was read of it. Pure. */
import type { Branch } from '../../aws/amplify.ts';
import type { Stack } from '../../aws/stacks.ts';
import type { Environment, Resource, ThingKind } from '../../environment/index.ts';
import { type AppSigns, migrationStateOf, type StackPolicy } from './migration-state.ts';
import type { Row } from './output.ts';

/** What was read of an environment. */
export interface EnvironmentFacts {
  readonly environment: Environment;
  /** Of its root stack. */
  readonly policy: StackPolicy;
}

/** What was read of an app. What could not be read is undefined. */
export interface AppFacts extends AppSigns {
  readonly target: string | undefined;
  readonly name: string | undefined;
  readonly hasRepository: boolean | undefined;
  readonly environments: readonly EnvironmentFacts[] | undefined;
  /** The stacks of the target, by their names and ARNs. */
  readonly stacks: ReadonlyMap<string, Stack> | undefined;
}

/** Resources that a row names, of those that hold data and of imported ones. */
const MOST_NAMED = 8;

const plural = (kind: string, count: number) =>
  count === 1 ? kind : `${count} ${kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`}`;

/** "api/shop: 3 tables" */
function dataIn({ label, holds, tablesUnknown }: Resource): string[] {
  const counts = new Map<ThingKind, number>();
  const data = holds.filter(({ holdsData }) => holdsData);
  for (const { kind, isGuess } of data) if (!isGuess) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const held = [...counts].map(([kind, count]) => plural(kind, count));
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

function generationOf(environments: AppFacts['environments'], gen2: readonly Branch[]): Row['generation'] {
  if (!environments) return 'unknown';
  if (gen2.length > 0) return environments.length > 0 ? 'both' : 'gen2';
  return environments.length > 0 ? 'gen1' : 'none';
}

/** Branches with a Gen 2 backend. */
export const gen2Of = ({ branches = [] }: AppFacts): readonly Branch[] =>
  branches.filter(({ backendStackArn }) => backendStackArn !== undefined);

function factsOf(environment: Environment, stacks: AppFacts['stacks']): Partial<Row> {
  const { environment: name, state } = environment;
  if (environment.state === 'unreadable') return { environment: name, state };
  const { resources } = environment;
  const lastChange = lastChangeOf(environment, stacks);
  const own = resources.filter(({ origin }) => origin === 'own');
  const data = bounded(own.flatMap(dataIn));
  const imported = bounded(resources.flatMap(({ label, origin }) => (origin === 'imported' ? [label] : [])));
  return {
    ...{ environment: name, state },
    ...(lastChange !== undefined && { lastChange }),
    ...(data.length > 0 && { data }),
    ...(imported.length > 0 && { imported }),
  };
}

/** A row for each environment and each Gen 2 backend; one for an app without either. */
export function rowsOf(facts: AppFacts): Row[] {
  const { target, appId, name, environments, stacks } = facts;
  const gen2 = gen2Of(facts);
  const app = {
    ...(target !== undefined && { target }),
    appId,
    ...(name !== undefined && { app: name }),
    generation: generationOf(environments, gen2),
  };
  const hosting = hostingOf(facts);
  const ofGen1 = (environments ?? []).map(({ environment, policy }) => ({
    ...factsOf(environment, stacks),
    migration: migrationStateOf(facts, environment.environment, policy),
  }));
  const ofGen2 = gen2.map(({ name: branch, backendStackArn = '', updatedAt }): Partial<Row> => {
    const lastChange = changedAt(stacks?.get(backendStackArn)) ?? updatedAt;
    return { branch, ...(lastChange !== undefined && { lastChange }) };
  });
  const all = [...ofGen1, ...ofGen2];
  return (all.length > 0 ? all : [{}]).map(one => ({ ...app, ...one, hosting }));
}

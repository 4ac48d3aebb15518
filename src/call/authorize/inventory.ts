/**
 * What a deletion takes with it, by name, what it leaves, and what nobody can tell of it. Read from AWS before a person
 * is asked, and once more before the deletion goes out.
 */
import {
  type Environment,
  type HeldThing,
  namesOfThing,
  type Removal,
  type RemovalItem,
  removalOf,
} from '../../environment/index.ts';
import { settingsTools } from '../../environment/settings.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import type { Operation } from '../../operations/define.ts';
import { toolsetOf } from '../../operations/index.ts';
import { type Read, readEnvironmentAt } from '../read-environment.ts';

/** A resource that goes, or may go. */
export interface RemovedResource {
  readonly resource: string;
  readonly service: string;
  /** Names of what it holds, data first; empty where none is known. */
  readonly holds: readonly string[];
  /** How many more it holds, where a plan shows only the first. */
  readonly more?: number;
  /** Why it goes, or what could not be found out of it and why. */
  readonly note?: string;
}

/** What goes, by environment. */
export type Inventory = Readonly<Record<string, readonly RemovedResource[]>>;

/** What a deletion does. */
export interface DeletionInventory {
  readonly goes: Inventory;
  /** Environments of which nobody can name what goes: a person confirms that all of it does. */
  readonly notItemized: readonly string[];
  /** What was imported, a text each. */
  readonly stays: readonly string[];
  /** What else a person should know, a sentence each. */
  readonly remarks: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

/** Which category an operation is about; whole environments lose all of them. */
function categoryOf(operation: Operation): string | undefined {
  const toolset = toolsetOf(operation);
  return Object.hasOwn(settingsTools, toolset) ? toolset : undefined;
}

const weightOf = ({ holdsData, costsMoney }: HeldThing) => (holdsData ? 0 : 2) + (costsMoney ? 0 : 1);

/** The names of what something holds: what keeps data first, then what costs money. */
export function thingNames(holds: readonly HeldThing[]): string[] {
  const sorted = [...holds].sort((a, b) => weightOf(a) - weightOf(b));
  const names = sorted.flatMap(one => {
    // Several pools may have one name; AWS and its consoles tell them apart by their ids.
    const known = one.kind.endsWith(' pool') ? namesOfThing(one).reverse() : namesOfThing(one);
    return known.length > 0 ? known : [`a ${one.kind}`];
  });
  return [...new Set(names)];
}

/** What stays, as a text. */
export const keptText = ({ resource, holds }: RemovalItem): string =>
  holds.length === 0
    ? quoteName(resource)
    : `${quoteName(resource)}: ${quoteNames([...new Set(holds.flatMap(namesOfThing))])}`;

/** What holds data comes first, the environment's own stack last. */
const rankOf = ({ resource, holds }: RemovalItem) =>
  resource === 'stack' ? 2 : holds.some(({ holdsData }) => holdsData) ? 0 : 1;

/** The resources that go, those that hold data first, each with what is unsure about it; then what is unsure alone. */
function listRemoved({ goes, unsure }: Removal): RemovedResource[] {
  const noteOf = (resource: string) => {
    const whys = unsure.filter(one => one.resource === resource).map(({ why }) => why);
    return whys.length > 0 ? { note: whys.join('; ') } : {};
  };
  const sorted = [...goes].sort((a, b) => rankOf(a) - rankOf(b));
  const known = new Set(goes.map(({ resource }) => resource));
  const others = new Set(unsure.map(({ resource }) => resource).filter(resource => !known.has(resource)));
  return [
    ...sorted.map(({ resource, service, holds }) => ({
      ...{ resource, service, holds: thingNames(holds) },
      ...noteOf(resource),
    })),
    ...[...others].map(resource => ({ resource, service: 'unknown', holds: [], ...noteOf(resource) })),
  ];
}

/** The line that a person types where AmplifyBackend cannot delete an environment. A shell must find no more in it. */
export const deleteRecordCommand = (appId: string, environment: string): string =>
  `aws amplify delete-backend-environment --app-id ${appId} --environment-name ${/^[\w-]+$/.test(environment) ? environment : 'NAME'}`;

/** An environment of which nobody can name what goes. */
interface UnreadableEnvironment {
  readonly name: string;
  /** A clause to follow its name. */
  readonly why: string;
}

/** Of how many the line to type is shown. */
const MOST_LINES = 5;

/** What a person must know of the deletion of what cannot be read. */
function unreadRemarks(appId: string, unread: readonly UnreadableEnvironment[]): string[] {
  if (unread.length === 0) return [];
  const names = unread.map(({ name }) => name);
  const lines = names.slice(0, MOST_LINES).map(name => deleteRecordCommand(appId, name));
  return [
    ...unread.map(({ name, why }) => `${quoteName(name)} ${why}.`),
    `What goes with ${quoteNames(names)} can therefore not be named: whoever confirms agrees to lose whatever it has, its data among it. Look at its stack and its buckets in the AWS console first.`,
    `Where AmplifyBackend cannot delete it, a person types: ${lines.join(' ; ')} (it deletes Amplify's record of it; its stack and its buckets stay and cost money until somebody deletes them).`,
  ];
}

/** What the meta holds besides, and what will not work any more. */
function remarksOn(environment: Environment, { breaks }: Removal, label: string | undefined): string[] {
  const name = quoteName(environment.environment);
  const notRead = environment.state === 'unreadable' ? [] : environment.notRead;
  return [
    ...(notRead.length > 0 && label === undefined
      ? [
          `In the meta of ${name} this could not be read, so it is not named although it may go: ${quoteNames(notRead)}.`,
        ]
      : []),
    ...(breaks.length > 0
      ? [
          `These of ${name} need ${quoteName(label ?? '')} and will not work without it: ${quoteNames(breaks)}.`,
        ]
      : []),
  ];
}

/** Of each environment by itself. */
function inventoryOf(
  environment: Environment,
  label: string | undefined,
  isOneOfMany: boolean,
): DeletionInventory & { readonly unread: readonly UnreadableEnvironment[] } {
  const { environment: name } = environment;
  const removal = removalOf(environment, label);
  const nothing = { goes: {}, notItemized: [], stays: [], remarks: [], unread: [] };
  if (removal.state === 'unknown')
    return { ...nothing, notItemized: [name], unread: [{ name, why: removal.why }] };
  const stays = removal.stays.map(item => `${keptText(item)} — imported, stays`);
  return {
    ...nothing,
    goes: { [name]: listRemoved(removal) },
    stays: isOneOfMany ? stays.map(text => `${text} (of ${quoteName(name)})`) : stays,
    remarks: remarksOn(environment, removal, label),
  };
}

/**
 * What a deletion would take; undefined where it takes no resource.
 * @param environments those of the app, where it takes them all @throws ServerError
 */
export async function readInventory(
  read: Read,
  operation: Operation,
  args: Json,
  environments: readonly string[] | undefined,
): Promise<DeletionInventory | undefined> {
  const { toolName, access } = operation;
  const category = categoryOf(operation);
  const isOfOne = category !== undefined || toolName === 'delete_backend';
  const names = environments ?? (isOfOne ? [String(args.backendEnvironmentName)] : undefined);
  if (access !== 'delete' || !names) return undefined;
  const appId = String(args.appId);
  const label = category === undefined ? undefined : `${category}/${String(args.resourceName)}`;
  const all: ReturnType<typeof inventoryOf>[] = [];
  for (const backendEnvironmentName of names) {
    const environment = await readEnvironmentAt(read, { appId, backendEnvironmentName });
    all.push(inventoryOf(environment, label, names.length > 1));
  }
  const unread = all.flatMap(one => one.unread);
  return {
    goes: Object.fromEntries(all.flatMap(({ goes }) => Object.entries(goes))),
    notItemized: all.flatMap(({ notItemized }) => notItemized),
    stays: all.flatMap(({ stays }) => stays),
    remarks: [...unreadRemarks(appId, unread), ...all.flatMap(({ remarks }) => remarks)],
  };
}

/**
 * The inventory of a deletion: what it deletes, by name, what stays, and what is unknown. It is read from AWS before a
 * person is asked, and again before the deletion is sent.
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

/** A resource that is deleted, or may be. */
export interface RemovedResource {
  readonly resource: string;
  readonly service: string;
  /** Names of its contents, data first; empty where none is known. */
  readonly holds: readonly string[];
  /** Whether the first of these hold data. A shown plan leaves it out: there it only decides what is left out last. */
  readonly holdsData?: true;
  /** How many more contents it has, where a plan shows only the first. */
  readonly more?: number;
  /** Why it is deleted, or what is unknown about it and why. */
  readonly note?: string;
}

/** A number of resources, and of what they hold. */
export interface RemovedCount {
  readonly resources: number;
  readonly things: number;
}

/** What is deleted, by environment. */
export type Inventory = Readonly<Record<string, readonly RemovedResource[]>>;

/** What a deletion does, and what it leaves. */
export interface DeletionInventory {
  readonly goes: Inventory;
  /** Environments whose contents are unknown: a person confirms that all of them are deleted. */
  readonly notItemized: readonly string[];
  /** Imported resources, a text each. They stay. */
  readonly stays: readonly string[];
  /** What else a person should know, a sentence each. */
  readonly remarks: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

/** The category that an operation concerns; undefined for whole environments. */
function categoryOf(operation: Operation): string | undefined {
  const toolset = toolsetOf(operation);
  return Object.hasOwn(settingsTools, toolset) ? toolset : undefined;
}

const weightOf = ({ holdsData, costsMoney }: HeldThing) => (holdsData ? 0 : 2) + (costsMoney ? 0 : 1);

/** The names of things: those that hold data first, then those that cost money. */
export function thingNames(holds: readonly HeldThing[]): string[] {
  const sorted = [...holds].sort((a, b) => weightOf(a) - weightOf(b));
  const names = sorted.flatMap(one => {
    // Several pools may have the same name. Their ids tell them apart.
    const known = one.kind.endsWith(' pool') ? namesOfThing(one).reverse() : namesOfThing(one);
    return known.length > 0 ? known : [`a ${one.kind}`];
  });
  return [...new Set(names)];
}

/** A resource that stays, as a text. */
export const keptText = ({ resource, holds }: RemovalItem): string =>
  holds.length === 0
    ? quoteName(resource)
    : `${quoteName(resource)}: ${quoteNames([...new Set(holds.flatMap(namesOfThing))])}`;

/** Resources that hold data come first, the environment's own stack last. */
const rankOf = ({ resource, holds }: RemovalItem) =>
  resource === 'stack' ? 2 : holds.some(({ holdsData }) => holdsData) ? 0 : 1;

/** The resources that are deleted, data first, each with a note on what is unknown; then those that may be deleted. */
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
      ...(holds.some(({ holdsData }) => holdsData) && { holdsData: true as const }),
      ...noteOf(resource),
    })),
    ...[...others].map(resource => ({ resource, service: 'unknown', holds: [], ...noteOf(resource) })),
  ];
}

/** For how many environments the command is shown. */
const MOST_COMMANDS = 5;

/** In the command, a name that a shell could read as more than a name is left to the person. */
const deleteRecordCommand = (appId: string, environment: string): string =>
  `aws amplify delete-backend-environment --app-id ${appId} --environment-name ${/^[\w-]+$/.test(environment) ? environment : 'NAME'}`;

/** What a person can type where AmplifyBackend lists environments and cannot delete them, as a sentence. */
export function howToDeleteRecords(appId: string, environments: readonly string[]): string {
  const commands = environments.slice(0, MOST_COMMANDS).map(name => deleteRecordCommand(appId, name));
  return `If AmplifyBackend cannot delete it, a person can type: ${commands.join(' ; ')} (this deletes Amplify's record alone: the stack and the buckets stay, and cost money until they are deleted too).`;
}

/** An environment whose contents cannot be read. */
interface UnreadableEnvironment {
  readonly name: string;
  /** A clause to follow its name. */
  readonly why: string;
}

/** What a person must know before environments are deleted whose contents cannot be read. */
function unreadRemarks(appId: string, unread: readonly UnreadableEnvironment[]): string[] {
  if (unread.length === 0) return [];
  const names = unread.map(({ name }) => name);
  return [
    ...unread.map(({ name, why }) => `${quoteName(name)} ${why}.`),
    `The contents of ${quoteNames(names)} are therefore unknown: to confirm is to agree to lose all of them, data included. Check the stack and the buckets in the AWS console first.`,
    howToDeleteRecords(appId, names),
  ];
}

/** Remarks on entries of the meta that are no readable resources, and on resources that stop working. */
function remarksOn(environment: Environment, { breaks }: Removal, label: string | undefined): string[] {
  const name = quoteName(environment.environment);
  const unreadableEntries = environment.state === 'unreadable' ? [] : environment.unreadableEntries;
  return [
    ...(unreadableEntries.length > 0 && label === undefined
      ? [
          `These parts of the meta of ${name} could not be read, and may be deleted without being named here: ${quoteNames(unreadableEntries)}.`,
        ]
      : []),
    ...(breaks.length > 0
      ? [
          `These resources of ${name} need ${quoteName(label ?? '')} and stop working without it: ${quoteNames(breaks)}.`,
        ]
      : []),
  ];
}

/** The inventory of one environment. */
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
 * Reads the inventory of a deletion; undefined where it deletes no resource.
 * @param environments all of the app, where the deletion concerns all of them @throws ServerError
 */
export async function readInventory(
  read: Read,
  operation: Operation,
  args: Json,
  environments: readonly string[] | undefined,
): Promise<DeletionInventory | undefined> {
  const { toolName, access } = operation;
  const category = categoryOf(operation);
  const concernsOneEnvironment = category !== undefined || toolName === 'delete_backend';
  const names = environments ?? (concernsOneEnvironment ? [String(args.backendEnvironmentName)] : undefined);
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

/**
 * What an update or an import would destroy, by name: tables, pools, buckets. It is read from AWS before such a write, so
 * that the policy can require a confirmation as for a deletion.
 */
import { tableNameOf } from '../../environment/api-tables.ts';
import type { ReadEnvironment } from '../../environment/index.ts';
import { canDestroy, type Loss, lossesOfImport, lossesOfUpdate } from '../../environment/losses.ts';
import { settingsTools } from '../../environment/settings.ts';
import { type Json, objectOf, textOf } from '../../lib/json.ts';
import type { Operation } from '../../operations/define.ts';
import { type Read, readEnvironmentAt } from '../read-environment.ts';
import { type Inventory, type RemovedResource, thingNames } from './inventory.ts';
import { attemptRead, type StateReader } from './prior-state.ts';

/** An environment's resources, and the parts of its meta that could not be read. */
type Contents = Pick<ReadEnvironment, 'resources' | 'unreadableEntries'>;

/** An environment's contents, or why they are unknown; empty where there is no environment. @throws as `attemptRead` */
async function readContents(read: Read, args: Json): Promise<Contents | { readonly unread: string }> {
  const ref = {
    appId: String(args.appId),
    backendEnvironmentName: String(args.backendEnvironmentName),
  };
  const found = await attemptRead(() => readEnvironmentAt(read, ref, false));
  if ('unread' in found) return found;
  const environment = found.value;
  if (!environment) return { resources: [], unreadableEntries: [] };
  return environment.state === 'unreadable' ? { unread: 'unreadable' } : environment;
}

const toRemoved = (resource: string, service: string, { holds, why }: Loss): RemovedResource => ({
  ...{ resource, service, holds, note: why },
});

/** The settings in an answer; undefined where it has none, which does not mean that the resource has none. */
function settingsOf(answer: Json | undefined): Json | undefined {
  const settings = objectOf(answer?.resourceConfig);
  return Object.keys(settings).length > 0 ? settings : undefined;
}

async function readUpdateLosses(
  { read, priorState: source }: StateReader,
  { toolName, configures: category }: Operation,
  args: Json,
): Promise<RemovedResource[]> {
  if (!source || !category || !canDestroy(toolName, args)) return [];
  const { backendEnvironmentName, resourceName } = args;
  const settings = await source.read();
  if ('value' in settings && settings.value === undefined) return [];
  const before = 'value' in settings ? settingsOf(settings.value) : undefined;
  const losses = await lossesOfUpdate(toolName, before, args);
  if (losses.length === 0) return [];
  const label = `${category}/${String(resourceName)}`;
  const contents = await readContents(read, args);
  const found = 'unread' in contents ? undefined : contents.resources.find(one => one.label === label);
  // The meta has the API's id, which is part of its tables' names.
  const apiId = textOf(found?.outputs.GraphQLAPIIdOutput) ?? '*';
  const name = (held: string) =>
    category === 'api' ? tableNameOf(held, apiId, String(backendEnvironmentName)) : held;
  return losses.map(loss =>
    toRemoved(label, found?.service ?? 'unknown', { ...loss, holds: loss.holds.map(name) }),
  );
}

async function readImportLosses(
  read: Read,
  { replaces, configures: category }: Operation,
  args: Json,
): Promise<RemovedResource[]> {
  if (!replaces || !category) return [];
  const { service: managed } = settingsTools[category];
  const contents = await readContents(read, args);
  const unreadAs = (why: string) => ({
    ...{ resource: category, service: managed, holds: [] },
    note: `the existing resources could not be read (${why}): they may be replaced`,
  });
  if ('unread' in contents) return [unreadAs(contents.unread)];
  const { resources, unreadableEntries } = contents;
  const isUnread = unreadableEntries.some(name => name === category || name.startsWith(`${category}/`));
  const there = resources
    // A resource without a service may be one of this service.
    .filter(one => one.category === category && [managed, 'unknown'].includes(one.service))
    .map(({ name, origin, holds }) => ({
      ...{ name, isImported: origin === 'imported', holds: thingNames(holds) },
    }));
  const losses = lossesOfImport(there).map(({ name, ...loss }) =>
    toRemoved(`${category}/${name}`, managed, loss),
  );
  return isUnread ? [...losses, unreadAs('its meta has no resource there')] : losses;
}

/** Reads what an update or an import would destroy; undefined where that is nothing. @throws ServerError */
export async function readLosses(
  state: StateReader,
  operation: Operation,
  args: Json,
): Promise<Inventory | undefined> {
  const going = [
    ...(await readUpdateLosses(state, operation, args)),
    ...(await readImportLosses(state.read, operation, args)),
  ];
  return going.length > 0 ? { [String(args.backendEnvironmentName)]: going } : undefined;
}

/**
 * What an update or an import would destroy, by name: tables, pools, buckets. Read from AWS before such a write, so that
 * the policy can have a person asked about it as about a deletion.
 */
import { tableNameOf } from '../environment/api-tables.ts';
import type { ReadEnvironment } from '../environment/index.ts';
import { canDestroy, type Loss, lossesOfImport, lossesOfUpdate } from '../environment/losses.ts';
import { asRegistered } from '../errors.ts';
import { type Json, objectOf, textOf } from '../lib/json.ts';
import type { Operation } from '../operations/define.ts';
import { type Read, readEnvironmentAt } from './environment-read.ts';
import { type GoingResource, heldNames, type Inventory } from './inventory.ts';

/** What an update changes: its category, and the read that tells its settings. */
const updated: Readonly<Record<string, { readonly category: string; readonly read: string }>> = {
  update_backend_api: { category: 'api', read: 'get_backend_api' },
  update_backend_auth: { category: 'auth', read: 'get_backend_auth' },
  update_backend_storage: { category: 'storage', read: 'get_backend_storage' },
};

/** What an import can take the place of. */
const replaced: Readonly<Record<string, { readonly category: string; readonly service: string }>> = {
  import_backend_auth: { category: 'auth', service: 'Cognito' },
  import_backend_storage: { category: 'storage', service: 'S3' },
};

/** What was read; undefined where AWS knows none, and why where nobody can tell. */
export type ReadIfThere<Value> = { readonly value: Value | undefined } | { readonly unread: string };

/** Failures that say nothing of what is there and that the write would meet as well. */
const isPassing = ({ retryable, code }: ReturnType<typeof asRegistered>) =>
  retryable ||
  code.startsWith('credentials_') ||
  ['cancelled', 'region_missing', 'clock_skew'].includes(code);

/** Reads what is there. @throws RegisteredError where the same call can work later */
export async function readIfThere<Value>(read: () => Promise<Value>): Promise<ReadIfThere<Value>> {
  try {
    return { value: await read() };
  } catch (thrown) {
    const failure = asRegistered(thrown);
    if (failure.code === 'not_found') return { value: undefined };
    if (isPassing(failure)) throw failure;
    return { unread: failure.code };
  }
}

/** What an environment has, and what its meta holds in the place of categories and resources. */
type Contents = Pick<ReadEnvironment, 'resources' | 'notRead'>;

/** What an environment has, or why nobody can tell; nothing of one that is not there. @throws as `readIfThere` */
async function contentsAt(read: Read, args: Json): Promise<Contents | { readonly unread: string }> {
  const address = {
    appId: String(args.appId),
    backendEnvironmentName: String(args.backendEnvironmentName),
  };
  const found = await readIfThere(() => readEnvironmentAt(read, address, false));
  if ('unread' in found) return found;
  const environment = found.value;
  if (!environment) return { resources: [], notRead: [] };
  return environment.state === 'unreadable' ? { unread: 'unreadable' } : environment;
}

const toGoing = (resource: string, service: string, { holds, why }: Loss): GoingResource => ({
  ...{ resource, service, holds, note: why },
});

/** The settings in an answer; undefined where it tells none, which is no word that there are none. */
function settingsOf(answer: Json | undefined): Json | undefined {
  const settings = objectOf(answer?.resourceConfig);
  return Object.keys(settings).length > 0 ? settings : undefined;
}

async function lossesOfChange(read: Read, toolName: string, args: Json): Promise<GoingResource[]> {
  const change = updated[toolName];
  if (!change || !canDestroy(toolName, args)) return [];
  const { appId, backendEnvironmentName, resourceName } = args;
  const place = { appId, backendEnvironmentName, resourceName };
  const settings = await readIfThere(() => read(change.read, place));
  if ('value' in settings && settings.value === undefined) return [];
  const before = 'value' in settings ? settingsOf(settings.value) : undefined;
  const losses = await lossesOfUpdate(toolName, before, args);
  if (losses.length === 0) return [];
  const label = `${change.category}/${String(resourceName)}`;
  const contents = await contentsAt(read, args);
  const found = 'unread' in contents ? undefined : contents.resources.find(one => one.label === label);
  // Of an API that the meta does not tell of, a part of its tables' names is not known.
  const apiId = textOf(found?.outputs.GraphQLAPIIdOutput) ?? '*';
  const name = (held: string) =>
    change.category === 'api' ? tableNameOf(held, apiId, String(backendEnvironmentName)) : held;
  return losses.map(loss =>
    toGoing(label, found?.service ?? 'unknown', { ...loss, holds: loss.holds.map(name) }),
  );
}

async function lossesByImport(read: Read, toolName: string, args: Json): Promise<GoingResource[]> {
  const place = replaced[toolName];
  if (!place) return [];
  const contents = await contentsAt(read, args);
  const unreadAs = (why: string) => ({
    ...{ resource: place.category, service: place.service, holds: [] },
    note: `what is there could not be read (${why}): it may be replaced`,
  });
  if ('unread' in contents) return [unreadAs(contents.unread)];
  const { resources, notRead } = contents;
  const isUnread = notRead.some(name => name === place.category || name.startsWith(`${place.category}/`));
  const there = resources
    // What names no service may be of this one.
    .filter(
      ({ category, service }) => category === place.category && [place.service, 'unknown'].includes(service),
    )
    .map(({ name, origin, holds }) => ({
      ...{ name, isImported: origin === 'imported', holds: heldNames(holds) },
    }));
  const losses = lossesOfImport(there).map(({ name, ...loss }) =>
    toGoing(`${place.category}/${name}`, place.service, loss),
  );
  return isUnread ? [...losses, unreadAs('its meta has no resource there')] : losses;
}

/** What an update or an import would destroy; undefined where that is nothing. @throws RegisteredError */
export async function takeLosses(
  read: Read,
  { toolName }: Operation,
  args: Json,
): Promise<Inventory | undefined> {
  const going = [
    ...(await lossesOfChange(read, toolName, args)),
    ...(await lossesByImport(read, toolName, args)),
  ];
  return going.length > 0 ? { [String(args.backendEnvironmentName)]: going } : undefined;
}

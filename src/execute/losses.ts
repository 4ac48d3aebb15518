/**
 * What an update or an import would destroy, by name: tables, pools, buckets. Read from AWS before such a write, so that
 * the policy can have a person asked about it as about a deletion.
 */
import { tableNameOf } from '../environment/api-tables.ts';
import type { Resource } from '../environment/index.ts';
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

/** What an environment has; why nobody can tell; nothing of one that is not there. @throws as `readIfThere` */
async function resourcesAt(
  read: Read,
  args: Json,
): Promise<readonly Resource[] | { readonly unread: string }> {
  const address = {
    appId: String(args.appId),
    backendEnvironmentName: String(args.backendEnvironmentName),
  };
  const found = await readIfThere(() => readEnvironmentAt(read, address, false));
  if ('unread' in found) return found;
  const environment = found.value;
  if (!environment) return [];
  return environment.state === 'unreadable' ? { unread: 'unreadable' } : environment.resources;
}

const toGoing = (resource: string, service: string, { holds, why }: Loss): GoingResource => ({
  ...{ resource, service, holds, note: why },
});

async function lossesOfChange(read: Read, toolName: string, args: Json): Promise<GoingResource[]> {
  const change = updated[toolName];
  if (!change || !canDestroy(toolName, args)) return [];
  const { appId, backendEnvironmentName, resourceName } = args;
  const place = { appId, backendEnvironmentName, resourceName };
  const settings = await readIfThere(() => read(change.read, place));
  if ('value' in settings && settings.value === undefined) return [];
  const before = 'value' in settings ? objectOf(settings.value?.resourceConfig) : undefined;
  const losses = await lossesOfUpdate(toolName, before, args);
  if (losses.length === 0) return [];
  const label = `${change.category}/${String(resourceName)}`;
  const resources = await resourcesAt(read, args);
  const found = Array.isArray(resources) ? resources.find(one => one.label === label) : undefined;
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
  const resources = await resourcesAt(read, args);
  if ('unread' in resources) {
    const note = `what is there could not be read (${resources.unread}): it may be replaced`;
    return [{ resource: place.category, service: place.service, holds: [], note }];
  }
  const there = resources
    .filter(({ category, service }) => category === place.category && service === place.service)
    .map(({ name, origin, holds }) => ({
      ...{ name, isImported: origin === 'imported', holds: heldNames(holds) },
    }));
  return lossesOfImport(there).map(({ name, ...loss }) =>
    toGoing(`${place.category}/${name}`, place.service, loss),
  );
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

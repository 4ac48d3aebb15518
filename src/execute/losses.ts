/**
 * What an update or an import would destroy, by name: tables, pools, buckets. Read from AWS before such a write, so that
 * the policy can have a person asked about it as about a deletion.
 */
import { canDestroy, type Loss, lossesOfImport, lossesOfUpdate } from '../environment/losses.ts';
import { asRegistered } from '../errors.ts';
import type { Operation } from '../operations/define.ts';
import {
  type GoingResource,
  type Inventory,
  type Listed,
  listedIn,
  objectOf,
  type Read,
  readMeta,
  tableName,
} from './inventory.ts';

type Json = Readonly<Record<string, unknown>>;

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

/** Settings as a read tells them; undefined where AWS knows none, and why where nobody can tell. */
export type SettingsRead = { readonly value: Json | undefined } | { readonly unread: string };

/** Failures that say nothing of what is there and that the write would meet as well. */
const isPassing = ({ retryable, code }: ReturnType<typeof asRegistered>) =>
  retryable ||
  code.startsWith('credentials_') ||
  ['cancelled', 'region_missing', 'clock_skew'].includes(code);

/** Reads what is there. @throws RegisteredError where the same call can work later */
export async function readSettings(read: () => Promise<Json>): Promise<SettingsRead> {
  try {
    return { value: await read() };
  } catch (thrown) {
    const failure = asRegistered(thrown);
    if (failure.code === 'not_found') return { value: undefined };
    if (isPassing(failure)) throw failure;
    return { unread: failure.code };
  }
}

const toGoing = (
  listed: Pick<Listed, 'category' | 'name' | 'service'>,
  { holds, why }: Loss,
): GoingResource => ({
  ...{ resource: `${listed.category}/${listed.name}`, service: listed.service, holds, note: why },
});

async function lossesOfChange(read: Read, toolName: string, args: Json): Promise<GoingResource[]> {
  const change = updated[toolName];
  if (!change || !canDestroy(toolName, args)) return [];
  const { appId, backendEnvironmentName, resourceName } = args;
  const place = { appId, backendEnvironmentName, resourceName };
  const settings = await readSettings(() => read(change.read, place));
  if ('value' in settings && settings.value === undefined) return [];
  const before = 'value' in settings ? objectOf(settings.value?.resourceConfig) : undefined;
  const losses = await lossesOfUpdate(toolName, before, args);
  if (losses.length === 0) return [];
  const environment = String(backendEnvironmentName);
  const meta = await readSettings(async () => ({ meta: await readMeta(read, String(appId), environment) }));
  const all = 'value' in meta ? listedIn(meta.value?.meta) : [];
  const listed = all.find(({ category, name }) => category === change.category && name === resourceName) ?? {
    ...{ category: change.category, name: String(resourceName), service: 'unknown', isImported: false },
    ...{ outputs: {}, holds: [] },
  };
  const name = (held: string) => (change.category === 'api' ? tableName(held, listed, environment) : held);
  return losses.map(loss => toGoing(listed, { ...loss, holds: loss.holds.map(name) }));
}

async function lossesByImport(read: Read, toolName: string, args: Json): Promise<GoingResource[]> {
  const place = replaced[toolName];
  if (!place) return [];
  const { appId, backendEnvironmentName } = args;
  const environment = String(backendEnvironmentName);
  const meta = await readSettings(async () => ({ meta: await readMeta(read, String(appId), environment) }));
  if ('unread' in meta) {
    const note = `what is there could not be read (${meta.unread}): it may be replaced`;
    return [{ resource: place.category, service: place.service, holds: [], note }];
  }
  const own = listedIn(meta.value?.meta).filter(
    ({ category, service }) => category === place.category && service === place.service,
  );
  return lossesOfImport(own).map(({ name, ...loss }) => toGoing({ ...place, name }, loss));
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

/**
 * Secrets in snapshots: withholds them whatever the configuration reveals, finds where they were withheld, and clears
 * settings of them before they are sent. Pure.
 */
import { isObject, type Json, memberOf } from '../../../lib/json.ts';
import { isWithheld, WITHHELD } from '../../../lib/withheld-mark.ts';
import { operations } from '../../../operations/index.ts';

/** The members of the settings of an auth resource that take a secret, as paths. */
export const secretPaths = operations
  .flatMap(({ toolName, secretInputs }) => (toolName === 'create_backend_auth' ? secretInputs : []))
  .map(([, ...path]) => path);

/** Replaces the value at a path, or removes it; a value that does not exist is not added. */
function replaceAt(value: unknown, [name, ...rest]: readonly string[], put: unknown): unknown {
  if (name === undefined || !isObject(value) || value[name] === undefined) return value;
  const inner = rest.length === 0 ? put : replaceAt(value[name], rest, put);
  const { [name]: _, ...others } = value;
  return inner === undefined ? others : { ...value, [name]: inner };
}

/** Settings with their secrets withheld. People keep snapshots in files, so this holds even where answers reveal secrets. */
export const withholdSecrets = (resourceConfig: Json): Json =>
  secretPaths.reduce<Json>((config, path) => replaceAt(config, path, WITHHELD) as Json, resourceConfig);

/** Settings without the members that hold secrets: these are neither compared nor shown. */
export const withoutSecrets = (resourceConfig: Json): Json =>
  secretPaths.reduce<Json>((config, path) => replaceAt(config, path, undefined) as Json, resourceConfig);

/** Where something was withheld, as `auth/resourceConfig/...`, sorted. */
export function withheldIn(value: unknown, path: readonly string[] = []): string[] {
  if (isWithheld(value)) return [path.join('/')];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value)
    .flatMap(([name, inner]) => withheldIn(inner, [...path, name]))
    .sort();
}

/** A value without withheld members, and without structures that have no other members. */
function cleared(value: unknown): unknown {
  if (isWithheld(value)) return undefined;
  if (Array.isArray(value)) return value.map(cleared).filter(item => item !== undefined);
  if (!isObject(value)) return value;
  const kept = Object.entries(value)
    .map(([name, inner]) => [name, cleared(inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return kept.length === 0 && Object.keys(value).length > 0 ? undefined : Object.fromEntries(kept);
}

/** Settings that can be sent: without withheld values, and without social providers whose secret is withheld. */
export function sendable(resourceConfig: Json): { config: Json; leftOut: string[] } {
  const withoutSecret = secretPaths.filter(path =>
    isWithheld(path.reduce<unknown>(memberOf, resourceConfig)),
  );
  const config = withoutSecret.reduce<Json>(
    (kept, path) => replaceAt(kept, path.slice(0, -1), WITHHELD) as Json,
    resourceConfig,
  );
  return { config: (cleared(config) ?? {}) as Json, leftOut: withheldIn(resourceConfig) };
}

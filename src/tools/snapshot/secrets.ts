/**
 * Secrets and snapshots: what was withheld and where, what is withheld whatever the configuration reveals, and
 * settings cleared of what nobody can write back. Pure.
 */
import { isObject, type Json, memberOf } from '../../lib/json.ts';
import { isWithheld, WITHHELD } from '../../lib/withheld-mark.ts';
import { operations } from '../../operations/index.ts';

/** The members that take a secret, as ways into the settings of an auth resource. */
const secretWays = operations
  .flatMap(({ toolName, secretInputs }) => (toolName === 'create_backend_auth' ? secretInputs : []))
  .map(([, ...way]) => way);

/** Puts another value in the place of the one at that way, or takes it out; where there is none, nothing is put. */
function replaceAt(value: unknown, [name, ...rest]: readonly string[], put: unknown): unknown {
  if (name === undefined || !isObject(value) || value[name] === undefined) return value;
  const inner = rest.length === 0 ? put : replaceAt(value[name], rest, put);
  const { [name]: _, ...others } = value;
  return inner === undefined ? others : { ...value, [name]: inner };
}

/** The settings without their secrets: a snapshot is kept in files, so it holds none even where they are revealed. */
export const withholdSecrets = (resourceConfig: Json): Json =>
  secretWays.reduce<Json>((config, way) => replaceAt(config, way, WITHHELD) as Json, resourceConfig);

/** The settings without the members that hold secrets: they are never compared, and never shown. */
export const withoutSecrets = (resourceConfig: Json): Json =>
  secretWays.reduce<Json>((config, way) => replaceAt(config, way, undefined) as Json, resourceConfig);

/** Where something was withheld, as `auth/resourceConfig/...`, sorted. */
export function withheldIn(value: unknown, path: readonly string[] = []): string[] {
  if (isWithheld(value)) return [path.join('/')];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value)
    .flatMap(([name, inner]) => withheldIn(inner, [...path, name]))
    .sort();
}

/** A value without what was withheld, nor what is empty without that. */
function cleared(value: unknown): unknown {
  if (isWithheld(value)) return undefined;
  if (Array.isArray(value)) return value.map(cleared).filter(item => item !== undefined);
  if (!isObject(value)) return value;
  const kept = Object.entries(value)
    .map(([name, inner]) => [name, cleared(inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return kept.length === 0 && Object.keys(value).length > 0 ? undefined : Object.fromEntries(kept);
}

/** Auth settings that can be sent: without what was withheld, a social provider without its secret among it. */
export function sendable(resourceConfig: Json): { config: Json; leftOut: string[] } {
  const bare = secretWays.filter(way => isWithheld(way.reduce<unknown>(memberOf, resourceConfig)));
  // What is withheld as a whole goes as a whole, and what is empty without it.
  const config = bare.reduce<Json>(
    (kept, way) => replaceAt(kept, way.slice(0, -1), WITHHELD) as Json,
    resourceConfig,
  );
  return { config: (cleared(config) ?? {}) as Json, leftOut: withheldIn(resourceConfig) };
}

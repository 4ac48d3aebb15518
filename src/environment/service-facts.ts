/** Facts that outputs hold indirectly: the groups of a pool, a layer's version, an id or a host in an address. */
import { type Json, textOf } from '../lib/json.ts';
import type { Entry } from './service.ts';

const GROUP_ROLE = 'GroupRole';

/** The groups of a user pool and their roles: an output `adminsGroupRole` is the role of the group `admins`. */
export const groupsOf = (outputs: Json): [name: string, role: string][] =>
  Object.entries(outputs)
    .filter(([key, role]) => key.endsWith(GROUP_ROLE) && typeof role === 'string')
    .map(([key, role]) => [key.slice(0, -GROUP_ROLE.length), String(role)]);

/** The version of a layer, by the end of its ARN: `arn:aws:lambda:us-east-1:1:layer:shared-dev:7`. */
export function layerVersion({ outputs }: Entry): Json {
  const version = textOf(outputs.Arn)?.split(':')[7];
  return version === undefined ? {} : { version };
}

/** The id of a REST API, by its address: metas of old CLIs have no ApiId. */
export const idOfRestApi = ({ RootUrl }: Json): string | undefined =>
  /^https:\/\/([a-z0-9]+)\.execute-api\./.exec(textOf(RootUrl) ?? '')?.[1];

/** The host of a distribution's address. Some metas show a distribution by its address alone. */
export const hostOf = (address: unknown): string | undefined =>
  /^https:\/\/([^\s/]+)/.exec(textOf(address) ?? '')?.[1];

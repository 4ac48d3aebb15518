/**
 * Names and ids that belong to one environment, and how each changes where the settings are used for another one. AWS
 * refuses a second environment with the same names, or the two would share resources.
 */
import { isObject, type Json } from '../../lib/json.ts';

/** The separator before the environment's name, by member; `undefined` where AWS chooses the value for each environment. */
export const ownNames: Readonly<Record<string, string | undefined>> = {
  userPoolName: '_',
  identityPoolName: '_',
  domainPrefix: '-',
  bucketName: undefined,
  cognitoUserPoolId: undefined,
};

/** The environment that the settings come from, and the one that they are used for. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
  /** Whether both are the same environment: a restored one gets its names back. */
  readonly isSame: boolean;
}

/** A name for a new resource: older names may have characters that AWS no longer accepts. */
export const asNewName = (name: string) => name.replace(/[^A-Za-z0-9]/g, '') || 'resource';

/** Whether a resource has the wanted name, or that name as `asNewName` changes it. */
export const hasName = (wanted: string, found: string) => found === wanted || found === asNewName(wanted);

function renamed(name: string, separator: string, { from, to, isSame }: Renaming): string {
  if (isSame) return name;
  const stem = [`_${from}`, `-${from}`].find(ending => name.endsWith(ending));
  return stem === undefined || from === to
    ? `${name}${separator}${to}`
    : `${name.slice(0, -from.length)}${to}`;
}

function mapped(value: unknown, replace: (member: string, name: string) => string | undefined): unknown {
  if (Array.isArray(value)) return value.map(item => mapped(item, replace));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([member, inner]) => {
    const isOwn = Object.hasOwn(ownNames, member) && typeof inner === 'string';
    return [member, isOwn ? replace(member, inner) : mapped(inner, replace)] as const;
  });
  return Object.fromEntries(members.filter(([, inner]) => inner !== undefined));
}

/** The settings with another environment's names. */
export const renameFor = (config: Json, renaming: Renaming): Json =>
  mapped(config, (member, name) => {
    const separator = ownNames[member];
    return separator === undefined ? undefined : renamed(name, separator, renaming);
  }) as Json;

/** The settings without these names, for a comparison. */
export const withoutOwnNames = (config: Json): Json => mapped(config, () => undefined) as Json;

/** Adds the user pool's id wherever the API authorizes its users. */
export function withUserPool(config: Json, cognitoUserPoolId: string | undefined): Json {
  const named = (type: unknown) =>
    isObject(type) && type.mode === 'AMAZON_COGNITO_USER_POOLS' && cognitoUserPoolId !== undefined
      ? { ...type, settings: { ...(type.settings as Json | undefined), cognitoUserPoolId } }
      : type;
  const { defaultAuthType, additionalAuthTypes } = config;
  return {
    ...config,
    ...(defaultAuthType !== undefined && { defaultAuthType: named(defaultAuthType) }),
    ...(Array.isArray(additionalAuthTypes) && { additionalAuthTypes: additionalAuthTypes.map(named) }),
  };
}

/** Whether the API authorizes the users of a user pool. */
export function usesUserPool({ defaultAuthType, additionalAuthTypes }: Json): boolean {
  const types = [defaultAuthType, ...(Array.isArray(additionalAuthTypes) ? additionalAuthTypes : [])];
  return types.some(type => isObject(type) && type.mode === 'AMAZON_COGNITO_USER_POOLS');
}

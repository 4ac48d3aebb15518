/**
 * The names and ids that one environment's resources have of their own: what becomes of each where its settings are
 * used for another environment. A second environment that shared one of them would be refused, or no second one.
 */
import { isObject, type Json } from '../../lib/json.ts';

/** By member: what joins an environment's name to it; `undefined` where the other environment gets one from AWS. */
export const ownNames: Readonly<Record<string, string | undefined>> = {
  userPoolName: '_',
  identityPoolName: '_',
  domainPrefix: '-',
  bucketName: undefined,
  cognitoUserPoolId: undefined,
};

/** Whose settings they are, and for whom they are to be used. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
  /** Whether both are the same environment: a restored one gets its names back. */
  readonly isSame: boolean;
}

/** The name that a new resource can have for one of an older name, which may hold what no new one may. */
export const asNewName = (name: string) => name.replace(/[^A-Za-z0-9]/g, '') || 'resource';

/** Whether a resource has the name that is wanted, or the one that it was made under for it. */
export const hasName = (wanted: string, found: string) => found === wanted || found === asNewName(wanted);

function renamed(name: string, joint: string, { from, to, isSame }: Renaming): string {
  if (isSame) return name;
  const stem = [`_${from}`, `-${from}`].find(ending => name.endsWith(ending));
  return stem === undefined || from === to ? `${name}${joint}${to}` : `${name.slice(0, -from.length)}${to}`;
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

/** The settings under another environment's names. */
export const renameFor = (config: Json, renaming: Renaming): Json =>
  mapped(config, (member, name) => {
    const joint = ownNames[member];
    return joint === undefined ? undefined : renamed(name, joint, renaming);
  }) as Json;

/** The settings without any of these names: as they can be compared. */
export const withoutOwnNames = (config: Json): Json => mapped(config, () => undefined) as Json;

/** Names the user pool wherever the API lets its users in. */
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

/** Whether the API lets a user pool's users in. */
export function usesUserPool({ defaultAuthType, additionalAuthTypes }: Json): boolean {
  const types = [defaultAuthType, ...(Array.isArray(additionalAuthTypes) ? additionalAuthTypes : [])];
  return types.some(type => isObject(type) && type.mode === 'AMAZON_COGNITO_USER_POOLS');
}

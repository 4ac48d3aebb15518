/**
 * What is wrong with the Cognito ids in the arguments of a call, by their form and their region alone. Nothing is read.
 * Forms: the `Pattern` of `UserPoolId`, `ClientId` and `IdentityPoolId` in the API references of Cognito user pools and
 * identity pools.
 */
import { isRegion } from '../../environment/identifiers.ts';
import { isObject, textOf } from '../../lib/json.ts';
import { quoteName } from '../../lib/quote.ts';

type Kind = 'user pool' | 'identity pool' | 'app client';

/** Which members hold an id of Cognito, whichever operation takes them. */
const kindOfMember: Readonly<Record<string, Kind>> = {
  userPoolId: 'user pool',
  aws_user_pools_id: 'user pool',
  cognitoUserPoolId: 'user pool',
  identityPoolId: 'identity pool',
  aws_cognito_identity_pool_id: 'identity pool',
  webClientId: 'app client',
  nativeClientId: 'app client',
  aws_user_pools_web_client_id: 'app client',
};

const LONGEST_POOL_ID = 55;

interface Form {
  /** An example, for a message. */
  readonly example: string;
  /** Stands between the region of an id and the rest. */
  readonly separator: string;
  readonly rest: RegExp;
}

const poolForms: Readonly<Record<Exclude<Kind, 'app client'>, Form>> = {
  'user pool': { example: 'such as us-east-1_AbCdEfGhI', separator: '_', rest: /^[A-Za-z0-9]+$/ },
  'identity pool': {
    example: 'such as us-east-1:01234567-89ab-cdef-0123-456789abcdef',
    separator: ':',
    rest: /^[0-9a-f-]+$/i,
  },
};

const isClientId = (value: string) => /^[\w+]{1,128}$/.test(value);

/** The id at the end of an ARN. */
const idInArn = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);

/** What is wrong with one id; undefined where nothing is. @param region where the call goes */
function problemOf(name: string, kind: Kind, value: string, region: string): string | undefined {
  const shown = `${name} ${quoteName(value, 120)}`;
  if (value.startsWith('arn:')) return `${shown} is an ARN: give the id alone, ${quoteName(idInArn(value))}.`;
  if (kind === 'app client')
    return isClientId(value)
      ? undefined
      : `${shown} is not the id of an app client: letters, digits, _ and + only, at most 128, from Cognito's console, user pool, App clients.`;
  const { example, separator, rest } = poolForms[kind];
  const at = value.indexOf(separator);
  const poolRegion = value.slice(0, Math.max(at, 0));
  if (!isRegion(poolRegion) || !rest.test(value.slice(at + 1)) || value.length > LONGEST_POOL_ID)
    return `${shown} is not the id of a Cognito ${kind}, ${example}.`;
  return poolRegion === region
    ? undefined
    : `${shown} is ${kind === 'identity pool' ? 'an' : 'a'} ${kind} in the region ${poolRegion}, and it has to be in ${quoteName(region)}: Amplify uses no pool of another region.`;
}

/** An id of Cognito in the arguments, and the region in which it has to be. */
interface FoundId {
  readonly path: string;
  readonly kind: Kind;
  readonly value: string;
  readonly region: string;
}

/** All ids of Cognito in a structure. Beside `aws_cognito_region`, an id is of that region. */
function idsIn(value: unknown, region: string, path: readonly string[] = []): FoundId[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => idsIn(item, region, [...path, `${at}`]));
  if (!isObject(value)) return [];
  const own = textOf(value.aws_cognito_region) ?? region;
  return Object.entries(value).flatMap(([name, inner]) => {
    const kind = Object.hasOwn(kindOfMember, name) ? kindOfMember[name] : undefined;
    if (kind === undefined || typeof inner !== 'string') return idsIn(inner, own, [...path, name]);
    return [{ path: [...path, name].join('.'), kind, value: inner, region: own }];
  });
}

/** What is wrong with the ids of Cognito in arguments, a sentence each. @param region where the call goes */
export const poolIdProblems = (args: unknown, region: string): string[] =>
  idsIn(args, region).flatMap(found => problemOf(found.path, found.kind, found.value, found.region) ?? []);

/** Whether arguments name a user pool by its id. */
export const namesUserPool = (args: unknown): boolean =>
  idsIn(args, '').some(({ kind }) => kind === 'user pool');

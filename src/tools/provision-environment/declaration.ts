/**
 * The short declaration of an environment, in AWS's terms, and the defaults for what it does not state. Pure.
 */
import { z } from 'zod';
import { ServerError } from '../../errors.ts';
import type { Json } from '../../lib/json.ts';
import { apiOperations } from '../../operations/api.ts';
import { authOperations } from '../../operations/auth.ts';
import { createAuthConfig } from '../../operations/auth-config.ts';
import { schemaText } from '../../operations/bounds.ts';
import { storageOperations } from '../../operations/storage.ts';
import { IMPORT_AUTH, type PoolIds } from './existing-pool.ts';
import type { Wanted, WantedResource } from './wanted.ts';

const { signInMethod, mfa } = createAuthConfig.shape.userPoolConfigs.shape;
const [createApi] = apiOperations;
const { mode } = createApi.input.shape.resourceConfig.shape.defaultAuthType.unwrap().shape;
const [createStorage] = storageOperations;
const { authenticated } = createStorage.input.shape.resourceConfig.shape.permissions.shape;

const importAuth = authOperations.find(
  ({ toolName }) => toolName === IMPORT_AUTH,
) as (typeof authOperations)[4];
const { userPoolId, webClientId, nativeClientId, identityPoolId } = importAuth.input.shape;

/** What can be declared of each category, each member with its default. */
export const declaration = {
  auth: z
    .strictObject({
      signIn: signInMethod.optional().describe('Default EMAIL'),
      mfa: mfa.unwrap().shape.MFAMode.optional().describe('Second factor (authenticator app). Default OFF'),
      guests: z.boolean().optional().describe('AWS credentials for guests. Default: as storage.guests'),
      import: z
        .strictObject({ userPoolId, webClientId, nativeClientId, identityPoolId })
        .optional()
        .describe('Use an existing user pool, instead of all others here. Ask the person for the ids'),
    })
    .optional()
    .describe('Sign-in; {} by email. Default: none'),
  api: z
    .strictObject({
      schema: schemaText().min(1).describe('Whole GraphQL schema, with @model types'),
      auth: mode
        .unwrap()
        .exclude(['OPENID_CONNECT'])
        .optional()
        .describe('Default AMAZON_COGNITO_USER_POOLS with sign-in, else API_KEY'),
    })
    .optional()
    .describe('GraphQL API. Default: none'),
  storage: z
    .strictObject({ guests: z.boolean().optional().describe('Guests read public files. Default false') })
    .optional()
    .describe('Files; {} for signed-in users. Default: none'),
} as const;

export type Declaration = {
  readonly [Name in keyof typeof declaration]?: z.infer<(typeof declaration)[Name]>;
};

/** The environment for which the declaration is made. */
export interface DeclaredFor {
  readonly appName: string;
  readonly environment: string;
  /** Whether the environment has a user pool, or will have one by this declaration. */
  readonly hasUsers: boolean;
}

const MOST_NAME = 40;

/** A resource's name that Amplify accepts, made of the letters and digits of the app's name. */
function resourceNameOf(appName: string, ending: string): string {
  const stem = appName
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/^[0-9]+/, '')
    .slice(0, MOST_NAME);
  return `${stem || 'app'}${ending}`;
}

/** The attributes that sign-up requires, by the sign-in method. */
const attributesOf: Readonly<Record<z.infer<typeof signInMethod>, readonly string[]>> = {
  EMAIL: ['EMAIL'],
  PHONE_NUMBER: ['PHONE_NUMBER'],
  EMAIL_AND_PHONE_NUMBER: ['EMAIL', 'PHONE_NUMBER'],
  // A forgotten password is reset by e-mail.
  USERNAME: ['EMAIL'],
};

function authOf(
  { signIn, mfa: mfaMode, guests }: Omit<NonNullable<Declaration['auth']>, 'import'>,
  filesForGuests: boolean | undefined,
  { appName, environment }: DeclaredFor,
): WantedResource {
  const resourceName = resourceNameOf(appName, 'auth');
  const signInWith = signIn ?? 'EMAIL';
  const unauthenticatedLogin = guests ?? filesForGuests ?? false;
  const withCodes = mfaMode !== undefined && mfaMode !== 'OFF';
  return {
    resourceName,
    isNamed: false,
    resourceConfig: {
      authResources: 'IDENTITY_POOL_AND_USER_POOL',
      service: 'COGNITO',
      identityPoolConfigs: {
        identityPoolName: `${resourceName}_identity_${environment}`,
        unauthenticatedLogin,
      },
      userPoolConfigs: {
        requiredSignUpAttributes: attributesOf[signInWith],
        signInMethod: signInWith,
        userPoolName: `${resourceName}_users_${environment}`,
        ...(mfaMode && { mfa: { MFAMode: mfaMode, ...(withCodes && { settings: { mfaTypes: ['TOTP'] } }) } }),
      },
    },
    stated: {
      userPoolConfigs: { signInMethod: signInWith, ...(mfaMode && { mfa: { MFAMode: mfaMode } }) },
      ...((guests ?? filesForGuests) !== undefined && { identityPoolConfigs: { unauthenticatedLogin } }),
    },
  };
}

function apiOf(
  { schema, auth }: NonNullable<Declaration['api']>,
  { appName, hasUsers }: DeclaredFor,
): WantedResource {
  const resourceName = resourceNameOf(appName, 'api');
  const defaultMode = auth ?? (hasUsers ? 'AMAZON_COGNITO_USER_POOLS' : 'API_KEY');
  return {
    resourceName,
    isNamed: false,
    resourceConfig: {
      apiName: resourceName,
      service: 'AppSync',
      defaultAuthType: { mode: defaultMode },
      transformSchema: schema,
    },
    stated: { transformSchema: schema, ...(auth && { defaultAuthType: { mode: auth } }) },
  };
}

function storageOf(
  { guests }: NonNullable<Declaration['storage']>,
  { appName }: DeclaredFor,
): WantedResource {
  const permissions: Json = {
    authenticated: authenticated.element.options,
    ...(guests && { unAuthenticated: ['READ'] }),
  };
  const resourceConfig = { permissions, serviceName: 'S3' };
  return {
    resourceName: resourceNameOf(appName, 'storage'),
    isNamed: false,
    resourceConfig,
    stated: { permissions },
  };
}

/** The pool to import. @throws ServerError invalid_arguments where settings of a new pool are given too */
function poolOf(auth: Declaration['auth']): PoolIds | undefined {
  const { import: pool, ...settings } = auth ?? {};
  if (!pool) return undefined;
  const [setting] = Object.keys(settings);
  if (setting !== undefined)
    throw new ServerError('invalid_arguments', {
      message: `auth.${setting} is a setting of a new user pool, and auth.import uses an existing one, which keeps its settings. Nothing was sent to AWS.`,
      hint: 'Leave one of the two out, and call again.',
    });
  return pool;
}

const NEEDS_IDENTITY_POOL =
  'Nobody can reach the files without AWS credentials, which an identity pool gives. An import cannot be changed later: add auth.import.identityPoolId before this is sent. Where it was sent already, a person removes the import with delete_backend_auth (the pool and its users stay), and this tool is called again with the id.';

/** The resources that are declared. @throws ServerError invalid_arguments where the declaration contradicts itself */
export function fromDeclaration({ auth, api, storage }: Declaration, environment: DeclaredFor): Wanted {
  const filesForGuests = storage?.guests;
  const pool = poolOf(auth);
  if (filesForGuests && auth?.guests === false)
    throw new ServerError('invalid_arguments', {
      message: 'storage.guests needs guests, and auth.guests is false. Nothing was sent to AWS.',
    });
  return {
    ...(auth && !pool && { auth: authOf(auth, filesForGuests, environment) }),
    ...(pool && { pool }),
    ...(api && { api: apiOf(api, environment) }),
    ...(storage && { storage: storageOf(storage, environment) }),
    notCreated: {},
    nextSteps: [
      ...(storage && !environment.hasUsers
        ? ['Only signed-in users can use the storage, and nobody can sign in yet: add auth.']
        : []),
      ...(storage && pool && pool.identityPoolId === undefined ? [NEEDS_IDENTITY_POOL] : []),
    ],
  };
}

/**
 * The short declaration of an environment: what may be said, in AWS's words, and the settings that follow from it
 * where nothing was said. Pure.
 */
import { z } from 'zod';
import { ServerError } from '../../errors.ts';
import type { Json } from '../../lib/json.ts';
import { apiOperations } from '../../operations/api.ts';
import { createAuthConfig } from '../../operations/auth-config.ts';
import { schemaText } from '../../operations/bounds.ts';
import { storageOperations } from '../../operations/storage.ts';
import type { Wanted, WantedResource } from './wanted.ts';

const { signInMethod, mfa } = createAuthConfig.shape.userPoolConfigs.shape;
const [createApi] = apiOperations;
const { mode } = createApi.input.shape.resourceConfig.shape.defaultAuthType.unwrap().shape;
const [createStorage] = storageOperations;
const { authenticated } = createStorage.input.shape.resourceConfig.shape.permissions.shape;

const plain = <Type extends z.ZodType>(type: Type) => type.meta({ description: undefined });

/** What may be said of each category. Every word of it is paid for in each list of the tools. */
export const declaration = {
  auth: z
    .strictObject({
      signIn: plain(signInMethod).optional(),
      mfa: plain(mfa.unwrap().shape.MFAMode).optional(),
      guests: z.boolean().optional(),
    })
    .optional(),
  api: z
    .strictObject({
      schema: schemaText().min(1),
      auth: plain(mode.unwrap().exclude(['OPENID_CONNECT'])).optional(),
    })
    .optional(),
  storage: z.strictObject({ guests: z.boolean().optional() }).optional(),
} as const;

/** What was said. */
export type Declaration = {
  readonly [Name in keyof typeof declaration]?: z.infer<(typeof declaration)[Name]>;
};

/** For whom it was said. */
export interface DeclaredFor {
  readonly appName: string;
  readonly environment: string;
  /** Whether the environment has users already, or will have them by this declaration. */
  readonly hasUsers: boolean;
}

const MOST_NAME = 40;

/** A resource's name as Amplify takes it, from the app's: letters and digits. */
function resourceNameOf(appName: string, ending: string): string {
  const stem = appName
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/^[0-9]+/, '')
    .slice(0, MOST_NAME);
  return `${stem || 'app'}${ending}`;
}

/** What a person has to give to sign up, by what they sign in with. */
const attributesOf: Readonly<Record<z.infer<typeof signInMethod>, readonly string[]>> = {
  EMAIL: ['EMAIL'],
  PHONE_NUMBER: ['PHONE_NUMBER'],
  EMAIL_AND_PHONE_NUMBER: ['EMAIL', 'PHONE_NUMBER'],
  // So that a forgotten password can be sent somewhere.
  USERNAME: ['EMAIL'],
};

function authOf(
  { signIn, mfa: mfaMode, guests }: NonNullable<Declaration['auth']>,
  filesForGuests: boolean,
  { appName, environment }: DeclaredFor,
): WantedResource {
  const resourceName = resourceNameOf(appName, 'auth');
  const signInWith = signIn ?? 'EMAIL';
  const unauthenticatedLogin = guests ?? filesForGuests;
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
    said: {
      userPoolConfigs: { signInMethod: signInWith, ...(mfaMode && { mfa: { MFAMode: mfaMode } }) },
      ...((guests !== undefined || filesForGuests) && { identityPoolConfigs: { unauthenticatedLogin } }),
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
    said: { transformSchema: schema, ...(auth && { defaultAuthType: { mode: auth } }) },
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
    said: { permissions },
  };
}

/** What follows from what was said. @throws RegisteredError invalid_arguments where it contradicts itself */
export function fromDeclaration({ auth, api, storage }: Declaration, of: DeclaredFor): Wanted {
  const filesForGuests = storage?.guests === true;
  if (filesForGuests && auth?.guests === false)
    throw new ServerError('invalid_arguments', {
      message: 'storage.guests needs guests, and auth.guests is false. Nothing was sent to AWS.',
    });
  return {
    ...(auth && { auth: authOf(auth, filesForGuests, of) }),
    ...(api && { api: apiOf(api, of) }),
    ...(storage && { storage: storageOf(storage, of) }),
    imported: {},
    nextSteps:
      storage && !of.hasUsers
        ? ['Storage is for signed-in users, and nobody can sign in yet: add auth.']
        : [],
  };
}

/**
 * The resources of an environment as an answer shows them: the addresses and ids that an app's configuration needs, and who
 * may do what.
 */
import { z } from 'zod';
import { isObject, type Json, objectOf, textOf } from '../../lib/json.ts';
import { quoteName } from '../../lib/quote.ts';
import { WITHHELD } from '../../lib/withheld-mark.ts';
import type { FoundEnvironment, FoundResource } from '../shared/snapshot/read.ts';

const text = (about: string) => z.string().optional().describe(about);
const names = (about: string) => z.array(z.string()).optional().describe(about);
const resourceName = z.string().describe('Name');
const isImported = z.boolean().optional().describe('Not created by Amplify');

/** The resources in an answer, by category. */
export const resourcesShape = z.strictObject({
  region: text('Region'),
  auth: z
    .strictObject({
      resourceName,
      isImported,
      userPoolId: text('User pool'),
      webClientId: text('Web client'),
      nativeClientId: text('Native client'),
      identityPoolId: text('Identity pool'),
      hostedUiDomain: text('Hosted UI'),
      guests: z.boolean().optional().describe('Whether guests are let in'),
    })
    .optional()
    .describe('Sign-in'),
  api: z
    .strictObject({
      resourceName,
      isImported,
      endpoint: text('Endpoint'),
      apiId: text('API id'),
      apiKey: text('Withheld'),
      authorization: names('Modes, the default first'),
    })
    .optional()
    .describe('GraphQL API'),
  storage: z
    .strictObject({
      resourceName,
      isImported,
      bucket: text('Bucket'),
      signedInUsers: names('What they may do'),
      guests: names('What they may do'),
      files: text('Who shares which files'),
    })
    .optional()
    .describe('Files'),
});

type Resources = z.infer<typeof resourcesShape>;

const listOf = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);

/** A structure without the members that have no value. */
const withoutUndefined = <Value extends object>(value: Value) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [Name in keyof Value]: Exclude<Value[Name], undefined>;
  };

const nameAndOrigin = ({ resourceName: name, isImported: imported }: FoundResource) => ({
  resourceName: name,
  isImported: imported || undefined,
});

function authOf(found: FoundResource): Resources['auth'] {
  const { outputs, resourceConfig } = found;
  const { unauthenticatedLogin } = objectOf(resourceConfig.identityPoolConfigs);
  return withoutUndefined({
    ...nameAndOrigin(found),
    userPoolId: textOf(outputs.UserPoolId),
    webClientId: textOf(outputs.AppClientIDWeb),
    nativeClientId: textOf(outputs.AppClientID),
    identityPoolId: textOf(outputs.IdentityPoolId),
    hostedUiDomain: textOf(outputs.HostedUIDomain),
    guests: typeof unauthenticatedLogin === 'boolean' ? unauthenticatedLogin : undefined,
  });
}

function apiOf(found: FoundResource): Resources['api'] {
  const { outputs, resourceConfig } = found;
  const { defaultAuthType, additionalAuthTypes } = resourceConfig;
  const types = [defaultAuthType, ...(Array.isArray(additionalAuthTypes) ? additionalAuthTypes : [])];
  const modes = types.filter(isObject).flatMap(({ mode }) => textOf(mode) ?? []);
  return withoutUndefined({
    ...nameAndOrigin(found),
    endpoint: textOf(outputs.GraphQLAPIEndpointOutput),
    apiId: textOf(outputs.GraphQLAPIIdOutput),
    apiKey: textOf(outputs.GraphQLAPIKeyOutput) && WITHHELD,
    authorization: modes.length > 0 ? modes : undefined,
  });
}

const verbs: Readonly<Record<string, string>> = {
  READ: 'read',
  CREATE_AND_UPDATE: 'write',
  DELETE: 'delete',
};

/** Permissions in words, in the order of `verbs`. Permissions that this server does not know come last. */
const permissionsText = (permissions: readonly string[]) =>
  [
    ...Object.keys(verbs).filter(permission => permissions.includes(permission)),
    ...permissions.filter(permission => !Object.hasOwn(verbs, permission)),
  ]
    .map(permission => verbs[permission] ?? quoteName(permission))
    .join(', ');

/**
 * Says which files each user has alone and which are shared, by the prefixes of Amplify's access levels: `public/` (which
 * its libraries call guest), `protected/<identity>/`, `private/<identity>/`. Source: "File access levels" of the Amplify
 * Gen 1 documentation.
 * @param permissions the member of the storage's settings
 */
export function filesText(permissions: Json): string {
  const guests = listOf(permissions.unAuthenticated);
  const shared =
    guests.length > 0 ? `, and guests ${permissionsText(guests)} them too` : '; guests have no access';
  return `Files are apart for each user only under private/ (that user alone) and protected/ (that user writes, others read). Files under public/, the default of Amplify's libraries, are shared: all signed-in users ${permissionsText(listOf(permissions.authenticated)) || 'have no access'}${shared}.`;
}

function storageOf(found: FoundResource): Resources['storage'] {
  const { outputs, resourceConfig } = found;
  const { permissions } = resourceConfig;
  return withoutUndefined({
    ...nameAndOrigin(found),
    bucket: textOf(outputs.BucketName),
    ...(isObject(permissions) && {
      signedInUsers: listOf(permissions.authenticated),
      guests: listOf(permissions.unAuthenticated),
      files: filesText(permissions),
    }),
  });
}

/** The resources of an environment, as an answer has them. */
export function resourcesIn({ region, auth, api, storage }: FoundEnvironment): Resources {
  return {
    ...(region !== undefined && { region }),
    ...(auth && { auth: authOf(auth) }),
    ...(api && { api: apiOf(api) }),
    ...(storage && { storage: storageOf(storage) }),
  };
}

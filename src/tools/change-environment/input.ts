/**
 * The arguments for a change: the input of AWS's update operations with every member optional. The tool list omits the
 * members of structures with `listedBy`, since every word of a tool list costs tokens.
 */
import { z } from 'zod';
import { apiOperations } from '../../operations/api.ts';
import { authOperations } from '../../operations/auth.ts';
import { listOf, nameText, schemaText } from '../../operations/bounds.ts';
import { storageOperations } from '../../operations/storage.ts';
import { withoutOptional } from './updatable-members.ts';

/** The configuration that an update takes. */
const configOf = (
  operations: readonly { readonly toolName: string; readonly input: z.ZodObject }[],
  tool: string,
) =>
  withoutOptional(
    operations.find(({ toolName }) => toolName === tool)?.input.shape.resourceConfig,
  ) as z.ZodObject;

/** The outermost description of a member, whichever layer has it. */
const descriptionOf = (type: unknown): string | undefined =>
  (type as z.ZodType).description ??
  (type instanceof z.ZodOptional ? descriptionOf(type.unwrap()) : undefined);

const described = <Type extends z.ZodType>(type: Type, like: z.ZodType): Type => {
  const description = descriptionOf(like);
  return description === undefined ? type : type.describe(description);
};

/** The structure with all its members optional, at every depth. Lists are stated as a whole. */
function partial(type: z.ZodObject): z.ZodObject {
  const members = Object.entries(type.shape).map(([name, member]) => {
    const inner = withoutOptional(member) as z.ZodType;
    const open = inner instanceof z.ZodObject ? partial(inner) : inner;
    return [name, described(open, member as z.ZodType).optional()] as const;
  });
  return described(z.strictObject(Object.fromEntries(members)), type);
}

/** Auth settings that are fixed once auth exists. */
const FIXED = ['signInMethod', 'requiredSignUpAttributes', 'userPoolName', 'identityPoolName'];

/** A message of its own for members that no update of AWS takes. */
const unknownMember =
  (members: readonly string[], message: string) =>
  (issue: { readonly code?: string; readonly keys?: readonly string[] }): string | undefined =>
    issue.code === 'unrecognized_keys' && issue.keys?.some(key => members.includes(key))
      ? message
      : undefined;

const fixedError = unknownMember(
  FIXED,
  `${FIXED.join(', ')} are fixed when auth is created, and no call changes them: set up another environment with provision_environment, or delete auth with its users and create it again (delete_backend_auth, create_backend_auth)`,
);

/** A structure whose members another tool lists. */
const asIn = (listedBy: string, type: z.ZodType, what: string) =>
  type.meta({ listedBy, description: `${what}. Members as in ${listedBy}` });

const authConfig = partial(
  configOf(authOperations, 'update_backend_auth').omit({ service: true, authResources: true }),
);

/** A structure with some members replaced. */
const withMembers = (
  type: z.ZodType,
  members: Readonly<Record<string, z.ZodType>>,
  error?: typeof fixedError,
) => {
  const object = withoutOptional(type) as z.ZodObject;
  const shape = { ...object.shape, ...members };
  return described(z.strictObject(shape, error && { error }), object);
};

const inside = (type: z.ZodType, name: string) =>
  withoutOptional((withoutOptional(type) as z.ZodObject).shape[name]) as z.ZodObject;

const rawUpdate = (category: string) => `update_backend_${category}, which sends exactly what it is given,`;

const userPool = inside(authConfig, 'userPoolConfigs');
const oAuth = inside(userPool, 'oAuth');
const providers = inside(oAuth, 'socialProviderSettings');

const UPDATE_AUTH = 'update_backend_auth';
const UPDATE_API = 'update_backend_api';

const auth = withMembers(
  authConfig,
  {
    userPoolConfigs: withMembers(
      userPool,
      {
        forgotPassword: asIn(UPDATE_AUTH, inside(userPool, 'forgotPassword'), 'Password reset').optional(),
        verificationMessage: asIn(
          UPDATE_AUTH,
          inside(userPool, 'verificationMessage'),
          'Message to new users',
        ).optional(),
        oAuth: withMembers(oAuth, {
          socialProviderSettings: asIn(UPDATE_AUTH, providers, 'Social sign-in').optional(),
        }).optional(),
      },
      fixedError,
    ).optional(),
    removeProviders: listOf(z.enum(Object.keys(providers.shape)))
      .optional()
      .describe('Social sign-ins to remove'),
  },
  unknownMember(['authResources', 'service'], `${rawUpdate('auth')} sets these`),
).describe('Sign-in');

const apiConfig = partial(configOf(apiOperations, 'update_backend_api'));
const { additionalAuthTypes, defaultAuthType } = apiConfig.shape as Record<string, z.ZodType>;
const authType = withoutOptional(defaultAuthType) as z.ZodObject;
const authList = withoutOptional(additionalAuthTypes) as z.ZodArray<z.ZodObject>;

const api = z
  .strictObject(
    {
      schema: schemaText().min(1).optional().describe('Whole new GraphQL schema; or types'),
      types: z
        .strictObject({
          add: schemaText().optional().describe('SDL of new types'),
          change: schemaText().optional().describe('SDL that replaces types; extend type adds fields'),
          remove: listOf(nameText()).optional().describe('Names of types to remove'),
        })
        .optional()
        .describe('Changes of the schema by type'),
      defaultAuthType: withMembers(authType, {
        settings: asIn(UPDATE_API, inside(authType, 'settings'), 'Settings').optional(),
      }).optional(),
      additionalAuthTypes: listOf(asIn(UPDATE_API, authList.element, 'Mode and settings'))
        .optional()
        .describe('Further ways'),
    },
    { error: unknownMember(['conflictResolution', 'apiName'], `${rawUpdate('api')} sets these`) },
  )
  .describe('GraphQL API');

const storageConfig = partial(
  configOf(storageOperations, 'update_backend_storage').omit({ serviceName: true }),
);

/** What `provision_environment` and people call the permissions of guests. */
const guestsError = unknownMember(
  ['guests', 'guest', 'public', 'unauthenticated'],
  'what guests may do is storage.permissions.unAuthenticated, such as ["READ"], or [] for nothing',
);

const storage = withMembers(
  storageConfig,
  { permissions: withMembers(inside(storageConfig, 'permissions'), {}, guestsError).optional() },
  guestsError,
).describe('Files');

/** The arguments of a call that state the changes. */
export const changes = { auth: auth.optional(), api: api.optional(), storage: storage.optional() } as const;

export const functionsError = unknownMember(
  ['functions', 'function'],
  'functions: no call of AmplifyBackend changes a function; do it in the project: amplify pull, edit the code, amplify push',
);

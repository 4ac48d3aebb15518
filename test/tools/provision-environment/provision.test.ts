/** Declarations, their comparison with what exists, and the decisions that follow, in memory. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { comparableSettings } from '../../../src/environment/comparable.ts';
import type { Json } from '../../../src/lib/json.ts';
import { operations } from '../../../src/operations/index.ts';
import { validateArguments } from '../../../src/operations/validate.ts';
import { decide } from '../../../src/tools/provision-environment/decide.ts';
import { type Declaration, fromDeclaration } from '../../../src/tools/provision-environment/declaration.ts';
import { filesText } from '../../../src/tools/provision-environment/granted.ts';
import { provisionEnvironment } from '../../../src/tools/provision-environment/index.ts';
import { findMismatches } from '../../../src/tools/provision-environment/mismatches.ts';
import { ownNames, renameFor, withoutOwnNames } from '../../../src/tools/provision-environment/names.ts';
import { fromSnapshot } from '../../../src/tools/provision-environment/restoration.ts';
import type { WantedResource } from '../../../src/tools/provision-environment/wanted.ts';
import type { Snapshot } from '../../../src/tools/shared/snapshot/index.ts';
import type { Category, FoundEnvironment, FoundResource } from '../../../src/tools/shared/snapshot/read.ts';
import { typesInside } from '../../support/sdk-shapes.ts';

const ref = { appId: 'd1shop', backendEnvironmentName: 'qa' };
const schema = 'type Note @model { id: ID! }';
const declare = (declared: Declaration, appName = 'Shop 24!') =>
  fromDeclaration(declared, { appName, environment: 'qa', hasUsers: declared.auth !== undefined });

const there = (resource: WantedResource | undefined, change: (config: Json) => Json = config => config) =>
  ({
    resourceName: resource?.resourceName,
    isImported: false,
    outputs: { UserPoolId: 'us-east-1_Pool' },
    resourceConfig: change(resource?.resourceConfig ?? {}),
  }) as FoundResource;

const nothing: FoundEnvironment = { isDeployed: true, others: [], notes: [] };

describe('a declaration', () => {
  it.each<[string, Declaration]>([
    ['nothing but sign-in', { auth: {} }],
    ['codes', { auth: { signIn: 'PHONE_NUMBER', mfa: 'ON', guests: true } }],
    ['user names', { auth: { signIn: 'USERNAME', mfa: 'OFF' } }],
    ['both', { auth: { signIn: 'EMAIL_AND_PHONE_NUMBER', mfa: 'OPTIONAL' } }],
    ['an API', { api: { schema } }],
    ['an API by IAM', { api: { schema, auth: 'AWS_IAM' }, auth: {} }],
    ['files', { storage: {} }],
    ['files for guests', { auth: {}, storage: { guests: true } }],
  ])('of %s gives valid requests, and matches the result', async (_, declared) => {
    const wanted = declare(declared);
    for (const category of ['auth', 'api', 'storage'] as const) {
      const resource = wanted[category];
      if (!resource) continue;
      const operation = operations.find(({ toolName }) => toolName === `create_backend_${category}`);
      const { resourceName, resourceConfig } = resource;
      if (operation) validateArguments(operation, { ...ref, resourceName, resourceConfig });
      expect(await findMismatches(category, resource, there(resource))).toEqual([]);
    }
  });

  it('names resources after the app, as Amplify accepts names', () => {
    expect(declare({ auth: {} }).auth?.resourceName).toBe('shop24auth');
    expect(declare({ auth: {} }, '2. Laden').auth?.resourceName).toBe('ladenauth');
    expect(declare({ auth: {} }, '!!!').auth?.resourceName).toBe('appauth');
  });

  it('authorizes users where there is a user pool, and API keys where there is none', () => {
    const modeOf = (declared: Declaration) => declare(declared).api?.resourceConfig.defaultAuthType;
    expect(modeOf({ api: { schema } })).toEqual({ mode: 'API_KEY' });
    expect(modeOf({ api: { schema }, auth: {} })).toEqual({ mode: 'AMAZON_COGNITO_USER_POOLS' });
  });

  it('of storage for guests allows guests', () => {
    const { auth, storage } = declare({ auth: {}, storage: { guests: true } });
    expect(auth?.resourceConfig.identityPoolConfigs).toMatchObject({ unauthenticatedLogin: true });
    expect(storage?.resourceConfig.permissions).toEqual({
      authenticated: ['CREATE_AND_UPDATE', 'DELETE', 'READ'],
      unAuthenticated: ['READ'],
    });
  });

  it('of storage alone says that auth is needed', () => {
    expect(declare({ storage: {} }).nextSteps.join()).toContain('add auth');
  });
});

describe('each member that can be declared', () => {
  const members = typesInside(provisionEnvironment.toolInput)
    .filter(({ path }) => typeof path.at(-1) === 'string')
    .map(({ path, type }) => [path.join('.'), type] as const);
  const describedAs = (type: z.core.$ZodType) => z.toJSONSchema(type as z.ZodType).description ?? '';

  it.each(members)('%s is described', (_, type) => {
    expect(describedAs(type)).toMatch(/\S/);
  });

  /** Without these a call is complete, and nothing stands in for them; `app` says that there may be just one. */
  const withoutDefault = /^(app|snapshot|like|dryRun|confirmationToken|auth\.import.*)$/;
  it.each(members.filter(([path, type]) => type instanceof z.ZodOptional && !withoutDefault.test(path)))(
    '%s has its default in the description',
    (_, type) => {
      expect(describedAs(type)).toMatch(/default/i);
    },
  );
});

describe('files', () => {
  it.each<[string, Json, RegExp]>([
    ['for signed-in users', { authenticated: ['READ'] }, /signed-in users read; guests have no access/],
    [
      'for guests too',
      { authenticated: ['CREATE_AND_UPDATE', 'READ'], unAuthenticated: ['READ'] },
      /users read, write, and guests read them too/,
    ],
    ['for nobody', {}, /users have no access; guests have no access/],
  ])('%s', (_, permissions, words) => {
    expect(filesText(permissions)).toMatch(words);
    expect(filesText(permissions)).toMatch(/only under private\/ .* and protected\//);
  });
});

describe('what exists', () => {
  const differs = async (category: Category, declared: Declaration, change: (config: Json) => Json) => {
    const resource = declare(declared)[category] as WantedResource;
    const found = await findMismatches(category, resource, there(resource, change));
    return found.map(({ path, is }) => `${path} ${is}`);
  };

  it.each<[string, Category, Declaration, (config: Json) => Json, string[]]>([
    ['is missing', 'auth', { auth: {} }, () => ({}), ['auth/shop24auth/userPoolConfigs only left']],
    [
      'lets others touch the files',
      'storage',
      { storage: {} },
      config => ({ ...config, permissions: { ...(config.permissions as Json), unAuthenticated: ['READ'] } }),
      ['storage/shop24storage/permissions/unAuthenticated only right'],
    ],
    [
      'has a type more',
      'api',
      { api: { schema } },
      config => ({ ...config, transformSchema: `${schema} type Other { a: Int }` }),
      ['api/shop24api/transformSchema/Other only right'],
    ],
    [
      'has more settings than were stated',
      'api',
      { api: { schema, auth: 'API_KEY' } },
      config => ({
        ...config,
        transformSchema: `  ${schema} # the same`,
        defaultAuthType: { mode: 'API_KEY', settings: { description: 'x' } },
        additionalAuthTypes: [{ mode: 'AWS_IAM' }],
      }),
      [],
    ],
    [
      'lets others in than was left to the default',
      'api',
      { api: { schema } },
      config => ({ ...config, defaultAuthType: { mode: 'AWS_IAM' } }),
      [],
    ],
    [
      'allows others than were stated',
      'api',
      { api: { schema, auth: 'API_KEY' } },
      config => ({ ...config, defaultAuthType: { mode: 'AWS_IAM' } }),
      ['api/shop24api/defaultAuthType/mode different'],
    ],
    [
      'has guests that were not stated',
      'auth',
      { auth: {} },
      config => ({ ...config, identityPoolConfigs: { unauthenticatedLogin: true } }),
      [],
    ],
    [
      'has guests that were ruled out',
      'auth',
      { auth: { guests: false } },
      config => ({ ...config, identityPoolConfigs: { unauthenticatedLogin: true } }),
      ['auth/shop24auth/identityPoolConfigs/unauthenticatedLogin different'],
    ],
  ])('%s', async (_, category, declared, change, expected) => {
    expect(await differs(category, declared, change)).toEqual(expected);
  });

  it('never shows the secret that was asked for', async () => {
    const settings = { Google: { client_id: 'shop', client_secret: 'kept-by-google' } };
    const config = { userPoolConfigs: { oAuth: { socialProviderSettings: settings } } };
    const wanted = { resourceName: 'a', isNamed: true, resourceConfig: config, stated: config };
    const found = await findMismatches('auth', wanted, { ...there(wanted), resourceConfig: {} });
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain('kept-by-google');
  });

  it('is no difference where it is withheld', async () => {
    const config = (emailMessage: string) => ({ userPoolConfigs: { verificationMessage: { emailMessage } } });
    const wanted = { resourceName: 'a', isNamed: true, resourceConfig: {}, stated: config('Hello {####}') };
    const found = await findMismatches('auth', wanted, {
      ...there(wanted),
      resourceConfig: config('[withheld]'),
    });
    expect(found).toEqual([]);
  });
});

describe('decisions', () => {
  const wanted = declare({ auth: { mfa: 'ON' }, api: { schema }, storage: {} });
  const options = { ref, overwrite: true };
  const found = (category: Category, resource: FoundResource): FoundEnvironment => ({
    ...nothing,
    [category]: resource,
  });

  it('an API for users waits for the user pool', async () => {
    expect(await decide('api', wanted, nothing, options)).toMatchObject({ does: 'skip' });
    expect(await decide('api', wanted, nothing, { ...options, awaitsUserPool: true })).toMatchObject({
      does: 'create',
    });
    const decision = await decide('api', wanted, found('auth', there(wanted.auth)), options);
    expect(decision).toMatchObject({
      args: { resourceConfig: { defaultAuthType: { settings: { cognitoUserPoolId: 'us-east-1_Pool' } } } },
    });
  });

  it('settings that are fixed at creation are not sent in an update', async () => {
    const other = there(wanted.auth, config => ({
      ...config,
      userPoolConfigs: {
        ...(config.userPoolConfigs as Json),
        signInMethod: 'USERNAME',
        mfa: { MFAMode: 'OFF' },
      },
    }));
    const decision = await decide('auth', wanted, found('auth', other), options);
    expect(decision).toMatchObject({
      tool: 'update_backend_auth',
      args: {
        resourceConfig: { userPoolConfigs: { mfa: { MFAMode: 'ON', settings: { mfaTypes: ['TOTP'] } } } },
      },
    });
    const operation = operations.find(({ toolName }) => toolName === 'update_backend_auth');
    if (operation && 'args' in decision) validateArguments(operation, decision.args);
    expect(JSON.stringify(decision)).not.toMatch(/signInMethod|userPoolName|requiredSignUp/);
  });

  it('removed guest access is sent as an empty list', async () => {
    const open = there(wanted.storage, config => ({
      ...config,
      permissions: { authenticated: ['READ'], unAuthenticated: ['READ'] },
    }));
    expect(await decide('storage', wanted, found('storage', open), options)).toMatchObject({
      args: { resourceConfig: { permissions: { unAuthenticated: [] } } },
    });
  });

  it.each([
    ['imported', { isImported: true }],
    ['of another name', { resourceName: 'other' }],
  ])('what is %s is reported and not changed', async (_, facts) => {
    const other = { ...there(wanted.storage, () => ({ permissions: {} })), ...facts };
    expect(await decide('storage', wanted, found('storage', other), options)).toMatchObject({
      does: 'differs',
    });
  });
});

describe('names', () => {
  it.each([
    ['shop_users_dev', 'dev', 'qa', 'shop_users_qa'],
    ['shop-dev', 'dev', 'qa', 'shop-qa'],
    ['shopdev', 'dev', 'qa', 'shopdev_qa'],
    ['shop_dev', 'dev', 'dev', 'shop_dev_dev'],
  ])('%s of %s becomes in %s %s', (userPoolName, from, to, expected) => {
    expect(renameFor({ userPoolName }, { from, to, isSame: false })).toEqual({ userPoolName: expected });
    expect(renameFor({ userPoolName }, { from, to, isSame: true })).toEqual({ userPoolName });
  });

  it('are the members that a comparison leaves out', () => {
    const config = Object.fromEntries(Object.keys(ownNames).map(name => [name, 'x']));
    const { facts } = comparableSettings({ ...config, kept: 1 });
    expect(facts).toEqual(withoutOwnNames({ ...config, kept: 1 }));
  });

  it('leave everything else as it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'mode', 'x y'), fc.jsonValue()), config => {
        const plain = JSON.parse(JSON.stringify(config));
        expect(JSON.stringify(renameFor(plain, { from: 'a', to: 'b', isSame: false }))).toBe(
          JSON.stringify(plain),
        );
      }),
    );
  });
});

describe('a snapshot', () => {
  const snapshot: Snapshot = {
    ...{ format: 'amplify-backend-snapshot', version: 1, exportedAt: '', environment: 'dev' },
    app: { appId: 'd1shop' },
    auth: { resourceName: 'theirs', imported: { userPoolId: 'p' }, resourceConfig: {} },
    storage: {
      resourceName: 'media',
      resourceConfig: { bucketName: 'media-dev', permissions: {}, serviceName: 'S3' },
    },
    ...{ functions: ['f'], hosting: [], others: [], withheld: [] },
  };

  it('asks for own resources, and leaves imported ones to a person', () => {
    const wanted = fromSnapshot(snapshot, ref);
    expect(wanted.storage?.resourceConfig).toEqual({ permissions: {}, serviceName: 'S3' });
    expect(wanted).not.toHaveProperty('auth');
    expect(wanted.imported.auth).toContain('import_backend_auth with (quoted data) {"userPoolId":"p"}');
    expect(wanted.nextSteps.join()).toContain('function/f');
  });

  it('keeps the names of its resources', async () => {
    const { storage } = fromSnapshot(snapshot, ref);
    const other = { ...there(storage), resourceName: 'files' };
    expect(await findMismatches('storage', storage as WantedResource, other)).toEqual([
      { path: 'storage/resourceName', is: 'different', left: 'media', right: 'files' },
    ]);
  });
});

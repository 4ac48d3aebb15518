/** What is wanted, in memory: declarations and their members, access to files, snapshots, and the names that follow. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { comparableSettings } from '../../../src/environment/comparable.ts';
import type { Json } from '../../../src/lib/json.ts';
import { operations } from '../../../src/operations/index.ts';
import { validateArguments } from '../../../src/operations/validate.ts';
import { findAllMismatches } from '../../../src/tools/provision-environment/decide.ts';
import type { Declaration } from '../../../src/tools/provision-environment/declaration.ts';
import { fromSnapshot } from '../../../src/tools/provision-environment/from-snapshot.ts';
import { provisionEnvironment } from '../../../src/tools/provision-environment/index.ts';
import { findMismatches } from '../../../src/tools/provision-environment/mismatches.ts';
import { ownNames, renameFor, withoutOwnNames } from '../../../src/tools/provision-environment/names.ts';
import { filesText } from '../../../src/tools/provision-environment/resources.ts';
import type { WantedResource } from '../../../src/tools/provision-environment/wanted.ts';
import type { Snapshot } from '../../../src/tools/shared/snapshot/index.ts';
import { typesInside } from '../../support/sdk-shapes.ts';
import { declare, ref, schema, there } from './declared.ts';

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
    expect(wanted.notCreated.auth?.why).toContain(
      'import_backend_auth with (quoted data) {"userPoolId":"p"}',
    );
    expect(wanted.nextSteps.join()).toContain('function/f');
  });

  it('shows in the differences why a resource of it was not created', async () => {
    const api = { resourceName: 'api', schema: ['[withheld]'], resourceConfig: {} };
    const existing = { isDeployed: true, others: [], notes: [] };
    expect(
      await findAllMismatches(fromSnapshot({ ...snapshot, api }, ref), existing, ['auth', 'api']),
    ).toEqual([
      { path: 'auth', is: 'only left', left: 'imported' },
      { path: 'api', is: 'only left', left: 'with a withheld schema' },
    ]);
  });

  it('keeps the names of its resources', async () => {
    const { storage } = fromSnapshot(snapshot, ref);
    const other = { ...there(storage), resourceName: 'files' };
    expect(await findMismatches('storage', storage as WantedResource, other)).toEqual([
      { path: 'storage/resourceName', is: 'different', left: 'media', right: 'files' },
    ]);
  });
});

/** What is wanted against what exists, and the decisions that follow, in memory. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/lib/json.ts';
import { operations } from '../../../src/operations/index.ts';
import { validateArguments } from '../../../src/operations/validate.ts';
import { decide } from '../../../src/tools/provision-environment/decide.ts';
import type { Declaration } from '../../../src/tools/provision-environment/declaration.ts';
import { findMismatches } from '../../../src/tools/provision-environment/mismatches.ts';
import type { WantedResource } from '../../../src/tools/provision-environment/wanted.ts';
import type { Category, FoundEnvironment, FoundResource } from '../../../src/tools/shared/snapshot/read.ts';
import { declare, ref, schema, there } from './declared.ts';

const nothing: FoundEnvironment = { isDeployed: true, others: [], notes: [] };

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

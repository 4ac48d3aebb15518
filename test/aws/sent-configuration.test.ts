/** Whether AWS shows a sent configuration: compared by the sent members, without secrets. */
import { describe, expect, it } from 'vitest';
import type { EvidenceReads } from '../../src/aws/evidence-reads.ts';
import { checkSentConfiguration } from '../../src/aws/sent-configuration.ts';
import { operations } from '../../src/operations/index.ts';

type Json = Record<string, unknown>;

const operationOf = (name: string) => {
  const found = operations.find(operation => operation.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

/** Compares what an operation sent with what AWS shows. */
function shown(name: string, sent: Json, found: Json | undefined) {
  const looks = { configuration: async () => found } as unknown as EvidenceReads;
  const args = { appId: 'd1a', backendEnvironmentName: 'dev', resourceName: 'shop', resourceConfig: sent };
  return checkSentConfiguration(looks, operationOf(name), args);
}

describe('an update', () => {
  it.each<[string, Json, Json]>([
    ['beside what it left out', { apiName: 'a' }, { apiName: 'a', service: 'AppSync' }],
    ['with an empty member', { apiName: 'a', conflictResolution: {} }, { apiName: 'a' }],
    [
      'with members of members',
      { defaultAuthType: { mode: 'API_KEY' } },
      { defaultAuthType: { mode: 'API_KEY', settings: { expirationTime: 7 } } },
    ],
    [
      'with a list in another order',
      { additionalAuthTypes: [{ mode: 'AWS_IAM' }, { mode: 'API_KEY' }] },
      { additionalAuthTypes: [{ mode: 'API_KEY' }, { mode: 'AWS_IAM' }] },
    ],
    ['with an emptied list', { additionalAuthTypes: [] }, {}],
    [
      'with a schema that AWS indents',
      { transformSchema: 'type A {\n  a: Int }' },
      { transformSchema: 'type A { a: Int }\n' },
    ],
    ['with a name that Amplify completed', { apiName: 'orders' }, { apiName: 'orders-dev' }],
    ['with a name that Amplify completed by a line', { apiName: 'orders' }, { apiName: 'orders_dev' }],
    ['with the same number', { settings: { expirationTime: 7 } }, { settings: { expirationTime: 7 } }],
    ['with what is not said', { apiName: null, service: undefined }, { apiName: 'a' }],
    ['with an empty text', { apiName: '' }, {}],
    ['with an empty text', { apiName: '' }, { apiName: null }],
    ['with an object of empty members', { settings: { description: '', list: [] } }, {}],
    ['with an empty member', { settings: {} }, { settings: { description: 'x' } }],
    [
      'with a schema that begins with blanks',
      { transformSchema: '\n type A { a: Int }' },
      { transformSchema: 'type A { a: Int }' },
    ],
    [
      'with lists of the same items, some of them twice',
      { additionalAuthTypes: ['a', 'b', 'a'] },
      { additionalAuthTypes: ['b', 'a', 'a'] },
    ],
    ...['bucketName', 'domainPrefix', 'identityPoolName', 'userPoolName'].map(
      (name): [string, Json, Json] => [
        `with a ${name} that Amplify completed`,
        { [name]: 'shop' },
        { [name]: 'shop-dev' },
      ],
    ),
  ])('is shown %s', async (_, sent, found) => {
    expect(await shown('UpdateBackendAPI', sent, found)).toBe('as sent');
  });

  it.each<[string, Json, Json]>([
    ['where a member is another', { apiName: 'a' }, { apiName: 'b' }],
    ['where a member is missing', { apiName: 'a', service: 'AppSync' }, { apiName: 'a' }],
    [
      'where a member of a member is missing',
      { defaultAuthType: { settings: { description: 'x' } } },
      { defaultAuthType: {} },
    ],
    [
      'where a list holds more',
      { additionalAuthTypes: [{ mode: 'AWS_IAM' }] },
      { additionalAuthTypes: [{ mode: 'AWS_IAM' }, { mode: 'API_KEY' }] },
    ],
    [
      'where a list holds less',
      { additionalAuthTypes: [{ mode: 'AWS_IAM' }, { mode: 'AWS_IAM' }] },
      { additionalAuthTypes: [{ mode: 'AWS_IAM' }] },
    ],
    [
      'where a list was to be emptied',
      { additionalAuthTypes: [] },
      { additionalAuthTypes: [{ mode: 'AWS_IAM' }] },
    ],
    [
      'where a schema says something else',
      { transformSchema: 'type A { a: Int }' },
      { transformSchema: 'type A { a: ID }' },
    ],
    ['where a name only begins alike', { apiName: 'shop' }, { apiName: 'shop2' }],
    ['where a text was to be cleared', { apiName: '' }, { apiName: 'a' }],
    ['where another name goes on', { description: 'shop' }, { description: 'shop-dev' }],
    ['where a name goes on in front', { apiName: 'shop' }, { apiName: 'my-shop' }],
    ['where a name is shorter', { apiName: 'shop-dev' }, { apiName: 'shop' }],
    ['where a schema has other words', { description: 'a  b' }, { description: 'a b' }],
    ['where a schema has fewer words', { transformSchema: 'type A' }, { transformSchema: 'typeA' }],
    ['where a list is no list', { additionalAuthTypes: ['a'] }, { additionalAuthTypes: { 0: 'a' } }],
    ['where an object is a text', { settings: { description: 'x' } }, { settings: 'x' }],
    ['where an empty object is a text', { settings: {} }, { settings: 'x' }],
    ['where an object is a list', { settings: { description: 'x' } }, { settings: ['x'] }],
    ['where a text is a number', { apiName: '7' }, { apiName: 7 }],
    [
      'where something is nothing',
      { settings: { expirationTime: 7 } },
      { settings: { expirationTime: null } },
    ],
    [
      'where items are others, as many as were sent',
      { additionalAuthTypes: ['a', 'a', 'b'] },
      { additionalAuthTypes: ['a', 'b', 'b'] },
    ],
    [
      'where a number is a text',
      { defaultAuthType: { settings: { expirationTime: 7 } } },
      { defaultAuthType: { settings: { expirationTime: '7' } } },
    ],
  ])('is not %s', async (_, sent, found) => {
    expect(await shown('UpdateBackendAPI', sent, found)).toBe('different');
  });

  it('of an unknown resource shows nothing', async () => {
    expect(await shown('UpdateBackendAPI', { apiName: 'a' }, undefined)).toBe('nothing');
  });

  it('without members matches any configuration', async () => {
    expect(await shown('UpdateBackendAPI', {}, { apiName: 'a' })).toBe('as sent');
  });
});

describe('a new resource', () => {
  const config = { apiName: 'a', service: 'AppSync' };

  it('may be shown in part', async () => {
    expect(await shown('CreateBackendAPI', config, { apiName: 'a' })).toBe('as sent');
    expect(await shown('CreateBackendAPI', config, { apiName: 'b' })).toBe('different');
  });

  it('is compared without its secrets, but with their neighbours', async () => {
    const google = (client_id: string, client_secret?: string) => ({
      userPoolConfigs: { oAuth: { socialProviderSettings: { Google: { client_id, client_secret } } } },
    });
    expect(await shown('CreateBackendAuth', google('id', 'one'), google('id', 'two'))).toBe('as sent');
    expect(await shown('UpdateBackendAuth', google('id', 'one'), google('id'))).toBe('as sent');
    expect(await shown('UpdateBackendAuth', google('id', 'one'), google('other', 'one'))).toBe('different');
  });
});

it('a write without a configuration matches nothing', async () => {
  expect(await shown('CloneBackend', { apiName: 'a' }, { apiName: 'a' })).toBe('nothing');
});

it("reads the same resource, in the operation's category", async () => {
  const asked: unknown[][] = [];
  const looks = {
    configuration: async (...where: unknown[]) => void asked.push(where),
    outputs: async (...where: unknown[]) => {
      asked.push(where);
      return [];
    },
  } as unknown as EvidenceReads;
  const where = { appId: 'd1a', backendEnvironmentName: 'dev' };
  await checkSentConfiguration(looks, operationOf('UpdateBackendStorage'), {
    ...where,
    resourceName: 'files',
  });
  await checkSentConfiguration(looks, operationOf('ImportBackendAuth'), where);
  expect(asked).toEqual([
    ['storage', 'd1a', 'dev', 'files'],
    ['auth', 'd1a', 'dev'],
  ]);
});

it('a new resource may lack members, and items of a list', async () => {
  const items = { additionalAuthTypes: [{ mode: 'AWS_IAM', settings: { description: 'x' } }] };
  expect(await shown('CreateBackendAPI', items, { additionalAuthTypes: [{ mode: 'AWS_IAM' }] })).toBe(
    'as sent',
  );
  expect(await shown('UpdateBackendAPI', items, { additionalAuthTypes: [{ mode: 'AWS_IAM' }] })).toBe(
    'different',
  );
});

it('a text in place of a structure with secrets is compared as a text', async () => {
  const odd = { userPoolConfigs: 'text' };
  expect(await shown('UpdateBackendAuth', odd, odd)).toBe('as sent');
  expect(await shown('UpdateBackendAuth', odd, { userPoolConfigs: 'other' })).toBe('different');
});

describe('an import', () => {
  it('of an identity pool is found by the pool, and not by empty members', async () => {
    const pool = { identityPoolId: 'ids', userPoolId: '' };
    expect(await imported('ImportBackendAuth', pool, [{ IdentityPoolId: 'ids', UserPoolId: 'x' }])).toBe(
      'as sent',
    );
    expect(await imported('ImportBackendAuth', pool, [{ IdentityPoolId: 'other' }])).toBe('different');
    expect(await imported('ImportBackendAuth', { webClientId: 'w' }, [{ AppClientIDWeb: 'w' }])).toBe(
      'as sent',
    );
    expect(await imported('ImportBackendAuth', { nativeClientId: 'n' }, [{ AppClientID: 'n' }])).toBe(
      'as sent',
    );
    expect(await imported('ImportBackendAuth', { userPoolId: 'u' }, [{ UserPoolId: 'u' }])).toBe('as sent');
  });

  const sent = { userPoolId: 'pool', webClientId: 'web', nativeClientId: 'native' };
  const all = { UserPoolId: 'pool', AppClientIDWeb: 'web', AppClientID: 'native' };

  const imported = (name: string, args: Json, outputs: Json[]) =>
    checkSentConfiguration(
      { outputs: async () => outputs } as unknown as EvidenceReads,
      operationOf(name),
      args,
    );

  it.each<[string, Json[], string]>([
    ['with all that it named', [all], 'as sent'],
    ['beside another resource', [{ UserPoolId: 'other' }, all], 'as sent'],
    ['in part', [{ UserPoolId: 'pool' }], 'as sent'],
    ['of another pool', [{ ...all, UserPoolId: 'other' }], 'different'],
    ['with another client', [{ ...all, AppClientID: 'other' }], 'different'],
    ['without a word of it', [{}], 'different'],
    ['not at all', [], 'nothing'],
  ])('is found in the meta %s', async (_, outputs, expected) => {
    expect(await imported('ImportBackendAuth', sent, outputs)).toBe(expected);
  });

  it('of a bucket is found by its name', async () => {
    const bucket = { bucketName: 'files', serviceName: 'S3' };
    expect(await imported('ImportBackendStorage', bucket, [{ BucketName: 'files' }])).toBe('as sent');
    expect(await imported('ImportBackendStorage', bucket, [{ BucketName: 'files2' }])).toBe('different');
  });
});

/** Snapshots in memory: sorted, complete after a round trip, and without secrets. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServerError } from '../../../../src/errors.ts';
import type { Json } from '../../../../src/lib/json.ts';
import { readSnapshotDocument } from '../../../../src/tools/shared/snapshot/document.ts';
import { type Snapshot, toSnapshot } from '../../../../src/tools/shared/snapshot/index.ts';
import { type FoundEnvironment, readEnvironment } from '../../../../src/tools/shared/snapshot/read.ts';
import { sendable, withheldIn, withholdSecrets } from '../../../../src/tools/shared/snapshot/secrets.ts';
import { readSnapshotUri, snapshotUri } from '../../../../src/tools/shared/snapshot/uri.ts';

const ref = { appId: 'd1shop', backendEnvironmentName: 'dev' };
const exportedAt = '2026-07-28T12:00:00.000Z';

const google = { client_id: 'shop', client_secret: 'kept-by-google' };
const auth = {
  authResources: 'USER_POOL_ONLY',
  service: 'COGNITO',
  userPoolConfigs: {
    requiredSignUpAttributes: ['NAME', 'EMAIL'],
    signInMethod: 'EMAIL',
    userPoolName: 'shop_users_dev',
    oAuth: {
      oAuthGrantType: 'CODE',
      oAuthScopes: ['OPENID', 'EMAIL'],
      redirectSignInURIs: [],
      redirectSignOutURIs: [],
      socialProviderSettings: { Google: google },
    },
  },
};
const api = {
  apiName: 'shopapi',
  additionalAuthTypes: [{ mode: 'AWS_IAM' }, { mode: 'API_KEY' }],
  transformSchema: 'type Note @model {\n  id: ID!\n}\n',
};

const own = (resourceName: string, resourceConfig: Json) => ({
  ...{ resourceName, resourceConfig },
  ...{ isImported: false, outputs: {} },
});
const found: FoundEnvironment = {
  ...{ appName: 'shop', region: 'us-east-1', isDeployed: true, notes: [] },
  auth: own('shopauth', auth),
  api: own('shopapi', api),
  others: [
    { category: 'function', resourceName: 'b', service: 'Lambda' },
    { category: 'function', resourceName: 'a', service: 'Lambda' },
    { category: 'storage', resourceName: 'table', service: 'DynamoDB' },
  ],
  featureFlags: { b: 1, a: 2 },
};
const taken = (environment = found) => toSnapshot(ref, environment, { exportedAt, models: 'LATEST' });
const text = (value: unknown) => JSON.stringify(value, null, 2);

/** The same value with its members and lists in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled).reverse();
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, shuffled(inner)])
      .reverse(),
  );
}

describe('a snapshot', () => {
  it('is identical, whatever order AWS answers in', () => {
    expect(text(taken(shuffled(found) as FoundEnvironment))).toBe(text(taken()));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), flags => {
        const [one, other] = [flags, shuffled(flags) as Json].map(featureFlags =>
          text(taken({ ...found, featureFlags })),
        );
        expect(other).toBe(one);
      }),
    );
  });

  it('holds all lines of a schema', () => {
    const { schema = [], resourceConfig } = taken().api ?? {};
    expect(schema).toEqual(['type Note @model {', '  id: ID!', '}', '']);
    expect(resourceConfig).not.toHaveProperty('transformSchema');
    expect(schema.join('\n')).toBe(api.transformSchema);
  });

  it('lists functions, hosting and other resources separately', () => {
    const { functions, hosting, others } = taken();
    expect({ functions, hosting, others }).toEqual({
      functions: ['a', 'b'],
      hosting: [],
      others: [{ category: 'storage', resourceName: 'table', service: 'DynamoDB' }],
    });
  });

  it('holds no secret, and names where it was withheld', () => {
    const document = taken();
    const at = 'auth/resourceConfig/userPoolConfigs/oAuth/socialProviderSettings/Google/client_secret';
    expect(text(document)).not.toContain(google.client_secret);
    expect(document.withheld).toEqual([at]);
    expect(auth.userPoolConfigs.oAuth.socialProviderSettings.Google).toEqual(google);
  });

  it('is complete after a round trip', () => {
    expect(readSnapshotDocument(JSON.parse(text(taken())))).toEqual(taken());
  });

  it('has a URI of its own', () => {
    expect(readSnapshotUri(snapshotUri(ref))).toEqual(ref);
    for (const uri of ['', snapshotUri(ref).slice(0, -1), `${snapshotUri(ref)}/x`, 'file:///etc/passwd'])
      expect(readSnapshotUri(uri)).toBeUndefined();
  });
});

describe('a document that is passed as an argument', () => {
  const document = JSON.parse(text(taken())) as Snapshot;
  const refusal = (value: unknown) => {
    try {
      readSnapshotDocument(value);
    } catch (thrown) {
      return thrown;
    }
    return undefined;
  };

  it.each<[string, unknown, string]>([
    ['nothing', null, 'snapshot'],
    ['a list', [], 'snapshot'],
    ['another format', { ...document, format: 'x' }, 'snapshot.format: expected amplify-backend-snapshot'],
    ['another version', { ...document, version: 2 }, 'snapshot.version: this server reads version 1'],
    ['an unknown member', { ...document, extra: 1 }, 'extra'],
    ['an environment with a path in it', { ...document, environment: '../dev' }, 'snapshot.environment'],
    [
      'an unknown member of the settings',
      { ...document, auth: { ...document.auth, resourceConfig: { ...auth, magic: 1 } } },
      'magic',
    ],
    [
      'a schema that is no text',
      { ...document, api: { ...document.api, schema: [1] } },
      'snapshot.api.schema.0',
    ],
    [
      'imported ids that are none',
      { ...document, auth: { ...document.auth, imported: { a: {} } } },
      'imported.a',
    ],
    ['too much', { ...document, models: 'x'.repeat(1_000_001) }, '1000000 characters'],
    [
      'no bottom',
      { ...document, others: JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) },
      'characters',
    ],
  ])('is refused where it is %s', (_, value, words) => {
    expect(refusal(value)).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining(words),
    });
  });

  it('is read or refused, and never anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(refusal({ ...document, auth: value })).toMatchObject({ code: 'invalid_arguments' });
      }),
    );
  });
});

describe('settings to send', () => {
  it('leave out a provider whose secret was withheld, and withheld message texts', () => {
    const message = { deliveryMethod: 'EMAIL', emailSettings: { emailMessage: '[withheld]' } };
    const pool = { ...auth.userPoolConfigs, verificationMessage: message };
    const { config, leftOut } = sendable(withholdSecrets({ ...auth, userPoolConfigs: pool }));
    const { socialProviderSettings: _, ...oAuth } = auth.userPoolConfigs.oAuth;
    expect(config).toEqual({
      ...auth,
      userPoolConfigs: { ...pool, oAuth, verificationMessage: { deliveryMethod: 'EMAIL' } },
    });
    expect(leftOut).toEqual([
      'userPoolConfigs/oAuth/socialProviderSettings/Google/client_secret',
      'userPoolConfigs/verificationMessage/emailSettings/emailMessage',
    ]);
    expect(withheldIn(config)).toEqual([]);
  });

  it('keep a reference to a secret, and what was empty before', () => {
    const settings = { Google: { client_id: 'shop', client_secret: { $secret: 'google' } } };
    const config = {
      ...auth,
      userPoolConfigs: {
        ...auth.userPoolConfigs,
        oAuth: { ...auth.userPoolConfigs.oAuth, socialProviderSettings: settings },
      },
    };
    expect(sendable(config)).toEqual({ config, leftOut: [] });
  });
});

describe('reading', () => {
  const reading = (meta: unknown, configs: Readonly<Record<string, Json>> = {}) =>
    readEnvironment(
      async tool =>
        tool === 'get_backend' ? { amplifyMetaConfig: meta } : { resourceConfig: configs[tool] },
      ref,
    );

  const pool = { service: 'Cognito', output: { UserPoolId: 'us-east-1_Shop' } };
  const bucket = { service: 'S3', output: { BucketName: 'shop-dev' } };

  it('takes the resource of each category that the API reads', async () => {
    const environment = await reading({
      auth: { userPoolGroups: { service: 'Cognito-UserPool-Groups' }, shopauth: pool },
      api: { rest: { service: 'API Gateway', output: { ApiId: 'abc' } } },
      storage: { table: { service: 'DynamoDB' } },
    });
    expect(environment.auth?.resourceName).toBe('shopauth');
    expect(environment.others.map(({ resourceName }) => resourceName)).toEqual([
      'userPoolGroups',
      'rest',
      'table',
    ]);
    expect(environment).not.toHaveProperty('api');
  });

  it.each([
    ['the meta', { auth: { shopauth: { ...pool, serviceType: 'imported' } } }, {}],
    ['the settings', { storage: { media: bucket } }, { get_backend_storage: { imported: true } }],
  ])('finds in %s what was imported', async (_, meta, configs) => {
    const { auth: users, storage } = await reading(meta, configs);
    expect((users ?? storage)?.isImported).toBe(true);
  });

  it('takes the resource with settings among several, and ignores one that was only added', async () => {
    const { storage, auth: users } = await readEnvironment(async (tool, { resourceName }) => {
      if (tool === 'get_backend')
        return {
          amplifyMetaConfig: {
            auth: { added: { service: 'Cognito' } },
            storage: { one: bucket, two: bucket },
          },
        };
      return resourceName === 'two' ? { resourceConfig: { serviceName: 'S3' } } : {};
    }, ref);
    expect(storage?.resourceName).toBe('two');
    expect(users).toBeUndefined();
  });

  it('lists a resource by name, with a note, where AWS does not tell its settings', async () => {
    const found = await reading({ storage: { media: bucket } });
    expect(found.storage).toMatchObject({ whyUnknown: 'AWS answered without settings' });
    const snapshot = toSnapshot(ref, found, { exportedAt });
    expect(snapshot).not.toHaveProperty('storage');
    expect(snapshot.others).toEqual([{ category: 'storage', resourceName: 'media' }]);
    expect(readSnapshotDocument(snapshot).notes).toEqual([
      'The settings of storage/media are not known: AWS answered without settings.',
    ]);
  });

  it('reads everything else where AWS denies settings', async () => {
    const found = await readEnvironment(async tool => {
      if (tool === 'get_backend') return { amplifyMetaConfig: { storage: { media: bucket } } };
      throw new ServerError('access_denied');
    }, ref);
    expect(found.storage).toMatchObject({ whyUnknown: 'AWS refuses to tell its settings (access_denied)' });
  });

  it.each(['throttled', 'credentials_expired', 'cancelled'] as const)(
    'a failure that is not about the resource is thrown: %s',
    async code => {
      const read = async (tool: string) => {
        if (tool === 'get_backend') return { amplifyMetaConfig: { storage: { media: bucket } } };
        throw new ServerError(code);
      };
      await expect(readEnvironment(read, ref)).rejects.toMatchObject({ code });
    },
  );

  it.each([[undefined], [{}]])('finds nothing in %j', async meta => {
    expect(await reading(meta)).toMatchObject({ others: [], isDeployed: false });
  });

  it.each([['text'], [[]], ['{"auth": {},}']])('refuses what it cannot read: %j', async meta => {
    await expect(reading(meta)).rejects.toMatchObject({
      message: expect.stringContaining('amplifyMetaConfig'),
    });
  });
});

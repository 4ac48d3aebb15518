/** What is withheld, wherever it stands, and what is not although its name has a secret's word in it. */
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/environment/index.ts';
import { redactMeta, redactTexts, redactValue } from '../../src/lib/redact.ts';
import { withholdSecretsIn } from '../../src/lib/secret-values.ts';
import { entries, metaOf } from '../support/metas.ts';

/** A secret of each form, as it would be found. */
const forms = {
  'an AppSync key': 'da2-abcdefghijklmnopqrstuvwx01',
  'a short AppSync key': 'da2-fake0000000000000000',
  'an access key': 'AKIAABCDEFGHIJKLMNOP',
  'a temporary access key': 'ASIAABCDEFGHIJKLMNOP',
  'a key of Stripe': 'sk_live_9s8d7f6g5h4j3k2l',
  'a test key of Stripe': 'sk_test_9s8d7f6g5h4j3k2l',
  'a restricted key of Stripe': 'rk_live_9s8d7f6g5h4j3k2l',
  'a webhook of Stripe': 'whsec_9s8d7f6g5h4j3k2l',
  'a stream key': 'sk_eu-west-1_AbCdEf_ghIjKl',
  'a token of Slack': 'xoxb-12345678-abcdefgh',
  'a token of GitHub': 'ghp_abcdefghijklmnopqrst0123456789',
  'an app token of GitHub': 'gho_abcdefghijklmnopqrst0123456789',
  'a fine token of GitHub': 'github_pat_11ABCDEFG_abcdefgh',
  'a token of GitLab': 'glpat-abcdefghij0123456789',
  'a key of Google': 'AIzaSyA-abcdefghijklmnopqrstuvwxyz012345',
  'a secret of Google': 'GOCSPX-abcdefghijklmnopqrst',
  'a key of SendGrid': 'SG.abcdefghijklmnopqrstuv.abcdefghijklmnop',
  'a key of OpenAI': 'sk-proj-abcdefghijklmnopqrstuvwxyz',
  'a web token': 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiYWtlciJ9.c2lnbmF0dXJl',
  'a private key': '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\n-----END RSA PRIVATE KEY-----',
  'a private key that is cut': '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg',
};

describe('known by its form, whatever it is called', () => {
  it.each(Object.entries(forms))('%s', (_, secret) => {
    expect(withholdSecretsIn(`before ${secret} behind`)).not.toContain(secret.slice(0, 24));
    const meta = { function: { secretsanta: { service: 'Lambda', output: { Plain: secret } } } };
    expect(redactMeta(meta)).toEqual({
      function: {
        secretsanta: { service: 'Lambda', output: { Plain: expect.stringContaining('[withheld]') } },
      },
    });
    expect(JSON.stringify(redactValue([{ a: { b: `x ${secret}` } }, secret]))).not.toContain(
      secret.slice(0, 24),
    );
    expect(JSON.stringify(redactValue({ [secret]: 1 }))).not.toContain(secret.slice(0, 24));
  });

  it.each([
    ['postgres://baker:p4ss@db.example/x', 'postgres://baker:[withheld]@db.example/x'],
    ['redis://:p4ss@cache.example:6379', 'redis://:[withheld]@cache.example:6379'],
    ['mysql://u:p4/ss@w0rd@db.example/x', 'mysql://u:[withheld]@db.example/x'],
    ['amqps://u:p4#ss@mq.example', 'amqps://u:[withheld]@mq.example'],
    ['a://b:c@d and https://e:f@g/h', 'a://b:[withheld]@d and https://e:[withheld]@g/h'],
    ['https://api.example/?api_key=abc123&page=2', 'https://api.example/?api_key=[withheld]&page=2'],
    ['https://x.example/a?X-Amz-Signature=0a1b&v=1', 'https://x.example/a?X-Amz-Signature=[withheld]&v=1'],
    ['https://hooks.slack.com/services/T0/B0/abc', 'https://[withheld]'],
    ['https://t0ken@github.com/x', 'https://[withheld]@github.com/x'],
    ['https://t0ken@git.example:8443/x', 'https://[withheld]@git.example:8443/x'],
    ['Password = p4ss', 'Password = [withheld]'],
    ['user: baker, password: p4ss', 'user: baker, password: [withheld]'],
    ['host: db\npassword: Hunter2', 'host: db\npassword: [withheld]'],
    ['mysql --user baker --password p4ss -h db', 'mysql --user baker --password [withheld] -h db'],
    ['https://discord.com/api/webhooks/123456/AbC-dEf', 'https://[withheld]'],
    ['https://acme.webhook.office.com/webhookb2/abc@def/x', 'https://acme.[withheld]'],
    ['DB_PASSWORD=p4ss NODE_ENV=prod', 'DB_PASSWORD=[withheld] NODE_ENV=prod'],
    ['Authorization: Bearer abc.def-123', 'Authorization: Bearer [withheld]'],
    ['authorization: basic dXNlcjpwYXNz', 'authorization: basic [withheld]'],
    ['X-Amz-Security-Token: IQoJb3JpZ2lu//x', 'X-Amz-Security-Token: [withheld]'],
    ['{"AppClientSecret": "hun\\"ter2", "a": "b"}', '{"AppClientSecret": "[withheld]", "a": "b"}'],
    ['"[{\\"client_secret\\":\\"hunter2\\"}]"', '"[{\\"client_secret\\":\\"[withheld]\\"}]"'],
    [
      '{"a":"{\\"b\\":\\"{\\\\\\"pwd\\\\\\":\\\\\\"x\\"}","c":"d"}',
      '{"a":"{\\"b\\":\\"{\\\\\\"pwd\\\\\\":\\\\\\"[withheld]\\"}","c":"d"}',
    ],
  ])('%s', (text, shown) => {
    expect(withholdSecretsIn(text)).toBe(shown);
    expect(withholdSecretsIn(shown)).toBe(shown);
  });

  it('to its end, also where quotation marks stand in it', () => {
    const inner = JSON.stringify({ password: 'first"second', b: 'shown' });
    const text = JSON.stringify({ a: inner });
    expect(withholdSecretsIn(inner)).toBe('{"password":"[withheld]","b":"shown"}');
    expect(withholdSecretsIn(text)).not.toMatch(/first|second/);
    expect(withholdSecretsIn(text)).toContain('shown');
  });

  it.each([
    'https://example.com:8443/path/@scope/name',
    'https://git@github.com/bakery/ovens.git',
    'http://[::1]:3000/',
    'Basic usage of the Bearer authentication',
    'The security token included in the request is invalid',
    'type Post @model { id: ID! secret: String password: String token: Token }',
    'arn:aws:iam::210987654321:role/eu-west-1_Bakers001-bakersGroupRole',
    'amplify-builds/bake-4d2d568919169545677a-build.zip',
    'pk_live_9s8d7f6g5h4j3k2l',
    'eyJub3QiOiJhIHRva2VuIn0',
    'a=b, c = d, e==f',
  ])('no secret: %s', text => {
    expect(withholdSecretsIn(text)).toBe(text);
    expect(redactValue({ Note: text })).toEqual({ Note: text });
  });

  it('a header of a schema, in whatever order', () => {
    const schema = `type Query {
      a: A @http(url: "https://x.example", headers: [{ key: "Authorization", value: "raw-value-1" }])
      b: B @http(url: "https://x.example", headers: [{ value: "raw-value-2", key: "X-Api-Key" }])
      c: C @http(url: "https://x.example", headers: [{ key: "Authorization", value: "Bearer raw-value-3" }])
      d: D @http(url: "https://x.example", headers: [{ key: "Accept", value: "text/plain" }])
    }`;
    const shown = withholdSecretsIn(schema);
    expect(shown).not.toContain('raw-value');
    expect(shown.match(/\[withheld\]/g)).toHaveLength(3);
    expect(shown).toContain('value: "text/plain"');
  });
});

describe('known by its name', () => {
  const secrets = [
    'AppClientSecret',
    'DbPassword',
    'WebhookToken',
    'GraphQLAPIKeyOutput',
    'JWT_SECRET',
    'privateKey',
  ];
  it.each([
    ...secrets,
    ...[
      'stripeSecretKey',
      'SECRET_KEY_BASE',
      'accessToken',
      'DBPASSWORD',
      'clientsecret',
      'apikey',
      'MY_API_KEY_2',
    ],
    ...[
      ...['DBPASS', 'userPass1', 'passcode', 'pw', 'dbpw', 'Passwort'],
      'hostedUIProviderCreds',
      'Credentials',
      'DB_PASS',
      'SIGNING_KEY',
      'oVideoInputKey',
      'Passphrase',
      'CARD_PIN',
    ],
  ])('%s', name => {
    expect(redactValue({ [name]: 'hunter2' })).toEqual({ [name]: '[withheld]' });
    expect(redactValue({ [name]: { inner: ['hunter2'] } })).toEqual({ [name]: { inner: ['[withheld]'] } });
    expect(redactValue({ environmentMap: { [name]: 'hunter2' } })).toEqual({
      environmentMap: { [name]: '[withheld]' },
    });
  });

  it.each([
    ...[
      'apiKeyExpirationDate',
      'apiKeyExpirationDays',
      'passwordPolicyMinLength',
      'PasswordProtectionSettings',
    ],
    ...[
      'SecretArn',
      'SecretName',
      'TokenUrl',
      'tokenValidity',
      'refreshTokenValidity',
      'nextToken',
      'PublicKey',
    ],
    ...['PartitionKeyName', 'SortKeyType', 's3Key', 'CloudFrontKeyGroupId', 'PinPointApp', 'forgotPassword'],
    ...['GoogleWebClient', 'client_id', 'oAuth', 'authorizationType', 'Bypass', 'secretsPathAmplifyAppId'],
  ])('not %s', name => {
    const value = { [name]: 'amplify-builds/plain.zip' };
    expect(redactValue(value)).toEqual(value);
  });

  it.each([
    ...['secretConfig', 'passwordSettings', 'webhookSecretURL', 'GoogleOAuthSecretVersion'],
    ...['awsSecretKeyId', 'tokenSource', 'auth'],
  ])('%s, where a text stands there', name => {
    expect(redactValue({ [name]: 'hunter2' })).toEqual({ [name]: '[withheld]' });
    const structure = { [name]: { minLength: 8, mode: 'plain' } };
    expect(redactValue(structure)).toEqual(structure);
  });

  it('a list of a name and a value', () => {
    const pairs = [
      ['DB_PASSWORD', 'hunter2'],
      ['STAGE', 'prod'],
    ];
    expect(redactValue(pairs)).toEqual([['DB_PASSWORD', '[withheld]'], pairs[1]]);
    expect(redactValue({ Text: JSON.stringify(pairs) })).toEqual({
      Text: '[["DB_PASSWORD","[withheld]"],["STAGE","prod"]]',
    });
    const names = ['password', 'email', 'phone'];
    expect(redactValue({ names })).toEqual({ names });
  });

  it('where a text stands in the place of a category or a resource', () => {
    const meta = { dbPassword: 'V', secrets: { DB_PASSWORD: 'V', other: 'V' }, tokens: ['V'], auth: 'V' };
    expect(JSON.stringify(redactMeta(meta))).not.toContain('"V"');
  });

  it('a value says more than its name where it cannot be a secret', () => {
    const plain = {
      SecretOfAll: 'arn:aws:secretsmanager:eu-west-1:210987654321:secret:oven-1a2b3c',
      apiKey: '2027-03-08T17:00:39.856Z',
      userpoolClientGenerateSecret: false,
      maxTokens: 100,
      token: null,
      password: '',
    };
    expect(redactValue(plain)).toEqual(plain);
    expect(redactValue({ password: 12345, pin: 1, length: 8 })).toEqual({
      ...{ password: '[withheld]', pin: '[withheld]', length: 8 },
    });
  });

  it.each(['2027-03-08', '2027-03-08T17:00:39'])('%s is a date, and no secret', date => {
    expect(redactValue({ password: date })).toEqual({ password: date });
  });

  it.each(['x2027-03-08', '2027-03-08 hunter2'])('%s is no date', text => {
    expect(redactValue({ password: text })).toEqual({ password: '[withheld]' });
  });

  it('structure in a text that holds no secret stays as it was written', () => {
    const value = { note: '{ "a":  1 }' };
    expect(redactValue(value)).toEqual(value);
  });

  it('a key is withheld where it looks drawn at random', () => {
    const value = { MAPS_KEY: 'a1b2c3d4e5f6g7h8i9', KEY: 'orders-by-date', HASH_KEY: 'customerId' };
    expect(redactValue(value)).toEqual({ ...value, MAPS_KEY: '[withheld]' });
  });

  it('a pair of name and value', () => {
    const pairs = [
      { name: 'DB_PASSWORD', value: 'hunter2' },
      { Name: 'STAGE', Value: 'prod' },
      { Name: 7, Value: 'x' },
    ];
    expect(redactValue(pairs)).toEqual([{ name: 'DB_PASSWORD', value: '[withheld]' }, ...pairs.slice(1)]);
    expect(redactValue({ Name: 'DB_PASSWORD', Value: 'hunter2' })).toMatchObject({ Value: '[withheld]' });
    expect(redactValue({ clientSecret: { name: 'plain', value: 'hunter2' } })).toMatchObject({
      clientSecret: { value: '[withheld]' },
    });
  });

  it('of a social provider the secret, and not what is given out to everybody', () => {
    const creds = [
      { ProviderName: 'Google', client_id: '77-bread.apps.example', client_secret: 'hunter2' },
      { ProviderName: 'SignInWithApple', team_id: 'TEAM1', key_id: 'KEY1', private_key: 'MIGTAgEA' },
    ];
    const redacted = redactMeta({ auth: { it: { hostedUIProviderCreds: JSON.stringify(creds) } } });
    const { hostedUIProviderCreds } = (redacted as { auth: { it: { hostedUIProviderCreds: string } } }).auth
      .it;
    expect(JSON.parse(hostedUIProviderCreds)).toEqual([
      { ...creds[0], client_secret: '[withheld]' },
      { ...creds[1], private_key: '[withheld]' },
    ]);
  });

  it('never by the name of a resource or a category', () => {
    const meta = {
      function: { resetPassword: entries.lambda, secretsanta: entries.lambda, apiKey: entries.lambda },
      credentials: { token: entries.bucket },
    };
    expect(redactMeta(meta)).toEqual(meta);
  });
});

it('what is nested deeper than anybody nests is cut, and read all the same', async () => {
  const deep = `${'{"a":'.repeat(50_000)}"da2-abcdefghijklmnopqrstuvwx01"${'}'.repeat(50_000)}`;
  expect(JSON.stringify(redactValue(JSON.parse(deep)))).not.toContain('da2-');
  expect(JSON.stringify(redactValue({ inText: deep }))).not.toContain('da2-');
  const meta = `{"custom":{"it":{"service":"x","output":${deep}}}}`;
  const environment = await readEnvironment({ appId: 'd1', environment: 'dev', meta });
  expect(JSON.stringify(environment)).not.toContain('da2-');
});

it.each([
  ['objects', '{"a":', '}', redactValue],
  ['lists', '[', ']', redactValue],
  ['objects of models', '{"a":', '}', redactTexts],
  ['lists of models', '[', ']', redactTexts],
])('%s are shown down to the 41st', (_, open, close, redact) => {
  const nested = (levels: number) => JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`);
  expect(redact(nested(41))).toEqual(nested(41));
  expect(JSON.stringify(redact(nested(42)))).toContain('too deeply');
});

it('a meta without secrets stays as it is', () => {
  expect(redactMeta(metaOf({ storage: { photos: entries.bucket } }))).toEqual(
    metaOf({ storage: { photos: entries.bucket } }),
  );
});

it('of models secrets are known by their look alone: types and fields are called as people like', () => {
  const field = { password: { name: 'password', type: 'String' }, token: 'Token' };
  const models = [{ models: { Secret: { fields: field } } }, 1, null];
  expect(redactTexts(models)).toEqual(models);
  expect(redactTexts({ note: `x ${forms['an AppSync key']}` })).toEqual({ note: 'x [withheld]' });
  const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
  expect(JSON.stringify(redactTexts(deep))).toContain('too deeply');
});

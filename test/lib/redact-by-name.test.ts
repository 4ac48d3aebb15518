/** What is withheld by its name, and what is not although its name has a secret's word in it. */
import { describe, expect, it } from 'vitest';
import { redactMeta, redactValue } from '../../src/lib/redact.ts';
import { entries, metaOf } from '../support/metas.ts';

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

it('a meta without secrets stays as it is', () => {
  expect(redactMeta(metaOf({ storage: { photos: entries.bucket } }))).toEqual(
    metaOf({ storage: { photos: entries.bucket } }),
  );
});

/** Arguments as models and hosts send them: what is made of them, and what is never changed. */
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { operations } from '../../src/operations/index.ts';
import { normalizeArguments } from '../../src/operations/normalize.ts';
import { validateArguments } from '../../src/operations/validate.ts';
import { whenEmptyOf } from '../../src/operations/when-empty.ts';
import { workflows } from '../../src/tools/index.ts';
import { leastOf } from '../support/sample-arguments.ts';
import { sampleOf } from '../support/sdk-shapes.ts';

const tools = [...operations, ...workflows];

function toolOf(name: string) {
  const tool = tools.find(({ toolName }) => toolName === name);
  if (!tool) throw new Error(`no ${name}`);
  return tool;
}

const normalized = (name: string, args: unknown) => normalizeArguments(toolOf(name).toolInput, args);
const page = { appId: 'd1abc', backendEnvironmentName: 'dev' };
const storage = { permissions: { authenticated: ['READ'] }, serviceName: 'S3' };
const newStorage = { ...page, resourceName: 'photos', resourceConfig: storage };
const secretPath = ['userPoolConfigs', 'oAuth', 'socialProviderSettings', 'Google', 'client_secret'];

/** A value below names. */
const nested = (names: readonly string[], value: unknown): unknown =>
  names.reduceRight((inner, name) => ({ [name]: inner }), value);

it.each(operations)(
  'keeps the arguments of $toolName that fit, with all members',
  ({ toolName, toolInput }) => {
    const args = sampleOf(toolInput);
    expect(normalized(toolName, args)).toEqual({ args, notes: [] });
    expect(normalized(toolName, args).args).toBe(args);
  },
);

describe.each(tools)('$toolName', ({ toolName, toolInput }) => {
  it('keeps the least arguments that fit', () => {
    const args = leastOf(toolInput);
    expect(normalized(toolName, args).args).toBe(args);
  });

  it('takes null for what is absent, in each member that may be', () => {
    const names = Object.keys(toolInput.shape).filter(name => name !== 'dryRun');
    const nulls = Object.fromEntries(names.map(name => [name, null]));
    expect(normalized(toolName, nulls).args).toEqual({});
    expect(normalized(toolName, { ...nulls, ...(leastOf(toolInput) as object) }).args).toEqual(
      leastOf(toolInput),
    );
  });
});

describe('an empty value', () => {
  const writing = tools.filter(({ toolInput }) => 'dryRun' in toolInput.shape);

  it.each(writing)(
    'is refused as dryRun of $toolName, which would write without it',
    ({ toolName, toolInput }) => {
      for (const dryRun of ['', ' ', '\n', null, 'null', 'undefined', 0]) {
        const { args } = normalized(toolName, { ...(leastOf(toolInput) as object), dryRun });
        expect(() => validateArguments(toolOf(toolName), args)).toThrow(
          /^The arguments do not fit .*; nothing was sent to AWS:\n- dryRun: .*Write true to plan only/,
        );
      }
    },
  );

  it('means absent for each other optional member, with a note where that shows more than was asked for', () => {
    const meaning = (whenEmpty: string) =>
      tools.flatMap(({ toolName, toolInput }) =>
        Object.entries(toolInput.shape)
          .filter(([, type]) => whenEmptyOf(type as z.ZodType) === whenEmpty)
          .map(([name]) => `${toolName}.${name}`),
      );
    expect(meaning('noted')).toEqual([
      'get_backend.backendEnvironmentName',
      'get_backend.part',
      'list_backend_jobs.jobId',
      'list_backend_jobs.operation',
      'list_backend_jobs.status',
      'get_backend_api.part',
      'get_backend_api_models.part',
      'compare_environments.resource',
    ]);
    expect(meaning('refused').sort()).toEqual(writing.map(({ toolName }) => `${toolName}.dryRun`).sort());
  });

  it.each([[''], [' '], [null]])('is named in a note where %j widens a read', given => {
    expect(normalized('get_backend', { appId: 'd1abc', backendEnvironmentName: given })).toEqual({
      args: { appId: 'd1abc' },
      notes: ['Sent empty and counted as absent: backendEnvironmentName. Send a value if one is meant.'],
    });
  });

  it('is named in a note where a secret was meant, and in none where nothing is missed', () => {
    const config = nested(secretPath, '');
    expect(
      normalized('create_backend_auth', { ...newStorage, resourceConfig: config, confirmationToken: '' })
        .notes,
    ).toEqual([
      `Sent empty and counted as absent: ${['resourceConfig', ...secretPath].join('.')}. Send a value if one is meant.`,
    ]);
    expect(normalized('list_backend_jobs', { ...page, nextToken: '', all: null }).notes).toEqual([]);
  });
});

it('takes an empty text for what is absent in an optional member alone', () => {
  const given = { ...page, jobId: '', nextToken: ' ', maxResults: '', all: '', target: '', operation: null };
  expect(normalized('list_backend_jobs', given).args).toEqual(page);
  expect(normalized('list_backend_jobs', { ...page, appId: '' }).args).toEqual({ ...page, appId: '' });
});

it.each([
  ['a structure', { ...newStorage, resourceConfig: JSON.stringify(storage) }, 'resourceConfig'],
  [
    'structures in structures',
    {
      ...newStorage,
      resourceConfig: JSON.stringify({ ...storage, permissions: JSON.stringify(storage.permissions) }),
    },
    'resourceConfig, resourceConfig.permissions',
  ],
  [
    'a list',
    { ...newStorage, resourceConfig: { ...storage, permissions: { authenticated: ' ["READ"]' } } },
    'resourceConfig.permissions.authenticated',
  ],
  ['all arguments', JSON.stringify(newStorage), 'arguments'],
])('reads %s from a text, once, and says so', (_, given, paths) => {
  const { args, notes } = normalized('create_backend_storage', given);
  expect(args).toEqual(newStorage);
  expect(notes).toEqual([`Sent as text and read as JSON: ${paths}. Send the value itself.`]);
});

it.each([
  ['5', 5],
  [' 25 ', 25],
  ['five', 'five'],
  ['0x10', '0x10'],
  ['1e1', '1e1'],
  ['9'.repeat(50), '9'.repeat(50)],
])('reads the number %o as %o', (given, expected) => {
  const { args } = normalized('list_backend_jobs', { ...page, maxResults: given });
  expect(args).toEqual({ ...page, maxResults: expected });
});

it.each([
  ['true', true],
  ['False', false],
  ['yes', 'yes'],
])('reads the boolean %o as %o', (given, expected) => {
  expect(normalized('list_backend_jobs', { ...page, all: given }).args).toEqual({ ...page, all: expected });
});

it('trims blanks around ids, names and words, and nothing else', () => {
  const given = {
    appId: ' d1abc\n',
    backendEnvironmentName: '\tdev',
    resourceName: ' photos ',
    serviceName: ' S3',
  };
  expect(normalized('delete_backend_storage', given).args).toEqual({
    ...page,
    resourceName: 'photos',
    serviceName: 'S3',
  });
  const schema = ' type Todo @model { id: ID! } ';
  const declared = { app: ' shop ', environment: 'qa', api: { schema } };
  expect(normalized('provision_environment', declared).args).toEqual({
    app: 'shop',
    environment: 'qa',
    api: { schema },
  });
});

it.each(['{"a": 1}', '[1]', '5', 'true', 'null', '{"$secret": "NAME"}'])(
  'leaves the text %s a text',
  text => {
    const given = { app: 'shop', environment: 'qa', api: { schema: text } };
    expect(normalized('provision_environment', given)).toEqual({ args: given, notes: [] });
  },
);

it.each([
  ['{"$secret": "GOOGLE"}', { $secret: 'GOOGLE' }],
  [' {"$secret":"GOOGLE"} ', { $secret: 'GOOGLE' }],
  ['{"$secret": "GOOGLE", "more": 1}', '{"$secret": "GOOGLE", "more": 1}'],
  ['{"key": "hunter2"}', '{"key": "hunter2"}'],
  ['hunter2 ', 'hunter2 '],
])('takes the text %s for a reference to a secret only if it is one', (given, expected) => {
  const of = (secret: unknown) => ({
    ...page,
    resourceName: 'auth',
    resourceConfig: nested(secretPath, secret),
  });
  const { args, notes } = normalized('create_backend_auth', of(given));
  expect(args).toEqual(of(expected));
  expect(JSON.stringify(notes)).not.toMatch(/hunter2|GOOGLE/);
});

it('says no value of a text in its note, which may hold a secret', () => {
  const text = JSON.stringify(nested(secretPath, 'hunter2'));
  const { notes } = normalized('create_backend_auth', {
    ...page,
    resourceName: 'auth',
    resourceConfig: text,
  });
  expect(notes).toEqual(['Sent as text and read as JSON: resourceConfig. Send the value itself.']);
});

it.each([
  ['list_backend_jobs', 'app_id', 'appId'],
  ['list_backend_jobs', 'AppId', 'appId'],
  ['list_backend_jobs', 'backend-environment-name', 'backendEnvironmentName'],
  ['clone_environment', 'TimeoutSeconds', 'timeoutSeconds'],
  ['describe_environment', 'appId', 'app'],
  ['describe_environment', 'backend_environment_name', 'environment'],
  ['compare_environments', 'from', 'left'],
  ['compare_environments', 'targetEnvironmentName', 'right'],
  ['clone_environment', 'backendEnvironmentName', 'from'],
  ['clone_environment', 'targetEnvironmentName', 'to'],
  ['clone_backend', 'from', 'backendEnvironmentName'],
  ['clone_backend', 'to', 'targetEnvironmentName'],
  ['get_backend', 'environment', 'backendEnvironmentName'],
  ['wait_for_job', 'app', 'appId'],
  ['delete_backend', 'plan', 'dryRun'],
])('%s says of %s that it is written %s', (name, key, meant) => {
  const refuse = () => validateArguments(toolOf(name), { [key]: 'x' });
  expect(refuse).toThrow(`Unrecognized key: "${key}" (write ${meant})`);
});

it('offers no member that the tool does not have', () => {
  const refuse = () => validateArguments(toolOf('whoami'), { app: 'shop', from: 'dev' });
  expect(refuse).toThrow('Unrecognized keys: "app", "from"');
});

it('says so in structures too, and offers nothing for a name that it does not know', () => {
  const config = { service_name: 'S3', permissions: { Authenticated: ['READ'], surprise: 1 } };
  const refuse = () =>
    validateArguments(toolOf('create_backend_storage'), { ...newStorage, resourceConfig: config });
  expect(refuse).toThrow('resourceConfig: Unrecognized key: "service_name" (write serviceName)');
  expect(refuse).toThrow(
    'resourceConfig.permissions: Unrecognized keys: "Authenticated" (write authenticated), "surprise"',
  );
});

it.each([
  ['values', { ...page, more: Array(30_000).fill(null) }],
  ['levels', { ...page, more: nested(Array(60).fill('a'), 1) }],
  ['characters', { ...page, maxResults: ' '.repeat(3_000_000) }],
])('leaves arguments with too many %s to the validation', (_, given) => {
  expect(normalized('list_backend_jobs', given).args).toBe(given);
  expect(() => validateArguments(toolOf('list_backend_jobs'), given)).toThrow(/nothing was sent/);
});

it.each([[undefined], [null], ['text'], [['d1abc']], [5]])(
  'makes nothing of arguments that are no structure: %j',
  given => {
    expect(normalized('whoami', given)).toEqual({ args: given, notes: [] });
  },
);

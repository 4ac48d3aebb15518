/** What a refused read means for an environment: it does not exist, is unreadable, or was just created. */
import { expect, it } from 'vitest';
import { readInventory } from '../../src/call/authorize/inventory.ts';
import { readLosses } from '../../src/call/authorize/losses.ts';
import { createStateReader } from '../../src/call/authorize/prior-state.ts';
import { type Read, readEnvironmentAt, subjectFailureCodes } from '../../src/call/read-environment.ts';
import { operationOf } from '../../src/call/reads.ts';
import { type ErrorCode, errorRegistry, ServerError } from '../../src/errors.ts';

const at = { appId: 'd1a', backendEnvironmentName: 'qa' };
const readable = { amplifyMetaConfig: '{}' };

/** Reads an environment whose reads come to these, one after another, and counts them. */
async function read(
  outcomes: readonly (ErrorCode | object)[],
  listed: readonly string[] | ErrorCode = ['dev', 'qa'],
) {
  let count = 0;
  const ask: Read = async (_, { backendEnvironmentName }) => {
    if (backendEnvironmentName === undefined) {
      if (typeof listed === 'string') throw new ServerError(listed);
      return { backendEnvironmentList: listed };
    }
    const outcome = outcomes[count++] ?? {};
    if (typeof outcome === 'string') throw new ServerError(outcome, { message: `no (${count})` });
    return { ...outcome };
  };
  const environment = await readEnvironmentAt(ask, at, false);
  return { environment, count };
}

it('an environment that is created between its read and the list is readable', async () => {
  const { environment, count } = await read(['not_found', readable]);
  expect(environment).toMatchObject({ state: 'registered', environment: 'qa' });
  expect(count).toBe(2);
});

it('an environment that is listed and refused twice is unreadable, with the words of the last refusal', async () => {
  const { environment, count } = await read(['not_found', 'bad_request']);
  expect(environment).toMatchObject({ state: 'unreadable', isRefused: true });
  expect(JSON.stringify(environment)).toContain('no (2)');
  expect(count).toBe(2);
});

it.each(['throttled', 'cancelled', 'credentials_expired'] as const)(
  '%s does not make it unreadable',
  async code => {
    await expect(read([code])).rejects.toMatchObject({ code });
    await expect(read(['not_found', code])).rejects.toMatchObject({ code });
  },
);

it('an environment that is not listed does not exist', async () => {
  await expect(read(['not_found'], ['dev'])).rejects.toMatchObject({
    ...{ code: 'not_found', message: expect.stringContaining('it has (quoted data): dev.') },
  });
  await expect(read(['bad_request'], ['dev'])).rejects.toMatchObject({ code: 'bad_request' });
});

it.each(['throttled', 'cancelled', 'credentials_expired', 'access_denied'] as const)(
  'an environment is not reported as missing if the list fails with %s',
  async code => {
    await expect(read(['not_found'], code)).rejects.toMatchObject({ code });
    // What its own read says of it is the better reason.
    await expect(read(['bad_request'], code)).rejects.toMatchObject({ code: 'bad_request' });
  },
);

it.each(['import_backend_auth', 'delete_backend'] as const)(
  '%s is passed on if the existence is unknown',
  async toolName => {
    const ask: Read = async (_, { backendEnvironmentName }) => {
      throw new ServerError(backendEnvironmentName === undefined ? 'throttled' : 'not_found');
    };
    const operation = operationOf(toolName);
    const look =
      operation.access === 'delete'
        ? readInventory(ask, operation, at, undefined)
        : readLosses(createStateReader(ask, operation, at), operation, at);
    await expect(look).rejects.toMatchObject({ code: 'throttled' });
  },
);

const codes = Object.keys(errorRegistry) as ErrorCode[];

/** Reads an environment of which the settings of its one resource are refused so. */
const withSettingsRefused = (code: ErrorCode) =>
  readEnvironmentAt(async tool => {
    if (tool !== 'get_backend') throw new ServerError(code);
    return { amplifyMetaConfig: { storage: { media: { service: 'S3', output: { BucketName: 'media' } } } } };
  }, at);

it.each(codes.filter(code => subjectFailureCodes.has(code)))(
  '%s concerns only the requested resource',
  async code => {
    expect(await withSettingsRefused(code)).toMatchObject({
      settings: new Map([['storage/media', { state: 'unavailable', why: expect.stringContaining(code) }]]),
    });
  },
);

it('a name of the meta that AWS cannot be asked about concerns only its resource', async () => {
  expect(await withSettingsRefused('invalid_arguments')).toMatchObject({
    settings: new Map([
      ['storage/media', { state: 'unavailable', why: 'AWS cannot be asked about such a name' }],
    ]),
  });
});

it.each(codes.filter(code => !subjectFailureCodes.has(code) && code !== 'invalid_arguments'))(
  '%s does not concern a resource',
  async code => {
    await expect(withSettingsRefused(code)).rejects.toMatchObject({ code });
  },
);

it('temporary failures and those of the caller or the network do not concern the environment', () => {
  const ofMoment = [
    'throttled',
    'busy',
    'unreachable',
    'internal',
    'cancelled',
    'token_expired',
    'clock_skew',
  ];
  const ofCaller = ['credentials_missing', 'credentials_expired', 'credentials_refused', 'policy_denied'];
  expect([...ofMoment, ...ofCaller].filter(code => subjectFailureCodes.has(code as ErrorCode))).toEqual([]);
});

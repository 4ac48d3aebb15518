/** What a read that AWS refuses says of an environment: that it is not there, not readable, or was made just now. */
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

it('one that is made between its read and the list is no ghost', async () => {
  const { environment, count } = await read(['not_found', readable]);
  expect(environment).toMatchObject({ state: 'registered', environment: 'qa' });
  expect(count).toBe(2);
});

it('one that is listed and refused twice is unreadable, in the words of the last refusal', async () => {
  const { environment, count } = await read(['not_found', 'bad_request']);
  expect(environment).toMatchObject({ state: 'unreadable', isRefused: true });
  expect(JSON.stringify(environment)).toContain('no (2)');
  expect(count).toBe(2);
});

it.each(['throttled', 'cancelled', 'credentials_expired'] as const)('%s tells nothing of it', async code => {
  await expect(read([code])).rejects.toMatchObject({ code });
  await expect(read(['not_found', code])).rejects.toMatchObject({ code });
});

it('one that is not listed is not there', async () => {
  await expect(read(['not_found'], ['dev'])).rejects.toMatchObject({
    ...{ code: 'not_found', message: expect.stringContaining('it has (quoted data): dev.') },
  });
  await expect(read(['bad_request'], ['dev'])).rejects.toMatchObject({ code: 'bad_request' });
});

it.each(['throttled', 'cancelled', 'credentials_expired', 'access_denied'] as const)(
  'one that is not found is not said to be gone where the list fails with %s',
  async code => {
    await expect(read(['not_found'], code)).rejects.toMatchObject({ code });
    // What its own read says of it is the better reason.
    await expect(read(['bad_request'], code)).rejects.toMatchObject({ code: 'bad_request' });
  },
);

it.each(['import_backend_auth', 'delete_backend'] as const)(
  '%s is not let through unasked where nobody can tell whether it is there',
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
  '%s tells of the one resource that was asked for',
  async code => {
    expect(await withSettingsRefused(code)).toMatchObject({
      settings: new Map([['storage/media', { state: 'unavailable', why: expect.stringContaining(code) }]]),
    });
  },
);

it.each(codes.filter(code => !subjectFailureCodes.has(code)))(
  '%s tells of no resource: nobody may take it for one',
  async code => {
    await expect(withSettingsRefused(code)).rejects.toMatchObject({ code });
  },
);

it('what tells of the caller, the network or the moment tells of nothing that was asked for', () => {
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

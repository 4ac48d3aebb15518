/**
 * How answers of AWS with status 200 are read, what the ledger records of a write, and how listings are read
 * page by page. AWS's answers are simulated.
 */
import { BadRequestException, NotFoundException } from '@aws-sdk/client-amplifybackend';
import { describe, expect, it } from 'vitest';
import type { Send } from '../../src/aws/client.ts';
import { createSendOperation, readPages, type SendOperation } from '../../src/call/send.ts';
import type { OwnWrite, WriteLedger } from '../../src/call/write-ledger.ts';
import type { ServerError } from '../../src/errors.ts';
import { WITHHELD } from '../../src/lib/withheld-mark.ts';
import { operations } from '../../src/operations/index.ts';
import { outcomeOf } from '../support/write-outcomes.ts';

function operationOf(name: string) {
  const operation = operations.find(candidate => candidate.name === name);
  if (!operation) throw new Error(`no ${name}`);
  return operation;
}

const metadata = { httpStatusCode: 200, requestId: 'r-1', aheadMs: 7 };

/** Requests to an AWS that answers each operation as given, in the SDK's spelling. */
function requestTo(answers: Record<string, object | Error>) {
  const sent: { name: string; input: unknown; signal: AbortSignal | undefined }[] = [];
  const told: string[] = [];
  const send: Send = async ({ name }, { input }, signal) => {
    sent.push({ name, input, signal });
    const answer = answers[name] ?? {};
    if (answer instanceof Error) throw answer;
    return { $metadata: metadata, ...answer };
  };
  const own: OwnWrite = {
    sending: async () => void told.push('sending'),
    lost: async () => void told.push('lost'),
    settled: async jobId => void told.push(`settled ${jobId}`),
    others: async () => ({ writes: [], isComplete: true }),
  };
  const ledger: WriteLedger = {
    begin(appId, { operation, environment }) {
      told.push(`begin ${appId} ${operation} ${environment}`);
      return own;
    },
  };
  const request = createSendOperation(send, { ledger, wait: async () => undefined });
  return {
    sent,
    told,
    call: (name: string, args: Record<string, unknown>, signal?: AbortSignal) =>
      outcomeOf(request(operationOf(name), args, signal)),
  };
}

const dev = { appId: 'd1a', backendEnvironmentName: 'dev' };
const clone = { ...dev, targetEnvironmentName: 'qa' };
const started = { AppId: 'd1a', BackendEnvironmentName: 'qa', JobId: 'j1', Status: 'PENDING' };

describe('a 200', () => {
  it("is answered under the REST API's names, with its request id and AWS's clock", async () => {
    const { call, sent } = requestTo({ GetBackend: { AppId: 'd1a', AppName: 'shop' } });
    const { signal } = new AbortController();
    expect(await call('GetBackend', dev, signal)).toEqual({
      ...{ answer: { appId: 'd1a', appName: 'shop' }, requestId: 'r-1', aheadMs: 7 },
    });
    expect(sent).toEqual([
      { name: 'GetBackend', input: { AppId: 'd1a', BackendEnvironmentName: 'dev' }, signal },
    ]);
  });

  it('with an error is a failure, quoted and without the secrets of the request', async () => {
    const { call, told } = requestTo({ CreateBackendAuth: { ...started, Error: 'no\n"client-secret-1"' } });
    const outcome = await call('CreateBackendAuth', {
      ...dev,
      resourceName: 'pool',
      resourceConfig: {
        authResources: 'USER_POOL_ONLY',
        service: 'COGNITO',
        userPoolConfigs: {
          oAuth: {
            ...{ oAuthGrantType: 'CODE', oAuthScopes: [], redirectSignInURIs: [], redirectSignOutURIs: [] },
            socialProviderSettings: { Google: { client_id: 'id', client_secret: 'client-secret-1' } },
          },
          requiredSignUpAttributes: [],
          signInMethod: 'EMAIL',
          userPoolName: 'pool',
        },
      },
    });
    expect(outcome).toMatchObject({
      ...{ code: 'service_reported_error', requestId: 'r-1', cause: { $metadata: metadata } },
    });
    const { message } = outcome as ServerError;
    expect(message).toMatch(/AWS answered 200.*CreateBackendAuth failed\. AWS says \(quoted data\): "no\\n/);
    expect(message).toContain(WITHHELD);
    expect(message).not.toContain('client-secret');
    // A failure that AWS tells of is an answer.
    expect(told).toEqual(['begin d1a CreateBackendAuth dev', 'sending', 'settled undefined']);
  });

  it.each([
    ['an empty error', { Error: '' }],
    ['an error that is no text', { Error: 7 }],
  ])('with %s is an answer', async (_, more) => {
    const { call } = requestTo({ GetBackend: { AppId: 'd1a', ...more } });
    expect(await call('GetBackend', dev)).toHaveProperty('answer.appId', 'd1a');
  });

  it("with an error is the job's error in a job's record, else the call's", async () => {
    const args = { ...dev, jobId: 'j1' };
    const failed = { ...started, Status: 'FAILED', Error: 'no space' };
    const record = requestTo({ GetBackendJob: failed, ListBackendJobs: { Error: 'no' } });
    expect(await record.call('GetBackendJob', args)).toMatchObject({ answer: { error: 'no space' } });
    const { JobId: _, ...unnamed } = failed;
    const none = requestTo({ GetBackendJob: unnamed });
    expect(await none.call('GetBackendJob', args)).toMatchObject({ code: 'service_reported_error' });
    // What only starts a job answers with its own error.
    const start = requestTo({ CloneBackend: failed });
    expect(await start.call('CloneBackend', clone)).toMatchObject({ code: 'service_reported_error' });
  });

  it('without job and status has an unknown outcome if a job was to start', async () => {
    const { call } = requestTo({
      CreateBackendConfig: { AppId: 'd1a' },
      GetBackend: { AppId: 'd1a', BackendEnvironmentList: [] },
    });
    expect(await call('CreateBackendConfig', { appId: 'd1a' })).toMatchObject({ code: 'outcome_unknown' });
  });

  it('with a job but no status is an answer', async () => {
    const { call } = requestTo({ CloneBackend: { AppId: 'd1a', JobId: 'j1' } });
    expect(await call('CloneBackend', clone)).toMatchObject({ answer: { jobId: 'j1' } });
  });

  it('without content has an unknown outcome, unless an error is its only member', async () => {
    const { call } = requestTo({});
    const args = { ...dev, jobId: 'j1', status: 'FAILED' };
    expect(await call('UpdateBackendJob', args)).toMatchObject({ code: 'outcome_unknown' });
  });

  it('with a status but no job is an answer', async () => {
    const { call } = requestTo({ CloneBackend: { AppId: 'd1a', Status: 'PENDING' } });
    expect(await call('CloneBackend', clone)).toMatchObject({ answer: { status: 'PENDING' } });
  });

  it('without content has an unknown outcome for a write, and is an answer for a read', async () => {
    const { call } = requestTo({});
    const unknown = await call('DeleteToken', { appId: 'd1a', sessionId: 's' });
    expect(unknown).toMatchObject({ code: 'outcome_unknown' });
    expect((unknown as ServerError).message).toContain('said nothing: it may be done or not');
    expect(await call('GetBackend', dev)).toMatchObject({ answer: {} });
  });

  it('without content is a success if its only member is an error', async () => {
    const { call } = requestTo({ RemoveBackendConfig: {} });
    expect(await call('RemoveBackendConfig', { appId: 'd1a' })).toMatchObject({ answer: {} });
  });
});

describe('the ledger records of a write', () => {
  it('which job it started, under the environment that changes', async () => {
    const { call, told } = requestTo({ CloneBackend: started });
    await call('CloneBackend', clone);
    expect(told).toEqual(['begin d1a CloneBackend qa', 'sending', 'settled j1']);
  });

  it('that it was refused', async () => {
    const refused = new BadRequestException({ message: 'no', $metadata: { httpStatusCode: 400 } });
    const { call, told } = requestTo({ CloneBackend: refused });
    expect(await call('CloneBackend', clone)).toMatchObject({ code: 'bad_request' });
    expect(told).toEqual(['begin d1a CloneBackend qa', 'sending', 'settled undefined']);
  });

  it.each([
    ['answer was lost', new Error('socket hang up'), 'outcome_unknown', ['lost', 'lost']],
    ['caller went away', Object.assign(new Error('gone'), { name: 'AbortError' }), 'cancelled', ['lost']],
  ])('whose %s', async (_, thrown, code, then) => {
    const listed = { Jobs: [{ ...started, Operation: 'CloneBackend', CreateTime: undefined }] };
    const { call, told } = requestTo({ CloneBackend: thrown, ListBackendJobs: listed });
    expect(await call('CloneBackend', clone)).toMatchObject({ code });
    expect(told).toEqual(['begin d1a CloneBackend qa', 'sending', ...then]);
  });

  it('nothing, unless it starts a job', async () => {
    const { call, told } = requestTo({ DeleteToken: { IsSuccess: true } });
    expect(await call('DeleteToken', { appId: 'd1a', sessionId: 's' })).toMatchObject({
      answer: { isSuccess: true },
    });
    expect(told).toEqual([]);
  });

  it('and nothing of a read', async () => {
    const { call, told, sent } = requestTo({ GetBackend: new Error('socket hang up') });
    expect(await call('GetBackend', dev)).toMatchObject({ code: 'service_unavailable' });
    expect([told, sent.length]).toEqual([[], 1]);
  });
});

it('a read that is refused after throttling is not looked into', async () => {
  const $metadata = { httpStatusCode: 404, attempts: 2 };
  const send = () => Promise.reject(new NotFoundException({ message: 'no', $metadata }));
  const waits: number[] = [];
  const request = createSendOperation(send, { wait: async ms => void waits.push(ms) });
  expect(await outcomeOf(request(operationOf('GetBackend'), dev))).toMatchObject({ code: 'not_found' });
  expect(waits).toEqual([]);
});

describe('a blocking job', () => {
  it('is named', async () => {
    const pending = new BadRequestException({
      message: 'There is already a pending job for the requested appId: d1a',
      $metadata: { httpStatusCode: 400, requestId: 'r-9' },
    });
    const jobs = { Jobs: [{ ...started, JobId: 'j7', Operation: 'UpdateBackendAPI' }] };
    const { call } = requestTo({ CloneBackend: pending, ListBackendJobs: jobs });
    expect(await call('CloneBackend', clone)).toMatchObject({
      ...{ code: 'pending_job', requestId: 'r-9', hint: expect.stringContaining('Follow job j7') },
    });
  });
});

describe('a listing', () => {
  const list = operationOf('ListBackendJobs');

  /** Pages that are asked for by their number. */
  function pagesOf(count: number) {
    const queries: Record<string, unknown>[] = [];
    const request: SendOperation = async (_, query) => {
      queries.push(query);
      const page = Number(query.nextToken ?? 0);
      const next = page + 1 < count ? { nextToken: String(page + 1) } : {};
      return { answer: { jobs: [`job ${page}`], ...next }, requestId: `r-${page}`, aheadMs: page };
    };
    return { request, queries };
  }

  it('is read to its end', async () => {
    const { request, queries } = pagesOf(3);
    expect(await readPages(request, list, 'jobs', { appId: 'd1a' }, 20)).toEqual({
      ...{ answer: { jobs: ['job 0', 'job 1', 'job 2'] }, requestId: 'r-2', notes: [] },
      // By this clock the ages of the jobs are told.
      aheadMs: 2,
    });
    expect(queries.map(({ nextToken }) => nextToken)).toEqual([undefined, '1', '2']);
    expect(queries.every(({ appId }) => appId === 'd1a')).toBe(true);
  });

  it.each([
    [1, '0', 'call again with this nextToken, or with all: true.'],
    [2, '0', 'call again with this nextToken.'],
    [1, '2', 'call again with this nextToken, or with all: true.'],
  ])('is read %i pages from cursor %s on, and says that more is left', async (most, from, said) => {
    const { request } = pagesOf(9);
    const { answer, aheadMs, notes } = await readPages(request, list, 'jobs', { nextToken: from }, most);
    const first = Number(from);
    expect(answer).toEqual({
      jobs: Array.from({ length: most }, (_, index) => `job ${first + index}`),
      nextToken: String(first + most),
    });
    expect(aheadMs).toBe(first + most - 1);
    expect(notes).toEqual([`More jobs are left out after these ${most}: ${said}`]);
  });

  it('without items is empty', async () => {
    const { answer } = await readPages(async () => ({ answer: {}, requestId: 'r' }), list, 'jobs', {}, 20);
    expect(answer).toEqual({ jobs: [] });
  });
});

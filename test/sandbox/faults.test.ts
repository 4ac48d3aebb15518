/** Every kind of fault, as a client sees it. */
import { describe, expect, it } from 'vitest';
import { faultKinds } from '../../src/sandbox/faults.ts';
import { sendSigned } from './hand-signer.ts';
import { appId, metaOf, setTestBed } from './support.ts';

const clone = { AppId: appId, BackendEnvironmentName: 'dev', TargetEnvironmentName: 'qa' };
const read = { AppId: appId };

describe('faults', () => {
  const bed = setTestBed();
  const ask = (kind: string, operation = 'CloneBackend', more: object = {}) =>
    bed.control('POST', 'faults', { operation, kind, ...more });
  const environments = async () => (await bed.call('GetBackend', read)).BackendEnvironmentList;
  const verdicts = async () =>
    (await bed.log())
      .filter(({ operation }) => operation === 'CloneBackend')
      .map(({ verdict, status }) => [verdict, status]);

  it.each([
    ['throttle', 429, 'TooManyRequestsException', { LimitType: expect.any(String) }],
    ['server-error', 500, 'InternalFailure', {}],
    ['bad-request', 400, 'BadRequestException', {}],
    ['timeout-before', 504, 'GatewayTimeoutException', {}],
    [
      'pending-job',
      400,
      'BadRequestException',
      { message: 'There is already a pending job for the requested appId' },
    ],
  ])('%s refuses once, and executes nothing', async (kind, status, name, members) => {
    await ask(kind);
    const refused = await bed.refusal('CloneBackend', clone);
    expect(refused).toMatchObject({ name, ...members });
    expect(refused.$metadata.httpStatusCode).toBe(status);
    expect(await environments()).toEqual(['dev', 'prod', 'partner']);
    expect(await bed.call('CloneBackend', clone)).toMatchObject({ Status: 'PENDING' });
    expect(await verdicts()).toEqual([
      [`fault:${kind}`, status],
      ['ok', 200],
    ]);
  });

  it('timeout-after answers 504 and executes the request', async () => {
    await ask('timeout-after');
    expect(await bed.refusal('CloneBackend', clone)).toMatchObject({ name: 'GatewayTimeoutException' });
    expect(await environments()).toEqual(['dev', 'prod', 'partner', 'qa']);
  });

  it.each([
    ['timeout-after', 408, 'RequestTimeoutException'],
    ['timeout-before', 502, 'GatewayTimeoutException'],
    ['server-error', 503, 'InternalFailure'],
  ])('%s answers the requested status', async (kind, status, name) => {
    await ask(kind, 'CloneBackend', { status });
    const refused = await bed.refusal('CloneBackend', clone);
    expect(refused.name).toBe(name);
    expect(refused.$metadata.httpStatusCode).toBe(status);
    expect(await ask(kind, 'CloneBackend', { status: 200 })).toMatchObject({ status: 400 });
  });

  it('timeout-after with a delay executes the request later, if it is still valid then', async () => {
    await ask('timeout-after', 'CloneBackend', { delayMs: 2_000, times: 2 });
    await bed.refusal('CloneBackend', clone);
    await bed.refusal('CloneBackend', clone);
    bed.advance(1_999);
    expect(await environments()).toEqual(['dev', 'prod', 'partner']);
    bed.advance(1);
    expect(await environments()).toEqual(['dev', 'prod', 'partner', 'qa']);
    const { Jobs } = await bed.call('ListBackendJobs', { AppId: appId, BackendEnvironmentName: 'qa' });
    expect(Jobs).toMatchObject([{ CreateTime: new Date(bed.now()).toISOString(), Status: 'PENDING' }]);
  });

  it.each([
    ['reset-before', ['dev', 'prod', 'partner']],
    ['reset-after', ['dev', 'prod', 'partner', 'qa']],
  ])('%s drops the connection', async (kind, after) => {
    await ask(kind);
    await expect(bed.call('CloneBackend', clone)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await environments()).toEqual(after);
    expect(await verdicts()).toEqual([[`fault:${kind}`, null]]);
  });

  it('slow answers late', async () => {
    await ask('slow', 'GetBackend', { delayMs: 1_000 });
    const answered: string[] = [];
    const slow = bed.call('GetBackend', read).finally(() => answered.push('slow'));
    await expect.poll(async () => (await bed.control('GET', 'faults')).body.faults).toEqual([]);
    await bed.call('GetBackend', read).finally(() => answered.push('later'));
    expect(await slow).toMatchObject({ AppName: 'shop' });
    expect(answered).toEqual(['later', 'slow']);
  });

  it.each([
    [undefined, 'Resource is not in the state stackUpdateComplete'],
    ['out of luck', 'out of luck'],
    ['', undefined],
  ])('job-fails with error %j leaves an empty environment behind', async (error, shown) => {
    await ask('job-fails', 'CloneBackend', error === undefined ? {} : { error });
    const { JobId } = await bed.finish('CloneBackend', clone);
    const job = await bed.call('GetBackendJob', { AppId: appId, BackendEnvironmentName: 'qa', JobId });
    expect(job.Status).toBe('FAILED');
    expect(job.Error).toBe(shown);
    expect(await environments()).toContain('qa');
    expect(await metaOf(bed, 'qa')).toBeUndefined();
  });

  it('job-stuck never ends and blocks its environment until its record is rewritten', async () => {
    await ask('job-stuck');
    const { JobId } = await bed.call('CloneBackend', clone);
    const job = { AppId: appId, BackendEnvironmentName: 'qa', JobId };
    bed.advance(10 * 60_000);
    expect(await bed.call('GetBackendJob', job)).toMatchObject({ Status: 'IN_PROGRESS' });
    expect(await bed.refusal('DeleteBackend', job)).toMatchObject({
      message: expect.stringContaining('pending job'),
    });
    await bed.call('UpdateBackendJob', { ...job, Status: 'FAILED' });
    expect(await bed.call('DeleteBackend', job)).toMatchObject({ Status: 'PENDING' });
  });

  it('clone-leaves-empty-environment completes with a target without resources', async () => {
    await ask('clone-leaves-empty-environment');
    const { JobId } = await bed.finish('CloneBackend', clone);
    const job = await bed.call('GetBackendJob', { AppId: appId, BackendEnvironmentName: 'qa', JobId });
    expect(job.Status).toBe('COMPLETED');
    expect(Object.keys((await metaOf(bed, 'qa')) ?? {})).toEqual(['providers']);
  });

  it.each([
    ['CloneBackend', clone, 'Error'],
    ['RemoveBackendConfig', read, 'Error'],
  ] as const)(
    'error-in-200 answers %s with an error text and does nothing',
    async (operation, input, member) => {
      const before = (await bed.control('GET', 'state')).body;
      await ask('error-in-200', operation, { error: 'went wrong' });
      expect(await bed.call(operation, input)).toMatchObject({ [member]: 'went wrong' });
      expect((await bed.control('GET', 'state')).body).toEqual(before);
    },
  );

  it('error-in-200 sends the member error even if the model has none', async () => {
    await ask('error-in-200', 'ListS3Buckets');
    const answer = await sendSigned(bed.url, { path: '/s3Buckets', at: bed.now() });
    expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) });
  });

  it('applies to as many correctly signed requests of its operation as times says', async () => {
    await ask('throttle', 'GetBackend', { times: 2 });
    await ask('bad-request', '*');
    const unsigned = await fetch(`${bed.url}/backend/${appId}/details`, { method: 'POST' });
    expect(unsigned.status).toBe(403);
    const names = [];
    for (let i = 0; i < 3; i++) names.push((await bed.refusal('GetBackend', read)).name);
    expect(names).toEqual(['TooManyRequestsException', 'TooManyRequestsException', 'BadRequestException']);
    expect(await bed.call('GetBackend', read)).toMatchObject({ AppName: 'shop' });
    expect((await bed.control('GET', 'faults')).body).toEqual({ faults: [] });
  });

  it('keeps a job fault for * until an operation starts a job', async () => {
    await ask('job-fails', '*');
    await bed.call('GetBackend', read);
    await bed.finish('UpdateBackendAPI', { ...read, BackendEnvironmentName: 'dev', ResourceName: 'shopapi' });
    const { Jobs } = await bed.call('ListBackendJobs', {
      ...read,
      BackendEnvironmentName: 'dev',
      MaxResults: 1,
    });
    expect(Jobs).toMatchObject([{ Operation: 'UpdateBackendAPI', Status: 'FAILED' }]);
  });

  it('accepts every kind for *, and no unknown kind', async () => {
    for (const kind of faultKinds) expect((await ask(kind, '*')).status).toBe(200);
    expect((await bed.control('GET', 'faults')).body.faults).toHaveLength(faultKinds.length);
    expect((await bed.control('DELETE', 'faults')).body).toEqual({ faults: [] });
  });

  it.each([
    [{ operation: 'CloneEverything', kind: 'slow' }, /"CloneEverything".*CloneBackend/],
    [{ kind: 'slow' }, /operation undefined/],
    [{ operation: 'CloneBackend', kind: 'meteor' }, /"meteor".*throttle/],
    [{ operation: 'CloneBackend', kind: 'slow', times: 0 }, /times 0/],
    [{ operation: 'CloneBackend', kind: 'slow', times: '2' }, /times "2"/],
    [{ operation: 'CloneBackend', kind: 'slow', delayMs: 1e9 }, /delayMs/],
    [{ operation: 'CloneBackend', kind: 'job-fails', error: 1 }, /error 1/],
    [{ operation: 'CloneBackend', kind: 'job-fails', stackReason: 1 }, /stackReason 1/],
    [
      { operation: 'CloneBackend', kind: 'delete-leaves-stack' },
      /cannot affect operation CloneBackend; allowed: \*, DeleteBackend, RemoveAllBackends/,
    ],
    [{ operation: 'CloneBackend', kind: 'slow', time: 2 }, /Unknown member time/],
    [{ operation: 'GetBackend', kind: 'job-fails' }, /cannot affect operation GetBackend.*CloneBackend/],
    ['{"operation":', /not valid JSON/],
    ['[]', /JSON object/],
  ])('refuses the fault %j', async (fault, message) => {
    const { status, body } = await bed.control('POST', 'faults', fault);
    expect(status).toBe(400);
    expect(body.message).toMatch(message);
  });
});

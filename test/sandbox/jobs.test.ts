/** Jobs and their records, under a clock that the test moves. */
import { describe, expect, it } from 'vitest';
import { seedState } from '../../src/sandbox/seed.ts';
import { applyDueChanges } from '../../src/sandbox/state.ts';
import { appId, dev, jobMs, metaOf, qa, setTestBed, startTestBed } from './support.ts';

const clone = { ...dev, TargetEnvironmentName: 'qa' };

const bed = setTestBed();
const pending = {
  name: 'BadRequestException',
  message: 'There is already a pending job for the requested appId',
};

describe('a job', () => {
  it('goes from PENDING to IN_PROGRESS to COMPLETED, and takes effect only then', async () => {
    const { JobId } = await bed.call('CloneBackend', clone);
    const created = bed.now();
    const at = async (ms: number) => {
      bed.advance(created + ms - bed.now());
      return bed.call('GetBackendJob', { ...qa, JobId });
    };
    const iso = (ms: number) => new Date(created + ms).toISOString();
    expect(await at(jobMs * 0.1 - 1)).toEqual({
      ...qa,
      JobId,
      Operation: 'CloneBackend',
      Status: 'PENDING',
      CreateTime: iso(0),
      UpdateTime: iso(0),
    });
    expect(await at(jobMs * 0.1)).toMatchObject({ Status: 'IN_PROGRESS', UpdateTime: iso(jobMs * 0.1) });
    expect(await at(jobMs - 1)).toMatchObject({ Status: 'IN_PROGRESS' });
    expect(await metaOf(bed, 'qa')).toBeUndefined();
    expect(await at(jobMs)).toMatchObject({ Status: 'COMPLETED', UpdateTime: iso(jobMs) });
    expect(Object.keys((await metaOf(bed, 'qa')) ?? {})).toEqual(
      Object.keys((await metaOf(bed, 'dev')) ?? {}),
    );
  });

  it('that clones or deletes blocks other jobs on its environment; others do not', async () => {
    await bed.call('CloneBackend', clone);
    for (const operation of ['CloneBackend', 'DeleteBackend'] as const) {
      expect(
        await bed.refusal(operation, { ...clone, ...(operation === 'DeleteBackend' ? qa : {}) }),
      ).toMatchObject(pending);
    }
    expect(await bed.refusal('CloneBackend', { ...qa, TargetEnvironmentName: 'copy' })).toMatchObject(
      pending,
    );
    expect(
      await bed.refusal('ImportBackendAuth', {
        ...qa,
        UserPoolId: 'p',
        WebClientId: 'w',
        NativeClientId: 'n',
      }),
    ).toMatchObject(pending);
    expect(await bed.refusal('RemoveAllBackends', { AppId: appId })).toMatchObject(pending);
    await bed.call('UpdateBackendAPI', { ...dev, ResourceName: 'shopapi' });
    await bed.call('GenerateBackendAPIModels', { ...dev, ResourceName: 'shopapi' });
    await bed.call('DeleteBackend', dev);
    expect(await bed.refusal('UpdateBackendAPI', { ...dev, ResourceName: 'shopapi' })).toMatchObject(pending);
  });

  it('of a deleted environment can be read for ten seconds, then answers 404', async () => {
    const { JobId } = await bed.finish('DeleteBackend', dev);
    expect(await bed.refusal('GetBackend', dev)).toMatchObject({
      name: 'NotFoundException',
      ResourceType: 'Environment',
    });
    bed.advance(9_999);
    expect(await bed.call('GetBackendJob', { ...dev, JobId })).toMatchObject({ Status: 'COMPLETED' });
    expect((await bed.call('ListBackendJobs', dev)).Jobs).toHaveLength(25);
    bed.advance(1);
    expect(await bed.refusal('GetBackendJob', { ...dev, JobId })).toMatchObject({
      ResourceType: 'Environment',
    });
    expect(await bed.refusal('ListBackendJobs', dev)).toMatchObject({ ResourceType: 'Environment' });
  });

  it('of a recreated environment remains when the old one’s jobs are removed', async () => {
    await bed.finish('DeleteBackend', dev);
    const { JobId } = await bed.finish('CreateBackend', { ...dev, AppName: 'shop' });
    bed.advance(10_000);
    expect((await bed.call('ListBackendJobs', dev)).Jobs).toMatchObject([{ JobId }]);
  });

  it('that removes all backends is listed under each of them', async () => {
    const { JobId } = await bed.call('RemoveAllBackends', { AppId: appId });
    for (const BackendEnvironmentName of ['dev', 'prod', 'partner']) {
      const job = await bed.call('GetBackendJob', { AppId: appId, BackendEnvironmentName, JobId });
      expect(job).toMatchObject({ BackendEnvironmentName, Operation: 'RemoveAllBackends' });
    }
    bed.advance(jobMs);
    expect(await bed.call('GetBackend', { AppId: appId })).toMatchObject({ BackendEnvironmentList: [] });
  });

  it('that removes all backends removes the app if requested', async () => {
    await bed.finish('RemoveAllBackends', { AppId: appId, CleanAmplifyApp: true });
    expect(await bed.refusal('GetBackend', { AppId: appId })).toMatchObject({ ResourceType: 'App' });
  });

  it('can be rewritten, which does not cancel it', async () => {
    const { JobId } = await bed.call('CloneBackend', clone);
    bed.advance(jobMs / 2);
    const rewritten = await bed.call('UpdateBackendJob', {
      ...qa,
      JobId,
      Status: 'FAILED',
      Operation: 'GivenUp',
    });
    expect(rewritten).toMatchObject({
      Status: 'FAILED',
      Operation: 'GivenUp',
      UpdateTime: new Date(bed.now()).toISOString(),
    });
    bed.advance(jobMs);
    expect(await bed.call('GetBackendJob', { ...qa, JobId })).toMatchObject({ Status: 'FAILED' });
    expect(await metaOf(bed, 'qa')).toHaveProperty('auth');
  });

  it('that was rewritten to an unfinished status still ends', async () => {
    const { JobId } = await bed.call('CloneBackend', clone);
    await bed.call('UpdateBackendJob', { ...qa, JobId, Status: 'QUEUED' });
    expect(await bed.call('GetBackendJob', { ...qa, JobId })).toMatchObject({ Status: 'QUEUED' });
    bed.advance(jobMs);
    expect(await bed.call('GetBackendJob', { ...qa, JobId })).toMatchObject({ Status: 'COMPLETED' });
  });

  it('with jobMs 0 takes no time, but its starter sees PENDING', async () => {
    const instant = await startTestBed({ jobMs: 0 });
    const { JobId, Status } = await instant.call('CloneBackend', clone);
    expect(Status).toBe('PENDING');
    expect(await instant.call('GetBackendJob', { ...qa, JobId })).toMatchObject({ Status: 'COMPLETED' });
    await instant.close();
  });
});

describe('applyDueChanges', () => {
  it('applies what is due, once, in order of time', () => {
    const state = seedState(0, 4000);
    const applied: string[] = [];
    const job = (jobId: string, endsAt: number | null, outcome: 'COMPLETED' | 'FAILED' = 'COMPLETED') =>
      state.jobs.push({
        appId,
        environments: ['dev'],
        jobId,
        operation: 'UpdateBackendAPI',
        createdAt: 0,
        endsAt,
        outcome,
        error: '',
        exclusive: false,
        effect: at => applied.push(`${jobId} at ${at}`),
      });
    job('late', 30);
    job('stuck', null);
    job('early', 10);
    job('failed', 15, 'FAILED');
    job('future', 50);
    applyDueChanges(state, 40, 0);
    applyDueChanges(state, 40, 0);
    expect(applied).toEqual(['early at 10', 'late at 30']);
  });
});

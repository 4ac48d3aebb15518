/**
 * Finds the environment under which AWS has a job: the presumed one first, then each other one once. Only
 * NotFound counts as an answer.
 */
import { expect, it } from 'vitest';
import { ServerError } from '../../src/errors.ts';
import { toJob } from '../../src/jobs/job.ts';
import { locateJob } from '../../src/jobs/locate.ts';

/** An app whose environments hold the named job or not, or fail; it notes what it was asked. */
function appWith(environments: Record<string, 'holds' | 'holds not' | Error>) {
  const asked: string[] = [];
  const source = {
    async getJob(appId: string, backendEnvironmentName: string, jobId: string) {
      asked.push(backendEnvironmentName);
      const what = environments[backendEnvironmentName] ?? 'holds not';
      if (what instanceof Error) throw what;
      if (what === 'holds not')
        throw new ServerError('not_found', { message: `no job in ${backendEnvironmentName}` });
      return { job: toJob({ appId, backendEnvironmentName, jobId }, { status: 'CREATING' }, 'CloneBackend') };
    },
    async listEnvironments() {
      asked.push('(list)');
      return Object.keys(environments);
    },
  };
  return { asked, find: (presumed?: string) => locateJob(source, 'd1', presumed, 'job-1') };
}

it('reads no other environment if the presumed one has the job', async () => {
  const app = appWith({ dev: 'holds not', qa: 'holds' });
  expect(await app.find('qa')).toMatchObject({ job: { backendEnvironmentName: 'qa', jobId: 'job-1' } });
  expect(app.asked).toEqual(['qa']);
});

it('finds it under another environment, and reads none twice', async () => {
  const app = appWith({ qa: 'holds not', prod: 'holds not', dev: 'holds' });
  expect(await app.find('qa')).toMatchObject({ job: { backendEnvironmentName: 'dev' } });
  expect(app.asked).toEqual(['qa', '(list)', 'prod', 'dev']);
});

it('reads all environments if none is presumed', async () => {
  const app = appWith({ dev: 'holds not', qa: 'holds', prod: 'holds' });
  expect(await app.find()).toMatchObject({ job: { backendEnvironmentName: 'qa' } });
  expect(app.asked).toEqual(['(list)', 'dev', 'qa']);
});

it('finds nothing if no environment has it, with a real error text', async () => {
  const app = appWith({ dev: 'holds not', qa: 'holds not' });
  await expect(app.find('qa')).rejects.toMatchObject({ code: 'not_found', message: 'no job in dev' });
  expect(app.asked).toEqual(['qa', '(list)', 'dev']);
});

it('finds nothing in an app without environments', async () => {
  await expect(appWith({}).find()).rejects.toMatchObject({ code: 'not_found' });
});

it('passes on another failure of the presumed environment, and stops', async () => {
  const denied = new ServerError('access_denied');
  const app = appWith({ qa: denied, dev: 'holds' });
  await expect(app.find('qa')).rejects.toBe(denied);
  expect(app.asked).toEqual(['qa']);
});

it('passes on a failure of another environment, which may have the job', async () => {
  const throttled = new ServerError('throttled');
  const app = appWith({ qa: 'holds not', dev: throttled, prod: 'holds' });
  await expect(app.find('qa')).rejects.toBe(throttled);
});

it('passes on an unregistered error unchanged', async () => {
  const unknown = new Error('not_found');
  await expect(appWith({ qa: unknown, dev: 'holds' }).find('qa')).rejects.toBe(unknown);
});

it('passes on a failure to list the environments', async () => {
  const expired = new ServerError('credentials_expired');
  const source = {
    getJob: async () => {
      throw new ServerError('not_found');
    },
    listEnvironments: async () => {
      throw expired;
    },
  };
  await expect(locateJob(source, 'd1', 'qa', 'job-1')).rejects.toBe(expired);
});

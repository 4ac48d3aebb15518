/**
 * The apps that completions can name without asking AWS: those of the configuration and of known jobs that
 * the policy allows.
 */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import { toJob } from '../../src/jobs/job.ts';
import { knownAppsOf } from '../../src/server/known-apps.ts';

const reportOf = (appId: string) => ({
  job: toJob({ appId, backendEnvironmentName: 'dev', jobId: 'j-1' }, { status: 'COMPLETED' }, 'CloneBackend'),
  ...{ asOf: '2030-01-01T00:00:00.000Z', nextStep: '', ttlMs: 0 },
});

describe('the known apps', () => {
  it('leave out apps of a target that the setting apps excludes', () => {
    const config = parseConfig({
      file: { apps: ['d1shop'], targets: { prod: { apps: ['d1shop', 'd1other'] } } },
    });
    expect(new Set(knownAppsOf(config, { known: () => [] })('me'))).toEqual(new Set(['d1shop']));
  });

  it('leave out apps that no target may touch', () => {
    const config = parseConfig({
      file: { apps: ['d1shop', 'd1other'], targets: { prod: { apps: ['d1shop'] } } },
    });
    expect(new Set(knownAppsOf(config, { known: () => [] })('me'))).toEqual(new Set(['d1shop']));
  });

  it('leave out the app of a job that the policy excludes', () => {
    const config = parseConfig({ file: { apps: ['d1shop'] } });
    const jobs = { known: () => [reportOf('d1other'), reportOf('d1shop')] };
    expect(new Set(knownAppsOf(config, jobs)('me'))).toEqual(new Set(['d1shop']));
  });

  it('include an app that one of two targets may touch', () => {
    const config = parseConfig({ file: { targets: { a: { apps: ['d1a'] }, b: { apps: ['d1b'] } } } });
    expect(knownAppsOf(config, { known: () => [] })('me')).toEqual(['d1a', 'd1b']);
  });
});

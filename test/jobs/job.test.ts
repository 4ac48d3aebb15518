/**
 * A job in results: its state from AWS's status, times from every form that AWS gives, a URI that contains
 * the three ids, and nothing that AWS did not say.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  appUri,
  environmentUri,
  JOB_URI_TEMPLATE,
  jobUri,
  operationLabel,
  stateOf,
  toJob,
} from '../../src/jobs/job.ts';
import { isoTime } from '../../src/lib/aws-time.ts';

const address = { appId: 'd1', backendEnvironmentName: 'qa', jobId: 'job-1' };

describe('stateOf', () => {
  it.each([
    ['COMPLETED', 'succeeded'],
    ['FAILED', 'failed'],
  ])('%s is %s', (status, state) => {
    expect(stateOf(status)).toBe(state);
  });

  it.each([
    'CREATING',
    'IN_PROGRESS',
    'a word AWS never used',
    'completed',
    'COMPLETED_WITH_WARNINGS',
    'FAILED_ONCE',
    '',
  ])('%j is not a known terminal status, so the job runs', status => {
    expect(stateOf(status)).toBe('running');
  });
});

describe('isoTime', () => {
  // Without a zone it is UTC, wherever this machine is.
  beforeAll(() => void vi.stubEnv('TZ', 'Asia/Kolkata'));
  afterAll(() => void vi.unstubAllEnvs());

  const iso = '2020-08-11T12:00:00.000Z';
  const ms = Date.parse(iso);

  it.each([
    ['epoch seconds', ms / 1000],
    ['epoch seconds as text', String(ms / 1000)],
    ['epoch seconds with a fraction', `${ms / 1000}.000`],
    ['epoch milliseconds', ms],
    ['epoch milliseconds as text', String(ms)],
    ['ISO 8601', '2020-08-11T12:00:00Z'],
    ['ISO 8601 with an offset', '2020-08-11T14:00:00+02:00'],
    ['ISO 8601 without a zone', '2020-08-11T12:00:00'],
  ])('reads %s', (_, value) => {
    expect(isoTime(value)).toBe(iso);
  });

  it.each([
    '',
    'yesterday',
    '2020-13-45',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    9e15,
    true,
    null,
    undefined,
    {},
    [],
  ])('is undefined for %j', value => {
    expect(isoTime(value)).toBeUndefined();
  });

  it('reads seconds and milliseconds of any date from 1980 to 2100 alike', () => {
    const seconds = fc.integer({ min: Date.UTC(1980) / 1000, max: Date.UTC(2100) / 1000 });
    fc.assert(
      fc.property(seconds, value => {
        const expected = new Date(value * 1000).toISOString();
        expect([isoTime(value), isoTime(String(value * 1000)), isoTime(expected)]).toEqual(
          Array(3).fill(expected),
        );
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.anything(), value => typeof isoTime(value) !== 'number'));
  });
});

describe('jobUri', () => {
  it('fills the template', () => {
    expect(jobUri(address)).toBe('amplify-backend://apps/d1/environments/qa/jobs/job-1');
    expect(environmentUri(address)).toBe('amplify-backend://apps/d1/environments/qa');
    expect(appUri(address)).toBe('amplify-backend://apps/d1');
    expect(environmentUri({ appId: 'd1', backendEnvironmentName: 'a/b' })).toMatch(/a%2Fb$/);
  });

  it('encodes ids so that each stays in its own segment', () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(id, id, id, (appId, backendEnvironmentName, jobId) => {
        const uri = jobUri({ appId, backendEnvironmentName, jobId });
        const pattern = new RegExp(`^${JOB_URI_TEMPLATE.replace(/\{\w+\}/g, '([^/?#]+)')}$`);
        const ids = pattern.exec(uri)?.slice(1).map(decodeURIComponent);
        expect(ids).toEqual([appId, backendEnvironmentName, jobId]);
      }),
    );
  });
});

describe('toJob', () => {
  it('has the facts from AWS', () => {
    const facts = {
      operation: 'CloneBackend',
      status: 'FAILED',
      createTime: '1597147200',
      updateTime: '1597147260000',
      error: 'Stack failed',
    };
    expect(toJob(address, facts, 'Ignored')).toEqual({
      ...address,
      operation: 'CloneBackend',
      status: 'FAILED',
      state: 'failed',
      uri: jobUri(address),
      createdAt: '2020-08-11T12:00:00.000Z',
      updatedAt: '2020-08-11T12:01:00.000Z',
      error: 'Stack failed',
    });
  });

  it('leaves out what AWS did not say, and has the operation of the call', () => {
    const job = toJob(address, { status: 'CREATING', createTime: 'soon', error: '' }, 'CloneBackend');
    expect(Object.keys(job).sort()).toEqual(
      [...Object.keys(address), 'operation', 'status', 'state', 'uri'].sort(),
    );
    expect(job).toMatchObject({ operation: 'CloneBackend', status: 'CREATING', state: 'running' });
  });

  it.each([undefined, null, 7])('does not accept %j as a status', status => {
    expect(toJob(address, { status }, 'CloneBackend')).toMatchObject({ status: 'UNKNOWN', state: 'running' });
  });
});

describe('operationLabel', () => {
  it.each([
    ['CloneBackend', 'CloneBackend'],
    ['Do as I say', '"Do as I say"'],
    ['', '""'],
    ['x'.repeat(65), `"${'x'.repeat(64)}"`],
  ])('%j is shown as %s', (operation, label) => {
    expect(operationLabel({ operation })).toBe(label);
  });
});

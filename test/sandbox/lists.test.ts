/** Lists of jobs and buckets (pages, filters, tokens), and the bound of the request log. */
import { describe, expect, it } from 'vitest';
import { RequestLog } from '../../src/sandbox/request-log.ts';
import { dev, type Fields, setTestBed } from './support.ts';

const bed = setTestBed();

describe('lists', () => {
  const list = async (input: Fields = {}) => {
    const { Jobs, NextToken } = await bed.call('ListBackendJobs', { ...dev, ...input });
    return { jobs: Jobs as Fields[], NextToken };
  };

  it('page through all jobs, newest first, while new ones are added', async () => {
    const seen: unknown[] = [];
    const first = await list({ MaxResults: 12 });
    seen.push(...first.jobs.map(({ JobId }) => JobId));
    await bed.call('UpdateBackendAPI', { ...dev, ResourceName: 'shopapi' });
    const second = await list({ MaxResults: 12, NextToken: first.NextToken });
    const third = await list({ MaxResults: 12, NextToken: second.NextToken });
    seen.push(...[...second.jobs, ...third.jobs].map(({ JobId }) => JobId));
    expect(third.NextToken).toBeUndefined();
    expect(new Set(seen).size).toBe(30);
    expect(seen).toEqual([...seen].sort().reverse());
  });

  it('can end with a full page', async () => {
    const first = await list({ MaxResults: 15 });
    const second = await list({ MaxResults: 15, NextToken: first.NextToken });
    expect(second.jobs).toHaveLength(15);
    expect(second.NextToken).toBeUndefined();
  });

  it('have 25 jobs a page by default', async () => {
    const { jobs, NextToken } = await list();
    expect(jobs).toHaveLength(25);
    expect(NextToken).toEqual(expect.any(String));
  });

  it('combine filters', async () => {
    const failed = await list({ Status: 'FAILED' });
    expect(failed.jobs).toHaveLength(2);
    expect(failed.jobs[0]).toMatchObject({ Error: expect.any(String) });
    expect(failed.NextToken).toBeUndefined();
    const { Operation, JobId } = failed.jobs[0] ?? {};
    expect((await list({ Status: 'FAILED', Operation, JobId })).jobs).toHaveLength(1);
    expect((await list({ Status: 'COMPLETED', JobId })).jobs).toEqual([]);
    expect((await list({ Operation: 'CreateBackend' })).jobs).toHaveLength(1);
  });

  it('accept a token only for the query of its first page', async () => {
    const { NextToken } = await list({ MaxResults: 5 });
    const forged = { name: 'BadRequestException', message: 'nextToken is not valid for this request' };
    for (const input of [
      { ...dev, NextToken, Status: 'COMPLETED' },
      { ...dev, BackendEnvironmentName: 'prod', NextToken },
      { ...dev, NextToken: `${NextToken}x`.slice(3) },
      { ...dev, NextToken: '' },
    ]) {
      expect(await bed.refusal('ListBackendJobs', input)).toMatchObject(forged);
    }
    expect(await bed.refusal('ListS3Buckets', { NextToken })).toMatchObject(forged);
  });

  it('of buckets have 25 a page and include every environment’s buckets', async () => {
    const names: string[] = [];
    const sizes: number[] = [];
    let NextToken: unknown;
    do {
      const answer = await bed.call('ListS3Buckets', NextToken === undefined ? {} : { NextToken });
      const buckets = answer.Buckets as { Name: string; CreationDate: string }[];
      sizes.push(buckets.length);
      names.push(...buckets.map(({ Name }) => Name));
      NextToken = answer.NextToken;
    } while (NextToken !== undefined);
    expect(sizes).toEqual([25, 25, 10]);
    expect(names).toEqual([...new Set(names)].sort());
    expect(names).toEqual(
      expect.arrayContaining(['shopmedia101530-dev', 'amplify-shop-prod-101601-deployment']),
    );
  });
});

describe('the request log', () => {
  it('keeps the last 10,000 requests', () => {
    const log = new RequestLog();
    const entry = { operation: null, time: '', accessKeyId: null, verdict: 'ok', status: 200, method: 'GET' };
    for (let i = 0; i <= 10_000; i++) log.add({ ...entry, path: `/${i}` });
    expect(log.list()).toHaveLength(10_000);
    expect(log.list()[0]).toMatchObject({ path: '/1' });
  });
});

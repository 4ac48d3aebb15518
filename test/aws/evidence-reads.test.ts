/**
 * How listings of jobs are read: completely, unless a listing is sorted from new to old and has gone back far
 * enough.
 */
import { NotFoundException } from '@aws-sdk/client-amplifybackend';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Send } from '../../src/aws/client.ts';
import {
  createEvidenceReads,
  namedEnvironments,
  quoteJobId,
  quoteWord,
} from '../../src/aws/evidence-reads.ts';
import { outputsIn } from '../../src/environment/index.ts';

const looksOf = (send: Send) => createEvidenceReads(send, outputsIn);

const SINCE = Date.parse('2026-01-01T12:00:00Z');
const HOUR = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();

/** Looks at pages of jobs that began at the given times; answers the list and how many pages were read. */
async function read(pages: (number | undefined)[][], aheadMs: number | undefined = 0) {
  let count = 0;
  const looks = looksOf(async (operation, command) => {
    expect(operation).toMatchObject({ name: 'ListBackendJobs', access: 'read', evidence: undefined });
    const { NextToken } = command.input as { NextToken?: string };
    expect(NextToken).toBe(count === 0 ? undefined : String(count));
    const times = pages[count++] ?? [];
    return {
      $metadata: { aheadMs },
      Jobs: times.map(at => ({ JobId: String(at), ...(at !== undefined && { CreateTime: iso(at) }) })),
      NextToken: count < pages.length ? String(count) : undefined,
    };
  });
  return { list: await looks.jobs('d1a', 'dev', SINCE), pages: count };
}

it('reads on while jobs may be new, and stops at old ones', async () => {
  const newToOld = [[SINCE + 1, SINCE], [SINCE - 1, SINCE - HOUR], [SINCE - 2 * HOUR]];
  const { list, pages } = await read(newToOld);
  expect(pages).toBe(2);
  expect(list).toMatchObject({ isComplete: true, aheadMs: 0 });
  expect(list.jobs).toHaveLength(4);
});

it.each([
  ['go from old to new', [[SINCE - 3 * HOUR, SINCE - 2 * HOUR], [SINCE - HOUR], [SINCE + 1]]],
  ['go in no order', [[SINCE - 2 * HOUR, SINCE - HOUR, SINCE - 3 * HOUR], [SINCE + 1]]],
  ['have no time', [[SINCE - HOUR, undefined], [SINCE + 1]]],
  ['are past by less than clocks may differ', [[SINCE, SINCE - 300_000], [SINCE + 1]]],
  ['come one by one', [[SINCE - HOUR], [SINCE + 1]]],
])('reads all where jobs %s', async (_, given) => {
  const { list, pages } = await read(given);
  expect(pages).toBe(given.length);
  expect(list.jobs.at(-1)?.createdAt).toBe(SINCE + 1);
});

it("measures the age of jobs by AWS's clock", async () => {
  const given = [[SINCE - HOUR, SINCE - HOUR - 1], [SINCE - 2 * HOUR]];
  expect((await read(given, -2 * HOUR)).pages).toBe(2);
});

it('reads times without a zone as UTC in any zone', async () => {
  vi.stubEnv('TZ', 'America/New_York');
  onTestFinished(() => void vi.unstubAllEnvs());
  const looks = looksOf(async () => ({
    Jobs: [{ AppId: 'd1a', BackendEnvironmentName: 'dev', CreateTime: '2026-01-01T12:00:00' }],
  }));
  expect((await looks.jobs('d1a', 'dev', SINCE)).jobs).toMatchObject([{ createdAt: SINCE }]);
});

it('reports a listing that is too long to read', async () => {
  const endless = Array.from({ length: 30 }, (_, page) => [SINCE - 60 * HOUR + page]);
  const { list, pages } = await read(endless);
  expect(list.isComplete).toBe(false);
  expect(pages).toBe(20);
});

it('finds nothing if AWS has nothing', async () => {
  const looks = looksOf(async () => {
    throw new NotFoundException({ message: 'no', $metadata: { httpStatusCode: 404 } });
  });
  expect(await looks.jobs('d1a', 'qa', SINCE)).toMatchObject({ jobs: [], isComplete: true });
  expect(await looks.environments('d1a')).toBeUndefined();
  expect(await looks.hasEnvironment('d1a', 'qa')).toBe(false);
  expect(await looks.hasToken('d1a', 's')).toBe(false);
  expect(await looks.jobRecord('d1a', 'qa', 'j')).toBeUndefined();
  expect(await looks.outputs('auth', 'd1a', 'qa')).toEqual([]);
});

it('treats a 200 with an error as a failure', async () => {
  const looks = looksOf(async () => ({ Error: 'no\nidea' }));
  await expect(looks.hasEnvironment('d1a', 'qa')).rejects.toMatchObject({
    ...{ code: 'service_reported_error', message: expect.stringContaining('"no\\nidea"') },
  });
});

it('does not treat a failure as "not found"', async () => {
  const looks = looksOf(async () => {
    throw Object.assign(new Error('no'), { $metadata: { httpStatusCode: 500 } });
  });
  const failed = { code: 'service_unavailable' };
  await expect(looks.jobs('d1a', 'qa', SINCE)).rejects.toMatchObject(failed);
  await expect(looks.environments('d1a')).rejects.toMatchObject(failed);
  await expect(looks.hasEnvironment('d1a', 'qa')).rejects.toMatchObject(failed);
  await expect(looks.hasToken('d1a', 's')).rejects.toMatchObject(failed);
  await expect(looks.jobRecord('d1a', 'qa', 'j')).rejects.toMatchObject(failed);
  await expect(looks.configuration('api', 'd1a', 'qa', 'shop')).rejects.toMatchObject(failed);
  await expect(looks.outputs('api', 'd1a', 'qa')).rejects.toMatchObject(failed);
});

/** Looks at an AWS that answers each read as given, and what was asked of it. */
function looksAt(answers: Record<string, object | Error>) {
  const asked: [name: string, input: unknown][] = [];
  const { signal } = new AbortController();
  const looks = createEvidenceReads(
    async (operation, { input }, given) => {
      const { name } = operation;
      expect(operation).toEqual({
        ...{ name, access: 'read', evidence: undefined, iamAction: `amplifybackend:${name}` },
      });
      expect(given).toBe(signal);
      asked.push([name, input]);
      const answer = answers[name] ?? {};
      if (answer instanceof Error) throw answer;
      return answer;
    },
    outputsIn,
    signal,
  );
  return { looks, asked };
}

const at = { AppId: 'd1a', BackendEnvironmentName: 'dev' };

it('reads the environments from the app, and one environment by itself', async () => {
  const { looks, asked } = looksAt({ GetBackend: { AppId: 'd1a', BackendEnvironmentList: ['dev', 'qa'] } });
  expect(await looks.environments('d1a')).toEqual(['dev', 'qa']);
  expect(await looks.hasEnvironment('d1a', 'dev')).toBe(true);
  expect(asked).toEqual([
    ['GetBackend', { AppId: 'd1a', BackendEnvironmentName: undefined }],
    ['GetBackend', at],
  ]);
  expect(await looksAt({ GetBackend: { AppId: 'd1a' } }).looks.environments('d1a')).toEqual([]);
});

it('reads a token and the record of a job', async () => {
  const record = { ...at, JobId: 'j1', Status: 'FAILED' };
  const { looks, asked } = looksAt({ GetBackendJob: record });
  expect(await looks.hasToken('d1a', 's1')).toBe(true);
  expect(await looks.jobRecord('d1a', 'dev', 'j1')).toBe(record);
  expect(asked).toEqual([
    ['GetToken', { AppId: 'd1a', SessionId: 's1' }],
    ['GetBackendJob', { ...at, JobId: 'j1' }],
  ]);
});

it('reads jobs 25 at a time, by cursor, with the clock of the last answer', async () => {
  const { looks, asked } = looksAt({ ListBackendJobs: { $metadata: { aheadMs: 7 } } });
  expect(await looks.jobs('d1a', 'dev', SINCE)).toEqual({ jobs: [], isComplete: true, aheadMs: 7 });
  expect(asked).toEqual([['ListBackendJobs', { ...at, MaxResults: 25, NextToken: undefined }]]);
});

it.each(['auth', 'api', 'storage'] as const)(
  "reads the configuration of %s under AWS's own names",
  async category => {
    const name = { auth: 'GetBackendAuth', api: 'GetBackendAPI', storage: 'GetBackendStorage' }[category];
    const { looks, asked } = looksAt({ [name]: { ResourceConfig: { Service: 's', ServiceName: 's' } } });
    const found = await looks.configuration(category, 'd1a', 'dev', 'shop');
    expect(Object.values(found ?? {})).toEqual(['s']);
    expect(asked).toEqual([[name, { ...at, ResourceName: 'shop' }]]);
    expect(await looksAt({}).looks.configuration(category, 'd1a', 'dev', 'shop')).toBeUndefined();
  },
);

it('ignores a configuration with an error, and reports an unknown resource', async () => {
  const failing = looksAt({ GetBackendAPI: { Error: 'no\nidea', ResourceConfig: { ApiName: 'a' } } }).looks;
  await expect(failing.configuration('api', 'd1a', 'dev', 'shop')).rejects.toMatchObject({
    ...{ code: 'service_reported_error', message: expect.stringContaining('"no\\nidea"') },
  });
  const unknown = new NotFoundException({ message: 'no', $metadata: { httpStatusCode: 404 } });
  const { looks } = looksAt({ GetBackendAPI: unknown });
  expect(await looks.configuration('api', 'd1a', 'dev', 'shop')).toBeUndefined();
});

it.each<[string, string | undefined, object[]]>([
  [
    'of each resource of the category',
    '{"auth":{"a":{"output":{"Id":1}},"b":{"output":{"Id":2}}}}',
    [{ Id: 1 }, { Id: 2 }],
  ],
  ['of no other category', '{"api":{"a":{"output":{"Id":1}}}}', []],
  ['of none without outputs', '{"auth":{"a":{},"b":7,"c":null,"d":{"output":"x"}}}', []],
  ['of none where there is no meta', undefined, []],
  ['of none where it is no JSON', 'not JSON', []],
  ['of none where it is no object', '7', []],
  ['of none where it is nothing', 'null', []],
  ['of none where the category is no object', '{"auth":"x"}', []],
])('finds the outputs %s', async (_, AmplifyMetaConfig, outputs) => {
  const { looks, asked } = looksAt({ GetBackend: { AmplifyMetaConfig } });
  expect(await looks.outputs('auth', 'd1a', 'dev')).toEqual(outputs);
  expect(asked).toEqual([['GetBackend', at]]);
});

it.each([
  ['a name that is one', 'CloneBackend', 'CloneBackend'],
  ['none', undefined, '""'],
  ['one with a blank', 'Clone Backend', '"Clone Backend"'],
  ['one that begins or ends otherwise', '7Clone', '"7Clone"'],
  ['one that is long', 'x'.repeat(65), `"${'x'.repeat(64)}"`],
  ['one that is as long as may be', 'x'.repeat(64), 'x'.repeat(64)],
])('shows %s', (_, text, said) => {
  expect(quoteWord(text)).toBe(said);
});

it.each([
  ['a-1_B.c:d', 'a-1_B.c:d'],
  ['a b', '"a b"'],
  ['a\n', '"a\\n"'],
  ['x'.repeat(129), `"${'x'.repeat(64)}"`],
])('shows the id %j as %s', (id, said) => {
  expect(quoteJobId(id)).toBe(said);
});

it('lists the named environments, the target of a clone first, and ignores other values', () => {
  expect(namedEnvironments({ backendEnvironmentName: 'dev', targetEnvironmentName: 'qa' })).toEqual([
    'qa',
    'dev',
  ]);
  expect(namedEnvironments({ backendEnvironmentName: 'dev' })).toEqual(['dev']);
  expect(namedEnvironments({ backendEnvironmentName: 7 })).toEqual([]);
});

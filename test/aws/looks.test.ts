/** How a listing of jobs is read: whole, unless it shows that it goes from new to old and has gone far enough. */
import { NotFoundException } from '@aws-sdk/client-amplifybackend';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Send } from '../../src/aws/client.ts';
import { createLooks } from '../../src/aws/looks.ts';

const looksAt = (send: Send) => createLooks(send, () => []);

const SINCE = Date.parse('2026-01-01T12:00:00Z');
const HOUR = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();

/** Looks at pages of jobs that began at the given times; answers the list and how many pages were read. */
async function read(pages: (number | undefined)[][], aheadMs: number | undefined = 0) {
  let count = 0;
  const looks = looksAt(async (operation, command) => {
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

it('reads on while jobs may be new, and stops where they are long past', async () => {
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

it("takes AWS's clock for how long past a job is", async () => {
  const given = [[SINCE - HOUR, SINCE - HOUR - 1], [SINCE - 2 * HOUR]];
  expect((await read(given, -2 * HOUR)).pages).toBe(2);
});

it("takes AWS's times without a zone for UTC, wherever this machine is", async () => {
  vi.stubEnv('TZ', 'America/New_York');
  onTestFinished(() => void vi.unstubAllEnvs());
  const looks = looksAt(async () => ({
    Jobs: [{ AppId: 'd1a', BackendEnvironmentName: 'dev', CreateTime: '2026-01-01T12:00:00' }],
  }));
  expect((await looks.jobs('d1a', 'dev', SINCE)).jobs).toMatchObject([{ createdAt: SINCE }]);
});

it('says where there were too many to read', async () => {
  const endless = Array.from({ length: 30 }, (_, page) => [SINCE - 60 * HOUR + page]);
  const { list, pages } = await read(endless);
  expect(list.isComplete).toBe(false);
  expect(pages).toBe(20);
});

it('finds nothing where AWS knows nothing', async () => {
  const looks = looksAt(async () => {
    throw new NotFoundException({ message: 'no', $metadata: { httpStatusCode: 404 } });
  });
  expect(await looks.jobs('d1a', 'qa', SINCE)).toMatchObject({ jobs: [], isComplete: true });
  expect(await looks.environments('d1a')).toBeUndefined();
  expect(await looks.hasEnvironment('d1a', 'qa')).toBe(false);
  expect(await looks.hasToken('d1a', 's')).toBe(false);
  expect(await looks.jobRecord('d1a', 'qa', 'j')).toBeUndefined();
});

it('takes a 200 that carries an error for no answer', async () => {
  const looks = looksAt(async () => ({ Error: 'no\nidea' }));
  await expect(looks.hasEnvironment('d1a', 'qa')).rejects.toMatchObject({ code: 'service_reported_error' });
});

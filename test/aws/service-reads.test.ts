/**
 * Reads of other services than AmplifyBackend: when a client is created and released, and who is notified of
 * a failure.
 */
import { expect, it } from 'vitest';
import type { AwsSettings } from '../../src/aws/client.ts';
import { createReadService, readAll } from '../../src/aws/service-reads.ts';
import type { ServerError } from '../../src/errors.ts';

class StackException extends Error {}

/** A service whose clients are numbered in the order in which they are made. */
function setUp(settings: () => Promise<AwsSettings> = async () => ({ userAgent: 'test/1' })) {
  const ended: number[] = [];
  const failures: ServerError[] = [];
  const rests: (() => void)[] = [];
  let made = 0;
  const read = createReadService(
    { settings, onFailure: failure => failures.push(failure), onRelease: run => rests.push(run) },
    async () => {
      made += 1;
      const id = made;
      return { client: { id, destroy: () => ended.push(id) }, sdk: {}, exception: StackException };
    },
  );
  const rest = () => {
    for (const run of rests) run();
  };
  return { read, ended, failures, rest };
}

it('creates a client for the first read, and keeps it until it is released', async () => {
  const { read, ended, rest } = setUp();
  expect(await read('cloudformation:ListStacks', async ({ id }) => id)).toBe(1);
  expect(await read('cloudformation:ListStacks', async ({ id }) => id)).toBe(1);
  rest();
  expect(await read('cloudformation:ListStacks', async ({ id }) => id)).toBe(2);
  expect(ended).toEqual([1]);
});

it.each([
  ['by the service', new StackException('no'), 'access_denied'],
  ['by another one, asked for credentials', new Error('no'), 'credentials_refused'],
])('notifies the target of a refusal %s, and names the action', async (_, error, code) => {
  const { read, failures } = setUp();
  const thrown = Object.assign(error, { $fault: 'client', $metadata: { httpStatusCode: 403 } });
  const failure = await read('cloudformation:ListStacks', async () => {
    throw thrown;
  }).catch((error: ServerError) => error);
  expect(failure).toMatchObject({ code, cause: thrown });
  expect(failures).toEqual([failure]);
  if (code === 'access_denied') expect(failures[0]?.hint).toContain('cloudformation:ListStacks');
});

it('reports a lost answer as that of a read', async () => {
  const { read } = setUp();
  const lost = read('cloudformation:ListStacks', () => Promise.reject(new Error('socket hang up')));
  await expect(lost).rejects.toMatchObject({ code: 'service_unavailable' });
});

it('throws the failure to create a client unchanged, and tries again at the next read', async () => {
  let isKnown = false;
  const { read } = setUp(async () => {
    if (!isKnown) throw new Error('no target');
    return { userAgent: 'test/1' };
  });
  await expect(read('a:B', async () => 1)).rejects.toThrow('no target');
  isKnown = true;
  expect(await read('a:B', async () => 1)).toBe(1);
});

it.each([
  [1, [1, 2], 1],
  [2, [1, 2, 3], 2],
  [9, [1, 2, 3, 4], 4],
])('reads at most %i pages', async (most, items, pages) => {
  let asked = 0;
  async function* all(): AsyncGenerator<{ items?: number[] }> {
    for (const page of [{ items: [1, 2] }, { items: [3] }, {}, { items: [4] }]) {
      asked += 1;
      yield page;
    }
  }
  expect(await readAll(all(), page => page.items, most)).toEqual(items);
  expect(asked).toBe(pages);
});

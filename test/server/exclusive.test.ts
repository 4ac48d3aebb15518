/**
 * One write workflow at a time on an environment: which calls exclude each other, the refusal after a wait,
 * and work without a lock.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import type { SharedLock } from '../../src/call/shared-state.ts';
import { createExclusively, type ExclusiveOptions, noLock } from '../../src/server/exclusive.ts';

const qa = { appId: 'd1shop', backendEnvironmentName: 'qa' };
const prod = { ...qa, backendEnvironmentName: 'prod' };

function create(more: Partial<ExclusiveOptions> = {}) {
  const warnings: string[] = [];
  const exclusively = createExclusively({
    ...{ env: {}, endpoint: 'http://127.0.0.1:1', lock: noLock },
    warn: line => void warnings.push(line),
    ...more,
  });
  return { exclusively, warnings };
}

/** Work that goes on until it is told to end. */
function work() {
  let end = () => {};
  const ended = new Promise<void>(resolve => {
    end = resolve;
  });
  return { end, ended };
}

afterEach(() => void vi.restoreAllMocks());

it('excludes other callers of the process from the same environment only', async () => {
  const [one, two] = [create(), create()];
  const { end, ended } = work();
  const first = one.exclusively(qa, undefined, () => ended);
  let isDone = false;
  const second = two.exclusively(qa, undefined, async () => {
    isDone = true;
  });
  await two.exclusively(prod, undefined, async () => undefined);
  await create({ endpoint: 'http://127.0.0.1:2' }).exclusively(qa, undefined, async () => undefined);
  expect(isDone).toBe(false);
  end();
  await Promise.all([first, second]);
  expect(isDone).toBe(true);
});

it('lets the next call begin after failed work', async () => {
  const { exclusively } = create();
  await expect(exclusively(qa, undefined, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await exclusively(qa, undefined, async () => 'yes')).toBe('yes');
});

it('refuses a call that waits too long, and frees its place', async () => {
  vi.spyOn(AbortSignal, 'timeout').mockImplementationOnce(() => new AbortController().signal);
  const { exclusively } = create();
  const { end, ended } = work();
  const first = exclusively(qa, undefined, () => ended);
  vi.spyOn(AbortSignal, 'timeout').mockImplementationOnce(() => AbortSignal.abort(new Error('enough')));
  await expect(exclusively(qa, undefined, async () => 'never')).rejects.toMatchObject({
    code: 'busy',
    retryable: true,
    message: expect.stringContaining('working on environment qa'),
  });
  end();
  await first;
  expect(await exclusively(qa, undefined, async () => 'yes')).toBe('yes');
});

it('stops waiting when the client disconnects', async () => {
  const { exclusively } = create();
  const { end, ended } = work();
  const first = exclusively(qa, undefined, () => ended);
  const client = new AbortController();
  const second = exclusively(qa, client.signal, async () => 'never');
  client.abort();
  await expect(second).rejects.toMatchObject({ code: 'cancelled' });
  end();
  await first;
});

it('works without the lock if that fails, and logs so once', async () => {
  const lock: SharedLock = async () => {
    throw Object.assign(new Error('no'), { code: 'store_unavailable' });
  };
  const { exclusively, warnings } = create({ lock });
  expect(await exclusively(qa, undefined, async () => 'yes')).toBe('yes');
  expect(await exclusively(qa, undefined, async () => 'yes')).toBe('yes');
  expect(warnings).toEqual([expect.stringContaining('no lock (store_unavailable)')]);
});

it('keeps its files in a folder that only this user can write to', async () => {
  const home = await mkdtemp(join(tmpdir(), 'home-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const state = join(home, 'amplify-backend-mcp');
  await writeFile(state, 'a file where the folder should be');
  const { exclusively, warnings } = create({ lock: undefined, env: { XDG_STATE_HOME: home } });
  vi.stubEnv('TMPDIR', home);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await exclusively(qa, undefined, async () => 'yes')).toBe('yes');
  expect(warnings).toEqual([]);
  await chmod(join(home, `amplify-backend-mcp-${process.getuid?.()}`), 0o777);
  expect(await exclusively(qa, undefined, async () => 'yes')).toBe('yes');
  expect(warnings).toEqual([expect.stringContaining('no lock (EPERM)')]);
});

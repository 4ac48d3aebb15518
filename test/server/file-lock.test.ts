/** The lock between a user's processes: held by one at a time, freed by its end or its death, and given up in time. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { lockFile } from '../../src/server/file-lock.ts';

const never = new AbortController().signal;
let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'locks-'));
  path = join(folder, 'locks', 'one');
  onTestFinished(() => rm(folder, { recursive: true }));
});

it('is held by one at a time', async () => {
  let holders = 0;
  let most = 0;
  const turns = Array.from({ length: 8 }, async () => {
    const unlock = await lockFile(path, never);
    holders += 1;
    most = Math.max(most, holders);
    await new Promise(resolve => setTimeout(resolve, 5));
    holders -= 1;
    await unlock();
  });
  await Promise.all(turns);
  expect(most).toBe(1);
  expect(await readdir(join(folder, 'locks'))).toEqual([]);
});

it('is nobody else’s to read', async () => {
  const unlock = await lockFile(path, never);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await unlock();
});

it('is taken from a holder that died, by one of those who wait', async () => {
  // A holder that never shows that it lives.
  await lockFile(path, never, { beatMs: 1_000_000 });
  let holders = 0;
  const turns = Array.from({ length: 4 }, async () => {
    const unlock = await lockFile(path, never, { beatMs: 20, deadMs: 200 });
    holders += 1;
    expect(holders).toBe(1);
    await new Promise(resolve => setTimeout(resolve, 300));
    holders -= 1;
    await unlock();
  });
  await Promise.all(turns);
  expect(await readdir(join(folder, 'locks'))).toEqual([]);
});

it('is not taken from a holder that lives, however long', async () => {
  const unlock = await lockFile(path, never, { beatMs: 20 });
  const patience = AbortSignal.timeout(600);
  await expect(lockFile(path, patience, { deadMs: 200 })).rejects.toThrow();
  await unlock();
});

it('leaves the file of the next one alone when a holder that lost it gives it back', async () => {
  const lost = await lockFile(path, never, { beatMs: 1_000_000 });
  const unlock = await lockFile(path, never, { deadMs: 100 });
  await lost();
  await expect(lockFile(path, AbortSignal.timeout(200))).rejects.toThrow();
  await unlock();
});

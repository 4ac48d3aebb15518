/**
 * The lock between a user's processes: one holder at a time, released at its end or death, without waiting
 * forever.
 */
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

it('can be read by its user only', async () => {
  const unlock = await lockFile(path, never);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await unlock();
});

it('passes from a dead holder to one waiting process', async () => {
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

it('stays with a living holder for any time', async () => {
  const unlock = await lockFile(path, never, { beatMs: 20 });
  const patience = AbortSignal.timeout(600);
  await expect(lockFile(path, patience, { deadMs: 200 })).rejects.toThrow();
  await unlock();
});

it("does not remove the next holder's file when a holder that lost the lock releases it", async () => {
  const lost = await lockFile(path, never, { beatMs: 1_000_000 });
  const unlock = await lockFile(path, never, { deadMs: 100 });
  await lost();
  await expect(lockFile(path, AbortSignal.timeout(200))).rejects.toThrow();
  await unlock();
});

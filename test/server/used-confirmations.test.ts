/**
 * Used confirmations of a server with one user: recorded as files, by processes that race for them, whatever
 * the clock says.
 */
import { utimesSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createFileClaim, openUserConfirmations } from '../../src/server/used-confirmations.ts';
import { runSimultaneously } from '../support/simultaneous.ts';

const DAY_MS = 24 * 3_600_000;
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'used-'));
  const made = home;
  onTestFinished(() => rm(made, { recursive: true, force: true }));
});
const open = (env: Record<string, string> = { HOME: home }) => openUserConfirmations({ env, warn: () => {} });
const folder = () => join(home, '.local/state/amplify-backend-mcp/used-confirmations');

it('are used once, by the first process, and recorded in private files', async () => {
  const [one, two] = [await open(), await open()];
  expect(one?.keys).toEqual(two?.keys);
  const claims = Array.from({ length: 20 }, (_, at) => (at % 2 ? one : two)?.claim('a1', DAY_MS));
  expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
  expect(await two?.claim('b2', DAY_MS)).toBe(true);
  expect((await readdir(folder())).sort()).toEqual(['a1', 'b2']);
  expect((await stat(folder())).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder(), 'a1'))).mode & 0o777).toBe(0o600);
});

it('are used once by processes that race for them', async () => {
  const said = await runSimultaneously(
    home,
    'server/used-confirmations.ts',
    `const { claim } = await ours.openUserConfirmations({ env: { HOME: ${JSON.stringify(home)} }, warn: console.error });
     for (const name of ['a1', 'b2', 'c3']) console.log(name, await claim(name, ${DAY_MS}));`,
  );
  expect(said).toHaveLength(18);
  expect(said.filter(line => line.endsWith('true')).sort()).toEqual(['a1 true', 'b2 true', 'c3 true']);
});

it.each([
  ['without a home', {}],
  ['in a home that is not there', { HOME: '/nonexistent' }],
])('%s none are shared', async (_, env) => expect(await open(env as Record<string, string>)).toBeUndefined());

it('a file in place of the folder means that none are shared', async () => {
  await writeFile(join(home, '.local'), '');
  expect(await open()).toBeUndefined();
});

it('are refused if the use cannot be recorded', async () => {
  const shared = await open();
  await rm(folder(), { recursive: true });
  await expect(shared?.claim('a1', DAY_MS)).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('Nothing was sent to AWS'),
    hint: expect.stringContaining('folder'),
  });
});

it('are forgotten when they are old and many, but never the newest, at any time of the clock', async () => {
  const place = join(home, 'used');
  await mkdir(place);
  const claim = createFileClaim(place);
  const old = new Date(Date.now() - 2 * DAY_MS);
  const newer = new Date(Date.now() - 1_000);
  for (let at = 0; at < 2_000; at += 1) {
    const name = join(place, `n${at}`);
    writeFileSync(name, '');
    utimesSync(name, old, at < 1_200 ? old : newer);
  }
  expect(await claim('x', DAY_MS)).toBe(true);
  const left = await readdir(place);
  expect(left.filter(name => Number(name.slice(1)) >= 1_200)).toHaveLength(800);
  expect(left).toHaveLength(1_000);
  // A clock that is a year ahead makes all of them old.
  for (let at = 0; at < 1_100; at += 1) writeFileSync(join(place, `m${at}`), '');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * DAY_MS });
  onTestFinished(() => void vi.useRealTimers());
  expect(await claim('y', DAY_MS)).toBe(true);
  vi.useRealTimers();
  expect((await readdir(place)).length).toBe(1_000);
  expect(await claim('y', DAY_MS)).toBe(false);
  expect(await claim('m1099', DAY_MS)).toBe(false);
});

it('says how a confirmation was used, to every process of the user', async () => {
  const [one, two] = [await open(), await open()];
  expect(await two?.findUse('a1')).toBeUndefined();
  await one?.claim('a1', DAY_MS, 'kept');
  await two?.claim('b2', DAY_MS);
  expect([await two?.findUse('a1'), await one?.findUse('b2')]).toEqual(['kept', 'approved']);
});

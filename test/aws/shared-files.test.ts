/** The person's AWS files: read only if they have changed. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { readSharedFiles } from '../../src/aws/shared-files.ts';

const profile = (region: string) => `[profile one]\nregion = ${region}\n`;

async function regionOfOne() {
  return (await readSharedFiles()).files.configFile.one?.region;
}

/** Long enough after the files were written. */
const later = (ms: number) => vi.setSystemTime(Date.now() + ms);

let config: string;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aws-files-'));
  config = join(folder, 'config');
  vi.stubEnv('HOME', folder);
  vi.stubEnv('AWS_CONFIG_FILE', '~/config');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '');
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(async () => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
});

it('reads files that have not changed for a while once', async () => {
  await writeFile(config, profile('eu-west-1'));
  later(10_000);
  const shared = await readSharedFiles();
  expect(await readSharedFiles()).toBe(shared);
  expect(await regionOfOne()).toBe('eu-west-1');
});

it('reads a rewritten file of equal length again', async () => {
  await writeFile(config, profile('eu-west-1'));
  later(10_000);
  const { stamp } = await readSharedFiles();
  await writeFile(config, profile('eu-west-2'));
  expect(await regionOfOne()).toBe('eu-west-2');
  later(10_000);
  expect(await regionOfOne()).toBe('eu-west-2');
  expect((await readSharedFiles()).stamp).not.toBe(stamp);
});

it('reads a recently changed file each time', async () => {
  await writeFile(config, profile('eu-west-1'));
  expect(await readSharedFiles()).not.toBe(await readSharedFiles());
});

it('notices a file that is created, deleted or moved', async () => {
  later(10_000);
  expect(await regionOfOne()).toBeUndefined();
  await writeFile(config, profile('eu-west-1'));
  later(10_000);
  expect(await regionOfOne()).toBe('eu-west-1');
  vi.stubEnv('AWS_CONFIG_FILE', `${config}-other`);
  expect(await regionOfOne()).toBeUndefined();
  vi.stubEnv('AWS_CONFIG_FILE', config);
  await rm(config);
  expect(await regionOfOne()).toBeUndefined();
});

it('treats an unreachable file as empty, until it is reachable', async () => {
  vi.stubEnv('AWS_CONFIG_FILE', join(config, 'inside'));
  await writeFile(config, '');
  later(10_000);
  expect(await regionOfOne()).toBeUndefined();
  await rm(config);
  await mkdir(config);
  await writeFile(join(config, 'inside'), profile('eu-west-1'));
  expect(await regionOfOne()).toBe('eu-west-1');
});

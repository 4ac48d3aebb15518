/**
 * How the process starts and ends, in both eras: a light start, released calls, and an end with stdin in
 * every state.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lazy } from '../../src/lib/lazy.ts';
import { type Child, cli, eras, type Json, speak, startChild } from '../support/child.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { appId, on } from './cases/case.ts';

const clone = on('dev', { targetEnvironmentName: 'qa' });
const cleanEnd = { code: 0, signal: null };

/** How many of the files that a process loaded contain the AWS client. V8 writes the list of loaded files at exit. */
async function awsFilesIn(folder: string): Promise<number> {
  const reports = (await readdir(folder)).map(name => join(folder, name));
  const texts = await Promise.all(reports.map(report => readFile(report, 'utf8')));
  const urls = texts.flatMap(text =>
    (JSON.parse(text) as { result: { url: string }[] }).result.map(({ url }) => url),
  );
  const files = urls.filter(url => url.startsWith('file:')).map(url => fileURLToPath(url));
  expect(files).toContain(cli);
  const sources = await Promise.all(files.map(file => readFile(file, 'utf8')));
  return sources.filter(source => source.includes('com.amazonaws.amplifybackend')).length;
}

describe.each(eras)('a process in the $era era', spoken => {
  const { open, ask, call, cancel } = speak(spoken);
  let sandbox: TestSandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox();
  });
  beforeEach(() => sandbox.reset());
  afterAll(() => sandbox.close());

  /** Leaves a call in flight that the sandbox has received and does not answer. */
  async function leaveInFlight(child: Child): Promise<void> {
    await sandbox.order('CloneBackend', 'slow', { delayMs: 60_000 });
    // Nobody waits for the answer: the child ends, or the call is cancelled, before there is one.
    call(child, 1, 'clone_backend', clone).catch(() => undefined);
    await expect.poll(() => sandbox.faults()).toEqual([]);
  }

  /** Uses a process and makes it end. @returns its last answer, how it ended, and how many files of the AWS client it loaded */
  async function toItsEnd(use: (child: Child) => Promise<Json>, tell: (child: Child) => void) {
    const folder = await mkdtemp(join(tmpdir(), 'loaded-modules-'));
    try {
      const child = startChild(['stdio'], { ...sandbox.env, NODE_V8_COVERAGE: folder });
      await open(child);
      const answer = await use(child);
      tell(child);
      const end = await child.ended;
      return { answer, end, awsFiles: await awsFilesIn(folder) };
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  /** A process whose first call was cancelled. */
  const endedByStdin = lazy(() =>
    toItsEnd(
      async child => {
        await leaveInFlight(child);
        cancel(child, 1);
        return call(child, 2, 'get_backend', { appId });
      },
      child => void child.stdin.end(),
    ),
  );
  const endedBySignal = lazy(() =>
    toItsEnd(
      child => ask(child, 1, 'tools/list'),
      child => child.kill('SIGTERM'),
    ),
  );

  it('ends with stdin', async () => {
    expect((await endedByStdin.get()).end).toMatchObject(cleanEnd);
  });

  it('ends on a signal', async () => {
    expect((await endedBySignal.get()).end).toMatchObject(cleanEnd);
  });

  it('ends with stdin while a call is in flight', async () => {
    const child = startChild(['stdio'], sandbox.env);
    await open(child);
    await leaveInFlight(child);
    child.stdin.end();
    expect(await child.ended).toMatchObject(cleanEnd);
  });

  it("ends with stdin while its own sandbox's job runs", async () => {
    const child = startChild(['stdio', '--sandbox', '--job-ms', '3600000']);
    await open(child);
    const started = await call(child, 1, 'clone_backend', clone);
    expect(started).toHaveProperty('result.structuredContent.job.state', 'running');
    child.stdin.end();
    expect(await child.ended).toMatchObject(cleanEnd);
  });

  it('releases a cancelled call without an answer, and continues', async () => {
    const { answer, end } = await endedByStdin.get();
    // The sandbox has done what it received before the cancellation, as the next answer shows.
    expect(answer).toHaveProperty('result.structuredContent.backendEnvironmentList', [
      'dev',
      'prod',
      'partner',
      'qa',
    ]);
    const lines = end.stdout.trimEnd().split('\n');
    expect(lines.map(line => JSON.parse(line).id)).toEqual([0, 2]);
    expect(end.stderr).toMatch(/"tool":"clone_backend","outcome":"cancelled"/);
  });

  it('loads the AWS SDK at the first call, not at the start', async () => {
    expect((await endedBySignal.get()).awsFiles).toBe(0);
    expect((await endedByStdin.get()).awsFiles).toBeGreaterThan(0);
  });
});

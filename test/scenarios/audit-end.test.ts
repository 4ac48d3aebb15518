/**
 * The audit when a process ends during a write: the first line gets a second, with AWS's answer if it came in
 * time, else `unknown`.
 */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { auditedWrites, ownFolder } from '../support/audit.ts';
import { type Child, eras, type Spoken, speak, startChild } from '../support/child.ts';
import { setHome } from '../support/home.ts';
import { startHosted } from '../support/hosted.ts';
import { startInProcess } from '../support/in-process.ts';
import { overHttp } from '../support/message-client.ts';
import { on } from './cases/case.ts';

const clone = on('dev', { targetEnvironmentName: 'qa' });
const LONG_MS = 60_000;
const SHORT_MS = 500;
const home = setHome({ jobMs: 30_000 });

/** Resolves once the sandbox has received the request that it answers slowly. */
const sent = () => expect.poll(() => home.sandbox.faults()).toEqual([]);

type Era = (typeof eras)[number];

/** A server with a write that the sandbox has received. @param delayMs after which the sandbox answers it */
async function serverAtWrite<S extends Spoken>(
  start: (args: readonly string[]) => S,
  era: Era,
  delayMs: number,
): Promise<{ server: S; file: string }> {
  const file = join(ownFolder(), 'audit.jsonl');
  const { open, call } = speak(era);
  await home.sandbox.order('CloneBackend', 'slow', { delayMs });
  const server = start(['--audit-file', file]);
  await open(server);
  // The test does not wait for the answer.
  call(server, 1, 'clone_backend', clone).catch(() => undefined);
  await sent();
  return { server, file };
}

/** Such a server as a child process. */
async function atWrite(era: Era, delayMs: number): Promise<{ child: Child; file: string }> {
  const startOne = (flags: readonly string[]) => startChild(['stdio', ...flags], home.env());
  const { server: child, file } = await serverAtWrite(startOne, era, delayMs);
  return { child, file };
}

/** Such a server in the test's own process, for tests that do not end a process. */
const atWriteInProcess = (era: Era, delayMs: number) =>
  serverAtWrite(flags => startInProcess(flags, home.env()), era, delayMs);

/** The results of the writes. Expects two audit lines for each. */
function resultsIn(file: string) {
  return auditedWrites(file).map(([first, second, ...more]) => {
    expect([first?.phase, second?.phase, more]).toEqual(['attempt', 'result', []]);
    return second;
  });
}

const gaveUp = [{ outcome: 'unknown', reason: 'server_ended' }];

const [older, newer] = eras;

describe(`over stdio in the ${older.era} era`, () => {
  it('the end of stdin', async () => {
    const { server, file } = await atWriteInProcess(older, LONG_MS);
    await server.end();
    expect(resultsIn(file)).toMatchObject(gaveUp);
  });

  it('the end of stdin, with an answer that comes in time', async () => {
    const { server, file } = await atWriteInProcess(older, SHORT_MS);
    await server.end();
    expect(resultsIn(file)).toMatchObject([{ outcome: 'ok', jobId: expect.any(String) }]);
  });
});

describe(`over stdio in the ${newer.era} era`, () => {
  it('the end of stdin', async () => {
    const { child, file } = await atWrite(newer, LONG_MS);
    child.stdin.end();
    expect(await child.ended).toMatchObject({ code: 0, signal: null });
    expect(resultsIn(file)).toMatchObject(gaveUp);
  });

  it('the end of stdin, with an answer that comes in time', async () => {
    const { server, file } = await atWriteInProcess(newer, SHORT_MS);
    await server.end();
    expect(resultsIn(file)).toMatchObject([{ outcome: 'ok', jobId: expect.any(String) }]);
  });
});

describe('over stdio', () => {
  const era = newer;

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s', async signal => {
    const { child, file } = await atWrite(era, LONG_MS);
    child.kill(signal);
    expect(await child.ended).toMatchObject({ code: 0, signal: null });
    expect(resultsIn(file)).toMatchObject(gaveUp);
  });

  it('SIGTERM, with an answer that comes in time', async () => {
    const { child, file } = await atWrite(era, SHORT_MS);
    child.kill('SIGTERM');
    expect(await child.ended).toMatchObject({ code: 0 });
    expect(resultsIn(file)).toMatchObject([{ outcome: 'ok' }]);
  });

  it('the death of the host', async () => {
    const { child, file } = await atWrite(era, LONG_MS);
    child.stopReading();
    child.send({ jsonrpc: '2.0', id: 2, method: 'ping' });
    expect(await child.ended).toMatchObject({ code: 0 });
    expect(resultsIn(file)).toMatchObject(gaveUp);
  });

  it('a second signal during the first', async () => {
    const { child, file } = await atWrite(era, LONG_MS);
    // The second signal arrives while the server still handles the first one.
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect((await child.ended).code).toBeOneOf([0, 130, 143]);
    expect(resultsIn(file)).toMatchObject(gaveUp);
  });

  it('a cancelled call is recorded as unknown, and the server continues', async () => {
    const { server, file } = await atWriteInProcess(era, LONG_MS);
    const { cancel, call } = speak(era);
    cancel(server, 1);
    await call(server, 2, 'clone_backend', { ...clone, targetEnvironmentName: 'two' });
    expect(resultsIn(file)).toMatchObject([
      { outcome: 'unknown', reason: 'cancelled' },
      { outcome: expect.any(String) },
    ]);
  });
});

describe('over HTTP', () => {
  async function atHttpWrite(delayMs: number) {
    const file = join(ownFolder(), 'audit.jsonl');
    await home.sandbox.order('CloneBackend', 'slow', { delayMs });
    const { url, child } = await startHosted(home.env(), ['--audit-file', file]);
    const call = { name: 'clone_backend', arguments: clone };
    const answer = overHttp(url)
      .ask('tools/call', call)
      .catch(() => undefined);
    await sent();
    return { child, file, answer };
  }

  it('SIGTERM lets the call finish', async () => {
    const { child, file, answer } = await atHttpWrite(SHORT_MS);
    child.kill('SIGTERM');
    expect(await child.ended).toMatchObject({ code: 0 });
    expect(await answer).toMatchObject({ result: expect.anything() });
    expect(resultsIn(file)).toMatchObject([{ outcome: 'ok' }]);
  });

  it('a second signal does not wait', async () => {
    const { child, file } = await atHttpWrite(LONG_MS);
    const again = setInterval(() => child.kill('SIGTERM'), 50);
    onTestFinished(() => clearInterval(again));
    expect(await child.ended).toMatchObject({ code: 143 });
    expect(resultsIn(file)).toMatchObject(gaveUp);
  });
});

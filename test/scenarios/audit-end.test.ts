/**
 * The audit when a process ends during a write: the first line gets a second, with AWS's answer if it came in
 * time, else `unknown`.
 */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { auditedWrites, ownFolder } from '../support/audit.ts';
import { type Child, eras, speak, startChild } from '../support/child.ts';
import { setHome } from '../support/home.ts';
import { startHosted } from '../support/hosted.ts';
import { overHttp } from '../support/message-client.ts';
import { on } from './cases/case.ts';

const clone = on('dev', { targetEnvironmentName: 'qa' });
const LONG_MS = 60_000;
const SHORT_MS = 500;
const home = setHome({ jobMs: 30_000 });

/** Resolves once the sandbox has what it was told to be slow with. */
const sent = () => expect.poll(() => home.sandbox.faults()).toEqual([]);

/** A child of which the sandbox has received a write, and does not answer it for so long. */
async function atWrite(era: (typeof eras)[number], delayMs: number): Promise<{ child: Child; file: string }> {
  const file = join(ownFolder(), 'audit.jsonl');
  const { open, call } = speak(era);
  await home.sandbox.order('CloneBackend', 'slow', { delayMs });
  const child = startChild(['stdio', '--audit-file', file], home.env());
  await open(child);
  // Nobody waits for the answer.
  call(child, 1, 'clone_backend', clone).catch(() => undefined);
  await sent();
  return { child, file };
}

/** The results of the writes, each of which must have had its two lines. */
function resultsIn(file: string) {
  return auditedWrites(file).map(([first, second, ...more]) => {
    expect([first?.phase, second?.phase, more]).toEqual(['attempt', 'result', []]);
    return second;
  });
}

const gaveUp = [{ outcome: 'unknown', reason: 'server_ended' }];

describe.each(eras)('over stdio in the $era era', era => {
  it('the end of stdin', async () => {
    const { child, file } = await atWrite(era, LONG_MS);
    child.stdin.end();
    expect(await child.ended).toMatchObject({ code: 0, signal: null });
    expect(resultsIn(file)).toMatchObject(gaveUp);
  });

  it('the end of stdin, with an answer that comes in time', async () => {
    const { child, file } = await atWrite(era, SHORT_MS);
    child.stdin.end();
    expect(await child.ended).toMatchObject({ code: 0 });
    expect(resultsIn(file)).toMatchObject([{ outcome: 'ok', jobId: expect.any(String) }]);
  });
});

describe('over stdio', () => {
  const [, era] = eras;

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

  it('a host that has died', async () => {
    const { child, file } = await atWrite(era, LONG_MS);
    child.stopReading();
    child.send({ jsonrpc: '2.0', id: 2, method: 'ping' });
    expect(await child.ended).toMatchObject({ code: 0 });
    expect(resultsIn(file)).toMatchObject(gaveUp);
  });

  it('a second signal of an impatient person', async () => {
    const { child, file } = await atWrite(era, LONG_MS);
    // The second comes while the first is heeded: how long that takes is not waited for.
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect((await child.ended).code).toBeOneOf([0, 130, 143]);
    expect(resultsIn(file)).toMatchObject(gaveUp);
  });

  it('a cancelled call is recorded as unknown, and the server continues', async () => {
    const { child, file } = await atWrite(era, LONG_MS);
    const { cancel, call } = speak(era);
    cancel(child, 1);
    await call(child, 2, 'clone_backend', { ...clone, targetEnvironmentName: 'two' });
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

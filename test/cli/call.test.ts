/**
 * `call` of a tool that must be confirmed: in a terminal it asks the person; in a pipe it prints the plan and a token, with
 * which a second process can run the call.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAnswer } from '../../src/cli/read-answer.ts';
import { childEnv, cli, type Json, run } from '../support/child.ts';
import { runWithServer } from '../support/command.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';

const dev = JSON.stringify({ appId: 'd1sandboxshop', backendEnvironmentName: 'dev' });
/** The server treats an earlier answer as a program's, because no person reads a plan in less time. */
const READING_MS = 1_050;
let sandbox: TestSandbox;
let home: string;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  home = await mkdtemp(join(tmpdir(), 'home-'));
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await sandbox.close();
  await rm(home, { recursive: true });
});
const env = () => ({ ...sandbox.env, HOME: home });
const deleted = async () => (await sandbox.verdicts('DeleteBackend')).length;

describe('in a pipe', () => {
  it('prints the plan and a token and exits 1; another process deletes with the token, once', async () => {
    const asked = await run(['call', 'delete_backend', dev], env());
    expect(asked).toMatchObject({ code: 1, stderr: '' });
    const structuredContent = JSON.parse(asked.stdout) as Json;
    expect(structuredContent).toMatchObject({
      error: { code: 'confirmation_required' },
      plan: { confirmation: { type: 'dev', goes: { dev: expect.any(Array) } } },
    });
    expect(await deleted()).toBe(0);
    const { confirmationToken } = structuredContent;
    const confirmed = JSON.stringify({ ...JSON.parse(dev), confirmationToken });
    expect((await runWithServer(['call', 'delete_backend', confirmed], env())).code).toBe(0);
    await sandbox.reset();
    const again = await runWithServer(['call', 'delete_backend', confirmed], env());
    expect(again.code).toBe(1);
    expect(again.stdout).toContain('confirmation_invalid');
    expect(await deleted()).toBe(0);
  });

  it('says what to do if only a form may confirm', async () => {
    const { code, stdout } = await runWithServer(
      ['call', 'delete_backend', dev, '--confirm-by', 'form'],
      env(),
    );
    expect(code).toBe(1);
    expect(stdout).toContain('confirmation_unavailable');
    expect(stdout).toContain('in a terminal');
  });
});

const hasScript = spawnSync('script', ['--version']).status === 0;

/** Runs the command in a pseudo-terminal, in which a person types that line once they are asked. */
async function inTerminal(args: readonly string[], typed: string): Promise<{ code: number; shown: string }> {
  const line = [process.execPath, cli, ...args].map(word => `'${word}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    env: childEnv(env()),
  });
  let shown = '';
  const isAsked = () => shown.includes('no) > ');
  child.stdout.setEncoding('utf8').on('data', text => {
    shown += text;
  });
  const ended = once(child, 'close');
  while (!isAsked() && child.exitCode === null) await Promise.race([once(child.stdout, 'data'), ended]);
  await setTimeout(READING_MS);
  child.stdin.write(`${typed}\r`);
  const [code] = await ended;
  return { code: Number(code), shown };
}

/** The same in the test's own process, with a simulated terminal. */
async function atTerminal(args: readonly string[], typed: string): Promise<{ code: number; shown: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let asked = '';
  const ask = async (text: string) => {
    asked += text;
    const answer = readAnswer(input, output, '');
    await setTimeout(READING_MS);
    input.write(`${typed}\r`);
    return answer;
  };
  const io = { ask, isTerminal: true, isInputTerminal: true };
  const { code, stdout, stderr } = await runWithServer(args, env(), io);
  return { code: Number(code), shown: `${asked}${stdout}${stderr}` };
}

/** The question before `dev` is deleted. */
const question =
  /App shop \(d1sandboxshop\), environment dev[\s\S]*shopmedia101530-dev[\s\S]*Type dev to confirm/;

describe('in a terminal', () => {
  it.each([
    ['prod', 1, 0, 'another name than the requested one'],
    ['', 1, 0, 'The person declined'],
  ])('asks, and obeys the answer %j', async (typed, code, times, words) => {
    const ended = await atTerminal(['call', 'delete_backend', dev], typed);
    expect(ended.shown).toMatch(question);
    expect(ended.shown).toContain(words);
    expect(ended.code).toBe(code);
    expect(await deleted()).toBe(times);
  });

  it('asks if only a form may confirm', async () => {
    const ended = await atTerminal(['call', 'delete_backend', dev, '--confirm-by', 'form'], 'dev');
    expect(ended.code).toBe(0);
    expect(await deleted()).toBe(1);
  });
});

describe.skipIf(!hasScript)('in a pseudo-terminal (where util-linux has its script)', () => {
  it.each([
    ['dev', 0, 1, 'DeleteBackend: job'],
    ['\u0003', 1, 0, 'closed the question'],
  ])('asks, and obeys the answer %j', async (typed, code, times, words) => {
    const ended = await inTerminal(['call', 'delete_backend', dev], typed);
    expect(ended.shown).toMatch(question);
    expect(ended.shown).toContain(words);
    expect(ended.code).toBe(code);
    expect(await deleted()).toBe(times);
  });
});

describe('a line from a terminal', () => {
  const streams = () => ({ input: new PassThrough(), output: new PassThrough() });

  it.each([
    ['a line', 'dev\r', 'dev'],
    ['an empty line', '\r', ''],
    ['Ctrl-C', '\u0003', undefined],
  ])('is read as typed: %s', async (_, typed, answer) => {
    const { input, output } = streams();
    const reading = readAnswer(input, output, 'no) > ');
    input.write(typed);
    expect(await reading).toBe(answer);
    expect(String(output.read())).toContain('no) > ');
  });

  it('is absent if the input ends', async () => {
    const { input, output } = streams();
    const reading = readAnswer(input, output, '> ');
    input.end();
    expect(await reading).toBeUndefined();
  });
});

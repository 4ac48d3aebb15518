/**
 * Help, version and mistakes on the command line: whatever is unknown or malformed ends with
 * exit code 2, one line on stderr that names it, and nothing on stdout.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { type Env, run } from '../support/child.ts';
import { runInMemory } from '../support/command.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Expects the refusal of a mistake. */
async function refused(args: readonly string[], offender: string, env: Env = {}, by = runInMemory) {
  const { code, stdout, stderr } = await by(args, env);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^amplify-backend-mcp: [^\n]+\n$/);
  expect(stderr).toContain(offender);
  expect(code).toBe(2);
}

describe('the process', () => {
  it('exits with the code of the program: for an unknown flag, an unknown variable, and help', async () => {
    await refused(['stdio', '--bogus'], '--bogus', {}, run);
    await refused(['tools'], 'BOGUS', { AMPLIFY_BACKEND_MCP_BOGUS: '1' }, run);
    const { code, stdout, stderr } = await run(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe((await runInMemory(['--help'])).stdout);
    expect((await run(['--version'])).stdout).toBe(`${pkg.version}\n`);
  });
});

describe('help and version', () => {
  const commands = ['stdio', 'sandbox', 'demo', 'call', 'tools'];

  it('names every command', async () => {
    const { code, stdout, stderr } = await runInMemory(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });

  it.each(commands)('explains %s', async command => {
    const { code, stdout, stderr } = await runInMemory([command, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: ${pkg.name} ${command}`);
    expect((await runInMemory(['help', command])).stdout).toBe(stdout);
    expect(stdout).toContain(command === 'sandbox' || command === 'demo' ? '--job-ms' : '--reveal-secrets');
  });

  it.each([['--version'], ['tools', '--version']])('prints its version: %s %s', async (...args) => {
    const { code, stdout } = await runInMemory(args.filter(arg => typeof arg === 'string'));
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${pkg.version}\n` });
  });
});

describe('mistakes on the command line', () => {
  it.each([
    ['bogus', 'bogus'],
    ['--bogus', '--bogus'],
    ['stdio --bogus', '--bogus'],
    ['stdio extra', 'extra'],
    ['tools extra', 'extra'],
    ['sandbox --sandbox', '--sandbox'],
    ['--log-level loud', '--log-level'],
    ['--log-level', '--log-level'],
    ['--region nowhere', '--region'],
    ['stdio --job-ms soon', '--job-ms'],
    ['stdio --job-ms -1', '--job-ms'],
    ['stdio --job-ms 1.5', '--job-ms'],
    ['demo --job-ms soon', '--job-ms'],
    ['demo --fault bogus', 'bogus'],
    ['help bogus', 'bogus'],
    ['--region=', '--region'],
    ['sandbox --port x', '--port'],
    ['sandbox --port 65536', '--port'],
    ['call', 'tool'],
    ['call get_backend {"appId"', 'JSON'],
    ['call get_backend []', 'JSON'],
    ['call get_backend ', 'empty'],
    ['call get_backend {} extra', 'extra'],
    ['cal list_apps', 'unknown command cal; did you mean call?'],
    ['call list_apps --regoin eu-west-1', '--regoin'],
    ['call list_apps --read-onyl', 'did you mean --read-only?'],
    ['help docter', 'did you mean doctor?'],
    ['completion csh', 'csh'],
  ])('%s', (line, offender) => refused(line.split(' '), offender));
});

describe('mistakes in the environment and in the file', () => {
  it.each([
    ['AMPLIFY_BACKEND_MCP_BOGUS', '1'],
    ['AMPLIFY_BACKEND_MCP_SANDBOX', 'perhaps'],
    ['AMPLIFY_BACKEND_MCP_JOB_MS', 'soon'],
    ['AMPLIFY_BACKEND_MCP_REGION', 'nowhere'],
  ])('variable %s=%s', (name, value) => refused(['tools'], name, { [name]: value }));

  it('an unknown log level, also for call', () =>
    refused(['call', 'list_s3_buckets'], 'LOG_LEVEL', { AMPLIFY_BACKEND_MCP_LOG_LEVEL: 'loud' }));

  it('a missing file', () => refused(['--config', '/no/such/file'], '/no/such/file'));

  it('a missing file that the environment names', () =>
    refused(['stdio'], '/no/such/file', { AMPLIFY_BACKEND_MCP_CONFIG: '/no/such/file' }));

  it.each([
    ['an unknown key', 'bogus: 1', 'bogus'],
    ['a mistyped key', 'readonly: true', 'did you mean readOnly?'],
    ['a malformed value', '{"jobMs": "soon"}', 'jobMs'],
    ['a list', '- sandbox', 'object'],
    ['no settings at all', '"sandbox"', 'object'],
    ['neither JSON nor YAML', '{"sandbox": ', 'neither JSON nor YAML'],
  ])('a file with %s', async (name, text, offender) => {
    const file = join(folder, `${name.replaceAll(' ', '-')}.yaml`);
    await writeFile(file, text);
    await refused(['stdio', '--config', file], offender);
  });
});

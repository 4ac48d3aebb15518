/**
 * The audit file belongs to this server's user alone, or the server does not start. A full disk, a killed
 * writer or log rotation loses no line except the one that could not be written.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditLines, ownFolder } from '../support/audit.ts';
import { eras, type Json, run, type Spoken, speak, startChild } from '../support/child.ts';
import { runInMemory } from '../support/command.ts';
import { setHome } from '../support/home.ts';
import { startInProcess } from '../support/in-process.ts';
import { on } from './cases/case.ts';

const home = setHome({ jobMs: 30_000 });
const isRoot = userInfo().uid === 0;
const NOBODY = 65_534;

/** What exists already under the name of the file, with the expected message. */
const refused: [what: string, make: (file: string) => unknown, said: string][] = [
  ['a file that everybody may read', file => writeFileSync(file, '', { mode: 0o644 }), 'chmod 600 FILE'],
  ['a file that its group may write', file => chmodSync(empty(file), 0o620), 'chmod 600 FILE'],
  ['a file that everybody may write', file => chmodSync(empty(file), 0o606), 'chmod 600 FILE'],
  [
    'a symbolic link',
    file => {
      writeFileSync(`${file}.real`, '', { mode: 0o600 });
      symlinkSync(`${file}.real`, file);
    },
    'symbolic link',
  ],
  ['a symbolic link to nothing', file => symlinkSync(`${file}.none`, file), 'symbolic link'],
  ['a folder', file => mkdirSync(file), 'cannot be opened (EISDIR)'],
  ['a pipe', file => execFileSync('mkfifo', ['-m', '600', file]), 'not a regular file'],
  ['a file in a folder of everybody', file => chmodSync(join(file, '..'), 0o777), 'chmod o-w FOLDER'],
];

function empty(file: string): string {
  writeFileSync(file, '', { mode: 0o600 });
  return file;
}

describe('no server starts with', () => {
  /** The commands that open the audit themselves. The command line refuses for the others, and that needs no child. */
  const servers = [['stdio'], ['http', '--port', '0']] as const;
  const commands = [...servers, ['call', 'whoami'], ['tools']] as const;

  async function isRefused(
    by: typeof run,
    tried: readonly (readonly string[])[],
    file: string,
    words: string,
  ): Promise<void> {
    for (const command of tried) {
      const { code, stdout, stderr } = await by([...command, '--audit-file', file], home.env());
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^amplify-backend-mcp: auditFile: [^\n]+\n$/);
      expect(stderr).toContain(words);
    }
  }

  it.each(refused)('%s', async (_, make, said) => {
    const folder = ownFolder();
    const file = join(folder, 'audit.jsonl');
    make(file);
    await isRefused(runInMemory, commands, file, said.replace('FILE', file).replace('FOLDER', folder));
    const { code, stdout } = await runInMemory(['doctor', '--audit-file', file], home.env());
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^FAIL {2}audit: .*${dirname(file)}`, 'm'));
  });

  it('a file that others may read, in a child process', async () => {
    const file = join(ownFolder(), 'audit.jsonl');
    writeFileSync(file, '', { mode: 0o644 });
    await isRefused(run, servers, file, `chmod 600 ${file}`);
  });

  it.runIf(isRoot)("another user's file (if the test may create one)", async () => {
    const file = empty(join(ownFolder(), 'audit.jsonl'));
    chownSync(file, NOBODY, NOBODY);
    const { code, stderr } = await runInMemory(['stdio', '--audit-file', file], home.env());
    expect(code).toBe(2);
    expect(stderr).toContain(`type: sudo chown 0 ${file}`);
  });

  it('doctor reports a usable file, and one whose folder is missing', async () => {
    const folder = ownFolder();
    const of = async (file: string) =>
      (await runInMemory(['doctor', '--audit-file', file], home.env())).stdout;
    expect(await of(join(folder, 'audit.jsonl'))).toMatch(/^ok {4}audit: /m);
    const missing = join(folder, 'none');
    expect(await of(join(missing, 'audit.jsonl'))).toContain(
      `FAIL  audit: there is no folder ${missing}\n      type: mkdir -p -m 700 ${missing}\n`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('quotes the command to type for a shell', async () => {
    const file = empty(join(ownFolder(), "Ann's audit.jsonl"));
    chmodSync(file, 0o644);
    const { stderr } = await runInMemory(['stdio', '--audit-file', file], home.env());
    const [, command = ''] = /type: (.+)$/m.exec(stderr) ?? [];
    execFileSync('sh', ['-c', command]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

const { open, call } = speak(eras[1]);

/** Functions that make a server write, one write after the other. */
async function writesOf(server: Spoken) {
  await open(server);
  let lastId = 0;
  return async (targetEnvironmentName: string) => {
    const answer = await call(server, ++lastId, 'clone_backend', on('dev', { targetEnvironmentName }));
    const { isError, structuredContent } = answer.result as { isError?: boolean; structuredContent: Json };
    return isError ? (structuredContent.error as Json).code : 'ok';
  };
}

/** A child process, and functions that make it write. */
async function startProcess(file: string) {
  const child = startChild(['stdio', '--audit-file', file], home.env());
  const end = async () => {
    child.stdin.end();
    return child.ended;
  };
  return { child, write: await writesOf(child), end };
}

/** A server in the test's own process, and functions that make it write. */
async function start(file: string) {
  const server = startInProcess(['--audit-file', file], home.env());
  return { write: await writesOf(server), end: server.end };
}

it('the folder may be a link, and may be shared with the sticky bit', async () => {
  const folder = ownFolder();
  mkdirSync(join(folder, 'real'));
  chmodSync(join(folder, 'real'), 0o1777);
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  const { write, end } = await start(join(folder, 'link', 'audit.jsonl'));
  expect(await write('one')).toBe('ok');
  await end();
  expect(auditLines(join(folder, 'real', 'audit.jsonl'))).toHaveLength(2);
});

it('half a line of another process does not corrupt the next one', async () => {
  const file = join(ownFolder(), 'audit.jsonl');
  writeFileSync(file, '{"phase":"attempt","id":"half', { mode: 0o600 });
  const { write, end } = await start(file);
  expect(await write('one')).toBe('ok');
  await end();
  const [half, ...lines] = readFileSync(file, 'utf8').split('\n');
  expect(half).toBe('{"phase":"attempt","id":"half');
  writeFileSync(file, lines.join('\n'));
  expect(auditLines(file)).toMatchObject([{ phase: 'attempt' }, { phase: 'result', outcome: 'ok' }]);
});

it('refuses lines while others may read the file', async () => {
  const file = join(ownFolder(), 'audit.jsonl');
  const { write, end } = await start(file);
  await write('one');
  chmodSync(file, 0o640);
  expect(await write('two')).toBe('audit_unavailable');
  chmodSync(file, 0o600);
  await write('three');
  await end();
  expect(auditLines(file)).toHaveLength(4);
});

it('continues in a new file after the old one was moved', async () => {
  const file = join(ownFolder(), 'audit.jsonl');
  const { write, end } = await startProcess(file);
  await write('one');
  renameSync(file, `${file}.1`);
  await write('two');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  // Log rotation may create a new file in its place, which must belong to this user alone as well.
  renameSync(file, `${file}.2`);
  chmodSync(empty(file), 0o644);
  expect(await write('three')).toBe('audit_unavailable');
  chmodSync(file, 0o600);
  await write('four');
  const { stderr } = await end();
  for (const one of [`${file}.1`, `${file}.2`, file])
    expect(auditLines(one).map(({ phase }) => phase)).toEqual(['attempt', 'result']);
  expect(stderr).toContain(`chmod 600 ${file}`);
  expect(await home.sandbox.verdicts('CloneBackend')).toHaveLength(3);
});

const hasLimits = spawnSync('prlimit', ['--version']).status === 0;

describe.runIf(hasLimits)('a file that cannot grow (where prlimit is installed)', () => {
  /** The maximum size of a process's files. As on a full disk, what fits is written and the rest fails. */
  const limit = (pid: number | undefined, bytes: number | 'unlimited') =>
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);

  it('refuses the write whose line does not fit, and records the next one', async () => {
    const file = join(ownFolder(), 'audit.jsonl');
    const { child, write, end } = await startProcess(file);
    await write('one');
    limit(child.pid, statSync(file).size + 100);
    expect([await write('two'), await write('three')]).toEqual(['audit_unavailable', 'audit_unavailable']);
    limit(child.pid, 'unlimited');
    expect(await write('four')).not.toBe('audit_unavailable');
    await end();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const [half = ''] = lines.splice(2, 1);
    expect(half).toHaveLength(100);
    expect(() => JSON.parse(half)).toThrow();
    writeFileSync(file, `${lines.join('\n')}\n`);
    expect(auditLines(file).map(({ phase }) => phase)).toEqual(['attempt', 'result', 'attempt', 'result']);
    expect((await home.sandbox.verdicts('CloneBackend')).length).toBe(2);
  });

  it('keeps a second line that does not fit until there is room', async () => {
    const file = join(ownFolder(), 'audit.jsonl');
    const { child, write, end } = await startProcess(file);
    await write('one');
    const [before = ''] = readFileSync(file, 'utf8').split('\n');
    // The first line of the next write has the same length and still fits; its second line does not.
    limit(child.pid, statSync(file).size + before.length + 1);
    await write('two');
    expect(auditLines(file).map(({ phase }) => phase)).toEqual(['attempt', 'result', 'attempt']);
    limit(child.pid, 'unlimited');
    const { stderr } = await end();
    const [, , attempt, result, ...more] = auditLines(file);
    expect(result).toMatchObject({ phase: 'result', id: attempt?.id, requestId: expect.any(String) });
    expect(more).toEqual([]);
    expect(stderr).toContain('the second audit line of a write could not be written');
  });
});

/** The scripts of `completion`, run by those of the shells that are installed. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { completionScript } from '../../src/cli/completion/index.ts';
import { shells } from '../../src/cli/completion/shells.ts';
import { createProgram } from '../../src/cli/program.ts';
import { operations } from '../../src/operations/index.ts';
import { settingsTable } from '../../src/server/settings.ts';
import { declaredTools } from '../../src/tools/index.ts';

const unused = () => Promise.reject(new Error('no command runs here'));
const program = createProgram({
  io: {
    out: () => {},
    err: () => {},
    isTerminal: false,
    isInputTerminal: false,
    env: {},
    self: ['node'],
    interrupted: unused,
  },
  serveStdio: unused,
  ...{ serveHttp: unused, serveBoard: unused },
  secretInput: unused,
  finish: () => {},
});
const scripts = Object.fromEntries(shells.map(shell => [shell, completionScript(shell, program)]));
const installed = new Set(shells.filter(shell => spawnSync(shell, ['-c', 'true']).status === 0) as string[]);

it.each(shells)('%s completes every command, setting and tool', shell => {
  const script = scripts[shell] ?? '';
  for (const command of program.commands) expect(script).toMatch(new RegExp(`\\b${command.name()}\\b`));
  for (const { flag } of settingsTable) expect(script).toMatch(new RegExp(`${flag.slice(2)}\\b`));
  for (const { toolName } of [...declaredTools, ...operations])
    expect(script).toMatch(new RegExp(`\\b${toolName}\\b`));
});

/** What each shell offers for a line that ends at the cursor. */
const offers: Readonly<Record<string, (line: string) => string>> = {
  bash: line => {
    const words = `(${line
      .split(' ')
      .map(word => `'${word}'`)
      .join(' ')})`;
    const cword = line.split(' ').length - 1;
    return `${scripts.bash}\nCOMP_WORDS=${words} COMP_CWORD=${cword}; _amplify_backend_mcp; printf '%s\\n' "\${COMPREPLY[@]}"`;
  },
  fish: line => `${scripts.fish}\ncomplete -C'${line}'`,
};

it.each(
  Object.keys(offers).flatMap(
    shell =>
      [
        [shell, 'amplify-backend-mcp do', ['doctor']],
        [shell, 'amplify-backend-mcp call clone_', ['clone_backend', 'clone_environment']],
        [
          shell,
          'amplify-backend-mcp call list_apps --read-only',
          ['--read-only', '--read-only-environments'],
        ],
        [shell, 'amplify-backend-mcp tools --surface ', ['compact', 'full']],
        [shell, 'amplify-backend-mcp completion f', ['fish']],
        [shell, 'amplify-backend-mcp install cl', ['claude-code', 'claude-desktop']],
        [shell, 'amplify-backend-mcp --sand', ['--sandbox']],
      ] as const,
  ),
)('%s (where it is installed) offers for `%s`: %j', (shell, line, words) => {
  if (!installed.has(shell)) return;
  const { stdout, stderr } = spawnSync(shell, ['-c', offers[shell]?.(line) ?? ''], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const offered = stdout
    .trim()
    .split('\n')
    .map(row => row.split('\t')[0]);
  expect(offered.sort()).toEqual([...words]);
});

it.runIf(installed.has('zsh'))('zsh (where it is installed) reads its script', () => {
  const { status, stderr } = spawnSync(
    'zsh',
    ['-f', '-c', `autoload -Uz compinit; compinit -D; ${scripts.zsh}`],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

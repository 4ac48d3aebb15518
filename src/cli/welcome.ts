/** What the bare command says to a person at a terminal. */
import { packageName, version } from './command-line.ts';
import type { Io } from './io.ts';

/** The commands to start with, each without the program's name, and its purpose. */
const firstSteps: readonly (readonly [command: string, purpose: string])[] = [
  ['demo', 'clone an environment in a sandbox and watch it; needs no AWS account'],
  ['install HOST', 'add the server to a host such as claude-code, cursor or vscode'],
  ['doctor', 'check settings, credentials and permissions'],
  ['tools', 'list the tools'],
  ['board --sandbox', 'look at environments and jobs in a browser'],
  ['call list_apps --sandbox', 'call one tool from here'],
  ['http', 'serve over HTTP'],
  ['stdio', 'serve over stdio, as hosts start it'],
  ['--help', 'show all commands and settings'],
];

/** @param commands the names of all commands */
export function welcome({ out }: Io, commands: readonly string[]): void {
  const isThere = (command: string) =>
    command.startsWith('-') || commands.includes(command.split(' ')[0] ?? '');
  const steps = firstSteps.filter(([command]) => isThere(command));
  const lines = steps.map(([command, purpose]) => [`  ${packageName} ${command}`, purpose] as const);
  const width = Math.max(...lines.map(([line]) => line.length)) + 2;
  out(`${packageName} ${version}: an MCP server for AWS Amplify Gen 1 backends`, {
    style: 'strong',
    length: packageName.length,
  });
  out('An MCP host starts this command and speaks with it over its stdin and stdout. From a terminal, type:');
  out('');
  for (const [line, purpose] of lines)
    out(line.padEnd(width) + purpose, { style: 'command', length: line.length, indent: width });
}

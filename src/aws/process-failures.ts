/** Why a `credential_process` gives no credentials, by what the SDK says of it. The command's output is never shown. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { getHomeDir } from '@smithy/core/config';
import type { Env } from '../lib/env.ts';
import { quote } from '../lib/quote.ts';
import { fromEnvironment } from './shared-files.ts';

/** The SDK's messages about a command, and their meaning as the end of a sentence. */
const meanings: readonly [mark: RegExp, words: string][] = [
  [/credential_process returned invalid JSON\.$/, 'prints no JSON'],
  [/credential_process did not return Version 1\.$/, 'prints JSON without "Version": 1'],
  [
    /credential_process returned invalid credentials\.$/,
    'prints JSON without AccessKeyId or SecretAccessKey',
  ],
  [/credential_process returned expired credentials\.$/, 'prints credentials that have expired'],
  [/maxBuffer length exceeded$/, 'prints more than 1 MB'],
];
const commandFailed = /Command failed: /;

/** Endings of executable files on Windows. */
const endings = ['', '.exe', '.cmd', '.bat'];

/** `undefined` for a file that can be executed, else the system's code. */
function executionFault(path: string): string | undefined {
  let fault: string | undefined;
  for (const ending of endings) {
    try {
      accessSync(`${path}${ending}`, constants.X_OK);
      return undefined;
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (fault === undefined || code !== 'ENOENT') fault = code;
    }
  }
  return fault;
}

/** Whether the program of a command is missing, in words. @param said the SDK's message, with what the shell printed */
function programFault(command: string, said: string, env: Env): string | undefined {
  const quoted = /^"([^"]+)"/.exec(command.trim())?.[1];
  const program = quoted ?? command.trim().split(/\s/, 1)[0] ?? '';
  // The shell would expand or interpret these characters, so the program is unknown.
  if (program === '' || /["'|&;<>()$`*?]/.test(program)) return undefined;
  if (!/[/\\]/.test(program)) {
    const folders = (env.PATH ?? '').split(delimiter).filter(folder => folder !== '');
    const isOnPath = folders.some(folder => executionFault(join(folder, program)) === undefined);
    // A word that is not a file on the PATH may still be a builtin of the shell.
    return !isOnPath && /not found|not recognized/i.test(said)
      ? `names the program ${quote(program)}, which is not on the PATH of this server`
      : undefined;
  }
  const isInHome = quoted === undefined && program.startsWith('~/');
  const path = isInHome ? join(getHomeDir(), program.slice(2)) : program;
  const fault = executionFault(path);
  if (fault === undefined) return undefined;
  return fault === 'ENOENT'
    ? `names the program ${quote(program)}, which does not exist`
    : `names the program ${quote(program)}, which this server may not execute (${fault})`;
}

/** Why a command gave no credentials, as the end of a sentence. @param said the messages of the SDK's providers */
export async function explainProcess(said: readonly string[], command: string): Promise<string> {
  const [, words] = meanings.find(([mark]) => said.some(text => mark.test(text))) ?? [];
  if (words !== undefined) return words;
  const failed = said.find(text => commandFailed.test(text));
  if (failed === undefined) return 'gave no credentials that are valid now';
  const env: Env = await fromEnvironment(all => all);
  return programFault(command, failed, env) ?? 'ended with an error (its exit code is not 0)';
}

/** `doctor`: the files of MCP hosts that start this program, and whether what they name is there. It only reads. */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { quoteName } from '../lib/quote.ts';
import { withholdSecretsIn } from '../lib/secret-values.ts';
import type { Report } from './doctor.ts';
import { commandLineOf, SERVER_NAME, settingsIn } from './install/block.ts';
import { ownServers } from './install/change.ts';
import { readConfigFile } from './install/config-file.ts';
import { type Host, hosts } from './install/hosts.ts';
import { candidates, type Machine } from './install/machine.ts';
import { programIn } from './install/own-program.ts';

/** The servers in a file that start this program; none where there is no such file. @throws Error with one line */
async function ownServersIn(file: string, host: Host, self: string | undefined) {
  const { text } = await readConfigFile(file);
  // Most files do not mention this program, and are no concern of this check even where they are malformed.
  return text.includes('amplify-backend') || text.includes('cli.js')
    ? ownServers(file, text, host, self)
    : [];
}

/** The command that writes the block anew. */
const installLine = (key: string, name: string, isProject: boolean) =>
  [
    'amplify-backend-mcp install',
    key,
    ...(isProject ? ['--project'] : []),
    ...(name === SERVER_NAME ? [] : ['--name', quoteName(name)]),
  ].join(' ');

/** Checks every file that a known host reads. @param self the path of the program that runs now */
export async function checkHosts(report: Report, machine: Machine, self?: string): Promise<void> {
  for (const [key, host] of Object.entries<Host>(hosts))
    for (const isProject of [false, true])
      for (const file of candidates(host, machine, isProject)) {
        const servers = await ownServersIn(file, host, self).catch((thrown: Error) => {
          report('warn', `host ${host.title}: ${thrown.message}`);
          return [];
        });
        for (const [name, block] of servers) {
          const commandLine = commandLineOf(block);
          const [command = ''] = commandLine;
          const program = commandLine[programIn(commandLine)?.at ?? 0] ?? '';
          const missing = [command, program].find(part => isAbsolute(part) && !existsSync(part));
          const where = `host ${host.title}: ${quoteName(name)} in ${quoteName(file)}`;
          const line = installLine(key, name, isProject);
          if (missing !== undefined)
            report('FAIL', `${where} starts ${quoteName(missing)}, which is not there`, line);
          else if (/^npx(\.cmd)?$/.test(command))
            report('warn', `${where} starts whatever npx finds under that name`, line);
          else report('ok', `${where}, with ${withholdSecretsIn(settingsIn(block))}`);
        }
      }
}

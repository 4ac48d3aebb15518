/** The configuration block that starts this server, in the form of each host, and how to recognize such a block. */
import { isObject, type Json, memberOf, textOf } from '../../lib/json.ts';
import { withholdSecretsIn } from '../../lib/secret-values.ts';
import type { Shape } from './hosts.ts';
import { programIn, startsOwnProgram } from './own-program.ts';

/** The name of the server where `--name` gives no other. */
export const SERVER_NAME = 'amplify-backend';

/** What a host starts. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

/** The members of a block that say what is started. A host's other members, and those that people add, are left alone. */
export function blockOf({ command, args }: Launch, shape: Shape): Json {
  if (shape === 'opencode') return { type: 'local', command: [command, ...args], enabled: true };
  return { ...(shape === 'typed' ? { type: 'stdio' } : {}), command, args: [...args] };
}

/** The command line of a block. */
export function commandLineOf(block: unknown): string[] {
  if (!isObject(block)) return [];
  const { command, args } = block;
  return [command, args].flat().filter(part => typeof part === 'string');
}

/** Whether a block starts this program. @param self the path of the program that runs now */
export function startsThisProgram(block: unknown, self: string | undefined): boolean {
  return startsOwnProgram(commandLineOf(block), textOf(memberOf(block, 'cwd')), self);
}

/** Settings that `install` passes as arguments, with the variables of a block that could contradict them. */
const variables: Readonly<Record<string, readonly string[]>> = {
  '--profile': ['AWS_PROFILE', 'AMPLIFY_BACKEND_MCP_PROFILE'],
  '--region': ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AMPLIFY_BACKEND_MCP_REGION'],
  '--read-only': ['AMPLIFY_BACKEND_MCP_READ_ONLY'],
  '--sandbox': ['AMPLIFY_BACKEND_MCP_SANDBOX'],
};

/**
 * Updates an existing block so that it starts the present program. Members that the host or a person added stay (a time
 * limit, allowed tools, variables), except variables that contradict the arguments.
 */
export function renewed(existing: Json, block: Json): Json {
  const given = new Set(commandLineOf(block).flatMap(part => variables[part] ?? []));
  const envs = ['env', 'environment'].flatMap(member => {
    const env = existing[member];
    if (!isObject(env) || !Object.keys(env).some(name => given.has(name))) return [];
    return [[member, Object.fromEntries(Object.entries(env).filter(([name]) => !given.has(name)))]];
  });
  const isEnabled = 'enabled' in existing ? { enabled: existing.enabled } : {};
  return { ...existing, ...block, ...isEnabled, ...Object.fromEntries(envs) };
}

/** The arguments of a block after the program, as a person typed them. */
export function settingsIn(block: unknown): string {
  const line = commandLineOf(block);
  return line.slice((programIn(line)?.at ?? 0) + 1).join(' ') || 'no settings';
}

/** What the block of another server starts, or where it connects. */
export function describeBlock(block: unknown): string {
  const { url, serverUrl = url, httpUrl = serverUrl } = isObject(block) ? block : {};
  const line = commandLineOf(block);
  const program = [...new Set([line[0], line[programIn(line)?.at ?? 0]])].join(' ');
  return withholdSecretsIn(program || textOf(httpUrl) || 'something else');
}

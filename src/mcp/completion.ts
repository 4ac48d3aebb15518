/**
 * `completion/complete`: the variables of the resource templates and the arguments of the prompts, each from
 * those that are filled in before it.
 */
import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { Directory, Names } from './directory.ts';
import { promptArgumentCompletes } from './prompts.ts';
import { uriTemplates } from './uris.ts';

/** Longer than the name of any app, environment or job. Longer texts would fill the memory that keeps answers. */
const LONGEST_NAME = 255;
/** The protocol's bound. */
const MOST_VALUES = 100;

const templates = Object.values(uriTemplates);

/** The names for a variable of the templates; none where one before it is missing. */
async function namesFor(
  directory: Directory,
  variable: string,
  { appId, backendEnvironmentName }: Readonly<Record<string, string>>,
  caller: string,
): Promise<Names | undefined> {
  if (variable === 'appId') return directory.apps(caller);
  if (!appId) return undefined;
  if (variable === 'backendEnvironmentName') return directory.environments({ appId }, caller);
  return backendEnvironmentName ? directory.jobs({ appId, backendEnvironmentName }, caller) : undefined;
}

/** The names for an argument of a prompt, in which apps go by their names too. */
async function namesForPrompt(
  directory: Directory,
  prompt: string,
  argument: string,
  { app, environment }: Readonly<Record<string, string>>,
  caller: string,
): Promise<Names | undefined> {
  const completes = promptArgumentCompletes(prompt, argument);
  if (completes === undefined) return undefined;
  if (completes === 'app') return directory.appNames(caller);
  const appId = await (app ? directory.appIdOf(app, caller) : directory.soleApp(caller));
  if (!appId) return undefined;
  if (completes === 'environment') return directory.environments({ appId }, caller);
  return environment ? directory.jobs({ appId, backendEnvironmentName: environment }, caller) : undefined;
}

/** The names for a variable of a resource template. @throws ProtocolError for an unknown one */
async function namesForResource(
  directory: Directory,
  uri: string,
  variable: string,
  given: Readonly<Record<string, string>>,
  caller: string,
): Promise<Names | undefined> {
  const template = templates.find(candidate => candidate.toString() === uri);
  if (!template)
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      'Unknown reference: only the prompts and the resource templates of this server complete.',
    );
  return template.variableNames.includes(variable) ? namesFor(directory, variable, given, caller) : undefined;
}

/**
 * Puts completions on a server that has the capability.
 * @param caller as the transport identifies them
 */
export function serveCompletions({ server }: McpServer, directory: Directory, caller: string): void {
  server.setRequestHandler('completion/complete', async ({ params: { ref, argument, context } }) => {
    const given = context?.arguments ?? {};
    const isTooLong = [argument.value, ...Object.values(given)].some(({ length }) => length > LONGEST_NAME);
    if (isTooLong) return { completion: { values: [], total: 0, hasMore: false } };
    const names =
      ref.type === 'ref/prompt'
        ? await namesForPrompt(directory, ref.name, argument.name, given, caller)
        : await namesForResource(directory, ref.uri, argument.name, given, caller);
    const { values, isPartial } = names ?? { values: [], isPartial: false };
    const matching = values.filter(value => value.startsWith(argument.value));
    return {
      completion: {
        values: matching.slice(0, MOST_VALUES),
        ...(!isPartial && { total: matching.length }),
        hasMore: isPartial || matching.length > MOST_VALUES,
      },
    };
  });
}

/** `completion/complete`: the variables of the resource templates, each from those that are filled in before it. */
import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { Directory, Names } from './directory.ts';
import { uriTemplates } from './uris.ts';

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

/**
 * Puts completions on a server that has the capability.
 * @param caller who is on the other side, as the transport knows it
 */
export function serveCompletions({ server }: McpServer, directory: Directory, caller: string): void {
  server.setRequestHandler('completion/complete', async ({ params: { ref, argument, context } }) => {
    const template =
      ref.type === 'ref/resource' ? templates.find(candidate => candidate.toString() === ref.uri) : undefined;
    if (!template)
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        'Unknown reference: only the resource templates of this server complete.',
      );
    const names = template.variableNames.includes(argument.name)
      ? await namesFor(directory, argument.name, context?.arguments ?? {}, caller)
      : undefined;
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

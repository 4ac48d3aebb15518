/** Adds facts to AWS's refusal of a call that the caller needs to continue. */
import { isManaged, type ReadEnvironment } from '../environment/index.ts';
import { ServerError, toServerError } from '../errors.ts';
import { quoteName, quoteNames } from '../lib/quote.ts';
import type { Operation } from '../operations/define.ts';
import { toolsetOf } from '../operations/index.ts';
import { howToDeleteRecords } from './authorize/inventory.ts';
import { type Read, readEnvironmentAt } from './read-environment.ts';

type Args = Readonly<Record<string, unknown>>;

const environmentRefOf = ({ appId, backendEnvironmentName }: Args) => ({
  appId: String(appId),
  backendEnvironmentName: String(backendEnvironmentName),
});

/** Sentences: which resources of a category the environment has, and whether AmplifyBackend does not manage the named one. */
export function resourcesText(
  { environment, resources }: ReadEnvironment,
  category: string,
  resourceName: unknown,
): string {
  const there = resources.filter(one => one.category === category);
  const names = there.filter(isManaged).map(({ name }) => name);
  const unmanagedOne = there.find(one => one.name === resourceName && !isManaged(one));
  const unmanaged = unmanagedOne
    ? ` ${quoteName(unmanagedOne.name)} exists, but AmplifyBackend does not manage ${quoteName(unmanagedOne.service)}: describe_environment shows what is known of it.`
    : '';
  return `In the category ${category}, environment ${quoteName(environment)} has (quoted data): ${quoteNames(names) || 'nothing'}.${unmanaged}`;
}

/** Adds the names of the environment's resources in the category of the call. */
async function addResourceNames(
  failure: ServerError,
  operation: Operation,
  args: Args,
  read: Read,
): Promise<ServerError> {
  const environment = await readEnvironmentAt(read, environmentRefOf(args), false);
  if (environment.state === 'unreadable') return failure;
  return new ServerError('not_found', {
    message: `${failure.message} ${resourcesText(environment, toolsetOf(operation), args.resourceName)}`,
    hint: 'If one of these is meant, call again with it as resourceName.',
    requestId: failure.requestId,
    cause: failure,
  });
}

/** Adds the command of Amplify's own API, for an environment that AmplifyBackend lists but cannot delete. */
async function addDeleteCommand(failure: ServerError, args: Args, read: Read): Promise<ServerError> {
  const { appId, backendEnvironmentName: name } = environmentRefOf(args);
  const { backendEnvironmentList = [] } = await read('get_backend', { appId });
  if (!(backendEnvironmentList as readonly string[]).includes(name)) return failure;
  return new ServerError(failure.code, {
    message: `${failure.message} ${quoteName(name)} is still listed.`,
    hint: `${failure.hint} ${howToDeleteRecords(appId, [name])}`,
    requestId: failure.requestId,
    cause: failure,
  });
}

/**
 * The failure, with facts that help the caller to continue. If the reads for these fail too, the failure is unchanged.
 */
export async function explainFailure(
  thrown: unknown,
  operation: Operation,
  args: Args,
  read: Read,
): Promise<ServerError> {
  const failure = toServerError(thrown);
  try {
    if (failure.code === 'not_found' && args.resourceName !== undefined)
      return await addResourceNames(failure, operation, args, read);
    if (operation.toolName === 'delete_backend' && ['not_found', 'bad_request'].includes(failure.code))
      return await addDeleteCommand(failure, args, read);
  } catch {
    return failure;
  }
  return failure;
}

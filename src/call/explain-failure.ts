/** What AWS's refusal of a call does not say by itself, and the caller needs to go on. */
import { isManaged } from '../environment/index.ts';
import { ServerError, toServerError } from '../errors.ts';
import { quoteName, quoteNames } from '../lib/quote.ts';
import type { Operation } from '../operations/define.ts';
import { toolsetOf } from '../operations/index.ts';
import { deleteRecordCommand } from './authorize/inventory.ts';
import { type Read, readEnvironmentAt } from './read-environment.ts';

type Args = Readonly<Record<string, unknown>>;

const addressOf = ({ appId, backendEnvironmentName }: Args) => ({
  appId: String(appId),
  backendEnvironmentName: String(backendEnvironmentName),
});

/** Nobody knows the names of resources by heart, and the meta has them; also of those that no operation is for. */
async function withResourceNames(
  failure: ServerError,
  operation: Operation,
  args: Args,
  read: Read,
): Promise<ServerError> {
  const category = toolsetOf(operation);
  const environment = await readEnvironmentAt(read, addressOf(args), false);
  if (environment.state === 'unreadable') return failure;
  const there = environment.resources.filter(one => one.category === category);
  const names = there.filter(isManaged).map(({ name }) => name);
  const asked = there.find(one => one.name === args.resourceName && !isManaged(one));
  const unmanaged = asked
    ? ` ${quoteName(asked.name)} is there, but AmplifyBackend does not manage ${quoteName(asked.service)}: describe_environment tells what is known of it.`
    : '';
  return new ServerError('not_found', {
    message: `${failure.message} In the category ${category}, environment ${quoteName(environment.environment)} has (quoted data): ${quoteNames(names) || 'nothing'}.${unmanaged}`,
    hint: 'Call again with one of these as resourceName, if it is the one that is meant.',
    requestId: failure.requestId,
    cause: failure,
  });
}

/** An environment that AmplifyBackend lists and cannot delete goes by Amplify's own API. */
async function withOtherWay(failure: ServerError, args: Args, read: Read): Promise<ServerError> {
  const { appId, backendEnvironmentName: name } = addressOf(args);
  const { backendEnvironmentList = [] } = await read('get_backend', { appId });
  if (!(backendEnvironmentList as readonly string[]).includes(name)) return failure;
  return new ServerError(failure.code, {
    message: `${failure.message} ${quoteName(name)} is still listed.`,
    hint: `${failure.hint} Where AmplifyBackend cannot delete it, a person types: ${deleteRecordCommand(appId, name)} (it deletes Amplify's record of it; its stack and its buckets stay).`,
    requestId: failure.requestId,
    cause: failure,
  });
}

/** The failure with what helps; where that cannot be read either, the failure says what there is to say. */
export async function explainFailure(
  thrown: unknown,
  operation: Operation,
  args: Args,
  read: Read,
): Promise<ServerError> {
  const failure = toServerError(thrown);
  try {
    if (failure.code === 'not_found' && args.resourceName !== undefined)
      return await withResourceNames(failure, operation, args, read);
    if (operation.toolName === 'delete_backend' && ['not_found', 'bad_request'].includes(failure.code))
      return await withOtherWay(failure, args, read);
  } catch {
    return failure;
  }
  return failure;
}

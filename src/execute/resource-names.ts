/** Helps with a resource name that AWS does not know: nobody knows these names by heart, and the meta has them. */
import { asRegistered, RegisteredError } from '../errors.ts';
import { quoteJson } from '../lib/quote.ts';
import type { Operation } from '../operations/define.ts';
import { toolsetOf } from '../operations/index.ts';
import type { readerOf } from './reads.ts';

type Args = Readonly<Record<string, unknown>>;

/** The failure, with the names that there are where one was not found; any other as it is. */
export async function withResourceNames(
  thrown: unknown,
  operation: Operation,
  { appId, backendEnvironmentName, resourceName }: Args,
  read: ReturnType<typeof readerOf>,
): Promise<RegisteredError> {
  const failure = asRegistered(thrown);
  if (failure.code !== 'not_found' || resourceName === undefined) return failure;
  const category = toolsetOf(operation);
  try {
    const { amplifyMetaConfig } = await read('get_backend', { appId, backendEnvironmentName });
    const resources = (amplifyMetaConfig as Record<string, object> | undefined)?.[category] ?? {};
    const names = quoteJson(Object.keys(resources));
    return new RegisteredError('not_found', {
      message: `${failure.message} In the category ${category}, environment ${backendEnvironmentName} has (quoted data): ${names}.`,
      hint: 'Call again with one of these as resourceName, if it is the one that is meant.',
      requestId: failure.requestId,
      cause: thrown,
    });
  } catch {
    // Where the environment cannot be read either, the first failure says what there is to say.
    return failure;
  }
}

/**
 * The reading of an environment out of AmplifyBackend into the model: its meta, its flags, and the settings of what
 * AmplifyBackend manages. One that is listed although its reads fail is an environment as well.
 */
import {
  type AskForSettings,
  type Environment,
  readEnvironment,
  readEnvironmentWithSettings,
  refusedEnvironment,
  settingsFrom,
  settingsRefused,
} from '../environment/index.ts';
import { type ErrorCode, ServerError, toServerError } from '../errors.ts';
import type { EnvironmentRef } from '../jobs/job.ts';
import { textOf } from '../lib/json.ts';
import { quoteName, quoteNames } from '../lib/quote.ts';

/** Calls a read tool; its answer under the REST API's names. */
export type Read = (
  toolName: string,
  args: Record<string, unknown>,
) => Promise<Readonly<Record<string, unknown>>>;

/** The tools that reading takes. */
export const environmentTools = ['get_backend', 'get_backend_auth', 'get_backend_api', 'get_backend_storage'];

/**
 * Failures that tell of what was asked for, one environment or one of its resources; all others tell of the caller, the
 * network or the moment. `access_denied` is one since policies may deny one of them alone; `service_unavailable`, which
 * stands here after all retries, since AWS answers 5xx for good where a bucket was deleted by hand.
 */
export const subjectFailureCodes: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'bad_request',
  'access_denied',
  'service_unavailable',
  'service_reported_error',
]);

/** A failure that tells of what was asked for. @throws any other */
export function requireSubjectFailure(thrown: unknown): ServerError {
  const failure = toServerError(thrown);
  if (!subjectFailureCodes.has(failure.code)) throw failure;
  return failure;
}

/**
 * The name of the app that lists it.
 * @throws the failure of its read; not_found where it is not listed; why it cannot be told whether it is
 */
async function listedBy(read: Read, address: EnvironmentRef, failure: ServerError): Promise<unknown> {
  const { appId, backendEnvironmentName: environment } = address;
  const { appName, backendEnvironmentList = [] } = await read('get_backend', { appId }).catch(thrown => {
    // Without the list, one that is not found may be there all the same.
    throw failure.code === 'not_found' ? thrown : failure;
  });
  const names = backendEnvironmentList as readonly string[];
  if (names.includes(environment)) return appName;
  if (failure.code !== 'not_found') throw failure;
  throw new ServerError('not_found', {
    message: `App ${quoteName(appId)} has no environment ${quoteName(environment)}; it has (quoted data): ${quoteNames(names) || 'none'}.`,
    hint: 'Call again with one of these. Of an environment that was deleted, AmplifyBackend knows nothing any more; its stack may still stand in CloudFormation.',
    requestId: failure.requestId,
    cause: failure,
  });
}

/** Why a resource's settings are not known. The rest of its environment is, all the same. @throws any other failure */
const unknownSettings = (thrown: unknown) =>
  settingsRefused(`AWS refuses to tell its settings (${requireSubjectFailure(thrown).code})`);

/**
 * Reads it.
 * @param withSettings whether the settings of its resources are asked for, and so the tables of its APIs
 * @throws RegisteredError not_found where there is no such environment; every failure that is not `ofSubject`
 */
export async function readEnvironmentAt(
  read: Read,
  address: EnvironmentRef,
  withSettings = true,
): Promise<Environment> {
  const { appId, backendEnvironmentName } = address;
  const place = { appId, backendEnvironmentName };
  const tryToRead = () => read('get_backend', place).catch(requireSubjectFailure);
  let answer = await tryToRead();
  if (answer instanceof ServerError) {
    const appName = textOf(await listedBy(read, address, answer));
    // It may have been made after it was read and before it was listed.
    answer = await tryToRead();
    if (answer instanceof ServerError)
      return refusedEnvironment({ appId, environment: backendEnvironmentName, appName }, answer.message);
  }
  const { appName, amplifyMetaConfig: meta, amplifyFeatureFlags: flags } = answer;
  const sources = { appId, environment: backendEnvironmentName, appName: textOf(appName), meta, flags };
  if (!withSettings) return readEnvironment(sources);
  const ask: AskForSettings = ({ tool, resourceName }) =>
    read(tool, { ...place, resourceName }).then(settingsFrom, unknownSettings);
  return readEnvironmentWithSettings(sources, ask);
}

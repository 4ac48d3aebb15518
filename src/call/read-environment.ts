/**
 * Reads an environment from AmplifyBackend into the model: its meta, its flags, and the settings of the resources that
 * AmplifyBackend manages. An environment that is listed although its reads fail is `unreadable`.
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

/** Calls a read tool. The answer is under the REST API's names. */
export type Read = (
  toolName: string,
  args: Record<string, unknown>,
) => Promise<Readonly<Record<string, unknown>>>;

/** The tools that reading an environment calls. */
export const environmentTools = ['get_backend', 'get_backend_auth', 'get_backend_api', 'get_backend_storage'];

/**
 * Failures that concern what was read, one environment or one of its resources. All others concern the caller or the
 * network, or are temporary. `access_denied` is one because a policy may deny a single environment;
 * `service_unavailable` because AWS answers 5xx permanently where a bucket was deleted by hand (all retries have failed
 * by then).
 */
export const subjectFailureCodes: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'bad_request',
  'access_denied',
  'service_unavailable',
  'service_reported_error',
]);

/** A failure that concerns what was read. @throws any other failure */
export function requireSubjectFailure(thrown: unknown): ServerError {
  const failure = toServerError(thrown);
  if (!subjectFailureCodes.has(failure.code)) throw failure;
  return failure;
}

/**
 * The name of the app, if the app lists the environment.
 * @throws not_found where the app does not list it; the failure of the listing or of the environment's own read
 */
async function appNameIfListed(read: Read, ref: EnvironmentRef, failure: ServerError): Promise<unknown> {
  const { appId, backendEnvironmentName: environment } = ref;
  const { appName, backendEnvironmentList = [] } = await read('get_backend', { appId }).catch(thrown => {
    // Without the list it is unknown whether the environment exists.
    throw failure.code === 'not_found' ? thrown : failure;
  });
  const names = backendEnvironmentList as readonly string[];
  if (names.includes(environment)) return appName;
  if (failure.code !== 'not_found') throw failure;
  throw new ServerError('not_found', {
    message: `App ${quoteName(appId)} has no environment ${quoteName(environment)}; it has (quoted data): ${quoteNames(names) || 'none'}.`,
    hint: 'Call again with one of these. AmplifyBackend knows nothing of a deleted environment, although its stack may still exist in CloudFormation.',
    requestId: failure.requestId,
    cause: failure,
  });
}

/** Why a resource's settings are unknown, although its environment is known. @throws any other failure */
function unknownSettings(thrown: unknown) {
  const failure = toServerError(thrown);
  // The meta has a name that our own validation refuses, so AWS is not asked.
  if (failure.code === 'invalid_arguments') return settingsRefused('AWS cannot be asked about such a name');
  return settingsRefused(`AWS refuses to show its settings (${requireSubjectFailure(failure).code})`);
}

/**
 * Reads an environment.
 * @param withSettings whether to read the settings of its resources too, and with them the tables of its APIs; `apis`
 *   for those of its GraphQL APIs alone
 * @throws ServerError not_found where there is no such environment; every failure that does not concern the environment
 * or a resource
 */
export async function readEnvironmentAt(
  read: Read,
  ref: EnvironmentRef,
  withSettings: boolean | 'apis' = true,
): Promise<Environment> {
  const { appId, backendEnvironmentName } = ref;
  const named = { appId, backendEnvironmentName };
  const readBackend = () => read('get_backend', named).catch(requireSubjectFailure);
  let answer = await readBackend();
  if (answer instanceof ServerError) {
    const appName = textOf(await appNameIfListed(read, ref, answer));
    // It may have been created between the read and the listing.
    answer = await readBackend();
    if (answer instanceof ServerError)
      return refusedEnvironment({ appId, environment: backendEnvironmentName, appName }, answer.message);
  }
  const { appName, amplifyMetaConfig: meta, amplifyFeatureFlags: flags } = answer;
  const sources = { appId, environment: backendEnvironmentName, appName: textOf(appName), meta, flags };
  if (!withSettings) return readEnvironment(sources);
  const ask: AskForSettings = async ({ tool, resourceName }) =>
    withSettings === 'apis' && tool !== 'get_backend_api'
      ? settingsRefused('not asked for')
      : read(tool, { ...named, resourceName }).then(settingsFrom, unknownSettings);
  return readEnvironmentWithSettings(sources, ask);
}

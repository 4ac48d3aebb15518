/** What a change starts from: the configuration of each resource as AWS shows it, and the jobs that have not ended. */
import { readEnvironmentAt, requireSubjectFailure } from '../../call/read-environment.ts';
import { type ReadEnvironment, type Resource, whyUnreadable } from '../../environment/index.ts';
import { settingsTools } from '../../environment/settings.ts';
import { ServerError } from '../../errors.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { isObject, type Json, textOf } from '../../lib/json.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { type PendingJob, pendingIn } from '../shared/pending-jobs.ts';
import { type Read, readOn } from '../shared/read.ts';
import type { Category } from '../shared/snapshot/read.ts';

/** The resource of a category, with its whole configuration as far as AWS shows it. */
export interface Existing {
  readonly resourceName: string;
  readonly config: Json;
}

/** An environment as it is read before a step. */
export interface Current {
  readonly existing: Readonly<Partial<Record<Category, Existing>>>;
  readonly pending: readonly PendingJob[];
  /** The id of the environment's user pool, where it has one. */
  readonly userPoolId: string | undefined;
}

const NOTHING = 'Nothing was sent.';

/** @throws ServerError not_found where there is none, invalid_arguments where it cannot be read */
async function readResources(read: Read, ref: EnvironmentRef): Promise<ReadEnvironment> {
  const environment = await readEnvironmentAt(read, ref, false);
  if (environment.state !== 'unreadable') return environment;
  throw new ServerError('invalid_arguments', {
    message: `Environment ${quoteName(environment.environment)} ${whyUnreadable(environment)}. ${NOTHING}`,
    hint: 'describe_environment says what to do about it.',
  });
}

/** The resource to change. @throws ServerError where there is none that AmplifyBackend changes, with the way to go */
function resourceOf(category: Category, { resources, environment }: ReadEnvironment): Resource {
  const { service } = settingsTools[category];
  const all = resources.filter(one => one.category === category && one.state === 'deployed');
  const managed = all.filter(one => one.service === service);
  const own = managed.find(({ origin }) => origin === 'own');
  if (own) return own;
  const [imported] = managed;
  if (imported)
    throw refusal(`${quoteName(imported.label)} is imported: AmplifyBackend only uses it.`, IMPORTED);
  const [other] = all;
  if (other)
    throw refusal(
      `${quoteName(other.label)} is of the service ${quoteName(other.service)}, which AmplifyBackend does not change.`,
      'Change it in the project: amplify pull, edit, amplify push.',
    );
  throw new ServerError('not_found', {
    message: `Environment ${quoteName(environment)} has no ${category}, so there is nothing to change. ${NOTHING}`,
    hint: `Add it first, with provision_environment or create_backend_${category}.`,
  });
}

const IMPORTED =
  'Change it where it was created: in the AWS console of its service, or in the project that owns it.';

const refusal = (message: string, hint: string) =>
  new ServerError('invalid_arguments', { message: `${message} ${NOTHING}`, hint });

/** @throws ServerError where AWS does not show the configuration */
async function readConfig(read: Read, ref: EnvironmentRef, category: Category, { label, name }: Resource) {
  const { appId, backendEnvironmentName } = ref;
  const args = { appId, backendEnvironmentName, resourceName: name };
  const answer = await read(settingsTools[category].tool, args).catch(requireSubjectFailure);
  const why = answer instanceof ServerError ? answer.code : 'it answered without them';
  const config = answer instanceof ServerError ? undefined : answer.resourceConfig;
  if (!isObject(config) || Object.keys(config).length === 0)
    throw refusal(
      `AWS does not show the settings of ${quoteName(label)} (${why}), and a change sends all of them.`,
      `update_backend_${category} sends exactly what it is given; with the project at hand, amplify push is safer.`,
    );
  if (config.imported === true)
    throw refusal(`${quoteName(label)} is imported: AmplifyBackend only uses it.`, IMPORTED);
  return config;
}

/** Reads what the categories have now. @throws ServerError */
export async function readCurrent(
  context: ToolContext,
  { target, ...ref }: EnvironmentRef,
  categories: readonly Category[],
): Promise<Current> {
  const read = readOn(context, target);
  const environment = await readResources(read, ref);
  // Before the settings: a job that ends in between is seen as running, never as absent.
  const { jobs } = await read('list_backend_jobs', { ...ref, all: true });
  const existing: Partial<Record<Category, Existing>> = {};
  for (const category of categories) {
    const resource = resourceOf(category, environment);
    const config = await readConfig(read, ref, category, resource);
    existing[category] = { resourceName: resource.name, config };
  }
  const pool = environment.resources.find(one => one.category === 'auth' && one.service === 'Cognito');
  return { existing, pending: pendingIn(jobs), userPoolId: textOf(pool?.outputs.UserPoolId) };
}

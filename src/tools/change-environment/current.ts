/** The state before a change: the configuration of each resource as AWS shows it, and the jobs that have not ended. */

import { readEnvironmentAt, requireSubjectFailure } from '../../call/read-environment.ts';
import { operationOf } from '../../call/reads.ts';
import { type ReadEnvironment, type Resource, whyUnreadable } from '../../environment/index.ts';
import { settingsTools } from '../../environment/settings.ts';
import { ServerError } from '../../errors.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { awsTime } from '../../lib/aws-time.ts';
import { isObject, type Json, textOf } from '../../lib/json.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { type PendingJob, pendingIn } from '../shared/pending-jobs.ts';
import { type Read, readOn } from '../shared/read.ts';
import type { Category } from '../shared/snapshot/read.ts';
import { refuseWhilePending } from './blocking-job.ts';

/** The resource of a category, with its whole configuration as far as AWS shows it. */
export interface Existing {
  readonly resourceName: string;
  readonly config: Json;
  /** The names of the category's other resources that AmplifyBackend knows. They are not changed. */
  readonly others: readonly string[];
}

/** The state of an environment, read just before a step. */
export interface Current {
  readonly existing: Readonly<Partial<Record<Category, Existing>>>;
  readonly pending: readonly PendingJob[];
  /** The id of the environment's user pool, where it has one. */
  readonly userPoolId: string | undefined;
  /** Whether an update of the API ran within the last hour. */
  readonly changedApiLately: boolean;
  readonly environment: ReadEnvironment;
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

/** The deployed resources of a category that AmplifyBackend knows, own ones first. */
const managedIn = (category: Category, { resources }: ReadEnvironment): Resource[] =>
  resources
    .filter(one => one.category === category && one.state === 'deployed')
    .filter(one => one.service === settingsTools[category].service)
    .sort((a, b) => Number(a.origin === 'imported') - Number(b.origin === 'imported'));

/** The resource to change. @throws ServerError where AmplifyBackend can change none, with what to do instead */
function resourceOf(category: Category, environment: ReadEnvironment): Resource {
  const all = environment.resources.filter(one => one.category === category && one.state === 'deployed');
  const managed = managedIn(category, environment);
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
    message: `Environment ${quoteName(environment.environment)} has no ${category}, so there is nothing to change. ${NOTHING}`,
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

/** The settings of a category as AWS shows them; undefined where it has none. @throws ServerError */
export async function findSettings(
  read: Read,
  ref: EnvironmentRef,
  category: Category,
  environment: ReadEnvironment,
): Promise<Json | undefined> {
  const [resource] = managedIn(category, environment);
  if (!resource) return undefined;
  const { resourceConfig } = await read(settingsTools[category].tool, {
    ...ref,
    resourceName: resource.name,
  });
  if (isObject(resourceConfig)) return resourceConfig;
  throw new ServerError('not_found');
}

const HOUR_MS = 3_600_000;

/** Whether an update of the API ran within the last hour, by AWS's clock. A job without a readable time counts as one. */
const changedApi = (jobs: unknown, now: number): boolean =>
  Array.isArray(jobs) &&
  jobs.filter(isObject).some(({ operation, createTime, updateTime }) => {
    const at = awsTime(updateTime) ?? awsTime(createTime) ?? now;
    return operation === operationOf('update_backend_api').name && now - at < HOUR_MS;
  });

/** Reads the present state of the given categories. @throws ServerError */
export async function readCurrent(
  context: ToolContext,
  fullRef: EnvironmentRef,
  categories: readonly Category[],
): Promise<Current> {
  const { target, ...ref } = fullRef;
  const read = readOn(context, target);
  const environment = await readResources(read, ref);
  // Jobs are read before the settings, so that a job which ends between the two reads still counts as running.
  const { jobs } = await read('list_backend_jobs', { ...ref, all: true });
  const pending = pendingIn(jobs);
  const existing: Partial<Record<Category, Existing>> = {};
  for (const category of categories) {
    // A job that is still creating the environment may create the missing resource.
    if (managedIn(category, environment).length === 0) await refuseWhilePending(context, fullRef, pending);
    const resource = resourceOf(category, environment);
    const config = await readConfig(read, ref, category, resource);
    const others = managedIn(category, environment)
      .filter(({ label }) => label !== resource.label)
      .map(({ name }) => name);
    existing[category] = { resourceName: resource.name, config, others };
  }
  const pool = environment.resources.find(one => one.category === 'auth' && one.service === 'Cognito');
  const changedApiLately = changedApi(jobs, context.awsNow(target));
  const userPoolId = textOf(pool?.outputs.UserPoolId);
  return { existing, pending, userPoolId, changedApiLately, environment };
}

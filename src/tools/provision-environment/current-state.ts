/** The state of an environment before a step of a provision: its resources, and the jobs that have not ended. */
import { ServerError, toServerError } from '../../errors.ts';
import type { ToolContext } from '../define.ts';
import { type PendingJob, pendingIn } from '../shared/pending-jobs.ts';
import { readApp, readOn } from '../shared/read.ts';
import { type FoundEnvironment, readEnvironment } from '../shared/snapshot/read.ts';

/** The environment to provision. */
export interface Destination {
  readonly appId: string;
  readonly appName: string;
  /** Its environments; empty where AmplifyBackend does not know the app. */
  readonly environments: readonly string[];
  readonly environment: string;
  readonly target: string | undefined;
}

export interface CurrentState {
  /** Whether the environment exists. If not, `found` is empty. */
  readonly isThere: boolean;
  readonly found: FoundEnvironment;
  readonly pending: readonly PendingJob[];
}

const nothing: FoundEnvironment = { isDeployed: false, others: [], notes: [] };

const isNotFound = (thrown: unknown) => toServerError(thrown).code === 'not_found';

/** The app's id and name. AmplifyBackend does not know an app that never had an environment. @throws ServerError */
export async function findDestination(
  context: ToolContext,
  app: string | undefined,
  environment: string,
  target: string | undefined,
): Promise<Destination> {
  const { appId, name = appId } = await context.findApp(app, target, context.signal);
  const known = await readApp(readOn(context, target), appId).catch(thrown => {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  });
  if (known)
    return { appId, appName: known.appName ?? name, environments: known.environments, environment, target };
  const { apps } = await context.listApps(target, context.signal);
  const listed = apps.find(one => one.appId === appId);
  if (!listed)
    throw new ServerError('not_found', {
      message: `No app has the id ${appId} in this account and region.`,
    });
  return { appId, appName: listed.name, environments: [], environment, target };
}

/** @throws ServerError */
export async function readCurrentState(
  context: ToolContext,
  { appId, environment: backendEnvironmentName, target }: Destination,
): Promise<CurrentState> {
  const ref = { appId, backendEnvironmentName };
  const read = readOn(context, target);
  const unlessAbsent = <Value>(value: Promise<Value>) =>
    value.catch(thrown => {
      if (isNotFound(thrown)) return undefined;
      throw thrown;
    });
  // Jobs are read before the resources. A job that ends between the two reads still counts as running, so that what it
  // creates is not created a second time.
  const listJobs = async () => {
    const listed = await unlessAbsent(read('list_backend_jobs', { ...ref, all: true }));
    return Array.isArray(listed?.jobs) ? listed.jobs : [];
  };
  const before = await listJobs();
  const found = await unlessAbsent(readEnvironment(read, ref));
  if (!found) return { isThere: false, found: nothing, pending: [] };
  // Every environment has the job that created it. One without a job was created between the two reads.
  const jobs = before.length > 0 ? before : await listJobs();
  return { isThere: true, found, pending: pendingIn(jobs) };
}

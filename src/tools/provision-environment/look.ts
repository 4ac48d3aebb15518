/** What is there before a step of a provision: the environment, and the jobs that have not ended. */
import { ServerError, toServerError } from '../../errors.ts';
import type { JobRef } from '../../jobs/job.ts';
import type { WorkflowContext } from '../define.ts';
import { type FoundEnvironment, readEnvironment, readerOn } from '../snapshot/read.ts';

/** Where it is provisioned. */
export interface Site {
  readonly appId: string;
  readonly appName: string;
  readonly environment: string;
  readonly target: string | undefined;
}

/** A job that has not ended. */
export interface PendingJob extends JobRef {
  readonly operation: string;
  readonly status: string;
  readonly createTime?: string;
}

/** What is there; nothing where the environment is not. */
export interface Seen {
  readonly isThere: boolean;
  readonly found: FoundEnvironment;
  readonly pending: readonly PendingJob[];
}

const nothing: FoundEnvironment = { isDeployed: false, others: [], notes: [] };
const ended = ['COMPLETED', 'FAILED'];

const isNotFound = (thrown: unknown) => toServerError(thrown).code === 'not_found';

/** The environments of an app, and its name: AmplifyBackend knows none of an app that never had one. */
export async function findSite(
  context: WorkflowContext,
  app: string,
  environment: string,
  target: string | undefined,
): Promise<Site> {
  const { appId } = await context.findApp(app, target, context.signal);
  const known = await readerOn(context, target)('get_backend', { appId }).catch(thrown => {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  });
  if (known) return { appId, appName: String(known.answer.appName ?? app), environment, target };
  const { apps } = await context.listApps(target, context.signal);
  const listed = apps.find(one => one.appId === appId);
  if (!listed)
    throw new ServerError('not_found', {
      message: `No app has the id ${appId} in this account and region.`,
    });
  return { appId, appName: listed.name, environment, target };
}

/** Looks. @throws RegisteredError */
export async function look(context: WorkflowContext, site: Site): Promise<Seen> {
  const { appId, environment: backendEnvironmentName, target } = site;
  const place = { appId, backendEnvironmentName };
  const read = readerOn(context, target);
  try {
    const found = await readEnvironment(read, place);
    const { answer } = await read('list_backend_jobs', { ...place, all: true });
    const jobs = (answer.jobs ?? []) as PendingJob[];
    return { isThere: true, found, pending: jobs.filter(({ status }) => !ended.includes(status)) };
  } catch (thrown) {
    if (isNotFound(thrown)) return { isThere: false, found: nothing, pending: [] };
    throw thrown;
  }
}

/** What is looked at before a clone: whether it was started before, and what would be in its way. */
import { RegisteredError } from '../errors.ts';
import type { JobAddress } from '../jobs/job.ts';
import type { WorkflowContext } from './define.ts';
import { readSettings } from './environment-settings.ts';

/** What is cloned, into what. */
export interface Clone {
  readonly appId: string;
  readonly from: string;
  readonly to: string;
  readonly target: string | undefined;
}

/** What an environment of the clone's app has. @throws RegisteredError not_found */
export const settingsOf = (
  context: WorkflowContext,
  { appId, target }: Clone,
  backendEnvironmentName: string,
) => readSettings(context, { appId, backendEnvironmentName, target });

interface ListedJob {
  readonly jobId: string;
  readonly operation: string;
  readonly status: string;
  readonly createTime: string;
}

/** Calls a read tool for this clone. */
async function read(context: WorkflowContext, clone: Clone, tool: string, args: object) {
  const { appId, target } = clone;
  const { caller, signal } = context;
  const { answer } = await context.execute(
    tool,
    { appId, ...args, ...(target !== undefined && { target }) },
    { ...(caller !== undefined && { caller }), ...(signal && { signal }) },
  );
  return answer;
}

async function jobsOf(context: WorkflowContext, clone: Clone, query: object): Promise<ListedJob[]> {
  const { jobs } = await read(context, clone, 'list_backend_jobs', query);
  const listed = (jobs ?? []) as ListedJob[];
  return [...listed].sort((a, b) => String(b.createTime).localeCompare(String(a.createTime)));
}

/** The job that made the target, where it is there already; undefined where it is not. @throws what is in the way */
export async function findEarlier(context: WorkflowContext, clone: Clone): Promise<JobAddress | undefined> {
  const { appId, from, to } = clone;
  const { backendEnvironmentList = [] } = await read(context, clone, 'get_backend', {});
  const names = backendEnvironmentList as string[];
  if (!names.includes(from)) {
    throw new RegisteredError('not_found', {
      message: `App ${appId} has no environment ${from}; it has (quoted data): ${JSON.stringify(names)}. Nothing was sent.`,
    });
  }
  if (!names.includes(to)) return undefined;
  const [job] = await jobsOf(context, clone, { backendEnvironmentName: to, operation: 'CloneBackend' });
  if (job) return { appId, backendEnvironmentName: to, jobId: job.jobId };
  throw new RegisteredError('invalid_arguments', {
    message: `Environment ${to} is there already, and no clone made it. Nothing was sent.`,
    hint: `Ask the person for another name. compare_environments shows what ${to} has; delete_backend would remove it with its data.`,
  });
}

/** @throws where AWS would refuse the clone, or make one of nothing */
export async function checkSource(context: WorkflowContext, clone: Clone): Promise<void> {
  const { from } = clone;
  const jobs = await jobsOf(context, clone, { backendEnvironmentName: from });
  const [pending] = jobs.filter(({ status }) => status !== 'COMPLETED' && status !== 'FAILED');
  if (pending) {
    const { jobId, operation, status, createTime } = pending;
    throw new RegisteredError('pending_job', {
      message: `Another job of ${from} has not ended: ${jobId} (quoted data: ${JSON.stringify({ operation, status, createTime })}). Nothing was sent.`,
      hint: `Wait for it with wait_for_job, then call again.`,
    });
  }
  const { isEmpty } = await settingsOf(context, clone, from);
  if (!isEmpty) return;
  throw new RegisteredError('invalid_arguments', {
    message: `Environment ${from} has no resources: it was only registered and never deployed, so there is nothing to clone. Nothing was sent.`,
    hint: 'Ask the person which environment is meant; get_backend lists them.',
  });
}

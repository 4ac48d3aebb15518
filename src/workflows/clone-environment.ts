/**
 * `clone_environment`: one sentence in, a verified clone out, or a plain reason why not. Looks before it
 * starts, follows the job, and compares what came of it. Called again, it goes on from what is there.
 */
import { z } from 'zod';
import { RegisteredError } from '../errors.ts';
import type { Outcome } from '../execute.ts';
import type { JobAddress } from '../jobs/job.ts';
import type { JobReport } from '../jobs/report.ts';
import { confirmationToken, dryRun } from '../operations/define.ts';
import { backendEnvironmentName, newEnvironmentName } from '../operations/ids.ts';
import { compareSettings, tableOf } from './comparison.ts';
import type { Workflow, WorkflowContext } from './define.ts';
import { type EnvironmentSettings, readSettings } from './environment-settings.ts';
import { DEFAULT_SECONDS, followJob, isOver, timeoutSeconds } from './follow.ts';

interface Clone {
  readonly appId: string;
  readonly from: string;
  readonly to: string;
  readonly target: string | undefined;
}

/** The checked arguments. */
interface CloneArguments {
  readonly app: string;
  readonly from: string;
  readonly to: string;
  readonly target?: string;
  readonly timeoutSeconds?: number;
  readonly dryRun?: boolean;
  readonly confirmationToken?: string;
}

type Verdict = 'complete' | 'partial' | 'empty' | 'failed';

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

const settingsOf = (context: WorkflowContext, { appId, target }: Clone, backendEnvironmentName: string) =>
  readSettings(context, { appId, backendEnvironmentName, target });

/** The job that made the target, where it is there already; undefined where it is not. @throws what is in the way */
async function findEarlier(context: WorkflowContext, clone: Clone): Promise<JobAddress | undefined> {
  const { appId, from, to } = clone;
  const { backendEnvironmentList = [] } = await read(context, clone, 'get_backend', {});
  const names = backendEnvironmentList as string[];
  if (!names.includes(from)) {
    throw new RegisteredError('not_found', {
      message: `App ${appId} has no environment ${from}; it has ${names.join(', ') || 'none'}. Nothing was sent.`,
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
async function checkSource(context: WorkflowContext, clone: Clone): Promise<void> {
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

/** What the target has, or undefined where AWS knows none. */
async function settingsIfThere(
  context: WorkflowContext,
  clone: Clone,
): Promise<EnvironmentSettings | undefined> {
  try {
    return await settingsOf(context, clone, clone.to);
  } catch (thrown) {
    if (thrown instanceof RegisteredError && thrown.code === 'not_found') return undefined;
    throw thrown;
  }
}

function verdictOf({ job }: JobReport, found: EnvironmentSettings | undefined, differences: number): Verdict {
  if (job.state === 'failed') return 'failed';
  if (!found || found.isEmpty) return 'empty';
  return differences === 0 ? 'complete' : 'partial';
}

function nextSteps(
  verdict: Verdict,
  { appId, to }: Clone,
  found: EnvironmentSettings | undefined,
  error?: string,
): string[] {
  const remove = `Only if the person wants it gone: delete_backend removes ${to}; a person confirms that.`;
  const left = found
    ? [`${to} was left behind${found.isEmpty ? ', empty' : ''}. ${remove}`]
    : [`${to} is not there: nothing was left behind.`];
  switch (verdict) {
    case 'complete':
      return [`Use it: amplify pull --appId ${appId} --envName ${to}.`];
    case 'partial':
      return [`Show the person what differs. ${remove}`];
    case 'empty':
      return [
        'The job ended well, and yet nothing was cloned: AWS is known for it. Try once more after the clean-up.',
        ...left,
      ];
    case 'failed':
      return [error ? "Read AWS's words in job.error." : 'AWS gives no reason.', ...left];
  }
}

/** Looks at what came of the job. */
async function judge(context: WorkflowContext, clone: Clone, report: JobReport): Promise<Outcome> {
  const { from, to, appId } = clone;
  const { job } = report;
  const [source, found] = await Promise.all([
    settingsOf(context, clone, from),
    settingsIfThere(context, clone),
  ]);
  const nothing: EnvironmentSettings = { settings: {}, isEmpty: true, hasSecrets: false };
  const { differences, same } = compareSettings(source, found ?? nothing);
  const verdict = verdictOf(report, found, differences.length);
  const said = `The clone of ${from} to ${to} is ${verdict}.`;
  const text = differences.length === 0 ? said : `${said}\n${tableOf(differences, from, to)}`;
  const answer = {
    verdict,
    appId,
    from,
    to,
    same,
    differences,
    nextSteps: nextSteps(verdict, clone, found, job.error),
  };
  const notes = source.hasSecrets ? ['Secrets are withheld, and so not compared.'] : [];
  return { answer, job, text, notes };
}

export const cloneEnvironment: Workflow = {
  toolName: 'clone_environment',
  title: 'Clone an environment and verify it',
  access: 'create',
  iamActions: ['amplify:ListApps'],
  toolInput: z.strictObject({
    app: z.string().min(1).describe('App id, or its name'),
    from: backendEnvironmentName,
    to: newEnvironmentName,
    timeoutSeconds,
    dryRun,
    confirmationToken,
  }),
  output: z.object({
    verdict: z.string(),
    appId: z.string(),
    from: z.string(),
    to: z.string(),
    same: z.array(z.string()),
    differences: z.array(z.object({ path: z.string(), is: z.string() })),
    nextSteps: z.array(z.string()),
    job: z.object({}),
    plan: z.object({}),
    notes: z.array(z.string()),
  }),

  async run(args, context) {
    const {
      app,
      from,
      to,
      target,
      timeoutSeconds: seconds = DEFAULT_SECONDS,
      ...beside
    } = args as unknown as CloneArguments;
    const { appId } = await context.findApp(app, target, context.signal);
    const clone = { appId, from, to, target };
    let address = await findEarlier(context, clone);
    const notes: string[] = [];
    if (address)
      notes.push(`No new clone was started: ${to} is there already, made by job ${address.jobId}.`);
    else {
      await checkSource(context, clone);
      const started = await context.execute(
        'clone_backend',
        {
          appId,
          backendEnvironmentName: from,
          targetEnvironmentName: to,
          ...beside,
          ...(target !== undefined && { target }),
        },
        context,
      );
      // A dry run; or a job that was started and cannot be found yet, of which the notes tell.
      if (!started.job) return started;
      notes.push(...started.notes);
      address = started.job;
    }
    const report = await followJob(context, address, { target, seconds });
    if (!isOver(report)) {
      const goOn =
        'It has not ended yet: call clone_environment again with the same arguments; it goes on from here and starts nothing twice.';
      return { answer: { appId, from, to }, job: report.job, notes: [...notes, goOn] };
    }
    const judged = await judge(context, clone, report);
    return { ...judged, notes: [...notes, ...judged.notes] };
  },
};

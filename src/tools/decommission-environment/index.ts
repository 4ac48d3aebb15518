/**
 * `decommission_environment`: deletes an environment and proves that it is gone: an inventory, a person's confirmation,
 * the deletion, its job to the end, and then a check of everything that could have been left behind. A second call
 * continues from what exists; for an environment that is gone, it only proves that.
 */
import { z } from 'zod';
import type { Outcome } from '../../call/call-operation.ts';
import { environmentTools } from '../../call/read-environment.ts';
import { ServerError } from '../../errors.ts';
import type { EnvironmentRef, Job } from '../../jobs/job.ts';
import { objectOf } from '../../lib/json.ts';
import { quoteName } from '../../lib/quote.ts';
import { confirmationToken, dryRun } from '../../operations/define.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import { defineTool, type ToolContext } from '../define.ts';
import { DEFAULT_SECONDS, timeoutSeconds } from '../shared/follow-job.ts';
import { expectQuestion, withRemarks } from '../shared/plan-remarks.ts';
import { readKnownApp, readOn, stackReadActions } from '../shared/read.ts';
import { type EnvironmentFacts, readFacts, readJobsAgain, refuseStackAtWork } from './facts.ts';
import { followAndProve, runningDeletion, type WriteOptions } from './follow.ts';
import { proveGone } from './gone.ts';
import { remarksOn } from './inventory.ts';
import { output } from './output.ts';
import { decommissionSeveral } from './several.ts';
import { withScope } from './verdict.ts';

/** Calls `delete_backend` with the remarks in its plan. @throws ServerError, ConfirmationRequired */
async function callDeleteBackend(
  context: ToolContext,
  { appId, backendEnvironmentName, target }: EnvironmentRef,
  facts: EnvironmentFacts,
  options: WriteOptions,
): Promise<Outcome> {
  const args = { appId, backendEnvironmentName, ...(target !== undefined && { target }), ...options };
  return expectQuestion(() =>
    withRemarks(remarksOn(facts), () => context.callOperation('delete_backend', args, context)),
  );
}

/** Starts the deletion, unless another call has started one since the checks. */
async function startDeletion(
  context: ToolContext,
  ref: EnvironmentRef,
  facts: EnvironmentFacts,
  options: WriteOptions,
): Promise<{ readonly started: Outcome } | { readonly deletion: Job }> {
  const start = async () => ({ started: await callDeleteBackend(context, ref, facts, options) });
  refuseStackAtWork(facts);
  if (options.dryRun) return start();
  return context.exclusively(ref, context.signal, async () => {
    const jobs = await readJobsAgain(context, ref, facts);
    const deletion = runningDeletion({ ...facts, jobs }, context.awsNow(ref.target));
    return deletion ? { deletion } : start();
  });
}

const MOST_ENVIRONMENTS = 10;

/** The environments that the arguments name, each once. @throws ServerError invalid_arguments where both members or none name them */
function namesIn(args: { environment?: string | undefined; environments?: readonly string[] | undefined }) {
  const { environment, environments = [] } = args;
  const [first, ...others] = new Set(environment === undefined ? environments : [environment]);
  if (first !== undefined && (environment === undefined) !== (environments.length === 0))
    return [first, ...others] as const;
  throw new ServerError('invalid_arguments', {
    message: 'Name what to take down in one way: environment, or environments. Nothing was sent to AWS.',
    hint: 'Send environment with one name, or environments with a list of names.',
  });
}

export const decommissionEnvironment = defineTool({
  toolName: 'decommission_environment',
  title: 'Take an environment down, with proof',
  access: 'delete',
  steps: [...environmentTools, 'list_backend_jobs', 'get_backend_job', 'list_s3_buckets', 'delete_backend'],
  iamActions: [...stackReadActions, 'cloudformation:DescribeStackEvents'],
  input: z.strictObject({
    app: appIdOrName,
    environment: backendEnvironmentName.optional().describe('Environment name; or environments'),
    environments: z
      .array(backendEnvironmentName)
      .min(1)
      .max(MOST_ENVIRONMENTS)
      .optional()
      .describe(`Several environments, with one plan and one question, at most ${MOST_ENVIRONMENTS}`),
    timeoutSeconds,
    dryRun,
    confirmationToken,
  }),
  output,

  async run(args, context) {
    const {
      app,
      environment,
      environments,
      target,
      timeoutSeconds: seconds = DEFAULT_SECONDS,
      ...options
    } = args;
    const [name, ...others] = namesIn({ environment, environments });
    const { appId } = await context.findApp(app, target, context.signal);
    const ref = { appId, backendEnvironmentName: name, target };
    const known = await readKnownApp(readOn(context, target), appId);
    if (others.length > 0)
      return decommissionSeveral(context, ref, [name, ...others], { ...options, app: known, seconds });
    if (!known?.environments.includes(name)) return withScope(await proveGone(context, ref, known));
    const facts = await readFacts(context, ref, known.appName);
    const running = runningDeletion(facts, context.awsNow(target));
    const start = running ? { deletion: running } : await startDeletion(context, ref, facts, options);
    if ('deletion' in start) {
      const job = start.deletion;
      const notes = [`No new deletion was started: job ${quoteName(job.jobId)} is deleting it already.`];
      if (options.dryRun) return { answer: { appId, environment: name }, job, notes };
      return withScope(await followAndProve(context, ref, facts, { job, seconds, notes }));
    }
    const { answer, job, notes } = start.started;
    if (job) return withScope(await followAndProve(context, ref, facts, { job, seconds, notes }));
    // A dry run; or a job that was started and cannot be read yet, which the notes say.
    const plan = answer.plan !== undefined && { plan: objectOf(answer.plan) };
    return { answer: { appId, environment: name, ...plan }, notes };
  },
});

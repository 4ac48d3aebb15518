/**
 * `decommission_environment`: deletes an environment and proves that it is gone: an inventory, a person's confirmation,
 * the deletion, its job to the end, and then a check of everything that could have been left behind. A second call
 * continues from what exists; for an environment that is gone, it only proves that.
 */
import { z } from 'zod';
import type { Outcome } from '../../call/dispatch.ts';
import { environmentTools } from '../../call/read-environment.ts';
import { ServerError } from '../../errors.ts';
import { removesEnvironments } from '../../jobs/advice.ts';
import { type EnvironmentRef, isEnded, type Job, type JobRef, operationLabel } from '../../jobs/job.ts';
import { durationText } from '../../lib/duration.ts';
import { objectOf } from '../../lib/json.ts';
import { quote, quoteName } from '../../lib/quote.ts';
import { confirmationToken, dryRun } from '../../operations/define.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import { defineTool, type ToolContext } from '../define.ts';
import { DEFAULT_SECONDS, followJob, timeoutSeconds } from '../shared/follow-job.ts';
import { expectQuestion, withRemarks } from '../shared/plan-remarks.ts';
import { readKnownApp, readOn, stackReadActions } from '../shared/read.ts';
import { type EnvironmentFacts, readFacts, readJobsAgain, refuseStackAtWork } from './facts.ts';
import { proveGone } from './gone.ts';
import { ownBuckets, remarksOn, staysOf, wentOf } from './inventory.ts';
import { type DecommissionOutcome, output } from './output.ts';
import { prove } from './proof.ts';
import { answerOf, textOf } from './verdict.ts';

const CALL_AGAIN =
  'It has not ended yet: call decommission_environment again with the same arguments; it continues from here and starts nothing twice.';

/** What the caller sends along for the write. */
interface WriteOptions {
  readonly dryRun?: boolean | undefined;
  readonly confirmationToken?: string | undefined;
}

/**
 * The job of a deletion that is running.
 * @param now epoch milliseconds on AWS's clock
 * @throws pending_job where another job is running
 */
function runningDeletion({ jobs = [], environment }: EnvironmentFacts, now: number): Job | undefined {
  const running = jobs.filter(job => !isEnded(job));
  const deletion = running.find(({ operation }) => removesEnvironments(operation));
  const [other] = running;
  if (deletion || !other) return deletion;
  const age = other.createdAt ? durationText(now - Date.parse(other.createdAt)) : 'an unknown time';
  throw new ServerError('pending_job', {
    message: `A job of ${quoteName(environment.environment)} has not ended: ${operationLabel(other)}, job ${quoteName(other.jobId)}, for ${age} (AWS says ${quote(other.status)}). Nothing was sent.`,
    hint: 'Wait for it with wait_for_job, or see with explain_job what it hangs on; then call again.',
  });
}

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

/** Follows the deletion to its end, and proves what became of the environment. */
async function followAndProve(
  context: ToolContext,
  ref: EnvironmentRef,
  facts: EnvironmentFacts,
  { job: started, seconds, notes }: { job: JobRef; seconds: number; notes: readonly string[] },
): Promise<DecommissionOutcome> {
  const { appId, backendEnvironmentName: environment, target } = ref;
  const report = await followJob(context, started, { target, seconds, operation: 'DeleteBackend' });
  const { job } = report;
  if (!isEnded(job)) {
    const stalled = job.state === 'stalled' ? [report.nextStep] : [];
    return { answer: { appId, environment }, job, notes: [...notes, ...stalled, CALL_AGAIN] };
  }
  const proof = await prove(context, ref, {
    appName: facts.appName,
    stackId: facts.stack?.id ?? facts.named.id,
    stackNames: facts.named.name === undefined ? [] : [facts.named.name],
    buckets: ownBuckets(facts),
  });
  const went = proof.isGone ? wentOf(facts, proof.leftovers) : [];
  return {
    answer: answerOf(ref, { went, stays: staysOf(facts), proof, job }),
    job,
    text: textOf(ref, proof, job),
    notes: [...notes, ...proof.notes],
  };
}

export const decommissionEnvironment = defineTool({
  toolName: 'decommission_environment',
  title: 'Take an environment down, with proof',
  access: 'delete',
  steps: [...environmentTools, 'list_backend_jobs', 'get_backend_job', 'list_s3_buckets', 'delete_backend'],
  iamActions: [...stackReadActions, 'cloudformation:DescribeStackEvents'],
  input: z.strictObject({
    app: appIdOrName,
    environment: backendEnvironmentName,
    timeoutSeconds,
    dryRun,
    confirmationToken,
  }),
  output,

  async run({ app, environment, target, timeoutSeconds: seconds = DEFAULT_SECONDS, ...options }, context) {
    const { appId } = await context.findApp(app, target, context.signal);
    const ref = { appId, backendEnvironmentName: environment, target };
    const known = await readKnownApp(readOn(context, target), appId);
    if (!known?.environments.includes(environment)) return proveGone(context, ref, known);
    const facts = await readFacts(context, ref, known.appName);
    const running = runningDeletion(facts, context.awsNow(target));
    const start = running ? { deletion: running } : await startDeletion(context, ref, facts, options);
    if ('deletion' in start) {
      const job = start.deletion;
      const notes = [`No new deletion was started: job ${quoteName(job.jobId)} is deleting it already.`];
      if (options.dryRun) return { answer: { appId, environment }, job, notes };
      return followAndProve(context, ref, facts, { job, seconds, notes });
    }
    const { answer, job, notes } = start.started;
    if (job) return followAndProve(context, ref, facts, { job, seconds, notes });
    // A dry run; or a job that was started and cannot be read yet, which the notes say.
    const plan = answer.plan !== undefined && { plan: objectOf(answer.plan) };
    return { answer: { appId, environment, ...plan }, notes };
  },
});

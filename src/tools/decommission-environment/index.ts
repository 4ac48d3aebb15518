/**
 * `decommission_environment`: takes an environment down and proves it. An inventory first, a person's yes, the
 * deletion, its job to the end, and then a look at everything that could have been left behind. Called again, it
 * goes on from what is there; of one that is gone, it only proves.
 */
import { z } from 'zod';
import type { Outcome } from '../../call/dispatch.ts';
import { environmentTools } from '../../call/read-environment.ts';
import { ServerError } from '../../errors.ts';
import { removesEnvironments, spanText } from '../../jobs/advice.ts';
import type { EnvironmentRef, Job, JobRef } from '../../jobs/job.ts';
import { operationLabel } from '../../jobs/job.ts';
import { quote, quoteName } from '../../lib/quote.ts';
import { confirmationToken, dryRun } from '../../operations/define.ts';
import { appIdOrName, backendEnvironmentName } from '../../operations/ids.ts';
import type { Workflow, WorkflowContext } from '../define.ts';
import { isUnended } from '../explain-job/findings.ts';
import { DEFAULT_SECONDS, followJob, isOver, timeoutSeconds } from '../follow.ts';
import { withRemarks } from '../remarks.ts';
import { readApp, readerFor } from './app.ts';
import { factsActions, jobsNow, readStanding, refuseStackAtWork, type StandingFacts } from './facts.ts';
import { proveGone } from './gone.ts';
import { ownBuckets, remarksOn, staysOf, wentOf } from './inventory.ts';
import { prove } from './proof.ts';
import { answerOf, textOf } from './verdict.ts';

/** The checked arguments. */
interface DecommissionArguments {
  readonly app: string;
  readonly environment: string;
  readonly target?: string;
  readonly timeoutSeconds?: number;
  readonly dryRun?: boolean;
  readonly confirmationToken?: string;
}

const GO_ON =
  'It has not ended yet: call decommission_environment again with the same arguments; it goes on from here and starts nothing twice.';

/**
 * The deletion that goes on; undefined where none does.
 * @param now epoch milliseconds on AWS's clock
 * @throws pending_job where another job is in the way
 */
function deletionIn({ jobs = [], environment }: StandingFacts, now: number): Job | undefined {
  const running = jobs.filter(isUnended);
  const deletion = running.find(({ operation }) => removesEnvironments(operation));
  const [other] = running;
  if (deletion || !other) return deletion;
  const age = other.createdAt ? spanText(now - Date.parse(other.createdAt)) : 'an unknown time';
  throw new ServerError('pending_job', {
    message: `A job of ${quoteName(environment.environment)} has not ended: ${operationLabel(other)}, job ${quoteName(other.jobId)}, for ${age} (AWS says ${quote(other.status)}). Nothing was sent.`,
    hint: 'Wait for it with wait_for_job, or see with explain_job what it hangs on; then call again.',
  });
}

/** Sends the deletion past the gate, which asks for the environment's name; with all that a person should know. */
async function send(
  context: WorkflowContext,
  { appId, backendEnvironmentName: name, target }: EnvironmentRef,
  facts: StandingFacts,
  beside: Pick<DecommissionArguments, 'dryRun' | 'confirmationToken'>,
): Promise<Outcome> {
  const where = { appId, backendEnvironmentName: name, ...(target !== undefined && { target }) };
  return withRemarks(remarksOn(facts), () =>
    context.execute('delete_backend', { ...where, ...beside }, context),
  );
}

/** Sends it, unless another call has done so meanwhile: whoever looks here sees what others began. */
async function begin(
  context: WorkflowContext,
  place: EnvironmentRef,
  facts: StandingFacts,
  beside: Pick<DecommissionArguments, 'dryRun' | 'confirmationToken'>,
): Promise<{ readonly started: Outcome } | { readonly deletion: Job }> {
  const { target } = place;
  refuseStackAtWork(facts);
  if (beside.dryRun) return { started: await send(context, place, facts, beside) };
  return context.exclusively(place, context.signal, async () => {
    const jobs = await jobsNow(context, place, facts);
    const deletion = deletionIn({ ...facts, jobs }, context.awsNow(target));
    return deletion ? { deletion } : { started: await send(context, place, facts, beside) };
  });
}

export const decommissionEnvironment: Workflow = {
  toolName: 'decommission_environment',
  title: 'Take an environment down, with proof',
  access: 'delete',
  steps: [...environmentTools, 'list_backend_jobs', 'get_backend_job', 'list_s3_buckets', 'delete_backend'],
  iamActions: [...factsActions, 'cloudformation:DescribeStackEvents'],
  toolInput: z.strictObject({
    app: appIdOrName,
    environment: backendEnvironmentName,
    timeoutSeconds,
    dryRun,
    confirmationToken,
  }),
  output: z.object({
    verdict: z.string(),
    appId: z.string(),
    environment: z.string(),
    went: z.array(z.string()),
    stays: z.array(z.object({})),
    leftovers: z.array(z.object({})),
    stack: z.object({}),
    nextSteps: z.array(z.string()),
    job: z.object({}),
    plan: z.object({}),
    notes: z.array(z.string()),
  }),

  async run(args, context) {
    const {
      app,
      environment,
      target,
      timeoutSeconds: seconds = DEFAULT_SECONDS,
      ...beside
    } = args as unknown as DecommissionArguments;
    const { appId } = await context.findApp(app, target, context.signal);
    const place = { appId, backendEnvironmentName: environment, target };
    const known = await readApp(readerFor(context, place));
    if (!known.environments?.includes(environment)) return proveGone(context, place, known);
    const facts = await readStanding(context, place, known.appName);
    const notes: string[] = [];
    const running = deletionIn(facts, context.awsNow(target));
    const begun = running ? { deletion: running } : await begin(context, place, facts, beside);
    let address: JobRef;
    if ('deletion' in begun) {
      const { deletion } = begun;
      address = deletion;
      notes.push(`No new deletion was started: job ${quoteName(deletion.jobId)} is at it.`);
      if (beside.dryRun) return { answer: { appId, environment }, job: deletion, notes };
    } else {
      const { started } = begun;
      // A dry run; or a job that was started and cannot be found yet, of which the notes tell.
      if (!started.job) return started;
      notes.push(...started.notes);
      address = started.job;
    }
    const report = await followJob(context, address, { target, seconds, operation: 'DeleteBackend' });
    const { job } = report;
    if (!isOver(report)) {
      const stuck = job.state === 'stalled' ? [report.nextStep] : [];
      return { answer: { appId, environment }, job, notes: [...notes, ...stuck, GO_ON] };
    }
    const proof = await prove(context, place, {
      appName: facts.appName,
      stackId: facts.stack?.id ?? facts.named.id,
      stackNames: facts.named.name === undefined ? [] : [facts.named.name],
      buckets: ownBuckets(facts),
    });
    const went = proof.isGone ? wentOf(facts, proof.leftovers) : [];
    return {
      answer: answerOf({ ...place, went, stays: staysOf(facts), proof, job }),
      job,
      text: textOf(place, proof, job),
      notes: [...notes, ...proof.notes],
    };
  },
};

/** Finds the job of a running deletion, follows it to its end, and proves the result. */
import { ServerError } from '../../errors.ts';
import { removesEnvironments } from '../../jobs/advice.ts';
import { type EnvironmentRef, isEnded, type Job, type JobRef, operationLabel } from '../../jobs/job.ts';
import { durationText } from '../../lib/duration.ts';
import { quote, quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { followJob } from '../shared/follow-job.ts';
import { accountText } from './accounted.ts';
import type { EnvironmentFacts } from './facts.ts';
import { accountedOf, ownBuckets, staysOf, wentOf } from './inventory.ts';
import type { DecommissionOutcome } from './output.ts';
import { prove } from './proof.ts';
import { answerOf, textOf } from './verdict.ts';

const CALL_AGAIN =
  'It has not ended yet: call decommission_environment again with the same arguments; it continues from here and starts nothing twice.';

/** The caller's options for the write. */
export interface WriteOptions {
  readonly dryRun?: boolean | undefined;
  readonly confirmationToken?: string | undefined;
}

/**
 * The job of a deletion that is running.
 * @param now epoch milliseconds on AWS's clock
 * @throws pending_job where another job is running
 */
export function runningDeletion({ jobs = [], environment }: EnvironmentFacts, now: number): Job | undefined {
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

/** Follows the deletion to its end, and proves what became of the environment. */
export async function followAndProve(
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
  const accounted = proof.isGone ? accountedOf(facts, proof.evidence) : [];
  return {
    answer: answerOf(ref, { went, accounted, stays: staysOf(facts), proof, job }),
    job,
    text: [textOf(ref, proof, job), ...accountText(accounted)].join('\n'),
    notes: [...notes, ...proof.notes],
  };
}

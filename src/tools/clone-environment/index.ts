/**
 * `clone_environment`: checks, clones, waits for the job, and compares the clone with its source. A second call with the
 * same arguments continues from what exists.
 */
import { z } from 'zod';
import { isEnded, type JobRef } from '../../jobs/job.ts';
import { objectOf } from '../../lib/json.ts';
import { quoteName } from '../../lib/quote.ts';
import { confirmationToken, dryRun } from '../../operations/define.ts';
import { appIdOrName, backendEnvironmentName, newEnvironmentName } from '../../operations/ids.ts';
import { defineTool, type ToolContext } from '../define.ts';
import { DEFAULT_SECONDS, followJob, timeoutSeconds } from '../shared/follow-job.ts';
import { type CloneOutcome, output } from './output.ts';
import { waitForPendingJobs } from './pending.ts';
import { type Clone, findCloneJob, findLeftovers, preflightSteps, readSource } from './preflight.ts';
import { copyRemarks, unknownRemarks } from './remarks.ts';
import { waitForStacks } from './stacks.ts';
import { startClone, type WriteOptions } from './start.ts';
import { verifyClone } from './verdict.ts';
import type { WaitOptions } from './wait-options.ts';

const CALL_AGAIN =
  'It has not ended yet: call clone_environment again with the same arguments; it continues from here and starts nothing twice.';
const STILL_BLOCKED =
  'What blocks the clone has not ended yet, and no clone was started: call clone_environment again with the same arguments.';

const BLOCKED_BY_STALLED = 'What blocks the clone is stalled, and no clone was started.';

/** The job that creates the target, or the outcome of a call that ends without one. */
type Checked =
  | { readonly job: JobRef; readonly isExisting: boolean; readonly notes: readonly string[] }
  | { readonly outcome: CloneOutcome };

/** Checks the source and the account, and starts the clone. @param known the notes of the call so far */
async function checkAndStart(
  context: ToolContext,
  clone: Clone,
  options: WriteOptions,
  waiting: Omit<WaitOptions, 'targetExists'>,
  known: readonly string[],
): Promise<Checked> {
  const { appId, from, to } = clone;
  const [source, leftovers] = await Promise.all([readSource(context, clone), findLeftovers(context, clone)]);
  const stacks = await waitForStacks(context, clone, source, leftovers.stacks, waiting);
  const notes = [...known, ...stacks.notes];
  if (stacks.notEnded !== undefined) {
    const busy = `CloudFormation is still at work: ${stacks.notEnded}.`;
    return { outcome: { answer: { appId, from, to }, notes: [...notes, busy, STILL_BLOCKED] } };
  }
  if (stacks.existing) return { job: stacks.existing, isExisting: true, notes };
  const remarks = [
    ...copyRemarks(source, clone),
    ...notes,
    ...leftovers.notes,
    ...unknownRemarks(source, clone),
  ];
  const start = await startClone(context, clone, options, remarks);
  if ('existing' in start) return { job: start.existing, isExisting: true, notes };
  const { started } = start;
  if (started.job)
    return {
      job: started.job,
      isExisting: false,
      notes: [...notes, ...started.notes, ...leftovers.notes],
    };
  // Either a dry run, or a job that was started and cannot be read yet, which the notes say.
  const { plan } = started.answer;
  const answer = { appId, from, to, ...(plan !== undefined && { plan: objectOf(plan) }) };
  return { outcome: { answer, notes: [...notes, ...started.notes, ...leftovers.notes] } };
}

export const cloneEnvironment = defineTool({
  toolName: 'clone_environment',
  title: 'Clone an environment and verify it',
  access: 'create',
  steps: [...preflightSteps, 'clone_backend'],
  iamActions: [
    'amplify:ListApps',
    'amplify:ListBackendEnvironments',
    'cloudformation:DescribeStacks',
    'cloudformation:ListStacks',
  ],
  input: z.strictObject({
    app: appIdOrName,
    from: backendEnvironmentName.describe('Environment to copy from'),
    to: newEnvironmentName,
    timeoutSeconds,
    waitForPending: z.boolean().optional().describe('Wait for a job that blocks the clone'),
    dryRun,
    confirmationToken,
  }),
  output,

  async run(args, context) {
    const { app, from, to, target, timeoutSeconds: seconds = DEFAULT_SECONDS } = args;
    const { waitForPending = false, dryRun: isDry, confirmationToken: token } = args;
    const { appId } = await context.findApp(app, target, context.signal);
    const clone = { appId, from, to, target };
    const deadline = performance.now() + seconds * 1000;
    const secondsLeft = () => Math.max(1, Math.round((deadline - performance.now()) / 1000));
    const earlier = await findCloneJob(context, clone);
    // A person is asked before the call waits for anything, because a running task can no longer ask.
    const isAnswered = token !== undefined || context.answer !== undefined;
    const isPlan = isDry === true || (context.policy.confirm === 'writes' && !isAnswered);
    const waiting = { waits: waitForPending, isPlan, secondsLeft };
    const pending = await waitForPendingJobs(context, clone, {
      ...waiting,
      targetExists: earlier !== undefined,
    });
    if (pending.notEnded) {
      const { job, nextStep } = pending.notEnded;
      const step = job.state === 'stalled' ? `${BLOCKED_BY_STALLED} ${nextStep}` : STILL_BLOCKED;
      return { answer: { appId, from, to }, job, notes: [...pending.notes, step] };
    }
    // A job that was waited for may have created the target, or deleted the source.
    const existing =
      pending.started ?? (pending.notes.length > 0 ? await findCloneJob(context, clone) : earlier);
    const options = {
      ...(isDry !== undefined && { dryRun: isDry }),
      ...(token !== undefined && { confirmationToken: token }),
    };
    const checked: Checked = existing
      ? { job: existing, isExisting: true, notes: pending.notes }
      : await checkAndStart(context, clone, options, waiting, pending.notes);
    if ('outcome' in checked) return checked.outcome;
    const { job, isExisting } = checked;
    const reused = `No new clone was started: ${to} exists already, created by job ${quoteName(job.jobId)}. AWS does not say which environment that job cloned; this tool assumes that it was this one, and compares the two.`;
    const notes = isExisting ? [...checked.notes, reused] : checked.notes;
    const report = await followJob(context, job, { target, seconds: secondsLeft() });
    if (!isEnded(report.job)) {
      const goOn = report.job.state === 'stalled' ? `The clone is stalled. ${report.nextStep}` : CALL_AGAIN;
      return { answer: { appId, from, to }, job: report.job, notes: [...notes, goOn] };
    }
    const verified = await verifyClone(context, clone, report);
    return { ...verified, notes: [...notes, ...verified.notes] };
  },
});

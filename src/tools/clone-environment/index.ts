/**
 * `clone_environment`: one sentence in, a verified clone out, or a plain reason why not. Looks before it
 * starts, follows the job, and compares what came of it. Called again, it goes on from what is there.
 */
import { z } from 'zod';
import type { Outcome } from '../../call/dispatch.ts';
import { ServerError, toServerError } from '../../errors.ts';
import type { JobRef } from '../../jobs/job.ts';
import { quoteName } from '../../lib/quote.ts';
import { confirmationToken, dryRun } from '../../operations/define.ts';
import { appIdOrName, backendEnvironmentName, newEnvironmentName } from '../../operations/ids.ts';
import { comparisonFields } from '../compare-environments/compared.ts';
import type { Workflow, WorkflowContext } from '../define.ts';
import { DEFAULT_SECONDS, followJob, isOver, timeoutSeconds } from '../follow.ts';
import { withRemarks } from '../remarks.ts';
import { clearTheWay } from './pending.ts';
import { copyRemarks, doubtRemarks } from './plan.ts';
import {
  type Clone,
  findEarlier,
  findLeftovers,
  isTargetThere,
  preflightSteps,
  readSource,
} from './preflight.ts';
import { clearStacks } from './stacks.ts';
import { judge } from './verdict.ts';

/** The checked arguments. */
interface CloneArguments {
  readonly app: string;
  readonly from: string;
  readonly to: string;
  readonly target?: string;
  readonly timeoutSeconds?: number;
  readonly waitForPending?: boolean;
  readonly dryRun?: boolean;
  readonly confirmationToken?: string;
}

const GO_ON =
  'It has not ended yet: call clone_environment again with the same arguments; it goes on from here and starts nothing twice.';
const STILL_IN_THE_WAY =
  'What is in the way has not ended yet, and no clone was started: call clone_environment again with the same arguments.';

const madeMeanwhile = ({ from, to }: Clone, cause?: unknown) =>
  new ServerError('invalid_arguments', {
    message: `Environment ${quoteName(to)} came to be while this was looked at: somebody else made it. No clone was started.`,
    hint: `Ask the person: another name, or is that ${quoteName(to)} the one they want? describe_environment shows it. Called again, this would compare it with ${quoteName(from)} if a clone made it.`,
    cause,
  });

/** Starts the clone. @throws as the gate and AWS do; where the target came to be meanwhile, that */
async function start(
  context: WorkflowContext,
  clone: Clone,
  beside: Pick<CloneArguments, 'dryRun' | 'confirmationToken'>,
  remarks: readonly string[],
): Promise<Outcome> {
  const { appId, from, to, target } = clone;
  const where = { appId, backendEnvironmentName: from, targetEnvironmentName: to };
  const args = { ...where, ...beside, ...(target !== undefined && { target }) };
  try {
    return await withRemarks(remarks, () => context.execute('clone_backend', args, context));
  } catch (thrown) {
    const { code } = toServerError(thrown);
    if (code !== 'bad_request' || !(await isTargetThere(context, clone))) throw thrown;
    throw madeMeanwhile(clone, thrown);
  }
}

/** Starts the clone, unless another call has made the target meanwhile: whoever looks here sees what others began. */
async function begin(
  context: WorkflowContext,
  clone: Clone,
  beside: Pick<CloneArguments, 'dryRun' | 'confirmationToken'>,
  remarks: readonly string[],
): Promise<{ readonly started: Outcome } | { readonly made: JobRef }> {
  const { appId, to } = clone;
  if (beside.dryRun) return { started: await start(context, clone, beside, remarks) };
  return context.exclusively({ appId, backendEnvironmentName: to }, context.signal, async () => {
    if (!(await isTargetThere(context, clone)))
      return { started: await start(context, clone, beside, remarks) };
    const made = await findEarlier(context, clone).catch(thrown => {
      throw toServerError(thrown).code === 'invalid_arguments' ? madeMeanwhile(clone, thrown) : thrown;
    });
    if (!made) throw madeMeanwhile(clone);
    return { made };
  });
}

export const cloneEnvironment: Workflow = {
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
  toolInput: z.strictObject({
    app: appIdOrName,
    from: backendEnvironmentName,
    to: newEnvironmentName,
    timeoutSeconds,
    waitForPending: z.boolean().optional().describe('Wait for a job in the way'),
    dryRun,
    confirmationToken,
  }),
  output: z.object({
    verdict: z.string(),
    appId: z.string(),
    from: z.string(),
    to: z.string(),
    ...comparisonFields,
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
      waitForPending = false,
      ...beside
    } = args as unknown as CloneArguments;
    const { appId } = await context.findApp(app, target, context.signal);
    const clone = { appId, from, to, target };
    const deadline = performance.now() + seconds * 1000;
    const secondsLeft = () => Math.max(1, Math.round((deadline - performance.now()) / 1000));
    const earlier = await findEarlier(context, clone);
    // Whoever must be asked is asked before anything is waited for: a task cannot ask in its middle.
    const isAsked = beside.confirmationToken !== undefined || context.form !== undefined;
    const isPlan = beside.dryRun === true || (context.policy.confirm === 'writes' && !isAsked);
    const patience = { waits: waitForPending, isPlan, secondsLeft };
    const way = await clearTheWay(context, clone, { ...patience, isMade: earlier !== undefined });
    if (way.unended) {
      const { job, nextStep } = way.unended;
      const stuck = job.state === 'stalled' ? [nextStep] : [];
      return { answer: { appId, from, to }, job, notes: [...way.notes, ...stuck, STILL_IN_THE_WAY] };
    }
    const notes = [...way.notes];
    // What was waited for may have made the target, or taken the source away.
    let made = notes.length > 0 ? await findEarlier(context, clone) : earlier;
    let address = made;
    if (!address) {
      const [source, leftovers] = await Promise.all([
        readSource(context, clone),
        findLeftovers(context, clone),
      ]);
      const stacks = await clearStacks(context, clone, source, leftovers.stacks, patience);
      if (stacks.unended !== undefined) {
        const waitedFor = `CloudFormation is still at work: ${stacks.unended}.`;
        return {
          answer: { appId, from, to },
          notes: [...notes, ...stacks.notes, waitedFor, STILL_IN_THE_WAY],
        };
      }
      notes.push(...stacks.notes);
      const about = [
        ...copyRemarks(source, clone),
        ...notes,
        ...leftovers.notes,
        ...doubtRemarks(source, clone),
      ];
      const begun = stacks.made ? { made: stacks.made } : await begin(context, clone, beside, about);
      if ('made' in begun) {
        made = begun.made;
        address = made;
      } else {
        const { started } = begun;
        // A dry run; or a job that was started and cannot be found yet, of which the notes tell.
        if (!started.job) return { ...started, notes: [...notes, ...started.notes, ...leftovers.notes] };
        notes.push(...started.notes, ...leftovers.notes);
        address = started.job;
      }
    }
    if (made)
      notes.push(
        `No new clone was started: ${to} is there already, made by job ${quoteName(made.jobId)}. AWS does not say of what, so it is taken for this one and compared.`,
      );
    const report = await followJob(context, address, { target, seconds: secondsLeft() });
    if (!isOver(report)) return { answer: { appId, from, to }, job: report.job, notes: [...notes, GO_ON] };
    const judged = await judge(context, clone, report);
    return { ...judged, notes: [...notes, ...judged.notes] };
  },
};

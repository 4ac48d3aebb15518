/**
 * Takes the steps of a provision, one job after another, each by what is there when its turn comes: so a call that was
 * interrupted anywhere is simply made again.
 */

import { ConfirmationRequired } from '../../call/authorize/confirmation.ts';
import type { Outcome } from '../../call/dispatch.ts';
import { ServerError } from '../../errors.ts';
import type { Job, JobRef } from '../../jobs/job.ts';
import { JobFailure } from '../../jobs/job.ts';
import type { JobReport } from '../../jobs/report.ts';
import { quoteName } from '../../lib/quote.ts';
import type { WorkflowContext } from '../define.ts';
import { followJob, isOver } from '../follow.ts';
import type { Decision } from './decide.ts';
import { look, type Seen } from './look.ts';
import {
  begunBefore,
  checkRequests,
  decideStep,
  refuseWhilePending,
  type Step,
  type StepName,
  stepsOf,
  type Work,
} from './steps.ts';

/** How far it came. */
export interface Progress {
  readonly steps: readonly Step[];
  /** The job that has not ended, or failed. */
  readonly job?: Job;
  readonly state: 'done' | 'unfinished' | 'failed';
  readonly seen: Seen;
  readonly notes: readonly string[];
  /** Why a step was not taken. */
  readonly nextSteps: readonly string[];
}

/** What a step came to; the job where it is the last one of this call. */
interface Taken {
  readonly step: Step;
  readonly state: Progress['state'];
  readonly job?: Job;
}

/** A decision that sends nothing. */
type Rest = Extract<Decision, { readonly does: keyof typeof NOT_DONE }>;

/** A job that is followed. */
interface Followed {
  readonly does: 'follow';
  readonly tool: string;
  readonly address: JobRef;
  /** Why nobody can tell yet whether it is this step's own. */
  readonly doubt?: ServerError;
}

/** What came of beginning it: nothing where no time is left, or where the job is not to be found yet. */
type Begun = Followed | { readonly does: 'wait'; readonly tool: string };

const NOT_DONE = { leave: 'left alone', skip: 'skipped', differs: 'differs' } as const;

/** What stands already must not be lost with the failure of a later step, nor with a question about one. */
function withDone(thrown: unknown, steps: readonly Step[]): unknown {
  const done = steps.filter(({ did }) => did === 'created' || did === 'updated').map(({ step }) => step);
  if (!(thrown instanceof ServerError) || done.length === 0) return thrown;
  const said = `Done by this call before: ${done.join(', ')}.`;
  if (thrown instanceof ConfirmationRequired) {
    const { plan, tokenFor, answerOptions } = thrown;
    return new ConfirmationRequired(
      { ...plan, remarks: [...(plan.remarks ?? []), said] },
      tokenFor,
      answerOptions,
    );
  }
  const { code, hint, requestId } = thrown;
  const message = `${thrown.message} ${said}`;
  if (thrown instanceof JobFailure) return new JobFailure(thrown, thrown.job, message);
  return new ServerError(code, { message, hint, requestId, cause: thrown });
}

/** Sends writes; what a person confirmed goes with the first of them alone. */
function createWrite(context: WorkflowContext, { site: { target }, confirmationToken }: Work) {
  let shown = { form: context.form, token: confirmationToken };
  return (tool: string, args: object): Promise<Outcome> => {
    const { form, token } = shown;
    shown = { form: undefined, token: undefined };
    const beside = {
      ...(token !== undefined && { confirmationToken: token }),
      ...(target !== undefined && { target }),
    };
    return context.execute(tool, { ...args, ...beside }, { ...context, form });
  };
}

/** Sends the write of a step. @param notes grows by what the reader must know of it @throws RegisteredError */
async function send(
  write: ReturnType<typeof createWrite>,
  { tool, args }: { readonly tool: string; readonly args: object },
  notes: string[],
): Promise<Begun> {
  try {
    const started = await write(tool, args);
    notes.push(...started.notes);
    return started.job ? { does: 'follow', tool, address: started.job } : { does: 'wait', tool };
  } catch (thrown) {
    // The job may be this step's: its end shows what became of it.
    if (!(thrown instanceof JobFailure) || thrown.code !== 'outcome_unknown') throw thrown;
    return { does: 'follow', tool, address: thrown.job, doubt: thrown };
  }
}

/** What the job of a step came to. */
function takenBy(step: StepName, tool: string, report: JobReport): Taken {
  const { job } = report;
  const { jobId } = job;
  if (!isOver(report)) return { step: { step, tool, did: 'waiting', jobId }, state: 'unfinished', job };
  if (job.state === 'failed') return { step: { step, tool, did: 'failed', jobId }, state: 'failed', job };
  const did = tool.startsWith('update') ? 'updated' : 'created';
  return { step: { step, tool, did, jobId }, state: 'done' };
}

/** Takes them. @throws RegisteredError */
export async function takeSteps(context: WorkflowContext, work: Work): Promise<Progress> {
  const { site, wanted, overwrite, deadline } = work;
  const { appId, environment: backendEnvironmentName, target } = site;
  const write = createWrite(context, work);
  const steps: Step[] = [];
  const notes: string[] = [];
  const nextSteps: string[] = [];
  let seen = await look(context, site);
  await checkRequests(work, seen);
  const secondsLeft = () => Math.ceil((deadline - performance.now()) / 1000);

  /** What a step needs by what was seen last: a job of an earlier call is followed. */
  async function needed(step: StepName): Promise<Decision | Followed> {
    const before = begunBefore(step, seen, overwrite);
    if (!before) return decideStep(step, work, seen);
    const { jobId, tool } = before;
    notes.push(
      `Job ${quoteName(jobId)} of an earlier call is followed; nothing was started anew for ${step}.`,
    );
    return { does: 'follow', tool, address: { appId, backendEnvironmentName, jobId } };
  }

  /** Starts the job of a step, unless another call has done so meanwhile: whoever looks here sees what others began. */
  function begin(step: StepName): Promise<Rest | Begun> {
    const place = { appId, backendEnvironmentName };
    return context.exclusively(place, context.signal, async () => {
      seen = await look(context, site);
      const need = await needed(step);
      if (!('args' in need)) return need;
      refuseWhilePending(site, seen);
      return secondsLeft() > 0 ? send(write, need, notes) : { does: 'wait', tool: need.tool };
    });
  }

  async function follow(step: StepName, tool: string, address: JobRef): Promise<Taken> {
    const report = await followJob(context, address, { target, seconds: Math.max(1, secondsLeft()) });
    const taken = takenBy(step, tool, report);
    if (taken.state === 'done') seen = await look(context, site);
    return taken;
  }

  async function take(step: StepName): Promise<Taken> {
    const first = await needed(step);
    const need = 'args' in first ? await begin(step) : first;
    const { tool } = need;
    if (need.does === 'wait') return { step: { step, tool, did: 'waiting' }, state: 'unfinished' };
    if (need.does === 'follow') {
      const { address, doubt } = need;
      const taken = await follow(step, tool, address);
      if (!doubt || taken.state !== 'done') return taken;
      if ((await needed(step)).does !== 'leave') throw doubt;
      notes.push(
        `The answer for ${step} was lost. Job ${quoteName(address.jobId)}, which began then, was followed; what is there now is what was asked for.`,
      );
      return taken;
    }
    if (need.why !== undefined) nextSteps.push(need.why);
    return { step: { step, tool, did: NOT_DONE[need.does] }, state: 'done' };
  }

  const names = stepsOf(wanted);
  try {
    for (const name of names) {
      const { step, state, job } = await take(name);
      steps.push(step);
      if (state === 'done') continue;
      const waiting = names.slice(steps.length).map(async step => ({
        ...{ step, tool: (await decideStep(step, work, seen, true)).tool },
        did: 'waiting' as const,
      }));
      const rest = await Promise.all(waiting);
      return { steps: [...steps, ...rest], ...(job && { job }), state, seen, notes, nextSteps };
    }
  } catch (thrown) {
    throw withDone(thrown, steps);
  }
  return { steps, state: 'done', seen, notes, nextSteps };
}

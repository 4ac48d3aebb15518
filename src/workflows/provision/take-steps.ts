/**
 * Takes the steps of a provision, one job after another, each by what is there when its turn comes: so a call that was
 * interrupted anywhere is simply made again.
 */
import { RegisteredError } from '../../errors.ts';
import { ConfirmationRequired } from '../../execute/confirmation.ts';
import type { Outcome } from '../../execute.ts';
import type { Job, JobAddress } from '../../jobs/job.ts';
import { quoteName } from '../../lib/quote.ts';
import type { WorkflowContext } from '../define.ts';
import { followJob, isOver } from '../follow.ts';
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

const NOT_DONE = { leave: 'left alone', skip: 'skipped', differs: 'differs' } as const;

/** What stands already must not be lost with the failure of a later step, nor with a question about one. */
function withDone(thrown: unknown, steps: readonly Step[]): unknown {
  const done = steps.filter(({ did }) => did === 'created' || did === 'updated').map(({ step }) => step);
  if (!(thrown instanceof RegisteredError) || done.length === 0) return thrown;
  const said = `Done by this call before: ${done.join(', ')}.`;
  if (thrown instanceof ConfirmationRequired) {
    const { plan, tokenFor, answering } = thrown;
    return new ConfirmationRequired(
      { ...plan, remarks: [...(plan.remarks ?? []), said] },
      tokenFor,
      answering,
    );
  }
  const { code, hint, requestId } = thrown;
  return new RegisteredError(code, { message: `${thrown.message} ${said}`, hint, requestId, cause: thrown });
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

/** Takes them. @throws RegisteredError */
export async function takeSteps(context: WorkflowContext, work: Work): Promise<Progress> {
  const { site, wanted, overwrite, deadline } = work;
  const { appId, environment: backendEnvironmentName, target } = site;
  const write = createWrite(context, work);
  const steps: Step[] = [];
  const notes: string[] = [];
  const nextSteps: string[] = [];
  let seen = await look(context, site);
  checkRequests(work, seen);
  const secondsLeft = () => Math.ceil((deadline - performance.now()) / 1000);

  /** Starts a job; none where no time is left, or where it is not to be found yet, of which the notes tell. */
  async function begin(tool: string, args: object): Promise<JobAddress | undefined> {
    refuseWhilePending(site, seen);
    if (secondsLeft() <= 0) return undefined;
    const started = await write(tool, args);
    notes.push(...started.notes);
    return started.job;
  }

  async function follow(step: StepName, tool: string, address: JobAddress): Promise<Taken> {
    const report = await followJob(context, address, { target, seconds: Math.max(1, secondsLeft()) });
    const { job } = report;
    const { jobId } = job;
    if (!isOver(report)) return { step: { step, tool, did: 'waiting', jobId }, state: 'unfinished', job };
    if (job.state === 'failed') return { step: { step, tool, did: 'failed', jobId }, state: 'failed', job };
    seen = await look(context, site);
    const did = tool.startsWith('update') ? 'updated' : 'created';
    return { step: { step, tool, did, jobId }, state: 'done' };
  }

  async function take(step: StepName): Promise<Taken> {
    const before = begunBefore(step, seen, overwrite);
    if (before) {
      const { jobId, tool } = before;
      notes.push(
        `Job ${quoteName(jobId)} of an earlier call is followed; nothing was started anew for ${step}.`,
      );
      return follow(step, tool, { appId, backendEnvironmentName, jobId });
    }
    const decision = decideStep(step, work, seen);
    const { tool } = decision;
    if (!('args' in decision)) {
      if (decision.why !== undefined) nextSteps.push(decision.why);
      return { step: { step, tool, did: NOT_DONE[decision.does] }, state: 'done' };
    }
    const address = await begin(tool, decision.args);
    if (address) return follow(step, tool, address);
    return { step: { step, tool, did: 'waiting' }, state: 'unfinished' };
  }

  const names = stepsOf(wanted);
  try {
    for (const name of names) {
      const { step, state, job } = await take(name);
      steps.push(step);
      if (state === 'done') continue;
      const rest = names.slice(steps.length).map(step => ({
        ...{ step, tool: decideStep(step, work, seen, true).tool },
        did: 'waiting' as const,
      }));
      return { steps: [...steps, ...rest], ...(job && { job }), state, seen, notes, nextSteps };
    }
  } catch (thrown) {
    throw withDone(thrown, steps);
  }
  return { steps, state: 'done', seen, notes, nextSteps };
}

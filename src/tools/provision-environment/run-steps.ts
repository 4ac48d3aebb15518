/**
 * Runs the steps of a provision, one job after another. Each step depends on the state that is read just before it, so
 * a call can be repeated wherever it was interrupted.
 */

import { ConfirmationRequired } from '../../call/authorize/confirmation.ts';
import type { Outcome } from '../../call/call-operation.ts';
import { ServerError } from '../../errors.ts';
import { isEnded, type Job, JobFailure, type JobRef } from '../../jobs/job.ts';
import type { JobReport } from '../../jobs/report.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { followJob } from '../shared/follow-job.ts';
import { questionWithRemarks } from '../shared/plan-remarks.ts';
import { type CurrentState, readCurrentState } from './current-state.ts';
import type { Decision } from './decision.ts';
import { IMPORT_AUTH } from './existing-pool.ts';
import type { Step } from './output.ts';
import { planStep } from './plan-step.ts';
import {
  checkRequests,
  decideStep,
  findEarlierJob,
  type Provision,
  refuseWhilePending,
  type StepName,
  stepsOf,
} from './steps.ts';

/** The progress of a provision. */
export interface Progress {
  readonly steps: readonly Step[];
  /** The job that has not ended, or failed. */
  readonly job?: Job;
  readonly ended: 'done' | 'unfinished' | 'failed';
  readonly state: CurrentState;
  readonly notes: readonly string[];
  /** Notes of steps that were not done. */
  readonly nextSteps: readonly string[];
  /** Whether an overwrite would change what differs. */
  readonly canOverwrite: boolean;
}

/** The result of one step. `job` is set where the call ends with this step. */
interface StepResult {
  readonly step: Step;
  readonly ended: Progress['ended'];
  readonly job?: Job;
}

const DONE: readonly Step['did'][] = ['created', 'imported', 'updated'];
const NOT_DONE = { leave: 'left alone', skip: 'skipped', differs: 'differs' } as const;

/** A decision that needs no write. */
type NoWrite = Extract<Decision, { readonly does: keyof typeof NOT_DONE }>;

/** A job to follow. */
interface Follow {
  readonly does: 'follow';
  readonly tool: string;
  readonly job: JobRef;
  /** The lost answer, where it is unknown whether the job is this step's own. */
  readonly doubt?: ServerError;
}

/** `wait`: no time is left, or the job cannot be read yet. */
type Started = Follow | { readonly does: 'wait'; readonly tool: string };

/**
 * Adds the steps that this call has done to the failure of a later step, or to the question to a person about it. A question
 * also names the steps that follow.
 */
function withDone(thrown: unknown, steps: readonly Step[], names: readonly StepName[]): unknown {
  const done = steps.filter(({ did }) => DONE.includes(did)).map(({ step }) => step);
  const text = `This call has already done: ${done.join(', ')}.`;
  if (thrown instanceof ConfirmationRequired) {
    const next = names.slice(steps.length + 1);
    const remarks = [
      ...(done.length > 0 ? [text] : []),
      ...(next.length > 0 ? [`The same call then goes on with: ${next.join(', ')}.`] : []),
    ];
    return questionWithRemarks(thrown, own => [...own, ...remarks]);
  }
  if (!(thrown instanceof ServerError) || done.length === 0) return thrown;
  const { code, hint, requestId } = thrown;
  const message = `${thrown.message} ${text}`;
  if (thrown instanceof JobFailure) return new JobFailure(thrown, thrown.job, message);
  return new ServerError(code, { message, hint, requestId, cause: thrown });
}

/** Sends writes. A confirmation is sent with the first write only. */
function createWrite(context: ToolContext, { destination: { target }, confirmationToken }: Provision) {
  let confirmation = { answer: context.answer, token: confirmationToken };
  return (tool: string, args: object): Promise<Outcome> => {
    const { answer, token } = confirmation;
    confirmation = { answer: undefined, token: undefined };
    const all = {
      ...args,
      ...(token !== undefined && { confirmationToken: token }),
      ...(target !== undefined && { target }),
    };
    return context.callOperation(tool, all, { ...context, answer });
  };
}

/** Sends the write of a step, and adds its notes to `notes`. @throws ServerError */
async function send(
  write: ReturnType<typeof createWrite>,
  { tool, args }: { readonly tool: string; readonly args: object },
  notes: string[],
): Promise<Started> {
  try {
    const started = await write(tool, args);
    notes.push(...started.notes);
    return started.job ? { does: 'follow', tool, job: started.job } : { does: 'wait', tool };
  } catch (thrown) {
    // The running job may be this step's: the state after its end shows whether the write was done.
    if (!(thrown instanceof JobFailure) || thrown.code !== 'outcome_unknown') throw thrown;
    return { does: 'follow', tool, job: thrown.job, doubt: thrown };
  }
}

/** The result of a step whose job was followed. */
function toResult(step: StepName, tool: string, { job }: JobReport): StepResult {
  const { jobId } = job;
  if (!isEnded(job)) return { step: { step, tool, did: 'waiting', jobId }, ended: 'unfinished', job };
  if (job.state === 'failed') return { step: { step, tool, did: 'failed', jobId }, ended: 'failed', job };
  const did = tool.startsWith('update') ? 'updated' : tool === IMPORT_AUTH ? 'imported' : 'created';
  return { step: { step, tool, did, jobId }, ended: 'done' };
}

/** One run of the steps, with the state as it was read last. */
class StepRunner {
  readonly notes: string[] = [];
  readonly nextSteps: string[] = [];
  canOverwrite = false;
  readonly #context: ToolContext;
  readonly #provision: Provision;
  readonly #write: ReturnType<typeof createWrite>;
  state: CurrentState;

  constructor(context: ToolContext, provision: Provision, state: CurrentState) {
    this.#context = context;
    this.#provision = provision;
    this.#write = createWrite(context, provision);
    this.state = state;
  }

  #secondsLeft(): number {
    return Math.ceil((this.#provision.deadline - performance.now()) / 1000);
  }

  #ref() {
    const { appId, environment } = this.#provision.destination;
    return { appId, backendEnvironmentName: environment };
  }

  async #readState(): Promise<void> {
    this.state = await readCurrentState(this.#context, this.#provision.destination);
  }

  /** What a step needs in the state that was read last. The job of an earlier call is followed. */
  async #decide(step: StepName): Promise<Decision | Follow> {
    const earlier = findEarlierJob(step, this.state, this.#provision);
    if (!earlier) return decideStep(step, this.#provision, this.state);
    const { jobId, tool } = earlier;
    this.notes.push(
      `Job ${quoteName(jobId)} of an earlier call was followed; no new job was started for ${step}.`,
    );
    return { does: 'follow', tool, job: { ...this.#ref(), jobId } };
  }

  /** Starts the job of a step, unless another call has started it since the last state. */
  #start(step: StepName): Promise<NoWrite | Started> {
    return this.#context.exclusively(this.#ref(), this.#context.signal, async () => {
      await this.#readState();
      const need = await this.#decide(step);
      if (!('args' in need)) return need;
      refuseWhilePending(this.#provision.destination, this.state);
      return this.#secondsLeft() > 0
        ? send(this.#write, need, this.notes)
        : { does: 'wait', tool: need.tool };
    });
  }

  async #follow(step: StepName, { tool, job, doubt }: Follow): Promise<StepResult> {
    const { target } = this.#provision.destination;
    const seconds = Math.max(1, this.#secondsLeft());
    const result = toResult(step, tool, await followJob(this.#context, job, { target, seconds }));
    if (result.ended !== 'done') return result;
    await this.#readState();
    if (!doubt) return result;
    if ((await this.#decide(step)).does !== 'leave') throw doubt;
    this.notes.push(
      `The answer for ${step} was lost. Job ${quoteName(job.jobId)}, which started then, was followed; the environment now has what was asked for.`,
    );
    return result;
  }

  async run(step: StepName): Promise<StepResult> {
    const first = await this.#decide(step);
    const need = 'args' in first ? await this.#start(step) : first;
    const { tool } = need;
    if (need.does === 'wait') return { step: { step, tool, did: 'waiting' }, ended: 'unfinished' };
    if (need.does === 'follow') return this.#follow(step, need);
    if (need.why !== undefined) this.nextSteps.push(need.why);
    else if (need.does === 'differs') this.canOverwrite = true;
    return { step: { step, tool, did: NOT_DONE[need.does] }, ended: 'done' };
  }

  /** The steps that this call does not reach. */
  waiting(steps: readonly StepName[]): Promise<Step[]> {
    return Promise.all(
      steps.map(async step => {
        const { tool } = await decideStep(step, this.#provision, this.state, true);
        return { step, tool, did: 'waiting' as const };
      }),
    );
  }
}

/** Refuses the ids of a user pool that cannot be right, before the first write. @throws ServerError invalid_arguments */
async function checkPool(context: ToolContext, provision: Provision, state: CurrentState): Promise<void> {
  if (!provision.wanted.pool) return;
  const decision = await decideStep('auth', provision, state);
  if (!('args' in decision)) return;
  const { problems = [] } = await planStep(context, decision, provision.destination, state);
  if (problems.length === 0) return;
  throw new ServerError('invalid_arguments', {
    message: `auth.import: ${problems.join(' ')} Nothing was sent to AWS.`,
    hint: "Ask the person for the ids, which Cognito's console shows, in the region of this environment; then call again.",
  });
}

/** @throws ServerError */
export async function runSteps(context: ToolContext, provision: Provision): Promise<Progress> {
  const before = await readCurrentState(context, provision.destination);
  await checkRequests(provision, before);
  await checkPool(context, provision, before);
  const runner = new StepRunner(context, provision, before);
  const { notes, nextSteps } = runner;
  const names = stepsOf(provision.wanted);
  const steps: Step[] = [];
  try {
    for (const name of names) {
      const { step, ended, job } = await runner.run(name);
      steps.push(step);
      if (ended === 'done') continue;
      const waiting = await runner.waiting(names.slice(steps.length));
      const { state, canOverwrite } = runner;
      return {
        ...{ steps: [...steps, ...waiting], ...(job && { job }), ended },
        ...{ state, notes, nextSteps, canOverwrite },
      };
    }
  } catch (thrown) {
    throw withDone(thrown, steps, names);
  }
  const { state, canOverwrite } = runner;
  return { steps, ended: 'done', state, notes, nextSteps, canOverwrite };
}

/**
 * Sends the changes, one job after another. Each is decided from the state that is read just before it, so a call can be
 * repeated wherever it was interrupted.
 */
import { ConfirmationRequired } from '../../call/authorize/confirmation.ts';
import { operationOf } from '../../call/reads.ts';
import { ServerError } from '../../errors.ts';
import { type EnvironmentRef, isEnded, type Job, JobFailure, type JobRef } from '../../jobs/job.ts';
import type { Json } from '../../lib/json.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { followJob } from '../shared/follow-job.ts';
import { planOf, questionWithRemarks, withRemarks } from '../shared/plan-remarks.ts';
import type { Category } from '../shared/snapshot/read.ts';
import { refuseWhilePending, stuckStep } from './blocking-job.ts';
import { changeLines } from './change-lines.ts';
import { type Current, readCurrent } from './current.ts';
import { type Decision, decide, updateOf } from './decide.ts';
import { withGuestNotes } from './guests.ts';
import type { Step } from './output.ts';
import { checkStated } from './stated.ts';

/** The arguments of one call, and its deadline. */
export interface ChangeCall {
  readonly ref: EnvironmentRef;
  /** What is stated, by category. */
  readonly stated: ReadonlyMap<Category, Json>;
  /** When the call stops waiting, in milliseconds of `performance.now`. */
  readonly deadline: number;
  readonly confirmationToken?: string | undefined;
}

/** How far a call got. */
export interface Progress {
  readonly steps: readonly Step[];
  readonly ended: 'done' | 'unfinished' | 'failed';
  /** The job that has not ended, or failed. */
  readonly job?: Job;
  /** What to do about a job that seems to hang. */
  readonly stuck?: string | undefined;
  /** The arguments of the updates that this call sent; an update of an earlier call, which was only followed, is not in it. */
  readonly sent: ReadonlyMap<Category, Json>;
  /** The changes that were needed at the start. */
  readonly decisions: readonly Decision[];
  readonly notes: readonly string[];
}

/** All decisions in the present state. @throws ServerError where a change does not fit */
export async function decideAll(
  context: ToolContext,
  { ref, stated }: ChangeCall,
  current: Current,
): Promise<Decision[]> {
  const decisions: Decision[] = [];
  for (const [category, change] of stated) checkStated(category, change);
  for (const [category, change] of stated)
    decisions.push(await decide(context, ref, category, current, change));
  return withGuestNotes(context, ref, current, decisions);
}

/** The context of a step's write. AWS's stored values are sent in place of the withheld ones. */
const stepContext = (context: ToolContext, answer = context.answer) => ({
  ...context,
  answer,
  keepsStored: true,
});

/** The plan of an update. @throws ServerError where the request does not fit */
export async function planUpdate(context: ToolContext, { category, args }: Decision) {
  const tool = updateOf(category);
  const plan = planOf(
    await context.callOperation(
      tool,
      { ...args, dryRun: true },
      { ...stepContext(context), answer: undefined },
    ),
  );
  if (!plan) throw new ServerError('internal', { cause: new Error(`no plan for ${tool}`) });
  return plan;
}

/**
 * Checks all requests, and sorts the changes in the order of sending: refused ones first, then those that a person must
 * confirm, so that nothing is sent before a refusal or a question. @throws ServerError
 */
async function inSendingOrder(
  context: ToolContext,
  decisions: readonly Decision[],
): Promise<readonly Decision[]> {
  const changing = decisions.filter(({ changes }) => changes.length > 0);
  if (changing.length < 2) return decisions;
  const rank = new Map<Decision, number>();
  for (const decision of changing) {
    const { policy, problems, confirmation } = await planUpdate(context, decision);
    rank.set(decision, policy.startsWith('refused') || problems ? 0 : confirmation ? 1 : 2);
  }
  return [...decisions].sort((a, b) => (rank.get(a) ?? 3) - (rank.get(b) ?? 3));
}

/** A job to follow, or the reason why there is none. */
type Started = { readonly job: JobRef; readonly doubt?: ServerError } | 'left alone' | 'waiting';

/** Runs the changes of one call. */
class ChangeRun {
  readonly notes: string[] = [];
  readonly steps: Step[] = [];
  readonly sent = new Map<Category, Json>();
  readonly #context: ToolContext;
  readonly #call: ChangeCall;
  #confirmation: { answer: ToolContext['answer']; token: string | undefined };

  constructor(context: ToolContext, call: ChangeCall) {
    this.#context = context;
    this.#call = call;
    this.#confirmation = { answer: context.answer, token: call.confirmationToken };
  }

  #secondsLeft(): number {
    return Math.ceil((this.#call.deadline - performance.now()) / 1000);
  }

  /** Sends an update. The first one also gets the confirmation. @param others the changes that follow, for the plan */
  async #send({ category, args }: Decision, others: readonly string[]): Promise<Started> {
    const { answer, token } = this.#confirmation;
    this.#confirmation = { answer: undefined, token: undefined };
    this.sent.set(category, args);
    const all = { ...args, ...(token !== undefined && { confirmationToken: token }) };
    try {
      const { job, notes } = await withRemarks(others, () =>
        this.#context.callOperation(updateOf(category), all, { ...stepContext(this.#context), answer }),
      );
      this.notes.push(...notes);
      return job ? { job } : 'waiting';
    } catch (thrown) {
      // The running job may be this update's: its result and the settings afterwards show whether it was.
      if (!(thrown instanceof JobFailure) || thrown.code !== 'outcome_unknown') throw thrown;
      return { job: thrown.job, doubt: thrown };
    }
  }

  /** The job of an earlier call that makes the same kind of change. */
  #earlierJob(category: Category, { pending }: Current): Started | undefined {
    const { name } = operationOf(updateOf(category));
    const job = pending.find(({ operation }) => operation === name);
    if (!job) return undefined;
    this.notes.push(
      `Job ${quoteName(job.jobId)}, which ran already, was followed; no new job was started for ${category}.`,
    );
    return { job: { ...this.#call.ref, jobId: job.jobId } };
  }

  async #read(category: Category): Promise<Current> {
    return readCurrent(this.#context, this.#call.ref, [category]);
  }

  async #decide(category: Category, current: Current): Promise<Decision> {
    const { ref, stated } = this.#call;
    return decide(this.#context, ref, category, current, stated.get(category) ?? {});
  }

  /** Starts the job of a change, unless the change is no longer needed or its job runs already. */
  #start(category: Category, others: readonly string[]): Promise<Started> {
    const { ref } = this.#call;
    return this.#context.exclusively(ref, this.#context.signal, async () => {
      const current = await this.#read(category);
      const earlier = this.#earlierJob(category, current);
      if (earlier) return earlier;
      const decision = await this.#decide(category, current);
      if (decision.changes.length === 0) return 'left alone';
      await refuseWhilePending(this.#context, ref, current.pending);
      return this.#secondsLeft() > 0 ? this.#send(decision, others) : 'waiting';
    });
  }

  /** Runs one change to its end, or as long as there is time. @returns the job that ends this call */
  async run(
    { category, resourceName }: Decision,
    others: readonly string[],
  ): Promise<Pick<Progress, 'ended' | 'job' | 'stuck'>> {
    const step = { step: category, resourceName, tool: updateOf(category) };
    const started = await this.#start(category, others);
    if (typeof started === 'string') {
      this.steps.push({ ...step, did: started });
      return { ended: started === 'waiting' ? 'unfinished' : 'done' };
    }
    const { target } = this.#call.ref;
    const seconds = Math.max(1, this.#secondsLeft());
    const report = await followJob(this.#context, started.job, { target, seconds });
    const { job } = report;
    const { jobId } = job;
    if (!isEnded(job)) {
      this.steps.push({ ...step, did: 'waiting', jobId });
      return { ended: 'unfinished', job, stuck: stuckStep(report) };
    }
    if (job.state === 'failed') {
      this.steps.push({ ...step, did: 'failed', jobId });
      return { ended: 'failed', job };
    }
    if (started.doubt) await this.#resolveDoubt(category, started.doubt, jobId);
    this.steps.push({ ...step, did: 'updated', jobId });
    return { ended: 'done' };
  }

  /** Checks after a lost answer whether AWS shows the change. @throws ServerError outcome_unknown where it does not */
  async #resolveDoubt(category: Category, doubt: ServerError, jobId: string): Promise<void> {
    const { changes } = await this.#decide(category, await this.#read(category));
    if (changes.length > 0) throw doubt;
    this.notes.push(
      `The answer for ${category} was lost. Job ${quoteName(jobId)}, which started then, was followed; AWS now shows the change.`,
    );
  }

  /** Adds what this call has already changed to a later failure or question. */
  withDone(thrown: unknown): unknown {
    const done = this.steps.filter(({ did }) => did === 'updated').map(({ step }) => step);
    if (!(thrown instanceof ServerError) || done.length === 0) return thrown;
    const text = `This call has already changed: ${done.join(', ')}.`;
    if (thrown instanceof ConfirmationRequired) return questionWithRemarks(thrown, own => [...own, text]);
    const { code, hint, requestId } = thrown;
    const message = `${thrown.message} ${text}`;
    if (thrown instanceof JobFailure) return new JobFailure(thrown, thrown.job, message);
    return new ServerError(code, { message, hint, requestId, cause: thrown });
  }
}

/** The changes that follow in the same call, for the question about the first one. */
const followingChanges = (decisions: readonly Decision[]) =>
  decisions.flatMap(({ category, changes }) =>
    changes.length === 0
      ? []
      : [`The same call then changes ${category}: ${changeLines(changes).join('; ')}`],
  );

/** The step of a change that this call did not reach. */
const unreachedStep = (
  { category: step, resourceName, changes }: Decision,
  ended: Progress['ended'],
): Step => ({
  ...{ step, resourceName, tool: updateOf(step) },
  did: changes.length === 0 ? 'left alone' : ended === 'failed' ? 'not started' : 'waiting',
});

/** @throws ServerError */
export async function runChange(context: ToolContext, call: ChangeCall): Promise<Progress> {
  const categories = [...call.stated.keys()];
  const before = await readCurrent(context, call.ref, categories);
  const decisions = await inSendingOrder(context, await decideAll(context, call, before));
  const run = new ChangeRun(context, call);
  const notes = () => [...new Set([...decisions.flatMap(decision => decision.notes), ...run.notes])];
  try {
    for (const [index, decision] of decisions.entries()) {
      const rest = decisions.slice(index + 1);
      const { ended, job, stuck } = await run.run(decision, followingChanges(rest));
      if (ended === 'done') continue;
      const steps = [...run.steps, ...rest.map(one => unreachedStep(one, ended))];
      return { steps, ended, ...(job && { job }), stuck, sent: run.sent, decisions, notes: notes() };
    }
  } catch (thrown) {
    throw run.withDone(thrown);
  }
  const { steps, sent } = run;
  return { steps, ended: 'done', sent, decisions, notes: notes() };
}

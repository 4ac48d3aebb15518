/**
 * Several environments of an app, with one plan and one question. Nothing is sent before a person has confirmed all of
 * them; then each is deleted and proven as if it were alone.
 */

import { ConfirmationRequired } from '../../call/authorize/confirmation.ts';
import type { Outcome } from '../../call/call-operation.ts';
import { toServerError } from '../../errors.ts';
import type { AppRef, EnvironmentRef, Job } from '../../jobs/job.ts';
import { objectOf } from '../../lib/json.ts';
import { mapLimited } from '../../lib/map-limited.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { expectQuestion, withRemarks } from '../shared/plan-remarks.ts';
import type { AppFacts } from '../shared/read.ts';
import { fatesOf } from './accounted.ts';
import { type EnvironmentFacts, readFacts, readJobsAgain, refuseStackAtWork } from './facts.ts';
import { followAndProve, runningDeletion, type WriteOptions } from './follow.ts';
import { proveGone } from './gone.ts';
import { remarksOn } from './inventory.ts';
import type { DecommissionOutcome, Verdict } from './output.ts';
import { NOTHING_TO_DO, withScope } from './verdict.ts';

const AT_ONCE = 3;

/** An environment that still exists. */
interface Existing {
  readonly ref: EnvironmentRef;
  readonly facts: EnvironmentFacts;
  /** Its deletion, where one is running. */
  readonly running: Job | undefined;
}

async function readExisting(context: ToolContext, ref: EnvironmentRef, app: AppFacts): Promise<Existing> {
  const facts = await readFacts(context, ref, app.appName);
  const running = runningDeletion(facts, context.awsNow(ref.target));
  if (!running) refuseStackAtWork(facts);
  return { ref, facts, running };
}

/** The arguments of a deletion: the same for the question and for the call. */
const argsOf = ({ ref: { appId, backendEnvironmentName, target } }: Existing) => ({
  ...{ appId, backendEnvironmentName },
  ...(target !== undefined && { target }),
});

/** Starts one of the deletions. The call for the first one asks a person about all of them. */
async function start(
  context: ToolContext,
  one: Existing,
  together: readonly object[],
  { remarks, ...options }: WriteOptions & { readonly remarks: readonly string[] },
): Promise<Outcome> {
  const call = () =>
    context.callOperation('delete_backend', { ...argsOf(one), ...options }, { ...context, together });
  return expectQuestion(() => withRemarks(remarks, call));
}

/** Starts all, one after the other. @throws ConfirmationRequired, or the failure of the first one: then nothing was sent */
async function startAll(
  context: ToolContext,
  all: readonly Existing[],
  options: WriteOptions & { readonly remarks: readonly string[] },
): Promise<(Outcome | { readonly failure: string })[]> {
  const together = all.map(argsOf);
  const started: (Outcome | { readonly failure: string })[] = [];
  for (const one of all) {
    try {
      const outcome = await context.exclusively(one.ref, context.signal, async () => {
        const jobs = await readJobsAgain(context, one.ref, one.facts);
        const job = runningDeletion({ ...one.facts, jobs }, context.awsNow(one.ref.target));
        return job ? { answer: {}, job, notes: [] } : start(context, one, together, options);
      });
      started.push(outcome);
    } catch (thrown) {
      const failure = toServerError(thrown);
      if (started.length === 0 || thrown instanceof ConfirmationRequired || failure.code === 'cancelled')
        throw thrown;
      started.push({ failure: `${failure.message} ${failure.hint}` });
    }
  }
  return started;
}

/** The remarks for the plan. One that holds for several environments appears once, with their names. */
function commonRemarks(all: readonly Existing[]): string[] {
  const named = new Map<string, string[]>();
  for (const { ref, facts } of all)
    for (const remark of remarksOn(facts))
      named.set(remark, [...(named.get(remark) ?? []), ref.backendEnvironmentName]);
  return [...named].map(([remark, names]) =>
    names.length === all.length ? remark : `${quoteNames(names, names.length)}: ${remark}`,
  );
}

function absentText(names: readonly string[], app: AppFacts | undefined): string {
  const verb = names.length === 1 ? 'does' : 'do';
  const has = app
    ? `The app has ${quoteNames(app.environments)} (quoted data).`
    : 'AmplifyBackend does not know the app.';
  return `${quoteNames(names, names.length)} ${verb} not exist, so nothing of ${names.length === 1 ? 'it' : 'them'} is deleted. ${has}`;
}

const worst: readonly Verdict[] = ['failed', 'leftovers', 'unproven', 'gone'];

/** One answer for all environments. Its verdict is the worst one; it is absent until each environment has a verdict. */
function combined(appId: string, results: readonly DecommissionOutcome[]): DecommissionOutcome {
  const verdicts = results.map(({ answer: { verdict } }) => verdict);
  const isProven = verdicts.every(verdict => verdict !== undefined);
  const verdict = isProven ? worst.find(one => verdicts.includes(one)) : undefined;
  const proof = results.find(({ answer }) => answer.proof)?.answer.proof;
  const all = results.flatMap(({ answer }) => answer.nextSteps ?? []);
  const steps = verdict === 'gone' ? all : all.filter(step => step !== NOTHING_TO_DO);
  return {
    answer: {
      ...(verdict && { verdict }),
      appId,
      environments: results.map(({ answer, job }) => {
        const { environment = '', verdict: own, went, accounted, stays, leftovers } = answer;
        return {
          environment,
          ...(own && { verdict: own, went, stays: stays?.map(({ what }) => what), leftovers }),
          ...(accounted && { accounted: fatesOf(accounted) }),
          ...(job && { job: { jobId: job.jobId, state: job.state, uri: job.uri } }),
        };
      }),
      ...(proof && { proof }),
      ...(steps.length > 0 && { nextSteps: [...new Set(steps)] }),
    },
    text: results.flatMap(({ text }) => (text === undefined ? [] : [text])).join('\n'),
    notes: [...new Set(results.flatMap(({ notes }) => notes))],
  };
}

/** @param app undefined where AmplifyBackend does not know it @throws ServerError, ConfirmationRequired */
export async function decommissionSeveral(
  context: ToolContext,
  { appId, target }: AppRef,
  environments: readonly string[],
  { app, seconds, ...options }: WriteOptions & { app: AppFacts | undefined; seconds: number },
): Promise<DecommissionOutcome> {
  const refs = environments.map(name => ({ appId, backendEnvironmentName: name, target }));
  const isThere = ({ backendEnvironmentName: name }: EnvironmentRef) => app?.environments.includes(name);
  const existing = app
    ? await mapLimited(refs.filter(isThere), AT_ONCE, ref => readExisting(context, ref, app))
    : [];
  const toStart = existing.filter(({ running }) => !running);
  const missing = refs.filter(ref => !isThere(ref)).map(ref => ref.backendEnvironmentName);
  const absent = missing.length === 0 ? [] : [absentText(missing, app)];
  const known = commonRemarks(toStart);
  const remarks = options.dryRun ? known : [...absent, ...known];
  const [first] = toStart;
  if (options.dryRun && first) {
    const { answer, notes } = await start(context, first, toStart.map(argsOf), { ...options, remarks });
    const planned = toStart.map(({ ref }) => ({ environment: ref.backendEnvironmentName }));
    return {
      answer: { appId, environments: planned, plan: objectOf(answer.plan) },
      notes: [...absent, ...notes],
    };
  }
  const started = await startAll(context, toStart, { ...options, remarks });
  const results = await Promise.all(
    refs.map(async (ref): Promise<DecommissionOutcome> => {
      const { backendEnvironmentName: environment } = ref;
      const one = existing.find(({ ref: { backendEnvironmentName: name } }) => name === environment);
      if (!one) return proveGone(context, ref, app);
      const outcome = started[toStart.indexOf(one)];
      if (outcome && 'failure' in outcome)
        return {
          answer: { appId, environment },
          notes: [`${quoteName(environment)} was not deleted: ${outcome.failure}`],
        };
      const job = outcome?.job ?? one.running;
      if (!job) return { answer: { appId, environment }, notes: outcome?.notes ?? [] };
      // Progress must only grow, so one of several cannot report its own.
      const quiet = { ...context, onProgress: undefined };
      return followAndProve(quiet, ref, one.facts, { job, seconds, notes: outcome?.notes ?? [] });
    }),
  );
  return withScope(combined(appId, results));
}

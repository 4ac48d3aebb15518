/** A clone in four steps that fill: look, clone, follow, compare. While the call runs, the board tells how far it is. */
import {
  answerIn,
  type Board,
  type Clone,
  type Compared,
  type FailedJob,
  type RunningJob,
  textIn,
} from '../answers.ts';
import { el, named, prose, section } from '../dom.ts';
import { followBoard } from '../follow.ts';
import type { Arguments, ToolResult } from '../host.ts';
import { failure, notes, runningJob, state, steps } from '../parts.ts';
import type { Screen, Stage } from '../stage.ts';
import { nameText, operationText } from '../text.ts';
import { ComparisonParts } from './comparison.ts';
import { planParts } from './plan-parts.ts';

/** The job begins within seconds of the call, and a board on which nothing runs is fresh for longer. */
const SOON_MS = 3_000;

type StepState = 'done' | 'now' | 'waiting' | 'failed';

/** How far the clone is: the step that goes on, or the one that failed. */
interface Stand {
  readonly at: 0 | 1 | 2 | 3 | 4;
  readonly isFailed: boolean;
}

const STEPS = [
  ['Look', 'the source, its stacks, and the name'],
  ['Clone', 'AWS takes the job'],
  ['Follow', 'until AWS says that it ended'],
  ['Compare', 'both, setting by setting'],
] as const;

const WORDS: Readonly<Record<StepState, readonly [sign: string, word: string]>> = {
  done: ['✓', 'done'],
  now: ['◐', 'goes on'],
  waiting: ['', 'not yet'],
  failed: ['✕', 'failed'],
};

const stateOf = (index: number, { at, isFailed }: Stand): StepState =>
  index < at ? 'done' : index > at ? 'waiting' : isFailed ? 'failed' : 'now';

function stepList(stand: Stand) {
  return el(
    'ol',
    { class: 'steps', 'data-key': 'steps' },
    STEPS.map(([name, about], index) => {
      const is = stateOf(index, stand);
      const [sign, word] = WORDS[is];
      return el(
        'li',
        { class: is, 'aria-current': is === 'now' ? 'step' : undefined },
        el('span', { class: 'step-sign', 'aria-hidden': 'true' }, sign || String(index + 1)),
        el('span', { class: 'step-name' }, name),
        el('span', { class: 'unseen' }, `: ${word}`),
        el('span', { class: 'quiet' }, about),
      );
    }),
  );
}

const VERDICTS: Readonly<Record<string, string>> = {
  complete: 'The clone has what its source has, as far as both were compared.',
  partial: 'The clone lacks something that its source has.',
  empty: 'The clone has nothing of its source.',
  failed: 'The clone failed.',
};

/** @param first the result, if the call has one already */
export function cloneScreen(
  stage: Stage,
  args: Arguments,
  first?: ToolResult,
): Screen & { result(result: ToolResult): void } {
  let answer: Partial<Clone> = {};
  let isError = false;
  let hasResult = false;
  let running: RunningJob | undefined;
  let failed: FailedJob | undefined;
  let hasRun = false;
  let readAt = Date.now();
  /** Where the page compares itself, because the call ended before. */
  let compared: Partial<Compared> | undefined;
  let stop: (() => void) | undefined;
  let said = '';

  const from = () => String(answer.from ?? args.from ?? 'source');
  const to = () => String(answer.to ?? args.to ?? 'clone');
  const app = () => ({
    app: answer.appId ?? args.app,
    ...(args.target !== undefined && { target: args.target }),
  });
  const compare = async (page?: number) => {
    const result = await stage.host.callTool('compare_environments', {
      ...app(),
      left: from(),
      right: to(),
      ...(page !== undefined && { page }),
    });
    if (result.isError) throw new Error(textIn(result));
    return answerIn<Compared>(result);
  };
  const comparison = new ComparisonParts(stage, compare);

  function stand(): Stand {
    const { verdict, job } = answer;
    if (verdict !== undefined) return { at: 4, isFailed: false };
    if (failed || job?.state === 'failed' || job?.state === 'stalled') return { at: 2, isFailed: true };
    if (compared) return { at: 4, isFailed: false };
    if (hasResult && isError) return { at: job ? 2 : hasRun ? 3 : 0, isFailed: true };
    if (running) return { at: 2, isFailed: false };
    if (hasRun || job?.state === 'succeeded') return { at: 3, isFailed: false };
    return { at: job ? 2 : 0, isFailed: false };
  }

  function tell(): void {
    const { at, isFailed } = stand();
    const step = STEPS[Math.min(at, 3)]?.[0] ?? '';
    const now =
      at === 4
        ? `Clone of ${nameText(from())} to ${nameText(to())}: ${answer.verdict ?? 'compared'}.`
        : `${step}: ${isFailed ? 'failed' : 'goes on'}.`;
    if (now !== said) stage.say(now);
    said = now;
    stage.update();
  }

  /** After a call that ended before the job did: what differs, once the job has ended. */
  async function compareNow(): Promise<void> {
    stop?.();
    try {
      compared = await compare();
      comparison.set(compared);
    } catch (thrown) {
      compared = { error: { message: thrown instanceof Error ? thrown.message : String(thrown) } };
    }
    tell();
  }

  function take(board: Board): void {
    const before = running;
    running = board.running?.find(({ environment }) => environment === to());
    readAt = Date.now();
    const waitedFor = running ?? before ?? answer.job;
    failed = board.failures?.find(
      ({ environment, jobId }) => environment === to() && jobId !== undefined && jobId === waitedFor?.jobId,
    );
    hasRun ||= running !== undefined || (before !== undefined && !failed);
    if (hasResult && !running && !failed && answer.verdict === undefined && !isError) void compareNow();
    if (failed) stop?.();
    tell();
  }

  function follow(): void {
    stop ??= followBoard(
      stage.host,
      app(),
      {
        board: take,
        failed: () => undefined,
        tick: () => running && stage.update(),
      },
      SOON_MS,
    );
  }

  function result(next: ToolResult): void {
    answer = answerIn<Clone>(next);
    [hasResult, isError] = [true, next.isError === true];
    if (answer.error && !answer.error.message)
      answer = { ...answer, error: { ...answer.error, message: textIn(next) } };
    if (answer.verdict !== undefined || answer.plan || isError) stop?.();
    else follow();
    if (answer.verdict !== undefined) {
      running = undefined;
      comparison.set(answer);
    }
    tell();
  }

  if (first) result(first);
  else follow();

  const look: Screen['look'] = () => {
    const { verdict, plan, job, error, nextSteps, notes: noted } = answer;
    const isPlan = plan !== undefined && verdict === undefined && !job;
    const reason = failed?.reason ?? job?.error;
    return {
      title: el('span', null, named(from()), el('span', { class: 'quiet' }, ' to '), named(to())),
      subtitle: isPlan ? 'Plan of a clone: nothing was sent' : 'Clone',
      body: [
        !isPlan && stepList(stand()),
        running && section('Job', 'job', runningJob(running, Date.now() - readAt)),
        verdict !== undefined &&
          el('p', { class: 'verdict', 'data-key': 'verdict' }, state(verdict), ' ', VERDICTS[verdict] ?? ''),
        (error || (hasResult && isError)) && failure(answer),
        reason !== undefined &&
          section(
            'Why it failed',
            'reason',
            el('p', { class: 'quiet' }, operationText(job?.operation ?? failed?.operation)),
            prose(reason),
          ),
        ...(isPlan ? planParts(plan) : []),
        ...(verdict !== undefined || compared?.counts ? comparison.parts(from(), to()) : []),
        compared?.error && failure(compared),
        steps(nextSteps),
        notes(noted),
      ],
    };
  };
  return { look, result, stop: () => stop?.() };
}

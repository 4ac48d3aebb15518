/**
 * Stacks in the way of a clone: CloudFormation is at work on that of the source or on one of the target's name; or the
 * source's is stuck half-way or gone, so that a copy of it would be a copy of nobody knows what.
 */

import type { Stack } from '../../aws/stacks.ts';
import { type ReadEnvironment, stackStateOf, stackStateText } from '../../environment/index.ts';
import { ServerError } from '../../errors.ts';
import type { JobRef } from '../../jobs/job.ts';
import { quoteName } from '../../lib/quote.ts';
import type { WorkflowContext } from '../define.ts';
import { createLook } from '../stack-looks.ts';
import type { Patience } from './pending.ts';
import { type Clone, findEarlier } from './preflight.ts';

/** What came of it. */
export interface StacksCleared {
  /** What was waited for, or will be, and what could not be looked at, a sentence each. */
  readonly notes: readonly string[];
  /** The stack that CloudFormation is still at work on when the time is up, as text. */
  readonly unended?: string;
  /** The job that makes the target, where another call has started it meanwhile: its stack is in nobody's way. */
  readonly made?: JobRef;
}

/** How often a stack is looked at while it is waited for. */
const LOOK_EVERY_MS = 5_000;

/** A source without its stack: the meta still names what the stack had. No waiting helps. */
function goneSource(environment: string, what: string): ServerError {
  return new ServerError('stack_in_the_way', {
    message: `Of ${quoteName(environment)}, ${what}: what its meta names is not there to be cloned. Nothing was sent.`,
    hint: `Ask the person which environment is meant. ${quoteName(environment)} is a remnant: describe_environment shows what is left of it; decommission_environment takes the rest down, once a person confirms that.`,
  });
}

/** Refuses a source whose stack is gone, or will be. */
function refuseGone(environment: string, stack: Stack): void {
  if (stackStateOf(stack).condition === 'gone' || stack.status === 'DELETE_IN_PROGRESS')
    throw goneSource(environment, stackStateText(stack));
}

/**
 * The stack of the source, by its meta; undefined where it has none or nobody may look.
 * @throws stack_in_the_way where it is gone
 */
async function sourceStack(
  { stacks, signal }: WorkflowContext,
  { appId, from, target }: Clone,
  { stack: { id, name } }: ReadEnvironment,
  notes: string[],
): Promise<Stack | undefined> {
  const named = id ?? name;
  if (named === undefined) return undefined;
  const look = createLook(notes);
  const found = await look('the stack of the source', 'cloudformation:DescribeStacks', () =>
    stacks.find({ appId, backendEnvironmentName: from, target }, named, signal),
  );
  if (found && !found.value)
    throw goneSource(from, `CloudFormation knows no stack ${quoteName(name ?? named)}`);
  if (found?.value) refuseGone(from, found.value);
  return found?.value;
}

function refusal(environment: string, stack: Stack): ServerError {
  const { condition, nextStep } = stackStateOf(stack);
  const waits =
    condition === 'at work' ? ' Or call again with waitForPending: true to wait for it first.' : '';
  return new ServerError('stack_in_the_way', {
    message: `Of ${quoteName(environment)}, ${stackStateText(stack)}. Nothing was sent.`,
    hint: `${nextStep} Then call again.${waits}`,
  });
}

const pause = (ms: number, signal: AbortSignal | undefined) =>
  new Promise<void>(resolve => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });

/** Waits for the end of CloudFormation's work. @returns the stack as it is then, or when the time is up */
async function waitFor(
  { stacks, signal }: WorkflowContext,
  { appId, target }: Clone,
  environment: string,
  stack: Stack,
  secondsLeft: () => number,
): Promise<Stack> {
  let latest = stack;
  while (stackStateOf(latest).condition === 'at work' && secondsLeft() > 1) {
    await pause(Math.min(LOOK_EVERY_MS, secondsLeft() * 1_000), signal);
    if (signal?.aborted) throw new ServerError('cancelled');
    const place = { appId, backendEnvironmentName: environment, target };
    latest = (await stacks.find(place, stack.id, signal)) ?? { ...latest, status: 'DELETE_COMPLETE' };
  }
  return latest;
}

/**
 * Clears the way, as far as the time goes.
 * @param leftovers stacks that bear the target's name
 * @throws stack_in_the_way where it is not to be waited for, and where waiting does not help
 * @throws invalid_arguments where somebody made the target meanwhile, and not by a clone
 */
export async function clearStacks(
  context: WorkflowContext,
  clone: Clone,
  source: ReadEnvironment,
  leftovers: readonly Stack[],
  { waits, isPlan, secondsLeft }: Omit<Patience, 'isMade'>,
): Promise<StacksCleared> {
  const notes: string[] = [];
  const own = await sourceStack(context, clone, source, notes);
  const isAtWork = (stack: Stack) => stackStateOf(stack).condition === 'at work';
  const inTheWay = [
    ...(own ? [{ environment: clone.from, stack: own }] : []),
    ...leftovers.filter(isAtWork).map(stack => ({ environment: clone.to, stack })),
  ];
  for (const { environment, stack } of inTheWay) {
    const made = environment === clone.to ? await findEarlier(context, clone) : undefined;
    if (made) return { notes, made };
    if (isAtWork(stack) && !waits) throw refusal(environment, stack);
    if (isAtWork(stack) && isPlan) {
      notes.push(`First it waits for the stack of ${quoteName(environment)}: ${stackStateText(stack)}.`);
      continue;
    }
    const latest = isAtWork(stack) ? await waitFor(context, clone, environment, stack, secondsLeft) : stack;
    if (isAtWork(latest)) return { notes, unended: stackStateText(latest) };
    if (environment === clone.from) {
      refuseGone(environment, latest);
      if (stackStateOf(latest).condition === 'stuck') throw refusal(environment, latest);
    }
    if (latest !== stack) notes.push(`Waited for stack ${quoteName(stack.name)}, to end.`);
  }
  return { notes };
}

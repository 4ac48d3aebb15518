/**
 * Stacks that block a clone: CloudFormation is at work on the source's stack or on one that has the target's name; or
 * the source's stack is stuck or gone, so that what a clone would copy is unknown.
 */

import type { Stack } from '../../aws/stacks.ts';
import { createTryRead } from '../../call/optional-reads.ts';
import { type ReadEnvironment, stackStateOf, stackStateText } from '../../environment/index.ts';
import { ServerError } from '../../errors.ts';
import type { JobRef } from '../../jobs/job.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { type Clone, findCloneJob } from './preflight.ts';
import type { WaitOptions } from './wait-options.ts';

export interface BlockingStacks {
  /** A sentence for each stack that was or will be waited for, and for what could not be checked. */
  readonly notes: readonly string[];
  /** Describes the stack that CloudFormation is still at work on when the time is up. */
  readonly notEnded?: string;
  /** The job of another call that is creating the target: its stack does not block this one. */
  readonly existing?: JobRef;
}

const READ_EVERY_MS = 5_000;

/** The failure for a source whose stack no longer exists. Waiting does not help. */
function stackGone(environment: string, what: string): ServerError {
  return new ServerError('stack_in_the_way', {
    message: `${quoteName(environment)} cannot be cloned: ${what}, so the resources in its meta no longer exist. Nothing was sent.`,
    hint: `Ask the person which environment is meant. describe_environment shows what is left of ${quoteName(environment)}; decommission_environment deletes it, after a person's confirmation.`,
  });
}

/** @throws stack_in_the_way where the stack is gone or being deleted */
function refuseGone(environment: string, stack: Stack): void {
  if (stackStateOf(stack).condition === 'gone' || stack.status === 'DELETE_IN_PROGRESS')
    throw stackGone(environment, stackStateText(stack));
}

/**
 * The stack that the source's meta names; undefined where it names none or the identity may not read it.
 * @throws stack_in_the_way where it is gone
 */
async function sourceStack(
  { stacks, signal }: ToolContext,
  { appId, from, target }: Clone,
  { stack: { id, name } }: ReadEnvironment,
  notes: string[],
): Promise<Stack | undefined> {
  const named = id ?? name;
  if (named === undefined) return undefined;
  const tryRead = createTryRead(notes);
  const found = await tryRead('the stack of the source', 'cloudformation:DescribeStacks', () =>
    stacks.find({ appId, backendEnvironmentName: from, target }, named, signal),
  );
  if (found && !found.value) throw stackGone(from, `CloudFormation has no stack ${quoteName(name ?? named)}`);
  if (found?.value) refuseGone(from, found.value);
  return found?.value;
}

function refusal(environment: string, stack: Stack): ServerError {
  const { condition, nextStep } = stackStateOf(stack);
  const orWait =
    condition === 'at work' ? ' Or call again with waitForPending: true to wait for it first.' : '';
  return new ServerError('stack_in_the_way', {
    message: `A stack of ${quoteName(environment)} blocks this: ${stackStateText(stack)}. Nothing was sent.`,
    hint: `${nextStep} Then call again.${orWait}`,
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

/** Waits until CloudFormation is finished with the stack. @returns the stack as it is then, or when the time is up */
async function waitForStack(
  { stacks, signal }: ToolContext,
  { appId, target }: Clone,
  environment: string,
  stack: Stack,
  secondsLeft: () => number,
): Promise<Stack> {
  let latest = stack;
  while (stackStateOf(latest).condition === 'at work' && secondsLeft() > 1) {
    await pause(Math.min(READ_EVERY_MS, secondsLeft() * 1_000), signal);
    if (signal?.aborted) throw new ServerError('cancelled');
    const ref = { appId, backendEnvironmentName: environment, target };
    latest = (await stacks.find(ref, stack.id, signal)) ?? { ...latest, status: 'DELETE_COMPLETE' };
  }
  return latest;
}

/**
 * Waits for all blocking stacks, as long as there is time.
 * @param leftovers stacks that have the target's name
 * @throws stack_in_the_way where the caller does not wait, and where waiting does not help
 * @throws invalid_arguments where the target exists by now and no clone created it
 */
export async function waitForStacks(
  context: ToolContext,
  clone: Clone,
  source: ReadEnvironment,
  leftovers: readonly Stack[],
  { waits, isPlan, secondsLeft }: Omit<WaitOptions, 'targetExists'>,
): Promise<BlockingStacks> {
  const notes: string[] = [];
  const own = await sourceStack(context, clone, source, notes);
  const isAtWork = (stack: Stack) => stackStateOf(stack).condition === 'at work';
  const blocking = [
    ...(own ? [{ environment: clone.from, stack: own }] : []),
    ...leftovers.filter(isAtWork).map(stack => ({ environment: clone.to, stack })),
  ];
  for (const { environment, stack } of blocking) {
    const existing = environment === clone.to ? await findCloneJob(context, clone) : undefined;
    if (existing) return { notes, existing };
    if (isAtWork(stack) && !waits) throw refusal(environment, stack);
    if (isAtWork(stack) && isPlan) {
      notes.push(
        `The clone first waits for the stack of ${quoteName(environment)}: ${stackStateText(stack)}.`,
      );
      continue;
    }
    const latest = isAtWork(stack)
      ? await waitForStack(context, clone, environment, stack, secondsLeft)
      : stack;
    if (isAtWork(latest)) return { notes, notEnded: stackStateText(latest) };
    if (environment === clone.from) {
      refuseGone(environment, latest);
      if (stackStateOf(latest).condition === 'stuck') throw refusal(environment, latest);
    }
    if (latest !== stack)
      notes.push(`Waited for CloudFormation to finish with stack ${quoteName(stack.name)}.`);
  }
  return { notes };
}

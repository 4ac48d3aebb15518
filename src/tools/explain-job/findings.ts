/** What the facts of a job come to: AWS's reason, the first failure, what is waited for, and likely causes. Pure. */
import type { Job } from '../../jobs/job.ts';
import { isAtWork } from '../stack-looks.ts';
import { causeOf, type Evidence } from './causes.ts';
import { failuresIn, firstFailureIn, pendingIn, type ResourceEvent, told } from './events.ts';
import type { JobFacts } from './job-facts.ts';

/** A cause that is likely, and what it is concluded from. */
export interface Cause {
  readonly cause: string;
  /** AWS's words or statuses, verbatim and bounded; data, never an instruction. */
  readonly evidence: string;
  readonly whatToDo: string;
}

/** The stack as it matters to a job. */
export interface StackFinding {
  readonly name: string;
  readonly status: string;
  readonly lastEvent?: ResourceEvent;
  /** What it works on the longest, where it does. */
  readonly pending?: ResourceEvent;
}

/** What the facts come to. */
export interface Findings {
  /** AWS's own words in the job's record. */
  readonly reason?: string;
  readonly firstFailure?: ResourceEvent;
  readonly stack?: StackFinding;
  readonly causes: readonly Cause[];
  /** For how long nothing happened in the stacks of a job that has not ended; absent where nothing ever did. */
  readonly quietMs?: number;
}

const LONGEST_EVIDENCE = 500;
const MOST_FAILURES = 10;
/** A stack may be done a while before its job, and begin a while after it. */
const LAG_MS = 10 * 60_000;

export const isUnended = ({ state }: Job) => state === 'running' || state === 'stalled';

/** The time at AWS when the report was made. */
const nowOf = ({ report: { job, elapsedMs = 0 } }: JobFacts) => Date.parse(job.createdAt ?? '') + elapsedMs;

function bounded(text: string): string {
  return text.length > LONGEST_EVIDENCE ? `${text.slice(0, LONGEST_EVIDENCE)}…` : text;
}

/** What a piece of evidence is shown as. */
function shown({ text, type, status }: Evidence): string {
  const parts = [type, status, text].filter(part => part !== undefined && part !== '');
  return parts.length === 0
    ? 'no event in CloudFormation since the job was begun'
    : bounded(parts.join(': '));
}

/** What the stack by itself says of the job; of one that goes on, only once it had the time to. */
function ofStack(facts: JobFacts): Omit<Evidence, 'operation' | 'isUnended'>[] {
  const { report, stack: seen, story } = facts;
  if (!seen || !story) return [];
  const stack = seen.value;
  const { events } = story.value;
  const [latest] = events;
  const lastAt = latest?.at ?? report.job.createdAt;
  const goesOn = isUnended(report.job);
  if (goesOn && !(nowOf(facts) - Date.parse(lastAt ?? '') > LAG_MS)) return [];
  if (!latest) return goesOn && (!stack || !isAtWork(stack)) ? [{ from: 'silence' }] : [];
  return stack ? [{ from: 'stack', status: stack.status, ...(stack.reason && { text: stack.reason }) }] : [];
}

function causesIn(facts: JobFacts, failures: readonly ResourceEvent[]): Cause[] {
  const { job } = facts.report;
  const { operation, error } = job;
  const evidence: Omit<Evidence, 'operation' | 'isUnended'>[] = [
    ...failures.slice(0, MOST_FAILURES).map(({ type, status, reason }) => ({
      ...{ from: 'event' as const, type, status },
      ...(reason !== undefined && { text: reason }),
    })),
    ...(error === undefined ? [] : [{ from: 'job' as const, text: error }]),
    ...ofStack(facts),
  ];
  const causes = new Map<string, Cause>();
  for (const part of evidence) {
    const whole: Evidence = { ...part, operation, isUnended: isUnended(job) };
    const known = causeOf(whole);
    if (!known || causes.has(known.cause)) continue;
    const { cause, whatToDo } = known;
    causes.set(cause, { cause: `Likely: ${cause}`, evidence: shown(whole), whatToDo });
  }
  return [...causes.values()];
}

/** Finds. */
export function findingsOf(facts: JobFacts): Findings {
  const { report, stack: seen, story } = facts;
  const { error } = report.job;
  const events = story?.value.events ?? [];
  const [latest] = events;
  const firstFailure = firstFailureIn(events);
  const goesOn = isUnended(report.job);
  const pending = goesOn && seen?.value && isAtWork(seen.value) ? pendingIn(events) : undefined;
  const stack = seen?.value;
  return {
    ...(error !== undefined && { reason: error }),
    ...(firstFailure && { firstFailure }),
    ...(stack && {
      stack: {
        ...{ name: stack.name, status: stack.status },
        ...(latest && { lastEvent: told(latest) }),
        ...(pending && { pending }),
      },
    }),
    causes: causesIn(facts, failuresIn(events)),
    ...(goesOn && latest && { quietMs: Math.max(0, nowOf(facts) - Date.parse(latest.at)) }),
  };
}

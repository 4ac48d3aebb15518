/** What follows from the facts on a job: AWS's reason, the first failure, what it waits for, likely causes. Pure. */
import { isEnded } from '../../jobs/job.ts';
import { isAtWork } from '../shared/texts.ts';
import { causeOf, type Evidence } from './causes.ts';
import { failuresIn, firstFailureIn, pendingIn, type ResourceEvent, toResourceEvent } from './events.ts';
import type { JobFacts } from './job-facts.ts';

/** A likely cause, and its evidence. */
export interface Cause {
  readonly cause: string;
  /** AWS's words or statuses, verbatim and bounded; data, never an instruction. */
  readonly evidence: string;
  readonly whatToDo: string;
}

/** The stack of a job in the answer. */
export interface StackFinding {
  readonly name: string;
  readonly status: string;
  readonly lastEvent?: ResourceEvent;
  /** The resource that CloudFormation has been at work on the longest. */
  readonly pending?: ResourceEvent;
}

export interface Findings {
  /** AWS's own words in the job's record. */
  readonly reason?: string;
  readonly firstFailure?: ResourceEvent;
  readonly stack?: StackFinding;
  readonly causes: readonly Cause[];
  /** Time since the last event in the stacks of a job that has not ended; absent where there was none. */
  readonly quietMs?: number;
}

const LONGEST_EVIDENCE = 500;
const MOST_FAILURES = 10;
/** CloudFormation may start on a stack some minutes after the job starts, and end some minutes before the job does. */
const LAG_MS = 10 * 60_000;

/** The time of the report on AWS's clock, in epoch milliseconds. */
const nowOf = ({ report: { job, elapsedMs = 0 } }: JobFacts) => Date.parse(job.createdAt ?? '') + elapsedMs;

function bounded(text: string): string {
  return text.length > LONGEST_EVIDENCE ? `${text.slice(0, LONGEST_EVIDENCE)}…` : text;
}

/** A piece of evidence as text. */
function evidenceText({ text, type, status }: Evidence): string {
  const parts = [type, status, text].filter(part => part !== undefined && part !== '');
  return parts.length === 0 ? 'no event in CloudFormation since the job started' : bounded(parts.join(': '));
}

/** The evidence from the stack. While a job runs, a stack without new events is evidence only after some minutes. */
function stackEvidence(facts: JobFacts): Omit<Evidence, 'operation' | 'isRunning'>[] {
  const { report, stack: read, history } = facts;
  if (!read || !history) return [];
  const stack = read.value;
  const { events } = history.value;
  const [latest] = events;
  const lastAt = latest?.at ?? report.job.createdAt;
  const isRunning = !isEnded(report.job);
  if (isRunning && !(nowOf(facts) - Date.parse(lastAt ?? '') > LAG_MS)) return [];
  if (!latest) return isRunning && (!stack || !isAtWork(stack)) ? [{ from: 'silence' }] : [];
  return stack ? [{ from: 'stack', status: stack.status, ...(stack.reason && { text: stack.reason }) }] : [];
}

function causesIn(facts: JobFacts, failures: readonly ResourceEvent[]): Cause[] {
  const { job } = facts.report;
  const { operation, error } = job;
  const evidence: Omit<Evidence, 'operation' | 'isRunning'>[] = [
    ...failures.slice(0, MOST_FAILURES).map(({ type, status, reason }) => ({
      ...{ from: 'event' as const, type, status },
      ...(reason !== undefined && { text: reason }),
    })),
    ...(error === undefined ? [] : [{ from: 'job' as const, text: error }]),
    ...stackEvidence(facts),
  ];
  const causes = new Map<string, Cause>();
  for (const part of evidence) {
    const whole: Evidence = { ...part, operation, isRunning: !isEnded(job) };
    const known = causeOf(whole);
    if (!known || causes.has(known.cause)) continue;
    const { cause, whatToDo } = known;
    causes.set(cause, { cause: `Likely: ${cause}`, evidence: evidenceText(whole), whatToDo });
  }
  return [...causes.values()];
}

export function findingsOf(facts: JobFacts): Findings {
  const { report, stack: read, history } = facts;
  const { error } = report.job;
  const events = history?.value.events ?? [];
  const [latest] = events;
  const firstFailure = firstFailureIn(events);
  const isRunning = !isEnded(report.job);
  const pending = isRunning && read?.value && isAtWork(read.value) ? pendingIn(events) : undefined;
  const stack = read?.value;
  return {
    ...(error !== undefined && { reason: error }),
    ...(firstFailure && { firstFailure }),
    ...(stack && {
      stack: {
        ...{ name: stack.name, status: stack.status },
        ...(latest && { lastEvent: toResourceEvent(latest) }),
        ...(pending && { pending }),
      },
    }),
    causes: causesIn(facts, failuresIn(events)),
    ...(isRunning && latest && { quietMs: Math.max(0, nowOf(facts) - Date.parse(latest.at)) }),
  };
}

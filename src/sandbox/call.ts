/**
 * What an operation's code is handed: the state, the time, and how a job that it starts will go. Handlers are plain
 * functions from a checked input to an answer; they throw ServiceErrors and know nothing of HTTP.
 */
import { randomUUID } from 'node:crypto';
import { type Job, stackPeriod } from './jobs.ts';
import type { OperationName } from './model.ts';
import type { Input, Output } from './sdk-types.ts';
import type { SettingsView } from './settings.ts';
import type { Ending, Schedule } from './stacks/steps.ts';
import type { State } from './state.ts';

/** How a started job will go. */
export type JobScenario =
  | { readonly kind: 'succeeds' | 'stuck' | 'leaves-empty' | 'leaves-bucket' }
  /** `stackReason`: of the first resource that fails; empty where nothing in the stack does. */
  | { readonly kind: 'fails'; readonly error: string; readonly stackReason?: string }
  /** The job completes although its stack fails. */
  | { readonly kind: 'leaves-stack'; readonly stackReason?: string };

/** One call of one operation. */
export interface Call {
  readonly state: State;
  readonly operation: OperationName;
  /** Epoch milliseconds. */
  readonly now: number;
  /** How long a job takes, in milliseconds. */
  readonly jobMs: number;
  readonly scenario: JobScenario;
  readonly settings: SettingsView;
}

/** The code behind one operation. */
export type Handler<Name extends OperationName> = (call: Call, input: Input<Name>) => Output<Name>;

/** The code behind some operations, by AWS name. */
export type Handlers<Names extends OperationName> = { readonly [Name in Names]: Handler<Name> };

/** Where a job is filed and what it does. */
export interface JobPlan {
  readonly appId: string;
  /** The first one is named in the answer. */
  readonly environments: readonly string[];
  /** Refuses other jobs on these environments while it runs. */
  readonly exclusive?: boolean;
  /** Plans what it does to stacks; not called where they are to show nothing of it. */
  readonly changeStacks?: (schedule: Schedule) => void;
  /** What its completion does. It must bear that things changed since the job was started. */
  readonly effect: (completedAt: number) => void;
}

/**
 * Starts a job and describes it as the answer to its starter: always `PENDING`, whatever its duration. Operations
 * whose answer lacks some of these members simply leave them out on the wire.
 */
export function startJob(call: Call, plan: JobPlan) {
  const { scenario, now } = call;
  const job: Job = {
    appId: plan.appId,
    environments: plan.environments,
    jobId: randomUUID(),
    operation: call.operation,
    createdAt: now,
    endsAt: scenario.kind === 'stuck' ? null : now + call.jobMs,
    outcome: scenario.kind === 'fails' ? 'FAILED' : 'COMPLETED',
    error: scenario.kind === 'fails' ? scenario.error : '',
    exclusive: plan.exclusive ?? false,
    effect: plan.effect,
  };
  call.state.jobs.push(job);
  const ending = endingOf(scenario);
  if (ending) plan.changeStacks?.({ ...stackPeriod(job, call.jobMs), ending });
  const [environment] = plan.environments;
  return {
    AppId: job.appId,
    ...(environment === undefined ? {} : { BackendEnvironmentName: environment }),
    JobId: job.jobId,
    Operation: job.operation,
    Status: 'PENDING',
  };
}

/** How the stack fares under a job; undefined where it shows nothing of it. */
function endingOf(scenario: JobScenario): Ending | undefined {
  switch (scenario.kind) {
    case 'fails':
    case 'leaves-stack': {
      const { stackReason: reason } = scenario;
      if (reason === '') return undefined;
      return { kind: 'fails', ...(reason !== undefined && { reason }) };
    }
    case 'stuck':
      return { kind: 'hangs' };
    case 'leaves-bucket':
      return { kind: 'skips-bucket' };
    default:
      return { kind: 'succeeds' };
  }
}

/** What an update makes of stored settings. */
export const applyUpdate = <T extends object>({ settings }: Call, stored: T, update: object): T =>
  settings.updates === 'merge' ? merge(stored, update) : (update as T);

/** Laid over stored settings: nested structures merge, anything else (lists too) replaces what was there. */
function merge<T extends object>(stored: T, update: object): T {
  const merged: Record<string, unknown> = Object.fromEntries(Object.entries(stored));
  for (const [name, value] of Object.entries(update)) {
    const before = merged[name];
    merged[name] = isStructure(before) && isStructure(value) ? merge(before, value) : value;
  }
  return merged as T;
}

function isStructure(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The interface between the service and its operation handlers. A handler is a plain function from a validated input
 * to an answer. It throws ServiceErrors and knows nothing of HTTP.
 */
import { randomUUID } from 'node:crypto';
import { type Job, stackPeriod } from './jobs.ts';
import type { OperationName } from './model.ts';
import type { Input, Output } from './sdk-types.ts';
import type { SettingsView } from './settings.ts';
import type { Ending, Schedule } from './stacks/steps.ts';
import type { State } from './state.ts';

/** How a started job will end, and what it leaves behind. Faults choose it; without one it succeeds. */
export type JobScenario =
  | { readonly kind: 'succeeds' | 'stuck' | 'leaves-empty' | 'leaves-bucket' }
  /** `stackReason`: the reason of the first resource that fails. If it is empty, the stacks show no failure. */
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

export type Handler<Name extends OperationName> = (call: Call, input: Input<Name>) => Output<Name>;

/** The handlers of some operations, by AWS name. */
export type Handlers<Names extends OperationName> = { readonly [Name in Names]: Handler<Name> };

/** Under which environments a job is listed, and what it changes. */
export interface JobPlan {
  readonly appId: string;
  /** The answer names the first one. */
  readonly environments: readonly string[];
  /** Whether other jobs on these environments are refused while this one runs. */
  readonly exclusive?: boolean;
  /** Writes the job's events into the stacks. Not called if the stacks are to show nothing of the job. */
  readonly changeStacks?: (schedule: Schedule) => void;
  /** Changes the state when the job completes. The state may have changed since the job was started. */
  readonly effect: (completedAt: number) => void;
}

/**
 * Starts a job and returns the answer of the operation that started it: always `PENDING`, even for a job that takes
 * no time. `writeOutput` drops the members that the operation's answer does not have.
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

/** How the stack work of a job ends; undefined if the stacks show nothing of the job. */
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

/** The stored settings after an update, by the setting `updates`: merged or replaced. */
export const applyUpdate = <T extends object>({ settings }: Call, stored: T, update: object): T =>
  settings.updates === 'merge' ? merge(stored, update) : (update as T);

/** Merges nested structures; anything else, lists included, replaces the stored value. */
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

/**
 * Faults: failures of the real service that a test or a demonstration asks for by name. A fault applies to the next
 * correctly signed requests of its operation, as many as its `times` says.
 */
import { type GatewayAnswer, readGatewayAnswer } from './gateway-answers.ts';
import { operations } from './model.ts';
import { badRequest } from './service-error.ts';

export const faultKinds = [
  'throttle',
  'server-error',
  'bad-request',
  'timeout-before',
  'timeout-after',
  'reset-before',
  'reset-after',
  'answer-before',
  'answer-after',
  'slow',
  'job-fails',
  'job-stuck',
  'clone-leaves-empty-environment',
  'stack-delete-fails',
  'delete-leaves-stack',
  'delete-leaves-bucket',
  'pending-job',
  'error-in-200',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** A fault that is not used up. */
export interface Fault {
  /** AWS operation name, or `*` for any. */
  readonly operation: string;
  readonly kind: FaultKind;
  /** How many more requests it applies to. */
  times: number;
  /**
   * Milliseconds. `slow`: until the answer. `timeout-after`, `reset-after`, `answer-after`: from the answer until the
   * request is executed.
   */
  readonly delayMs?: number;
  /** `timeout-before`, `timeout-after`, `server-error`: the HTTP status in place of 504 or 500. */
  readonly status?: number;
  /** `job-fails`, `stack-delete-fails`, `error-in-200`: the error text; empty means that AWS gives none. */
  readonly error?: string;
  /**
   * `job-fails`, `stack-delete-fails`, `delete-leaves-stack`: the reason of the first failure in the stacks. If it is
   * empty, the stacks show no failure.
   */
  readonly stackReason?: string;
  /** `answer-before`, `answer-after`: the answer of API Gateway or Express that replaces the service's. */
  readonly answer?: GatewayAnswer;
}

const longestDelayMs = 60_000;
const members = ['operation', 'kind', 'times', 'delayMs', 'status', 'error', 'stackReason', 'answer'];

const deletions = ['DeleteBackend', 'RemoveAllBackends'];
const deletionKinds: readonly FaultKind[] = [
  'stack-delete-fails',
  'delete-leaves-stack',
  'delete-leaves-bucket',
];

/** Whether a kind of fault can affect an operation. The job kinds affect only operations that start a job. */
function affects(kind: FaultKind, operation: string): boolean {
  if (kind === 'clone-leaves-empty-environment') return operation === 'CloneBackend';
  if (deletionKinds.includes(kind)) return deletions.includes(operation);
  if (kind !== 'job-fails' && kind !== 'job-stuck') return true;
  return [...operations.values()].some(({ name, startsJob }) => name === operation && startsJob);
}

/** The faults that are not used up, in the order in which they were added. */
export class Faults {
  #faults: Fault[] = [];

  /**
   * Adds a fault.
   * @throws ServiceError 400 that names the invalid member and its allowed values
   */
  add(request: Record<string, unknown>): void {
    this.#faults.push(readFault(request));
  }

  /** Uses the first fault that affects this operation once. */
  take(operation: string): Fault | undefined {
    const fault = this.#faults.find(
      waiting =>
        (waiting.operation === '*' || waiting.operation === operation) && affects(waiting.kind, operation),
    );
    if (!fault) return undefined;
    fault.times -= 1;
    if (fault.times === 0) this.#faults = this.#faults.filter(waiting => waiting !== fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults = [];
  }
}

function readFault(request: Record<string, unknown>): Fault {
  for (const name of Object.keys(request)) {
    if (!members.includes(name)) throw badRequest(`Unknown member ${name}; allowed: ${members.join(', ')}`);
  }
  const { operation, kind: wanted, times = 1, delayMs, status, error, stackReason, answer } = request;
  const names = [...operations.keys(), '*'].sort();
  if (typeof operation !== 'string' || !names.includes(operation)) {
    throw badRequest(`operation ${JSON.stringify(operation)} is not one of ${names.join(', ')}`);
  }
  const kind = faultKinds.find(known => known === wanted);
  if (!kind) throw badRequest(`kind ${JSON.stringify(wanted)} is not one of ${faultKinds.join(', ')}`);
  if (operation !== '*' && !affects(kind, operation)) {
    const able = names.filter(name => name === '*' || affects(kind, name));
    throw badRequest(`kind ${kind} cannot affect operation ${operation}; allowed: ${able.join(', ')}`);
  }
  if (!isInteger(times, 1, Number.MAX_SAFE_INTEGER)) {
    throw badRequest(`times ${JSON.stringify(times)} is not an integer of 1 or more`);
  }
  if (delayMs !== undefined && !isInteger(delayMs, 0, longestDelayMs)) {
    throw badRequest(`delayMs ${JSON.stringify(delayMs)} is not an integer from 0 to ${longestDelayMs}`);
  }
  if (status !== undefined && !isInteger(status, 400, 599)) {
    throw badRequest(`status ${JSON.stringify(status)} is not an integer from 400 to 599`);
  }
  if (error !== undefined && typeof error !== 'string') {
    throw badRequest(`error ${JSON.stringify(error)} is not a string`);
  }
  if (stackReason !== undefined && typeof stackReason !== 'string') {
    throw badRequest(`stackReason ${JSON.stringify(stackReason)} is not a string`);
  }
  return {
    operation,
    kind,
    times,
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error }),
    ...(stackReason === undefined ? {} : { stackReason }),
    ...(answer === undefined ? {} : { answer: readGatewayAnswer(answer) }),
  };
}

function isInteger(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && typeof value === 'number' && value >= least && value <= most;
}

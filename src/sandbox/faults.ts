/**
 * Faults on demand: what goes wrong with the real service, asked for by name so that a test can see a client cope.
 * A fault waits for the next correctly signed request of its operation and is used up once per such request.
 */
import { type GatewayAnswer, readGatewayAnswer } from './gateway-answers.ts';
import { operations } from './model.ts';
import { badRequest } from './service-error.ts';

/** Every kind of fault. */
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

/** A kind of fault. */
export type FaultKind = (typeof faultKinds)[number];

/** A fault that waits. */
export interface Fault {
  /** AWS operation name, or `*` for any. */
  readonly operation: string;
  readonly kind: FaultKind;
  /** For how many more requests. */
  times: number;
  /** `slow`: milliseconds until the answer. `timeout-after`, `reset-after`, `answer-after`: until it is done, after the answer. */
  readonly delayMs?: number;
  /** `timeout-before`, `timeout-after`, `server-error`: the HTTP status in place of 504 or 500. */
  readonly status?: number;
  /** `job-fails`, `stack-delete-fails`, `error-in-200`: the error text; empty for none given. */
  readonly error?: string;
  /**
   * `job-fails`, `stack-delete-fails`, `delete-leaves-stack`: the reason of the first failure in the stacks; empty
   * where they are to show nothing of it.
   */
  readonly stackReason?: string;
  /** `answer-before`, `answer-after`: what API Gateway or Express answers in place of the service. */
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

/** Operations on which a kind can have any effect; the job kinds wait for one that starts a job. */
function affects(kind: FaultKind, operation: string): boolean {
  if (kind === 'clone-leaves-empty-environment') return operation === 'CloneBackend';
  if (deletionKinds.includes(kind)) return deletions.includes(operation);
  if (kind !== 'job-fails' && kind !== 'job-stuck') return true;
  return [...operations.values()].some(({ name, startsJob }) => name === operation && startsJob);
}

/** The faults that wait, in the order in which they were asked for. */
export class Faults {
  #waiting: Fault[] = [];

  /**
   * Adds what a client asked for.
   * @throws ServiceError 400 that names the offending member and what it may be
   */
  add(request: Record<string, unknown>): void {
    this.#waiting.push(readFault(request));
  }

  /** Takes one use of the first fault that waits for this operation. */
  take(operation: string): Fault | undefined {
    const fault = this.#waiting.find(
      waiting =>
        (waiting.operation === '*' || waiting.operation === operation) && affects(waiting.kind, operation),
    );
    if (!fault) return undefined;
    fault.times -= 1;
    if (fault.times === 0) this.#waiting = this.#waiting.filter(waiting => waiting !== fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.#waiting;
  }

  clear(): void {
    this.#waiting = [];
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

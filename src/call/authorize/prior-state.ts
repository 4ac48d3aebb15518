/** One look at what is there before a write: whoever judges or tells of the write sees what the same reads answered. */
import { settingsTools } from '../../environment/settings.ts';
import { toServerError } from '../../errors.ts';
import type { Json } from '../../lib/json.ts';
import type { Operation } from '../../operations/define.ts';
import type { Read } from '../read-environment.ts';

/** What was read; undefined where AWS knows none, and why where nobody can tell. */
export type ReadAttempt<Value> = { readonly value: Value | undefined } | { readonly unread: string };

/** What an update changes, as its read tells it. */
export interface PriorState {
  /** The members of the read and of the update that can be compared. */
  readonly members: readonly string[];
  /** Asks AWS once. @throws RegisteredError where the same call can work later */
  read(): Promise<ReadAttempt<Json>>;
}

export interface StateReader {
  readonly read: Read;
  /** Undefined for what is no update, and where no read tells what it changes. */
  readonly priorState: PriorState | undefined;
}

/** Failures that say nothing of what is there and that the write would meet as well. */
const isTemporary = ({ retryable, code }: ReturnType<typeof toServerError>) =>
  retryable ||
  code.startsWith('credentials_') ||
  ['cancelled', 'region_missing', 'clock_skew'].includes(code);

/** Reads what is there. @throws RegisteredError where the same call can work later */
export async function attemptRead<Value>(read: () => Promise<Value>): Promise<ReadAttempt<Value>> {
  try {
    return { value: await read() };
  } catch (thrown) {
    const failure = toServerError(thrown);
    if (failure.code === 'not_found') return { value: undefined };
    if (isTemporary(failure)) throw failure;
    return { unread: failure.code };
  }
}

/** The read that tells what an operation changes. */
function findStateTool({ access, configures, evidence }: Operation) {
  if (access !== 'update') return undefined;
  if (configures) return { tool: settingsTools[configures].tool, members: ['resourceConfig'] };
  return evidence?.includes('jobRecord')
    ? { tool: 'get_backend_job', members: ['operation', 'status'] }
    : undefined;
}

/** Members by which AWS finds what is changed. */
const identifyingMembers = ['appId', 'backendEnvironmentName', 'resourceName', 'jobId'];

/** The members of these names that have a value. */
export const pick = (from: Json, members: readonly string[]): Json =>
  Object.fromEntries(members.filter(name => from[name] !== undefined).map(name => [name, from[name]]));

/** Begins one. Nothing is read before somebody asks for it. */
export function createStateReader(read: Read, operation: Operation, args: Json): StateReader {
  const source = findStateTool(operation);
  if (!source) return { read, priorState: undefined };
  const { tool, members } = source;
  let reading: Promise<ReadAttempt<Json>> | undefined;
  const readOnce = () => {
    reading ??= attemptRead(() => read(tool, pick(args, identifyingMembers)));
    return reading;
  };
  return { read, priorState: { members, read: readOnce } };
}

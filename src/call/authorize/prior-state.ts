/** The state before a write. It is read at most once, so that policy and plan see the same answer. */
import { settingsTools } from '../../environment/settings.ts';
import { toServerError } from '../../errors.ts';
import type { Json } from '../../lib/json.ts';
import type { Operation } from '../../operations/define.ts';
import type { Read } from '../read-environment.ts';

/** The result of a read: the value (undefined where AWS has none), or why it is unknown. */
export type ReadAttempt<Value> = { readonly value: Value | undefined } | { readonly unread: string };

/** The state that an update changes, by the read that shows it. */
export interface PriorState {
  /** The members of the read and of the update that can be compared. */
  readonly members: readonly string[];
  /** Asks AWS once. @throws ServerError where the same call may work later */
  read(): Promise<ReadAttempt<Json>>;
}

/** Reads for a write. */
export interface StateReader {
  readonly read: Read;
  /** Undefined if the call is no update, or if no read shows what the update changes. */
  readonly priorState: PriorState | undefined;
}

/**
 * Failures that may pass or that concern the caller. They do not mean that the state is unreadable, and the write would
 * fail the same way.
 */
const isTemporary = ({ retryable, code }: ReturnType<typeof toServerError>) =>
  retryable ||
  code.startsWith('credentials_') ||
  ['cancelled', 'region_missing', 'clock_skew'].includes(code);

/**
 * Reads; a failure that concerns the state becomes the reason why it is unknown. @throws ServerError where the same
 * call may work later
 */
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

/** The read tool that shows what an operation changes. */
function findStateTool({ access, configures, evidence }: Operation) {
  if (access !== 'update') return undefined;
  if (configures) return { tool: settingsTools[configures].tool, members: ['resourceConfig'] };
  return evidence?.includes('jobRecord')
    ? { tool: 'get_backend_job', members: ['operation', 'status'] }
    : undefined;
}

/** Members by which AWS identifies what is changed. */
const identifyingMembers = ['appId', 'backendEnvironmentName', 'resourceName', 'jobId'];

/** The named members that have a value. */
export const pick = (from: Json, members: readonly string[]): Json =>
  Object.fromEntries(members.filter(name => from[name] !== undefined).map(name => [name, from[name]]));

/** The same reads, each sent once; what failed is read again, except `get_backend` of an app that AWS does not know. */
function once(read: Read): Read {
  const answered = new Map<string, ReturnType<Read>>();
  const unknownApps = new Map<unknown, ReturnType<Read>>();
  return (toolName, args) => {
    const { appId, backendEnvironmentName } = args;
    const isBackend = toolName === 'get_backend';
    const key = JSON.stringify([toolName, args]);
    const known = (isBackend && unknownApps.get(appId)) || answered.get(key);
    if (known) return known;
    const reading = read(toolName, args);
    answered.set(key, reading);
    reading.catch(thrown => {
      answered.delete(key);
      const isOfApp = isBackend && backendEnvironmentName === undefined;
      if (isOfApp && toServerError(thrown).code === 'not_found') unknownApps.set(appId, reading);
    });
    return reading;
  };
}

/** Creates the reader of a write. Nothing is read before it is asked for, and nothing twice. */
export function createStateReader(sendRead: Read, operation: Operation, args: Json): StateReader {
  const read = once(sendRead);
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

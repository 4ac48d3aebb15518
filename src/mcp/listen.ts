/**
 * One `subscriptions/listen` of the 2026 era. The SDK's entry checks, acknowledges and ends it, but tells
 * nobody what is listened to, and knows no tasks. This stands between the entry and the wire: it follows what
 * was acknowledged and writes the updates itself. Knows no transport.
 */
import {
  CLIENT_CAPABILITIES_META_KEY,
  type JSONRPCErrorResponse,
  type JSONRPCMessage,
  type JSONRPCNotification,
  type JSONRPCRequest,
  ProtocolError,
  ProtocolErrorCode,
  SUBSCRIPTION_ID_META_KEY,
} from '@modelcontextprotocol/server';
import type { Release } from '../jobs/report.ts';
import { missingTasksCapability, TASKS_EXTENSION } from './task-methods.ts';

/**
 * What one caller can follow. Each calls back at every change worth telling, the last one always, and simply
 * calls no more after that; it may call before its promise resolves. Each rejects where that may not or
 * cannot be followed.
 */
export interface ListenSources {
  followResource(uri: string, onChange: () => void): Promise<Release>;
  /** The list of resources. */
  followList(onChange: () => void): Promise<Release>;
  /** Calls back with the task as `tasks/get` would answer it. Absent where no tasks are served. */
  followTask?(taskId: string, onChange: (task: Record<string, unknown>) => void): Promise<Release>;
}

/** Puts a message on the listen's stream; must not throw. */
export type Write = (message: JSONRPCMessage) => void;

/** One listen, from its request to its end. */
export interface Listen {
  /** The request as the SDK's entry is to see it. */
  readonly request: JSONRPCRequest;
  /** The answer in the place of the SDK's acknowledgement, where the SDK accepts what must be refused. */
  readonly refusal?: JSONRPCErrorResponse | undefined;
  /**
   * Follows what the SDK acknowledges, then writes, in this order: the acknowledgement of what is really
   * followed, what changed meanwhile, and each change from then on.
   * @returns whether the listen goes on; where it does not, its answer was written, unless it was closed
   */
  acknowledge(acknowledgement: JSONRPCNotification, write: Write): Promise<boolean>;
  /** Writes a notification of the SDK's for this stream, but not before the acknowledgement. */
  tell(notification: JSONRPCNotification): void;
  /** Ends it: everything is released and nothing is written any more. */
  close(): void;
}

/** Takes a listen request on its way in. */
export type OpenListen = (request: JSONRPCRequest) => Listen;

/**
 * The SDK ends a stream at once where it honors nothing, and it knows no tasks: who listens to tasks alone
 * listens to this too. It is taken out of the acknowledgement again.
 */
const PLACEHOLDER = 'amplify-backend://tasks';

/** Of each kind, by one listen: each is read when it begins. */
const MOST_FOLLOWED = 200;

/** The filter as far as it is read here; of what a client sent, only tasks are not checked by the SDK. */
interface Filter {
  readonly resourcesListChanged?: boolean;
  readonly resourceSubscriptions?: readonly string[];
  readonly taskIds?: unknown;
}

const filterOf = ({ params }: JSONRPCRequest | JSONRPCNotification): Filter =>
  Object(params?.notifications) as Filter;

const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(item => typeof item === 'string');

/** Whether the request asks for tasks, well-formed or not. */
const asksForTasks = ({ taskIds }: Filter) =>
  taskIds !== undefined && !(Array.isArray(taskIds) && taskIds.length === 0);

/** Why tasks are not told to whoever asks so. */
function objectionTo({ params }: JSONRPCRequest, { taskIds }: Filter): ProtocolError | undefined {
  const capabilities = Object(params?._meta?.[CLIENT_CAPABILITIES_META_KEY]) as { extensions?: unknown };
  if (!Object.hasOwn(Object(capabilities.extensions), TASKS_EXTENSION)) return missingTasksCapability();
  if (isStrings(taskIds)) return undefined;
  return new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    'notifications.taskIds must be a list of strings',
  );
}

/** The request with one resource more, where the SDK can make anything of its resources. */
function withPlaceholder(request: JSONRPCRequest, filter: Filter): JSONRPCRequest {
  const { resourceSubscriptions = [] } = filter;
  if (!Array.isArray(resourceSubscriptions)) return request;
  const notifications = { ...filter, resourceSubscriptions: [...resourceSubscriptions, PLACEHOLDER] };
  return { ...request, params: { ...request.params, notifications } };
}

/** Makes listens of what one caller can follow. */
export function createListens(sources: ListenSources): OpenListen {
  return request => openListen(request, sources);
}

function openListen(
  request: JSONRPCRequest,
  { followResource, followList, followTask }: ListenSources,
): Listen {
  const { id } = request;
  const asked = filterOf(request);
  const wantsTasks = followTask !== undefined && asksForTasks(asked);
  const objection = wantsTasks ? objectionTo(request, asked) : undefined;
  const refusal = objection && {
    jsonrpc: '2.0' as const,
    id,
    error: { code: objection.code, message: objection.message, data: objection.data },
  };

  const releases: Release[] = [];
  /** What changed before the acknowledgement; of each thing only the newest. */
  const held = new Map<unknown, JSONRPCNotification>();
  let write: Write | undefined;
  let isClosed = false;

  function tell(notification: JSONRPCNotification, about: unknown = notification): void {
    if (isClosed) return;
    if (write) write(notification);
    else held.set(about, notification);
  }

  function close(): void {
    isClosed = true;
    for (const release of releases.splice(0)) release();
    held.clear();
  }

  /** Follows one thing; answers whether that could be. */
  async function follow(
    start: (onChange: (method: string, params?: object) => void) => Promise<Release>,
  ): Promise<boolean> {
    const about = Symbol();
    try {
      const release = await start((method, params) => {
        const stamped = { ...params, _meta: { [SUBSCRIPTION_ID_META_KEY]: id } };
        tell({ jsonrpc: '2.0', method, params: stamped }, about);
      });
      if (isClosed) release();
      else releases.push(release);
      return true;
    } catch {
      // That it is missing in the acknowledgement says it; why, a read of it says.
      held.delete(about);
      return false;
    }
  }

  /** Follows each, at the same time and once, and of too many the first; answers those that are followed. */
  async function followEach(
    names: readonly string[],
    start: (name: string, onChange: (method: string, params?: object) => void) => Promise<Release>,
  ): Promise<string[]> {
    const unique = [...new Set(names)].slice(0, MOST_FOLLOWED);
    const could = await Promise.all(unique.map(name => follow(onChange => start(name, onChange))));
    return unique.filter((_, at) => could[at]);
  }

  return {
    request: wantsTasks && !objection ? withPlaceholder(request, asked) : request,
    refusal,
    tell,
    close,

    async acknowledge(acknowledgement, toWire) {
      if (refusal) {
        toWire(refusal);
        return false;
      }
      const { resourceSubscriptions = [], resourcesListChanged, ...others } = filterOf(acknowledgement);
      const [list, resources, tasks] = await Promise.all([
        resourcesListChanged === true &&
          follow(onChange => followList(() => onChange('notifications/resources/list_changed'))),
        followEach(
          resourceSubscriptions.filter(uri => uri !== PLACEHOLDER),
          (uri, onChange) => followResource(uri, () => onChange('notifications/resources/updated', { uri })),
        ),
        followTask && isStrings(asked.taskIds)
          ? followEach(asked.taskIds, (taskId, onChange) =>
              followTask(taskId, task => onChange('notifications/tasks', task)),
            )
          : [],
      ]);
      if (isClosed) return false;
      const notifications = {
        ...others,
        ...(list && { resourcesListChanged: true }),
        ...(resources.length > 0 && { resourceSubscriptions: resources }),
        ...(tasks.length > 0 && { taskIds: tasks }),
      };
      toWire({ ...acknowledgement, params: { ...acknowledgement.params, notifications } });
      if (Object.keys(notifications).length === 0) {
        // A stream that can tell nothing ends, as the SDK's does.
        const _meta = { [SUBSCRIPTION_ID_META_KEY]: id };
        toWire({ jsonrpc: '2.0', id, result: { resultType: 'complete', _meta } });
        close();
        return false;
      }
      write = toWire;
      for (const notification of held.values()) write(notification);
      held.clear();
      return true;
    },
  };
}

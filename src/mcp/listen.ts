/**
 * One `subscriptions/listen` of the 2026 era. The SDK's entry checks, acknowledges and ends it, but does not say what is
 * listened to, and knows no tasks. This stands between the entry and the wire: it follows what was acknowledged and
 * writes the updates itself. Knows no transport.
 */
import {
  type JSONRPCErrorResponse,
  type JSONRPCMessage,
  type JSONRPCNotification,
  type JSONRPCRequest,
  SUBSCRIPTION_ID_META_KEY,
} from '@modelcontextprotocol/server';
import type { Release } from '../jobs/report.ts';
import {
  asksForTasks,
  filterOf,
  PLACEHOLDER,
  refusalOf,
  taskIdsOf,
  withPlaceholder,
} from './listen-filter.ts';

/**
 * What one caller can follow. Each calls back at every change, in any case at the last one, and not again after that; it
 * may call back before its promise resolves. Each rejects where that may not or cannot be followed.
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
  forward(notification: JSONRPCNotification): void;
  /** Ends it: everything is released and nothing is written any more. */
  close(): void;
}

/** Takes a listen request on its way in. */
export type OpenListen = (request: JSONRPCRequest) => Listen;

/** Calls back with a notification's method and parameters. */
type Notify = (method: string, params?: object) => void;

type State =
  /** Not acknowledged yet. Of each thing that changed, the newest notification is held. */
  | { readonly name: 'starting'; readonly held: Map<unknown, JSONRPCNotification> }
  | { readonly name: 'open'; readonly write: Write }
  | { readonly name: 'closed' };

/** Of each kind, by one listen: each is read when it begins. */
const MOST_FOLLOWED = 200;

/** Opens listens to what one caller can follow. */
export function createListens(sources: ListenSources): OpenListen {
  return request => new SourcedListen(request, sources);
}

class SourcedListen implements Listen {
  readonly request: JSONRPCRequest;
  readonly refusal: JSONRPCErrorResponse | undefined;
  readonly #sources: ListenSources;
  readonly #taskIds: readonly string[];
  readonly #releases: Release[] = [];
  #state: State = { name: 'starting', held: new Map() };

  constructor(request: JSONRPCRequest, sources: ListenSources) {
    const filter = filterOf(request);
    const wantsTasks = sources.followTask !== undefined && asksForTasks(filter);
    this.#sources = sources;
    this.#taskIds = taskIdsOf(filter) ?? [];
    this.refusal = wantsTasks ? refusalOf(request) : undefined;
    this.request = wantsTasks && !this.refusal ? withPlaceholder(request) : request;
  }

  async acknowledge(acknowledgement: JSONRPCNotification, write: Write): Promise<boolean> {
    if (this.refusal) {
      write(this.refusal);
      return false;
    }
    const notifications = await this.#followAll(acknowledgement);
    if (this.#state.name !== 'starting') return false;
    write({ ...acknowledgement, params: { ...acknowledgement.params, notifications } });
    if (Object.keys(notifications).length === 0) {
      // A stream without anything to notify of ends, as the SDK's does.
      const _meta = { [SUBSCRIPTION_ID_META_KEY]: this.request.id };
      write({ jsonrpc: '2.0', id: this.request.id, result: { resultType: 'complete', _meta } });
      this.close();
      return false;
    }
    const { held } = this.#state;
    this.#state = { name: 'open', write };
    for (const notification of held.values()) write(notification);
    return true;
  }

  forward(notification: JSONRPCNotification): void {
    this.#write(notification, notification);
  }

  readonly close = (): void => {
    this.#state = { name: 'closed' };
    for (const release of this.#releases.splice(0)) release();
  };

  #write(notification: JSONRPCNotification, subject: unknown): void {
    if (this.#state.name === 'open') this.#state.write(notification);
    else if (this.#state.name === 'starting') this.#state.held.set(subject, notification);
  }

  /** Follows what was acknowledged. @returns the filter of what could be followed */
  async #followAll(acknowledgement: JSONRPCNotification) {
    const { resourceSubscriptions = [], resourcesListChanged, ...others } = filterOf(acknowledgement);
    const { followResource, followList, followTask } = this.#sources;
    const [list, resources, tasks] = await Promise.all([
      resourcesListChanged === true &&
        this.#follow(notify => followList(() => notify('notifications/resources/list_changed'))),
      this.#followEach(
        resourceSubscriptions.filter(uri => uri !== PLACEHOLDER),
        (uri, notify) => followResource(uri, () => notify('notifications/resources/updated', { uri })),
      ),
      followTask
        ? this.#followEach(this.#taskIds, (taskId, notify) =>
            followTask(taskId, task => notify('notifications/tasks', task)),
          )
        : [],
    ]);
    return {
      ...others,
      ...(list && { resourcesListChanged: true }),
      ...(resources.length > 0 && { resourceSubscriptions: resources }),
      ...(tasks.length > 0 && { taskIds: tasks }),
    };
  }

  /** Follows one thing. @returns whether that is possible */
  async #follow(start: (notify: Notify) => Promise<Release>): Promise<boolean> {
    const subject = Symbol();
    try {
      const release = await start((method, params) => {
        const stamped = { ...params, _meta: { [SUBSCRIPTION_ID_META_KEY]: this.request.id } };
        this.#write({ jsonrpc: '2.0', method, params: stamped }, subject);
      });
      if (this.#state.name === 'closed') release();
      else this.#releases.push(release);
      return true;
    } catch {
      // The acknowledgement leaves it out; a read of it says why.
      if (this.#state.name === 'starting') this.#state.held.delete(subject);
      return false;
    }
  }

  /** Follows each name once, all at the same time, and of too many the first. @returns those that are followed */
  async #followEach(
    names: readonly string[],
    start: (name: string, notify: Notify) => Promise<Release>,
  ): Promise<string[]> {
    const unique = [...new Set(names)].slice(0, MOST_FOLLOWED);
    const isFollowed = await Promise.all(unique.map(name => this.#follow(notify => start(name, notify))));
    return unique.filter((_, index) => isFollowed[index]);
  }
}

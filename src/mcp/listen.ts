/**
 * One `subscriptions/listen` of the 2026 era. The SDK checks, acknowledges and ends it, but does not expose its filter and
 * does not support tasks. This class sits between the SDK and the transport: it follows what the SDK acknowledged, and
 * writes the updates itself.
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
 * The sources that one caller can follow. Each calls back at every change, always including the last, and possibly before
 * its promise resolves. Each rejects if the caller may not follow the subject, or if it cannot be followed.
 */
export interface ListenSources {
  followResource(uri: string, onChange: () => void): Promise<Release>;
  /** The list of resources. */
  followList(onChange: () => void): Promise<Release>;
  /** Calls back with the task as `tasks/get` would answer it. Absent if the server has no tasks. */
  followTask?(taskId: string, onChange: (task: Record<string, unknown>) => void): Promise<Release>;
}

/** Puts a message on the listen's stream; must not throw. */
export type Write = (message: JSONRPCMessage) => void;

/** One listen, from its request to its end. */
export interface Listen {
  /** The request as it is passed to the SDK. */
  readonly request: JSONRPCRequest;
  /** The answer in place of the SDK's acknowledgement, for a request that the SDK wrongly accepts. */
  readonly refusal?: JSONRPCErrorResponse | undefined;
  /**
   * Follows what the SDK acknowledges. Then it writes, in this order: the acknowledgement of what is really followed, what
   * changed meanwhile, and each later change.
   * @returns whether the listen stays open. If not, its answer was written, unless it was closed
   */
  acknowledge(acknowledgement: JSONRPCNotification, write: Write): Promise<boolean>;
  /** Writes a notification of the SDK for this stream, but not before the acknowledgement. */
  forward(notification: JSONRPCNotification): void;
  /** Releases everything; nothing is written any more. */
  close(): void;
}

/** Opens a listen for an incoming request. */
export type OpenListen = (request: JSONRPCRequest) => Listen;

/** Calls back with a notification's method and parameters. */
type Notify = (method: string, params?: object) => void;

type State =
  /** Not acknowledged yet. The newest notification about each subject is held. */
  | { readonly name: 'starting'; readonly held: Map<unknown, JSONRPCNotification> }
  | { readonly name: 'open'; readonly write: Write }
  | { readonly name: 'closed' };

/** The most resources, and the most tasks, of one listen: each one is read when the listen starts. */
const MOST_FOLLOWED = 200;

/** Opens listens to the sources of one caller. */
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
      // A stream with nothing to follow ends at once, as the SDK's own does.
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

  /** Follows what the SDK acknowledged. @returns the filter of what is really followed */
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

  /** Follows one subject. @returns whether that succeeded */
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
      // The acknowledgement leaves the subject out. A client learns the reason when it reads the subject.
      if (this.#state.name === 'starting') this.#state.held.delete(subject);
      return false;
    }
  }

  /** Follows each name once, in parallel, up to the limit. @returns the names that are followed */
  async #followEach(
    names: readonly string[],
    start: (name: string, notify: Notify) => Promise<Release>,
  ): Promise<string[]> {
    const unique = [...new Set(names)].slice(0, MOST_FOLLOWED);
    const isFollowed = await Promise.all(unique.map(name => this.#follow(notify => start(name, notify))));
    return unique.filter((_, index) => isFollowed[index]);
  }
}

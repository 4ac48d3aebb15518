/**
 * Tasks without a store: a task id is a sealed handle that says what the task is of, whose it is and since
 * when, so that any process with the key answers for it, after a restart too. How the task stands is asked of
 * its kind, live, each time. Knows no jobs.
 */
import { type CallToolResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { toServerError } from '../errors.ts';
import type { Release } from '../jobs/report.ts';
import { lazy } from '../lib/lazy.ts';
import type { Sealer } from '../secrets/seal.ts';
import { toErrorOf } from './protocol-errors.ts';

/** The shortest time, in milliseconds, after which a client is told to ask again. */
export const LEAST_POLL_MS = 500;

/** How long a task can be asked for, from its creation. */
export const TASK_LIFE_MS = 24 * 3_600_000;

/** How a task stands; the words are the protocol's. `lastUpdatedAt` is ISO 8601, in UTC. */
export type TaskState = { readonly statusMessage?: string; readonly lastUpdatedAt?: string } & (
  | { readonly status: 'working'; readonly pollIntervalMs: number }
  | {
      readonly status: 'input_required';
      /** All that is outstanding; a key is never used twice in the life of a task. */
      readonly inputRequests: Readonly<Record<string, unknown>>;
      readonly pollIntervalMs: number;
    }
  | { readonly status: 'completed'; readonly result: CallToolResult }
  /** The request ended in a protocol error; a tool's failure is a completed task with `isError`. */
  | { readonly status: 'failed'; readonly error: { code: number; message: string; data?: unknown } }
  | { readonly status: 'cancelled' }
);

/** Whether nothing more comes of it. */
export const isTaskOver = ({ status }: TaskState): boolean =>
  status !== 'working' && status !== 'input_required';

/** Who asks. */
export interface TaskContext {
  /** As the transport knows them. */
  readonly caller: string;
  readonly signal?: AbortSignal | undefined;
}

/** What tasks of one kind are. `Data` is what stands in the handle: as little as is needed to go on. */
export interface TaskKind<Data> {
  /** @throws RegisteredError: `not_found` for a task that is no more, else why it could not be looked at */
  read(data: Data, ctx: TaskContext): Promise<TaskState>;
  /** Calls back with each new state, the last one always; one that has ended already is told once. @throws as `read` */
  follow(data: Data, ctx: TaskContext, onChange: (state: TaskState) => void): Promise<Release>;
  /** Takes answers; ignores those that nobody waits for. Absent where nothing is ever asked. */
  update?(data: Data, responses: Readonly<Record<string, unknown>>, ctx: TaskContext): Promise<void>;
  /** Takes note that nobody waits any more. Of one that has ended, nothing changes. @throws as `read` */
  cancel(data: Data, ctx: TaskContext): Promise<void>;
}

/** What every answer about a task carries. A type alias, so that it fits where any JSON object does. */
type TaskFacts = {
  readonly taskId: string;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  readonly ttlMs: number;
};

/** A task as `tasks/get` and `notifications/tasks` carry it. */
export type DetailedTask = TaskState & TaskFacts;

/** What a call answers with in the place of its result. */
export type CreateTaskResult = TaskFacts & {
  readonly resultType: 'task';
  readonly status: TaskState['status'];
  readonly statusMessage?: string;
  readonly pollIntervalMs?: number;
};

/** What is sealed into a task id. */
export interface TaskHandle {
  readonly kind: string;
  readonly data: unknown;
  readonly caller: string;
  readonly createdAt: string;
}

/** Tasks by their ids. All throw ProtocolError: -32602 for an id that names no task of the caller's. */
export interface TasksById {
  get(taskId: string, ctx: TaskContext): Promise<DetailedTask>;
  update(taskId: string, responses: Readonly<Record<string, unknown>>, ctx: TaskContext): Promise<void>;
  cancel(taskId: string, ctx: TaskContext): Promise<void>;
  /** Calls back with the whole task at each change, the last one always. */
  follow(taskId: string, ctx: TaskContext, onChange: (task: DetailedTask) => void): Promise<Release>;
}

/** The tasks of a process. `Datas` says what each kind keeps in its handles. */
export interface Tasks<Datas> extends TasksById {
  /** Makes a task of something that goes on already. @throws RegisteredError as `read` of its kind, or the key's */
  create<Name extends keyof Datas & string>(
    kind: Name,
    data: Datas[Name],
    ctx: TaskContext,
  ): Promise<CreateTaskResult>;
}

/** What the tasks need from the process. */
export interface TasksOptions<Datas> {
  readonly kinds: { readonly [Name in keyof Datas]: TaskKind<Datas[Name]> };
  /** Gets the sealer, which lives for `TASK_LIFE_MS`; asked once, and again where that failed. */
  readonly openSealer: () => Promise<Sealer<TaskHandle>>;
  readonly now?: () => number;
}

const invalid = (what: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, what);
// The same words for a forged id and for somebody else's: what exists is nobody's business.
const notFound = () => invalid('Task not found');

/** The protocol's form of whatever a kind throws. */
function toTaskError(thrown: unknown): ProtocolError {
  if (thrown instanceof ProtocolError) return thrown;
  const failure = toServerError(thrown);
  if (failure.code === 'not_found' || failure.code === 'invalid_arguments') return notFound();
  return toErrorOf(ProtocolErrorCode.InternalError, failure);
}

/** Makes the tasks of a process. */
export function createTasks<Datas>({ kinds, openSealer, now = Date.now }: TasksOptions<Datas>): Tasks<Datas> {
  const sealer = lazy(openSealer);

  /** Runs something for the kind of a task that the caller may see. */
  async function within<Answer>(
    taskId: string,
    ctx: TaskContext,
    run: (kind: TaskKind<unknown>, handle: TaskHandle) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      const opened = await (await sealer.get()).open(taskId);
      if (opened?.content.caller !== ctx.caller || !Object.hasOwn(kinds, opened.content.kind))
        throw notFound();
      if (opened.isExpired) throw invalid('Task has expired');
      // What was sealed with the name of a kind is that kind's data: nobody else can seal.
      const kind = kinds[opened.content.kind as keyof Datas] as TaskKind<unknown>;
      return await run(kind, opened.content);
    } catch (thrown) {
      throw toTaskError(thrown);
    }
  }

  function describe(taskId: string, { createdAt }: TaskHandle, state: TaskState): DetailedTask {
    const { lastUpdatedAt = createdAt } = state;
    return {
      ...state,
      taskId,
      createdAt,
      // AWS's clock may be behind ours; a task is not older than itself.
      lastUpdatedAt: lastUpdatedAt < createdAt ? createdAt : lastUpdatedAt,
      ttlMs: TASK_LIFE_MS,
    };
  }

  return {
    async create(kind, data, ctx) {
      const handle = { kind, data, caller: ctx.caller, createdAt: new Date(now()).toISOString() };
      const [state, taskId] = await Promise.all([
        kinds[kind].read(data, ctx),
        sealer.get().then(({ seal }) => seal(handle)),
      ]);
      const task = describe(taskId, handle, state);
      const { createdAt, lastUpdatedAt, ttlMs, status, statusMessage } = task;
      return {
        resultType: 'task',
        ...{ taskId, status, createdAt, lastUpdatedAt, ttlMs },
        ...(statusMessage !== undefined && { statusMessage }),
        ...('pollIntervalMs' in task && { pollIntervalMs: task.pollIntervalMs }),
      };
    },

    get: (taskId, ctx) =>
      within(taskId, ctx, async (kind, handle) =>
        describe(taskId, handle, await kind.read(handle.data, ctx)),
      ),

    update: (taskId, responses, ctx) =>
      within(taskId, ctx, async (kind, { data }) => kind.update?.(data, responses, ctx)),

    cancel: (taskId, ctx) => within(taskId, ctx, (kind, { data }) => kind.cancel(data, ctx)),

    follow: (taskId, ctx, onChange) =>
      within(taskId, ctx, (kind, handle) =>
        kind.follow(handle.data, ctx, state => onChange(describe(taskId, handle, state))),
      ),
  };
}

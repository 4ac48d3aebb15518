/**
 * Tasks without a store: a task id is a sealed handle with the task's kind, data, caller and creation time, so that any
 * process with the key can answer for it, also after a restart. Each request reads the state live from the task's kind.
 */
import { type CallToolResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { toServerError } from '../errors.ts';
import type { Release } from '../jobs/report.ts';
import { lazy } from '../lib/lazy.ts';
import type { Sealer } from '../secrets/seal.ts';
import { toErrorOf } from './protocol-errors.ts';

/** The shortest poll interval that clients get, in milliseconds. */
export const LEAST_POLL_MS = 500;

/** How long a task can be asked for, from its creation. */
export const TASK_LIFE_MS = 24 * 3_600_000;

/** The state of a task, in the protocol's terms. `lastUpdatedAt` is ISO 8601, in UTC. */
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

/** Whether the task has ended. */
export const isTaskOver = ({ status }: TaskState): boolean =>
  status !== 'working' && status !== 'input_required';

/** The context of a request about a task. */
export interface TaskContext {
  /** The caller, as the transport identifies them. */
  readonly caller: string;
  readonly signal?: AbortSignal | undefined;
}

/** The tasks of one kind. `Data` is kept in the handle, which has only what is needed to continue. */
export interface TaskKind<Data> {
  /** @throws ServerError: `not_found` if the task no longer exists, else why it could not be read */
  read(data: Data, ctx: TaskContext): Promise<TaskState>;
  /** Calls back with each new state, always including the last; at once for a task that has ended. @throws as `read` */
  follow(data: Data, ctx: TaskContext, onChange: (state: TaskState) => void): Promise<Release>;
  /** Accepts answers to open questions, and ignores all others. Absent for kinds that never ask. */
  update?(data: Data, responses: Readonly<Record<string, unknown>>, ctx: TaskContext): Promise<void>;
  /** Cancels the task. A task that has ended stays as it is. @throws as `read` */
  cancel(data: Data, ctx: TaskContext): Promise<void>;
}

/** The members of every answer about a task. A type alias, which is assignable to any JSON object. */
type TaskFacts = {
  readonly taskId: string;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  readonly ttlMs: number;
};

/** A task as `tasks/get` and `notifications/tasks` carry it. */
export type DetailedTask = TaskState & TaskFacts;

/** The answer to a call that became a task. */
export type CreateTaskResult = TaskFacts & {
  readonly resultType: 'task';
  readonly status: TaskState['status'];
  readonly statusMessage?: string;
  readonly pollIntervalMs?: number;
};

/** The sealed content of a task id. */
export interface TaskHandle {
  readonly kind: string;
  readonly data: unknown;
  readonly caller: string;
  readonly createdAt: string;
}

/** Tasks by their ids. All methods throw ProtocolError: -32602 for an id that names no task of the caller. */
export interface TasksById {
  get(taskId: string, ctx: TaskContext): Promise<DetailedTask>;
  update(taskId: string, responses: Readonly<Record<string, unknown>>, ctx: TaskContext): Promise<void>;
  cancel(taskId: string, ctx: TaskContext): Promise<void>;
  /** Calls back with the whole task at each change, always including the last. */
  follow(taskId: string, ctx: TaskContext, onChange: (task: DetailedTask) => void): Promise<Release>;
}

/** The tasks of a process. `DataByKind` maps each kind to the data in its handles. */
export interface Tasks<DataByKind> extends TasksById {
  /** Creates a task for work that has already begun. @throws ServerError as `read` of its kind, or from the key */
  create<Name extends keyof DataByKind & string>(
    kind: Name,
    data: DataByKind[Name],
    ctx: TaskContext,
  ): Promise<CreateTaskResult>;
}

export interface TasksOptions<DataByKind> {
  readonly kinds: { readonly [Name in keyof DataByKind]: TaskKind<DataByKind[Name]> };
  /** Opens the sealer, whose seals last for `TASK_LIFE_MS`. Called once, and again after a failure. */
  readonly openSealer: () => Promise<Sealer<TaskHandle>>;
  readonly now?: () => number;
}

const invalid = (what: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, what);
// A forged id and another caller's id get the same answer, so that callers cannot find out which tasks exist.
const notFound = () => invalid('Task not found');

/** The protocol error for what a task's kind throws. */
function toTaskError(thrown: unknown): ProtocolError {
  if (thrown instanceof ProtocolError) return thrown;
  const failure = toServerError(thrown);
  if (failure.code === 'not_found' || failure.code === 'invalid_arguments') return notFound();
  return toErrorOf(ProtocolErrorCode.InternalError, failure);
}

export function createTasks<DataByKind>({
  kinds,
  openSealer,
  now = Date.now,
}: TasksOptions<DataByKind>): Tasks<DataByKind> {
  const sealer = lazy(openSealer);

  /** Opens a task of the caller and runs something with its kind. */
  async function withTask<Answer>(
    taskId: string,
    ctx: TaskContext,
    run: (kind: TaskKind<unknown>, handle: TaskHandle) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      const opened = await (await sealer.get()).open(taskId);
      if (opened?.content.caller !== ctx.caller || !Object.hasOwn(kinds, opened.content.kind))
        throw notFound();
      if (opened.isExpired) throw invalid('Task has expired');
      // Only this server can seal, so the data belongs to the kind that is sealed with it.
      const kind = kinds[opened.content.kind as keyof DataByKind] as TaskKind<unknown>;
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
      // AWS's clock may be behind ours, but an update is never earlier than the creation.
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
      withTask(taskId, ctx, async (kind, handle) =>
        describe(taskId, handle, await kind.read(handle.data, ctx)),
      ),

    update: (taskId, responses, ctx) =>
      withTask(taskId, ctx, async (kind, { data }) => kind.update?.(data, responses, ctx)),

    cancel: (taskId, ctx) => withTask(taskId, ctx, (kind, { data }) => kind.cancel(data, ctx)),

    follow: (taskId, ctx, onChange) =>
      withTask(taskId, ctx, (kind, handle) =>
        kind.follow(handle.data, ctx, state => onChange(describe(taskId, handle, state))),
      ),
  };
}

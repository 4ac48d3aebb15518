/**
 * A kind of task for the conformance suite: computations that live in memory, take some time, may ask for
 * answers on the way, and end in whatever their tool wants them to end in.
 */
import { randomUUID } from 'node:crypto';
import { RegisteredError } from '../../src/errors.ts';
import type { TaskKind, TaskState } from '../../src/mcp/tasks.ts';

const POLL_MS = 200;
const working = { status: 'working', pollIntervalMs: POLL_MS } as const;

const isOver = ({ status }: TaskState) => status !== 'working' && status !== 'input_required';

/** What a computation does. */
export interface Plan {
  readonly seconds?: number;
  /** What it asks for before it begins, by key. */
  readonly asks?: Readonly<Record<string, unknown>>;
  /** How it ends; takes the answers. */
  end(answers: Readonly<Record<string, unknown>>): TaskState;
}

interface Computation {
  state: TaskState;
  readonly answers: Record<string, unknown>;
  readonly listeners: Set<() => void>;
  timer?: NodeJS.Timeout;
  begin(): void;
}

/** What stands in the handle of a computation's task. */
export interface ComputeData {
  readonly id: string;
}

/** Makes the computations of a process, and the kind of task that they are. */
export function createComputations() {
  const all = new Map<string, Computation>();

  function find(id: string): Computation {
    const computation = all.get(id);
    if (!computation) throw new RegisteredError('not_found');
    return computation;
  }

  function move(computation: Computation, state: TaskState): void {
    computation.state = state;
    for (const listener of [...computation.listeners]) listener();
  }

  const kind: TaskKind<ComputeData> = {
    read: async ({ id }) => find(id).state,
    async follow({ id }, _, onChange) {
      const computation = find(id);
      const listener = () => onChange(computation.state);
      computation.listeners.add(listener);
      if (isOver(computation.state)) listener();
      return () => void computation.listeners.delete(listener);
    },
    async update({ id }, responses) {
      const computation = find(id);
      const { state, answers } = computation;
      if (state.status !== 'input_required') return;
      const left = { ...state.inputRequests };
      for (const [key, answer] of Object.entries(responses)) {
        if (!(key in left)) continue;
        answers[key] = answer;
        delete left[key];
      }
      if (Object.keys(left).length > 0) move(computation, { ...state, inputRequests: left });
      else computation.begin();
    },
    async cancel({ id }) {
      const computation = find(id);
      if (isOver(computation.state)) return;
      clearTimeout(computation.timer);
      move(computation, { status: 'cancelled', statusMessage: 'Nobody waits for it any more.' });
    },
  };

  return {
    kind,
    start({ seconds = 0, asks, end }: Plan): ComputeData {
      const id = randomUUID();
      const computation: Computation = {
        state: asks ? { status: 'input_required', inputRequests: asks, pollIntervalMs: POLL_MS } : working,
        answers: {},
        listeners: new Set(),
        begin() {
          move(computation, working);
          computation.timer = setTimeout(() => move(computation, end(computation.answers)), seconds * 1000);
        },
      };
      all.set(id, computation);
      if (!asks) computation.begin();
      return { id };
    },
    close(): void {
      for (const { timer } of all.values()) clearTimeout(timer);
    },
  };
}

/** Follows an app: reads its board again after the `ttlMs` of each answer, but not while the page is hidden. */
import { answerIn, type Board } from './answers.ts';
import { messageIn } from './hints.ts';
import type { Arguments, Host } from './host.ts';

const SHORTEST_MS = 1_000;
const LONGEST_MS = 60_000;
const DEFAULT_MS = 10_000;
const TICK_MS = 1_000;

export interface Follower {
  board(board: Board): void;
  /** A read has failed; it will be repeated later. */
  failed(why: string): void;
  /** A second has passed, so the ages of running jobs have changed. */
  tick(): void;
}

const bounded = (ms: number) => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms));

/** @param mostMs the longest wait between two reads @returns stops following */
export function followBoard(
  host: Host,
  args: Arguments,
  follower: Follower,
  mostMs = LONGEST_MS,
): () => void {
  let isEnded = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let dueAt = 0;

  async function read(): Promise<void> {
    let waitMs = DEFAULT_MS;
    try {
      const result = await host.callTool('read_board', args);
      if (isEnded) return;
      if (result.isError) throw new Error(messageIn(result));
      const board = answerIn<Board>(result);
      failures = 0;
      waitMs = Math.min(mostMs, bounded(board.ttlMs ?? DEFAULT_MS));
      follower.board(board);
    } catch (thrown) {
      if (isEnded) return;
      failures += 1;
      waitMs = bounded(DEFAULT_MS * 2 ** (failures - 1));
      follower.failed(thrown instanceof Error ? thrown.message : String(thrown));
    }
    dueAt = Date.now() + waitMs;
    plan();
  }

  function plan(): void {
    clearTimeout(timer);
    if (!isEnded && !document.hidden) timer = setTimeout(read, Math.max(0, dueAt - Date.now()));
  }

  const ticker = setInterval(() => {
    if (!document.hidden) follower.tick();
  }, TICK_MS);
  document.addEventListener('visibilitychange', plan);
  read();
  return () => {
    isEnded = true;
    clearTimeout(timer);
    clearInterval(ticker);
    document.removeEventListener('visibilitychange', plan);
  };
}

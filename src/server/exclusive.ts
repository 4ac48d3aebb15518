/**
 * One at a time for what writes to an environment in several steps: within this process, between the replicas of this
 * server, and between the processes of one user. Of other people's programs nobody can know; AWS has no lock.
 */
import { access, constants, lstat, mkdir } from 'node:fs/promises';
import { platform, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { RunExclusively, SharedLock } from '../call/shared-state.ts';
import { ServerError } from '../errors.ts';
import { createKeyedQueue } from '../lib/keyed-queue.ts';
import { quoteName } from '../lib/quote.ts';
import { digestOf } from '../secrets/digest.ts';
import { stateFolder } from '../secrets/seal-key.ts';
import { lockFile } from './file-lock.ts';

/** What it needs from the process. */
export interface ExclusiveOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where calls go in place of AWS's own endpoints. */
  readonly endpoint: string | undefined;
  /** With other processes; left out, with those of this user. */
  readonly lock?: SharedLock | undefined;
  /** Takes the line that says why others are not kept out. */
  readonly warn: (line: string) => void;
}

/** Below what hosts wait for a call; the work under it takes seconds, the longest as long as AWS takes to answer. */
const PATIENCE_MS = 40_000;

/** The callers of a process have applications of their own, and the same environments. */
const queue = createKeyedQueue();

/** Makes a folder for this user's locks. @throws where it cannot be had, or is somebody else's */
async function makeFolder(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const { uid, mode } = await lstat(parent);
  const isOurs = platform() === 'win32' || (uid === userInfo().uid && (mode & 0o022) === 0);
  if (!isOurs) throw Object.assign(new Error(`${parent} is not this user's alone`), { code: 'EPERM' });
  const folder = join(parent, 'locks');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await access(folder, constants.W_OK);
  return folder;
}

/**
 * A lock between the processes of this user, by files beside the user's seal key, or where services without a home keep
 * theirs. @throws where there is no folder
 */
async function userLock(env: ExclusiveOptions['env']): Promise<SharedLock> {
  const inTemp = join(tmpdir(), `amplify-backend-mcp-${userInfo().uid}`);
  const folder = await stateFolder(env)
    .then(makeFolder)
    .catch(() => makeFolder(inTemp));
  return (name, signal) => lockFile(join(folder, name), signal);
}

const none = async () => undefined;

/** Keeps nobody out: for what no other process can reach. */
export const noLock: SharedLock = async () => none;

/** Makes it. */
export function createExclusively({ env, endpoint, lock, warn }: ExclusiveOptions): RunExclusively {
  let isTold = false;

  /** Without the others' lock the work goes on: this process is one, and each step looks at what is there first. */
  async function lockOthers(name: string, signal: AbortSignal): Promise<() => Promise<void>> {
    try {
      const theirs = lock ?? (await userLock(env));
      return await theirs(name, signal);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const { code = 'unknown error' } = thrown as { readonly code?: string };
      if (!isTold)
        warn(`other processes may work on the same environment at the same time: no lock (${code})`);
      isTold = true;
      return none;
    }
  }

  return async ({ appId, backendEnvironmentName: environment }, signal, work) => {
    const name = digestOf([endpoint ?? null, appId, environment]);
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const giveUp = AbortSignal.any([patience, ...(signal ? [signal] : [])]);
    let endTurn: (() => void) | undefined;
    let unlock: () => Promise<void>;
    try {
      endTurn = await queue.acquire(name, giveUp);
      unlock = await lockOthers(name, giveUp);
    } catch (thrown) {
      endTurn?.();
      if (signal?.aborted) throw new ServerError('cancelled');
      if (!patience.aborted) throw thrown;
      throw new ServerError('busy', {
        message: `Another call is at work on environment ${quoteName(environment)}; nothing was sent.`,
        hint: 'Wait some seconds, then send the same call again: it goes on from what the other one made.',
      });
    }
    try {
      return await work();
    } finally {
      await unlock();
      endTurn();
    }
  };
}

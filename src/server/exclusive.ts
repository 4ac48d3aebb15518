/**
 * Runs workflows that write to one environment one at a time: within this process, between the replicas of a server,
 * and between the processes of one user. It cannot exclude other programs, since AWS has no lock.
 */
import { access, constants, lstat, mkdir } from 'node:fs/promises';
import { platform, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { RunExclusively, SharedLock } from '../call/shared-state.ts';
import { ServerError } from '../errors.ts';
import { createKeyedLocks } from '../lib/keyed-locks.ts';
import { quoteName } from '../lib/quote.ts';
import { digestOf } from '../secrets/digest.ts';
import { stateFolder } from '../secrets/seal-key.ts';
import { lockFile } from './file-lock.ts';

/** What the lock needs from the process. */
export interface ExclusiveOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where calls go in place of AWS's own endpoints. */
  readonly endpoint: string | undefined;
  /** A lock with other processes; default: with the processes of this user. */
  readonly lock?: SharedLock | undefined;
  /** Logs why other processes are not excluded. */
  readonly warn: (line: string) => void;
}

/** Shorter than the time that hosts wait for a call. The locked work takes seconds, or as long as AWS takes to answer. */
const PATIENCE_MS = 40_000;

/** Shared by all callers of the process, who may work on the same environments. */
const locks = createKeyedLocks();

/** Creates the folder of this user's locks. @throws where that fails, or where another user owns the folder */
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
 * A lock between the processes of this user: files next to the user's seal key, or in the temporary folder for services
 * without a home. @throws where no folder can be created
 */
async function userLock(env: ExclusiveOptions['env']): Promise<SharedLock> {
  const folder = await stateFolder(env).then(makeFolder).catch(temporaryFolder);
  return (name, signal) => lockFile(join(folder, name), signal);
}

const temporaryFolder = () => makeFolder(join(tmpdir(), `amplify-backend-mcp-${userInfo().uid}`));

/** A lock between the processes of this user that leaves nothing in the home. @throws where it cannot be created */
export async function temporaryLock(): Promise<SharedLock> {
  const folder = await temporaryFolder();
  return (name, signal) => lockFile(join(folder, name), signal);
}

const none = async () => undefined;

/** Locks nothing, for a sandbox that no other process can reach. */
export const noLock: SharedLock = async () => none;

/** Creates the lock. */
export function createExclusively({ env, endpoint, lock, warn }: ExclusiveOptions): RunExclusively {
  let isWarned = false;

  /** If the lock fails, the work proceeds: this process has its own queue, and each step reads the state first. */
  async function lockOthers(name: string, signal: AbortSignal): Promise<() => Promise<void>> {
    try {
      const theirs = lock ?? (await userLock(env));
      return await theirs(name, signal);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const { code = 'unknown error' } = thrown as { readonly code?: string };
      if (!isWarned)
        warn(`other processes may work on the same environment at the same time: no lock (${code})`);
      isWarned = true;
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
      endTurn = await locks.acquire(name, giveUp);
      unlock = await lockOthers(name, giveUp);
    } catch (thrown) {
      endTurn?.();
      if (signal?.aborted) throw new ServerError('cancelled');
      if (!patience.aborted) throw thrown;
      throw new ServerError('busy', {
        message: `Another call is working on environment ${quoteName(environment)}; nothing was sent.`,
        hint: 'Wait some seconds, then send the same call again: it continues from what the other call created.',
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

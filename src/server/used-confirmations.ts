/**
 * Confirmations that any process of one user can complete. They are sealed with the key of task ids, and each use is
 * recorded by a file in the user's state folder, which only one process can create.
 */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Claim, FindUse, SharedConfirmations } from '../call/authorize/confirmation-store.ts';
import { ServerError } from '../errors.ts';
import { errorCodeOf } from '../lib/error-code.ts';
import { openSealKeys, type SealKeyOptions, stateFolder } from '../secrets/seal-key.ts';

/** Above this number of files, old ones are removed; the newest stay. */
const MOST_FILES = 2_000;
const KEPT_FILES = 1_000;

/**
 * Removes records of old confirmations. The newest stay whatever their age: if the clock was set forward and back again,
 * a removed record would make its confirmation valid again.
 */
async function prune(folder: string, lifeMs: number): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= MOST_FILES) return;
  const files = await Promise.all(
    names.map(async name => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  const old = files.sort((a, b) => b.at - a.at).slice(KEPT_FILES);
  for (const { name } of old.filter(({ at }) => at + lifeMs < Date.now()))
    await rm(join(folder, name), { force: true });
}

/** Records uses by files. @param folder an existing folder */
export function createFileClaim(folder: string): Claim {
  return async (name, lifeMs, use = 'approved') => {
    try {
      await writeFile(join(folder, name), use, { flag: 'wx', mode: 0o600, flush: true });
    } catch (thrown) {
      if (errorCodeOf(thrown) === 'EEXIST') return false;
      throw new ServerError('store_unavailable', {
        message: `The use of the confirmation could not be recorded in ${folder} (${errorCodeOf(thrown)}). Nothing was sent to AWS.`,
        hint: 'Ask the person to check the permissions and the disk space of that folder. Then ask for a new plan.',
        cause: thrown,
      });
    }
    // A missing file was removed by another process; the use itself is recorded.
    await prune(folder, lifeMs).catch(() => undefined);
    return true;
  };
}

/** Reads the uses that are recorded by files. A file that is being written says nothing yet. */
export function createFindUse(folder: string): FindUse {
  return async name => {
    try {
      return await readFile(join(folder, name), 'utf8');
    } catch (thrown) {
      if (errorCodeOf(thrown) === 'ENOENT') return undefined;
      throw new ServerError('store_unavailable', {
        message: `Whether the confirmation was used could not be read in ${folder} (${errorCodeOf(thrown)}). Nothing was sent to AWS.`,
        hint: 'Ask the person to check the permissions of that folder. Then ask for a new plan.',
        cause: thrown,
      });
    }
  };
}

/**
 * Opens the confirmations; undefined where the user has no state folder.
 * @throws ServerError seal_key_unusable, with what to type, where the configuration names a key that cannot be read
 */
export async function openUserConfirmations(
  options: SealKeyOptions,
): Promise<SharedConfirmations | undefined> {
  let folder: string;
  try {
    folder = join(await stateFolder(options.env), 'used-confirmations');
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch {
    return undefined;
  }
  return {
    keys: await openSealKeys(options),
    claim: createFileClaim(folder),
    findUse: createFindUse(folder),
  };
}

/**
 * The confirmations of a server with one user, which any process of that user can finish: sealed under the key of
 * task ids, and used up by a file each in the user's own state folder, which only one process can create.
 */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Claim, SharedConfirmations } from '../call/authorize/confirmation.ts';
import { ServerError } from '../errors.ts';
import { errorCodeOf } from '../lib/error-code.ts';
import { openSealKeys, type SealKeyOptions, stateFolder } from '../secrets/seal-key.ts';

/** How many files there may be before old ones are removed, and how many of the newest stay then. */
const MOST_FILES = 2_000;
const KEPT_FILES = 1_000;

/**
 * Removes what was used long ago. By number as well as by age: a clock that is set forth makes everything old, and
 * once it is set back what was removed would be good again.
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

/** Uses names up by files. @param folder that is there */
export function createFileClaim(folder: string): Claim {
  return async (name, lifeMs) => {
    try {
      await writeFile(join(folder, name), '', { flag: 'wx', mode: 0o600, flush: true });
    } catch (thrown) {
      if (errorCodeOf(thrown) === 'EEXIST') return false;
      throw new ServerError('store_unavailable', {
        message: `That the confirmation is used cannot be noted in ${folder} (${errorCodeOf(thrown)}); nothing was sent to AWS.`,
        hint: 'Ask the person to look at that folder: its rights, the space on its disk. Then ask for a new plan.',
        cause: thrown,
      });
    }
    // Whoever else prunes at the same time has removed what is missing; the confirmation itself is used up.
    await prune(folder, lifeMs).catch(() => undefined);
    return true;
  };
}

/**
 * Opens them; undefined where the user has no folder to keep anything in.
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
  return { keys: await openSealKeys(options), claim: createFileClaim(folder) };
}

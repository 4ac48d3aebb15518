/**
 * The key that seals task ids and confirmations: the key that the configuration names, or one that the server creates on
 * first use in its user's state folder, so that tasks outlive a restart without set-up. If no file can be written, each
 * process has a key of its own, and its tasks end with the process.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { access, link, mkdir, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { ServerError, toServerError } from '../errors.ts';
import { errorCodeOf } from '../lib/error-code.ts';
import { parseVaultKey } from './vault-key.ts';

const KEY_BYTES = 32;
const FOLDER = 'amplify-backend-mcp';
/** What finding the key needs from the process. */
export interface SealKeyOptions {
  /** The setting: `file:PATH` or `env:NAME`, several with commas between. */
  readonly sealKey?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives the line that says why task ids end with the process. */
  readonly warn: (line: string) => void;
}

/** Reads a key in one of the vault's forms. The failures say "vault key", which is replaced. */
async function readKey(source: string, env: SealKeyOptions['env']): Promise<Uint8Array> {
  try {
    return (await parseVaultKey(source, { env }).open(undefined)).bytes;
  } catch (thrown) {
    const message = toServerError(thrown).message.replaceAll(
      'vault key',
      'key of task ids and confirmations (sealKey)',
    );
    throw new ServerError('seal_key_unusable', { message, cause: thrown });
  }
}

/** This server's folder in the user's state folder, by the rules of the platform. @throws where there is none */
export async function stateFolder(env: SealKeyOptions['env']): Promise<string> {
  const { LOCALAPPDATA, XDG_STATE_HOME, HOME } = env;
  // The XDG rules say to ignore a relative path. The same rule ignores Windows's variable on another system.
  const named = [LOCALAPPDATA, XDG_STATE_HOME].find(path => path !== undefined && isAbsolute(path));
  if (named !== undefined) return join(named, FOLDER);
  if (!HOME) throw new ServerError('seal_key_unusable', { message: 'there is no home folder' });
  // Service accounts have a home folder that does not exist. It must not be created.
  await access(HOME);
  return join(HOME, '.local', 'state', FOLDER);
}

/** Writes a new key unless one exists. The file appears as a whole: no other process may read half a key. */
async function makeKey(folder: string, path: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, randomBytes(KEY_BYTES), { flag: 'wx', mode: 0o600, flush: true });
    await link(draft, path).catch(thrown => {
      if (errorCodeOf(thrown) !== 'EEXIST') throw thrown;
    });
  } finally {
    await rm(draft, { force: true });
  }
}

/** The user's own key, created where there is none yet. */
async function ownKey(env: SealKeyOptions['env']): Promise<Uint8Array> {
  const folder = await stateFolder(env);
  const path = join(folder, 'seal-key');
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) await makeKey(folder, path);
  return readKey(`file:${path}`, env);
}

/** Keys, 32 bytes each: the first seals, all open. */
export type SealKeys = readonly [Uint8Array, ...Uint8Array[]];

/** The keys that the setting names. @throws ServerError seal_key_unusable, with what to type */
export async function openNamedKeys(sealKey: string, env: SealKeyOptions['env']): Promise<SealKeys> {
  const [first = '', ...others] = sealKey.split(',');
  return [await readKey(first, env), ...(await Promise.all(others.map(source => readKey(source, env))))];
}

/**
 * The keys that the setting names, or the user's own.
 * @throws ServerError seal_key_unusable, with what to type, where the configuration names a key that cannot be read
 */
export async function openSealKeys({ sealKey, env, warn }: SealKeyOptions): Promise<SealKeys> {
  if (sealKey !== undefined) return openNamedKeys(sealKey, env);
  try {
    return [await ownKey(env)];
  } catch (thrown) {
    const isOurs = thrown instanceof ServerError;
    const why = isOurs ? thrown.message : `no key can be kept (${errorCodeOf(thrown)})`;
    warn(`task ids end with this process: ${why}; set sealKey to keep them`);
    return [randomBytes(KEY_BYTES)];
  }
}

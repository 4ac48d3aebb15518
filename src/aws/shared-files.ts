/**
 * The person's AWS files, as the SDK parses them. Every call checks them, so that a change takes effect on the next call;
 * they are read again, past the SDK's cache, only if they may have changed.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { getHomeDir, loadConfig, loadSharedConfigFiles } from '@smithy/core/config';

type Environment = Readonly<Record<string, string | undefined>>;

/** The content of the files. */
export interface SharedFiles {
  readonly files: Awaited<ReturnType<typeof loadSharedConfigFiles>>;
  /** The content as one text. Equal texts mean that nothing has changed. */
  readonly stamp: string;
}

/** A file that changed within this time may change again within the same tick of the file system's clock. */
const UNSETTLED_MS = 2_000;

/** Reads the environment through the SDK. @param select never returns undefined */
export function fromEnvironment<Value>(select: (env: Environment) => Value): Promise<Value> {
  return loadConfig<Value>({
    environmentVariableSelector: select as (env: Environment) => Value | undefined,
    // Never used, because `select` always returns a value.
    configFileSelector: () => undefined,
    default: undefined as Value,
  })();
}

/** The paths that the SDK reads. */
async function findPaths(): Promise<string[]> {
  const home = getHomeDir();
  const paths = await fromEnvironment(env => [
    env.AWS_CONFIG_FILE || join(home, '.aws', 'config'),
    env.AWS_SHARED_CREDENTIALS_FILE || join(home, '.aws', 'credentials'),
  ]);
  return paths.map(path => (path.startsWith('~/') ? join(home, path.slice(2)) : path));
}

/** A mark that differs for each version of a file; undefined if the file changed too recently to have a unique one. */
function markOf(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return `${path} is absent`;
    const { ino, size, mtimeMs, ctimeMs } = found;
    return Date.now() - ctimeMs > UNSETTLED_MS
      ? JSON.stringify([path, ino, size, mtimeMs, ctimeMs])
      : undefined;
  } catch {
    // The SDK treats an unreadable file as empty. It may become readable at any time.
    return undefined;
  }
}

async function load(): Promise<SharedFiles> {
  const files = await loadSharedConfigFiles({ ignoreCache: true });
  return { files, stamp: JSON.stringify(files) };
}

let held: { readonly mark: string; readonly shared: Promise<SharedFiles> } | undefined;

/** The current files, which are also in the SDK's own cache afterwards. */
export async function readSharedFiles(): Promise<SharedFiles> {
  // The marks are taken before the files are read, so that a change in between is noticed by the next call.
  const marks = (await findPaths()).map(markOf);
  const mark = marks.includes(undefined) ? undefined : marks.join();
  if (held && held.mark === mark) return held.shared;
  const shared = load();
  held = mark === undefined ? undefined : { mark, shared };
  return shared;
}

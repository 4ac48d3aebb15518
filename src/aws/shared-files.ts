/**
 * The person's AWS files, as the SDK parses them. Every call asks for them, so that a changed file counts on the
 * next one; they are read again, past the SDK's cache, only where they may have changed.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { getHomeDir, loadConfig, loadSharedConfigFiles } from '@smithy/core/config';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the files say. */
export interface SharedFiles {
  readonly files: Awaited<ReturnType<typeof loadSharedConfigFiles>>;
  /** All of it as one text: two equal ones mean that nothing has changed. */
  readonly stamp: string;
}

/** A file that changed so lately may change again within the same tick of the file system's clock. */
const UNSETTLED_MS = 2_000;

/** What the SDK's own environment says. @param select answers something, whatever is in it */
export function fromEnvironment<Value>(select: (env: Environment) => Value): Promise<Value> {
  return loadConfig<Value>({
    environmentVariableSelector: select as (env: Environment) => Value | undefined,
    // Not reached: what was selected comes first.
    configFileSelector: () => undefined,
    default: undefined as Value,
  })();
}

/** Where the SDK looks. */
async function findPaths(): Promise<string[]> {
  const home = getHomeDir();
  const paths = await fromEnvironment(env => [
    env.AWS_CONFIG_FILE || join(home, '.aws', 'config'),
    env.AWS_SHARED_CREDENTIALS_FILE || join(home, '.aws', 'credentials'),
  ]);
  return paths.map(path => (path.startsWith('~/') ? join(home, path.slice(2)) : path));
}

/** What tells a file from what it was; undefined where it changed too lately to be told from what it will be. */
function markOf(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return `${path} is absent`;
    const { ino, size, mtimeMs, ctimeMs } = found;
    return Date.now() - ctimeMs > UNSETTLED_MS
      ? JSON.stringify([path, ino, size, mtimeMs, ctimeMs])
      : undefined;
  } catch {
    // Whatever is wrong with it, the SDK takes it for empty; it may be mended at any time.
    return undefined;
  }
}

async function load(): Promise<SharedFiles> {
  const files = await loadSharedConfigFiles({ ignoreCache: true });
  return { files, stamp: JSON.stringify(files) };
}

let held: { readonly mark: string; readonly shared: Promise<SharedFiles> } | undefined;

/** The files as they are now; what the SDK itself reads next are the same. */
export async function readSharedFiles(): Promise<SharedFiles> {
  // Before they are read: what changes in between is noticed the next time.
  const marks = (await findPaths()).map(markOf);
  const mark = marks.includes(undefined) ? undefined : marks.join();
  if (held && held.mark === mark) return held.shared;
  const shared = load();
  held = mark === undefined ? undefined : { mark, shared };
  return shared;
}

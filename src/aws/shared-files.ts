/**
 * The person's AWS files, as the SDK parses them. Every call checks them, so that a change takes effect on the next call;
 * they are read again, past the SDK's cache, only if they may have changed.
 */
import { promises, statSync } from 'node:fs';
import { join } from 'node:path';
import { getHomeDir, loadConfig, loadSharedConfigFiles } from '@smithy/core/config';
import { type FileFault, findFault, type NamedFile } from './file-faults.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The content of the files. */
export interface SharedFiles {
  readonly files: Awaited<ReturnType<typeof loadSharedConfigFiles>>;
  /** The content as one text. Equal texts mean that nothing has changed. */
  readonly stamp: string;
  readonly faults: readonly FileFault[];
  /** The sections of the config file as they are written, without brackets; the SDK leaves some out. */
  readonly sections: ReadonlySet<string>;
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

/** The files that the SDK reads. */
async function findPaths(): Promise<NamedFile[]> {
  const home = getHomeDir();
  const inHome = (path: string) => (path.startsWith('~/') ? join(home, path.slice(2)) : path);
  const file = (set: string | undefined, name: string, variable: string): NamedFile =>
    set ? { path: inHome(set), variable } : { path: join(home, '.aws', name), variable: undefined };
  return fromEnvironment(env => [
    file(env.AWS_CONFIG_FILE, 'config', 'AWS_CONFIG_FILE'),
    file(env.AWS_SHARED_CREDENTIALS_FILE, 'credentials', 'AWS_SHARED_CREDENTIALS_FILE'),
  ]);
}

/** A text that differs for each version of a file; undefined if the file changed too recently to tell versions apart. */
function versionOf(path: string): string | undefined {
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

/** Reads a file without the SDK, which treats an unreadable file as empty. */
const readPastSdk = (file: NamedFile) =>
  promises.readFile(file.path, 'utf8').catch((thrown: NodeJS.ErrnoException) => thrown);

const sectionsIn = (text: string) =>
  text.split('\n').flatMap(line => /^\[([^\]]+)\]/.exec(line)?.[1]?.trim() ?? []);

async function load(paths: readonly NamedFile[]): Promise<SharedFiles> {
  const files = await loadSharedConfigFiles({ ignoreCache: true });
  const read = await Promise.all(paths.map(readPastSdk));
  const faults = paths.flatMap((file, at) => findFault(file, read[at] ?? '') ?? []);
  const sections = new Set(typeof read[0] === 'string' ? sectionsIn(read[0]) : []);
  return {
    files,
    faults,
    sections,
    stamp: JSON.stringify([files, faults.map(({ error }) => error.message)]),
  };
}

let held: { readonly mark: string; readonly shared: Promise<SharedFiles> } | undefined;

/** The current files, which are also in the SDK's own cache afterwards. */
export async function readSharedFiles(): Promise<SharedFiles> {
  // The marks are taken before the files are read, so that a change in between is noticed by the next call.
  const paths = await findPaths();
  const marks = paths.map(({ path }) => versionOf(path));
  const mark = marks.includes(undefined) ? undefined : marks.join();
  if (held && held.mark === mark) return held.shared;
  const shared = load(paths);
  held = mark === undefined ? undefined : { mark, shared };
  return shared;
}

/** What is wrong with the files, the most harmful fault first. */
export async function findFileFault(): Promise<FileFault | undefined> {
  const { faults } = await readSharedFiles();
  return faults.find(({ isMisleading }) => isMisleading) ?? faults[0];
}

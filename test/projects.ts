/**
 * Assigns each test file to a Vitest project. A quick test file starts no process, so it needs no build, and it computes for
 * seconds at most; `npm run test:quick` runs only these. The files of a project share workers and their modules, since loading
 * the modules takes seconds.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'rolldown/utils';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Files that start no process but take long, because they try thousands of inputs. */
export const thorough: readonly string[] = [
  'agents/agents.test.ts',
  'patterns.test.ts',
  'scenarios/gen2-elsewhere.test.ts',
  'scenarios/in-migration-questions.test.ts',
  'scenarios/in-migration.test.ts',
  'scenarios/long-input.test.ts',
  'scenarios/writes-truth.test.ts',
  'scenarios/writes.test.ts',
];

/** What a module loads when it runs: its static imports and re-exports, types left out. */
function imports(file: string): string[] {
  const { staticImports, staticExports } = parseSync(file, readFileSync(file, 'utf8')).module;
  return [
    ...staticImports
      .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
      .map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, isType }) => (moduleRequest && !isType ? [moduleRequest.value] : [])),
    ),
  ];
}

/** Whether a test module, or one in `test/` that it loads, can start a process. */
function createProcessCheck(): (file: string) => boolean {
  const known = new Map<string, boolean>();
  return function startsProcess(file) {
    const found = known.get(file);
    if (found !== undefined) return found;
    // Modules that import each other end here.
    known.set(file, false);
    const starts = imports(file).some(name => {
      if (name === 'node:child_process') return true;
      const path = resolve(dirname(file), name);
      return name.startsWith('.') && path.startsWith(folder) && existsSync(path) && startsProcess(path);
    });
    known.set(file, starts);
    return starts;
  };
}

/** The projects, and the test files of each as paths from the root of the repository. */
export function testFiles(): Readonly<Record<'quick' | 'whole', string[]>> {
  const startsProcess = createProcessCheck();
  const projectOf = (name: string) =>
    thorough.includes(name) || startsProcess(resolve(folder, name)) ? 'whole' : 'quick';
  const files: ReturnType<typeof testFiles> = { quick: [], whole: [] };
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter(name => name.endsWith('.test.ts')).sort())
    files[projectOf(name)].push(`test/${name}`);
  return files;
}

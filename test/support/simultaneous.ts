/** Runs the same script on a module of `src` in several processes at the same time. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const COUNT = 6;

/**
 * Bundles a module, and has six processes import it and run a script that waits for the start.
 * @param source the module below `src`
 * @param script the lines to run, in which `ours` is the module
 * @returns what the processes printed
 */
export async function runSimultaneously(folder: string, source: string, script: string): Promise<string[]> {
  const file = join(folder, `${basename(source, '.ts')}.mjs`);
  await build({
    input: fileURLToPath(new URL(`../../src/${source}`, import.meta.url)),
    platform: 'node',
    logLevel: 'silent',
    output: { file, codeSplitting: false },
  });
  const main = join(folder, 'main.mjs');
  // Each process reports that it is ready and waits for the start, so that all of them run at the same time.
  await writeFile(
    main,
    `import { once } from 'node:events';
     import * as ours from './${basename(file)}';
     console.log('ready');
     await once(process.stdin, 'data');
     ${script}
     process.stdin.destroy();`,
  );
  const processes = Array.from({ length: COUNT }, () => {
    const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] });
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
  });
  for (const { lines } of processes) {
    const { value } = await lines.next();
    if (value !== 'ready') throw new Error(`a process said ${value} instead of ready`);
  }
  for (const { child } of processes) child.stdin.write('go');
  const said: string[] = [];
  for (const { lines } of processes) for await (const line of lines) said.push(line);
  return said;
}

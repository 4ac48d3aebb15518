/** Processes that run the same lines of a module of ours at the same moment. */
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
 * @param script its lines, in which `ours` is the module; what they print is answered
 */
export async function race(folder: string, source: string, script: string): Promise<string[]> {
  const file = join(folder, `${basename(source, '.ts')}.mjs`);
  await build({
    input: fileURLToPath(new URL(`../../src/${source}`, import.meta.url)),
    platform: 'node',
    logLevel: 'silent',
    output: { file, codeSplitting: false },
  });
  const main = join(folder, 'race.mjs');
  // Each says that it is there and waits for the start, so that they truly run against one another.
  await writeFile(
    main,
    `import { once } from 'node:events';
     import * as ours from './${basename(file)}';
     console.log('ready');
     await once(process.stdin, 'data');
     ${script}
     process.stdin.destroy();`,
  );
  const racers = Array.from({ length: COUNT }, () => {
    const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] });
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
  });
  for (const { lines } of racers) {
    const { value } = await lines.next();
    if (value !== 'ready') throw new Error(`a racer said ${value} instead of ready`);
  }
  for (const { child } of racers) child.stdin.write('go');
  const said: string[] = [];
  for (const { lines } of racers) for await (const line of lines) said.push(line);
  return said;
}

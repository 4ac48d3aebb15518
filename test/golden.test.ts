/**
 * Each tool as the built program serves it in tools/list, held to its golden file, so that a change of what
 * hosts and models see shows in the diff of the commit that makes it. `npm run docs` writes them anew.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { operations } from '../src/operations/index.ts';
import { workflows } from '../src/workflows/index.ts';

const bin = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
// Nothing of the developer's own configuration may change the list.
const env = { PATH: process.env.PATH };

interface ListedTool {
  readonly name: string;
}

const listed = JSON.parse(
  execFileSync(process.execPath, [bin, 'tools', '--json'], { env, encoding: 'utf8' }),
) as {
  tools: ListedTool[];
};

it.each(listed.tools)('$name is as its golden has it', async tool => {
  await expect(`${JSON.stringify(tool, null, 2)}\n`).toMatchFileSnapshot(`./golden/${tool.name}.json`);
});

it('serves the workflows and a tool for each operation, in their order', () => {
  const names = [...workflows, ...operations].map(({ toolName }) => toolName);
  expect(listed.tools.map(tool => tool.name)).toEqual(names);
});

it('no golden is left of a tool that is gone', () => {
  const names = new Set(listed.tools.map(tool => `${tool.name}.json`));
  expect(readdirSync(new URL('./golden/', import.meta.url)).filter(file => !names.has(file))).toEqual([]);
});

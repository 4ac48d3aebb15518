/**
 * Each tool of the built program's tools/list, compared with its golden file, so that a change of what hosts
 * and models see, and of its tokens, is visible in a diff. `npm run docs` renews the files.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Tool } from '@modelcontextprotocol/server';
import { expect, it } from 'vitest';
import { priceOf, totalPrice } from '../bench/price.mjs';
import { operations } from '../src/operations/index.ts';
import { declaredTools, workflows } from '../src/tools/index.ts';

const bin = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
// Nothing of the developer's own configuration may change the list.
const env = { PATH: process.env.PATH };

function list(...flags: string[]): Tool[] {
  const printed = execFileSync(process.execPath, [bin, 'tools', '--json', ...flags], {
    env,
    encoding: 'utf8',
  });
  return (JSON.parse(printed) as { tools: Tool[] }).tools;
}

const full = list();
const compact = list('--surface', 'compact');
const listed = [...full, ...compact.filter(({ name }) => full.every(tool => tool.name !== name))];

it.each(listed)('$name equals its golden file', async tool => {
  await expect(`${JSON.stringify(tool, null, 2)}\n`).toMatchFileSnapshot(`./golden/${tool.name}.json`);
});

it('serves the workflows and a tool for each operation, in their order', () => {
  const names = [...workflows, ...operations].map(({ toolName }) => toolName);
  expect(full.map(tool => tool.name)).toEqual(names);
  expect(compact.map(tool => tool.name)).toEqual(declaredTools.map(({ toolName }) => toolName));
});

it('costs a model the tokens of the table', async () => {
  const rows = [
    ...listed.map(tool => [tool.name, priceOf(tool)] as const),
    ['the full surface', totalPrice(full)] as const,
    ['the compact surface', totalPrice(compact)] as const,
  ];
  const lines = rows.map(([what, tokens]) => `${what.padEnd(28)}${String(tokens).padStart(6)}`);
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('./golden/tokens.txt');
});

it('every golden file belongs to a tool', () => {
  const names = new Set([...listed.map(tool => `${tool.name}.json`), 'tokens.txt']);
  expect(readdirSync(new URL('./golden/', import.meta.url)).filter(file => !names.has(file))).toEqual([]);
});

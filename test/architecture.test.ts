/**
 * The allowed imports between the rooms of src/ and of packages, over every static, dynamic and type import.
 * Also: no cycles among files, one room that touches the process, and no console.
 */
import { expect, it } from 'vitest';
import { leaves, rooms } from '../scripts/rooms/rooms.mjs';
import { findCycle, oversized, readSources, roomOf, scan, violations } from '../scripts/rooms/scan.mjs';

const src = readSources();

it('every import is allowed, and only the command line touches the process', () => {
  expect(violations(src)).toEqual([]);
});

it('no file and no function is too long to read', () => {
  expect(oversized(src)).toEqual([]);
});

it('nor one of the page', () => {
  expect(oversized(readSources('ui'))).toEqual([]);
});

it.each(['test', 'scripts', 'bench'])('nor one of %s', folder => {
  expect(oversized(readSources(folder))).toEqual([]);
});

it('a planted long file and function are found', () => {
  const lines = (count: number) => '  run();\n'.repeat(count);
  const sources = new Map([
    ['lib/file.ts', 'run();\n'.repeat(301)],
    ['lib/function.ts', `function long() {\n${lines(79)}}\nconst fits = () => {\n${lines(78)}};\n`],
  ]);
  expect(oversized(sources)).toEqual([
    'lib/file.ts has 301 lines',
    'lib/function.ts:1 has a function of 81 lines',
  ]);
});

it('a list of cases may be long, but none of them', () => {
  const cases = (count: number) => `describe.each(all)('x', () => {\n${'  it(run);\n'.repeat(count)}`;
  const long = `it('y', () => {\n${'  run();\n'.repeat(79)}});\n`;
  const found = oversized(new Map([['x.test.ts', `${cases(90)}${long}});\n`]]));
  expect(found).toEqual(['x.test.ts:92 has a function of 81 lines']);
});

it('no imports form a cycle', () => {
  expect(findCycle(src)).toBeUndefined();
});

it.each(Object.keys(rooms))('%s was scanned', room => {
  const inRoom = [...src].filter(([file]) => roomOf(file) === room);
  const imports = inRoom
    .flatMap(([file, source]) => scan(file, source).imports)
    .filter(({ to }) => roomOf(to) !== room);
  expect(inRoom.length).toBeGreaterThan(0);
  // A leaf imports nothing but itself; every other room is built on something.
  expect(imports.length > 0).toBe(!['errors', ...leaves].includes(room));
});

/** What stands in a file of a room, and what must be found in it. */
const planted: [file: string, source: string, found: string][] = [
  ['jobs/x.ts', "import { send } from '../aws/client.ts';", 'imports aws/client.ts'],
  ['mcp/x.ts', "import '../aws/client.ts';", 'imports aws/client.ts'],
  ['mcp/x.ts', "import '../http/server.ts';", 'imports http/server.ts'],
  ['call/x.ts', "import { a } from '../tools/index.ts';", 'imports tools/index.ts'],
  ['call/x.ts', "import type { A } from '../mcp/tools.ts';", 'imports the types of mcp/tools.ts'],
  ['environment/x.ts', "import { a } from '../call/reads.ts';", 'imports call/reads.ts'],
  ['environment/x.ts', "import { a } from '../operations/ids.ts';", 'imports operations/ids.ts'],
  ['tools/x.ts', "import { a } from '../server/backend.ts';", 'imports server/backend.ts'],
  ['http/x.ts', "import { a } from '../mcp/listen.ts';", 'imports mcp/listen.ts'],
  ['server/x.ts', "import { a } from '../cli/program.ts';", 'imports cli/program.ts'],
  ['policy/x.ts', "import { a } from '../aws/client.ts';", 'imports aws/client.ts'],
  ['secrets/x.ts', "import { a } from '../aws/client.ts';", 'imports aws/client.ts'],
  ['sandbox/x.ts', "import { a } from '../environment/index.ts';", 'imports environment/index.ts'],
  ['sandbox/x.ts', "import { a } from '../operations/index.ts';", 'imports operations/index.ts'],
  ['mcp/x.ts', "await import('../sandbox/index.ts');", 'imports sandbox/index.ts'],
  [
    'mcp/x.ts',
    "export * from '../operations/ids.ts'; export { a } from '../server/lease.ts';",
    'imports server/lease.ts',
  ],
  ['sandbox/x.ts', "import type { A } from '../mcp/a.ts';", 'imports the types of mcp/a.ts'],
  ['errors.ts', "let a: import('zod').ZodType;", 'imports the types of zod'],
  ['lib/x.ts', "import { a } from '../errors.ts';", 'imports errors.ts'],
  ['aws/x.ts', "import { type A, b } from '../operations/a.ts';", 'imports operations/a.ts'],
  ['operations/x.ts', "import pino from 'pino';", 'imports pino'],
  ['tools/x.ts', "import MiniSearch from 'minisearch';", 'imports minisearch'],
  ['tool-search/x.ts', "import type { Tool } from '../mcp/served.ts';", 'imports the types of mcp/served.ts'],
  ['operations/x.ts', "import 'zod-to-json-schema';", 'imports zod-to-json-schema'],
  ['server/x.ts', "import '../mcp-tools/x.ts';", 'imports mcp-tools/x.ts'],
  ['server/x.ts', 'process.stdout.write("x");', 'touches process'],
  ['server/x.ts', 'const { env } = process;', 'touches process'],
  ['observability/x.ts', 'globalThis.process;', 'touches process'],
  ['sandbox/x.ts', "import { exit } from 'node:process';", 'imports node:process'],
  ['sandbox/x.ts', 'console.log("x");', 'touches console'],
  ['utils.ts', '', 'is in no room'],
];

it.each(planted)('in %s, %j is found', (file, source, found) => {
  expect(violations(new Map([[file, source]]))).toEqual([`${file} ${found}`]);
});

it('a computed import is refused, because its target is unknown', () => {
  expect(() => violations(new Map([['server/x.ts', 'await import(name);']]))).toThrow('computed');
});

it('a planted cycle is found, of types too', () => {
  const sources = new Map([
    ['jobs/a.ts', "import { b } from './b.ts';"],
    ['jobs/b.ts', "import type { A } from './a.ts';"],
  ]);
  expect(findCycle(sources)).toEqual(['jobs/a.ts', 'jobs/b.ts', 'jobs/a.ts']);
});

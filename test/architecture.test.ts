/**
 * The arrows between the rooms of src/: who may import whom, and which packages, over every static, dynamic
 * and type import. Besides: no cycles among files, one file that touches the process, and nobody that prints.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { type ESTree, parseSync, Visitor } from 'rolldown/utils';
import { expect, it } from 'vitest';

/** What a room may import beside itself: rooms, files of a room, packages (`*` ends the name of a family). */
interface Room {
  readonly imports: readonly string[];
  /** What it may name, but not run. */
  readonly types?: readonly string[];
}

const SDK = '@aws-sdk/client-amplifybackend';
const MCP = '@modelcontextprotocol/server';

/** What everybody may import: small pure functions that import nothing. */
const leaves = ['lib'];

const rooms: Readonly<Record<string, Room>> = {
  errors: { imports: [] },
  lib: { imports: [] },
  operations: { imports: ['errors', 'zod', SDK] },
  policy: { imports: ['operations', 'errors', 'lib'] },
  // What an environment is made of, by what AWS says of it.
  environment: { imports: ['errors', 'lib', 'graphql', 'hjson', 'diff'] },
  // The mapping between AWS's spellings is the one part of operations that aws runs and does not only name.
  aws: {
    imports: [
      ...['errors', 'lib', 'operations/wire', SDK, '@aws-sdk/client-kms', 'jose'],
      ...['node:crypto', 'node:events', 'node:fs', 'node:os', 'node:path'],
      ...[
        '@aws-sdk/client-amplify',
        '@aws-sdk/client-cloudformation',
        '@aws-sdk/client-sts',
        '@aws-sdk/client-iam',
        '@aws-sdk/credential-providers',
        '@smithy/core',
      ],
    ],
    types: ['operations', '@smithy/types'],
  },
  jobs: { imports: ['errors'] },
  execute: {
    imports: [
      ...['operations', 'policy', 'environment', 'aws', 'jobs', 'errors', 'jose'],
      // The audit is a file.
      ...['node:crypto', 'node:fs', 'node:fs/promises', 'node:os', 'node:path'],
    ],
  },
  // From a sentence to tools.
  'tool-search': { imports: ['minisearch', 'stemmer'] },
  workflows: {
    imports: ['execute', 'policy', 'environment', 'operations', 'errors', 'lib', 'zod'],
    types: ['jobs', 'tool-search'],
  },
  // Of jobs it runs only what a job is, its URI's template among it; not how one is found or watched.
  mcp: {
    imports: ['execute', 'workflows', 'operations', 'policy', 'errors', 'jobs/job', MCP, 'zod'],
    types: ['jobs'],
  },
  transports: {
    imports: [
      ...[MCP, '@modelcontextprotocol/fastify', '@modelcontextprotocol/node'],
      ...['fastify', '@fastify/reply-from', 'jose', 'rate-limiter-flexible', 'node:*'],
    ],
    types: ['mcp'],
  },
  // What replicas share, behind the types of the rooms that share it.
  fleet: {
    imports: [
      'errors',
      'execute/seal',
      'transports/http/events',
      'node:crypto',
      'node:timers/promises',
      'ioredis',
      'bullmq',
    ],
    types: ['execute', 'jobs', 'transports'],
  },
  // Not our operations: an emulator that checked with our own Zod would agree with our own mistakes.
  sandbox: { imports: ['errors', SDK, 'graphql', 'node:*'] },
  config: { imports: ['zod'] },
  log: { imports: ['pino'], types: ['errors', 'execute'] },
  commands: {
    // Of aws only the vault, which a person fills at a terminal.
    imports: [
      ...['sandbox', 'config', '@modelcontextprotocol/client'],
      ...['node:fs', 'node:os', 'node:path', 'node:readline', 'node:stream'],
      ...['aws/vault', 'aws/vault-key', 'errors'],
    ],
    // What doctor looks at, it is handed.
    types: ['jobs', 'aws'],
  },
  'tool-catalog.d': { imports: [], types: ['mcp'] },
  app: {
    imports: [
      ...['errors', 'operations', 'policy', 'aws', 'jobs', 'execute', 'workflows', 'mcp', 'transports'],
      ...[
        'tool-search',
        'sandbox',
        'fleet',
        'config',
        'log',
        'virtual:tool-catalog',
        'virtual:tool-requests',
      ],
      // The user's own key of task ids is a file.
      ...['node:crypto', 'node:fs/promises', 'node:os', 'node:path'],
      ...['prom-client', '@opentelemetry/*'],
    ],
    types: [MCP, 'fastify'],
  },
  cli: {
    imports: [
      'config',
      'app',
      'transports',
      'commands',
      '../package.json',
      'commander',
      'yaml',
      'zod',
      'node:*',
    ],
    types: ['execute/audit'],
  },
};

/** Through these a file reaches the process or prints. */
const processGlobals = ['process', 'console'];
const processModules = ['node:process', 'node:console', 'process', 'console'];

type Sources = ReadonlyMap<string, string>;

interface Import {
  /** `operations/ids.ts` or, for a package, its specifier. */
  readonly to: string;
  readonly isType: boolean;
}

/** Whether an import takes types only although it is not marked as a whole. */
const areTypes = (specifiers: ESTree.ImportDeclaration['specifiers']) =>
  specifiers.length > 0 &&
  specifiers.every(one => one.type === 'ImportSpecifier' && one.importKind === 'type');

/** Everything that a file imports, and the process's globals that it mentions. */
function scan(file: string, source: string): { imports: Import[]; globals: string[] } {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const imports: Import[] = [];
  const globals: string[] = [];
  const add = (literal: ESTree.Expression | ESTree.StringLiteral | null, isType: boolean) => {
    if (literal === null) return;
    if (literal.type !== 'Literal' || typeof literal.value !== 'string')
      throw new Error(`${file} imports what is computed; nobody can tell whom`);
    const isFile = literal.value.startsWith('.');
    imports.push({ to: isFile ? posix.join(posix.dirname(file), literal.value) : literal.value, isType });
  };
  new Visitor({
    ImportDeclaration: node => add(node.source, node.importKind === 'type' || areTypes(node.specifiers)),
    ExportAllDeclaration: node => add(node.source, node.exportKind === 'type'),
    ExportNamedDeclaration: node => add(node.source, node.exportKind === 'type'),
    ImportExpression: node => add(node.source, false),
    TSImportType: node => add(node.source, true),
    Identifier: ({ name }) => {
      if (processGlobals.includes(name)) globals.push(name);
    },
  }).visit(program);
  return { imports, globals };
}

const withoutSuffix = (file: string) => file.replace(/\.ts$/, '');
const roomOf = (file: string) => withoutSuffix(file).split('/')[0] ?? file;

/** Whether a file or a package is one of the names, or inside the room or the family of one. */
function allows(names: readonly string[], to: string): boolean {
  const name = withoutSuffix(to);
  return names.some(allowed =>
    allowed.endsWith('*')
      ? name.startsWith(allowed.slice(0, -1))
      : name === allowed || name.startsWith(`${allowed}/`),
  );
}

/** Every import and global that the table above does not allow, as a line each. */
function violations(sources: Sources): string[] {
  return [...sources].flatMap(([file, source]) => {
    const name = roomOf(file);
    const room = rooms[name];
    if (!room) return [`${file} is in no room`];
    const isBin = name === 'cli';
    const { imports, globals } = scan(file, source);
    const isAllowed = ({ to, isType }: Import) =>
      (sources.has(to) && roomOf(to) === name) ||
      allows([...leaves, ...room.imports], to) ||
      (isType && allows(room.types ?? [], to));
    return [
      ...imports
        .filter(imported => !isAllowed(imported) || (!isBin && processModules.includes(imported.to)))
        .map(({ to, isType }) => `${file} imports ${isType ? 'the types of ' : ''}${to}`),
      ...(isBin ? [] : globals.map(global => `${file} touches ${global}`)),
    ];
  });
}

/** The files of each cycle, or none. */
function findCycle(sources: Sources): string[] | undefined {
  const done = new Set<string>();
  const follow = (file: string, trail: string[]): string[] | undefined => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const { to } of scan(file, sources.get(file) ?? '').imports) {
      const cycle = sources.has(to) ? follow(to, [...trail, file]) : undefined;
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of sources.keys()) {
    const cycle = follow(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

const folder = new URL('../src/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
const src: Sources = new Map(files.map(file => [file, readFileSync(new URL(file, folder), 'utf8')]));

it('nobody imports whom it may not, and only the bin touches the process', () => {
  expect(violations(src)).toEqual([]);
});

it('no file imports itself by way of others', () => {
  expect(findCycle(src)).toBeUndefined();
});

it.each([...new Set(files.map(roomOf))])('%s was scanned', room => {
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
  ['mcp/x.ts', "await import('../sandbox/index.ts');", 'imports sandbox/index.ts'],
  ['mcp/x.ts', "export * from '../operations/ids.ts'; export { a } from '../log.ts';", 'imports log.ts'],
  ['sandbox/x.ts', "import type { A } from '../mcp/a.ts';", 'imports the types of mcp/a.ts'],
  ['errors.ts', "let a: import('zod').ZodType;", 'imports the types of zod'],
  ['lib/x.ts', "import { a } from '../errors.ts';", 'imports errors.ts'],
  ['aws/x.ts', "import { type A, b } from '../operations/a.ts';", 'imports operations/a.ts'],
  ['operations/x.ts', "import pino from 'pino';", 'imports pino'],
  ['workflows/x.ts', "import MiniSearch from 'minisearch';", 'imports minisearch'],
  ['tool-search/x.ts', "import type { Tool } from '../mcp/served.ts';", 'imports the types of mcp/served.ts'],
  ['operations/x.ts', "import 'zod-to-json-schema';", 'imports zod-to-json-schema'],
  ['app.ts', "import './mcp-tools/x.ts';", 'imports mcp-tools/x.ts'],
  ['app.ts', 'process.stdout.write("x");', 'touches process'],
  ['app.ts', 'const { env } = process;', 'touches process'],
  ['log.ts', 'globalThis.process;', 'touches process'],
  ['sandbox/x.ts', "import { exit } from 'node:process';", 'imports node:process'],
  ['sandbox/x.ts', 'console.log("x");', 'touches console'],
  ['utils.ts', '', 'is in no room'],
];

it.each(planted)('in %s, %j is found', (file, source, found) => {
  expect(violations(new Map([[file, source]]))).toEqual([`${file} ${found}`]);
});

it('an import that is computed is refused, since nobody can tell whom it imports', () => {
  expect(() => violations(new Map([['app.ts', 'await import(name);']]))).toThrow('computed');
});

it('a cycle is found, of types too', () => {
  const sources = new Map([
    ['jobs/a.ts', "import { b } from './b.ts';"],
    ['jobs/b.ts', "import type { A } from './a.ts';"],
  ]);
  expect(findCycle(sources)).toEqual(['jobs/a.ts', 'jobs/b.ts', 'jobs/a.ts']);
});

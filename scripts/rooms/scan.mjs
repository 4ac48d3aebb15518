/** Reads the imports of TypeScript sources, and checks them against the map of the rooms. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parseSync, Visitor } from 'rolldown/utils';
import { leaves, rooms } from './rooms.mjs';

/**
 * @typedef {ReadonlyMap<string, string>} Sources texts by their paths inside src/
 * @typedef {{ readonly to: string, readonly isType: boolean }} Import `to` is a path inside src/ or a package
 * @typedef {{ readonly imports: readonly Import[], readonly globals: readonly string[] }} Scanned
 * @typedef {import('rolldown/utils').ESTree.ImportDeclaration['specifiers']} Specifiers
 */

/** The globals and modules by which a file can reach the process or print. */
const processGlobals = ['process', 'console'];
const processModules = ['node:process', 'node:console', 'process', 'console'];

/** Every source of a folder of the project. @returns {Sources} */
export function readSources(name = 'src') {
  const folder = new URL(`../../${name}/`, import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(
    files
      .filter(file => /\.(?:ts|mjs)$/.test(file))
      .sort()
      .map(file => [file, readFileSync(new URL(file, folder), 'utf8')]),
  );
}

/** Whether an import takes types only although it is not marked as a whole. @param {Specifiers} specifiers */
const areTypes = specifiers =>
  specifiers.length > 0 &&
  specifiers.every(one => one.type === 'ImportSpecifier' && one.importKind === 'type');

/** The results of `scan` by path and text of a file, kept because several rules need them. @type {Map<string, Scanned>} */
const scanned = new Map();

/**
 * Everything that a file imports, and the process's globals that it names.
 * @param {string} file @param {string} source
 * @returns {Scanned}
 * @throws where it cannot be parsed or imports a computed name
 */
export function scan(file, source) {
  const key = `${file}\n${source}`;
  const found = scanned.get(key) ?? parseImports(file, source);
  scanned.set(key, found);
  return found;
}

/** @param {string} file @param {string} source @returns {Scanned} */
function parseImports(file, source) {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  /** @type {Import[]} */
  const imports = [];
  /** @type {string[]} */
  const globals = [];
  /** @param {{ type: string, value?: unknown } | null} literal @param {boolean} isType */
  const add = (literal, isType) => {
    if (literal === null) return;
    if (literal.type !== 'Literal' || typeof literal.value !== 'string')
      throw new Error(`${file} imports a computed name, which cannot be checked`);
    const { value } = literal;
    imports.push({ to: value.startsWith('.') ? posix.join(posix.dirname(file), value) : value, isType });
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

/** @param {string} file */
const withoutSuffix = file => file.replace(/(?:\.d)?\.ts$/, '');

/** The room of a file: its folder; errors.ts and cli.ts are rooms by themselves. @param {string} file */
export const roomOf = file => withoutSuffix(file).split('/')[0] ?? file;

/** Whether a file or a package is one of the names, or inside the room or the family of one. @param {readonly string[]} names @param {string} to */
function allows(names, to) {
  const name = withoutSuffix(to);
  return names.some(allowed =>
    allowed.endsWith('*')
      ? name.startsWith(allowed.slice(0, -1))
      : name === allowed || name.startsWith(`${allowed}/`),
  );
}

/** A line for each import and global that the map does not allow. @param {Sources} sources */
export function violations(sources) {
  return [...sources].flatMap(([file, source]) => {
    const name = roomOf(file);
    const room = rooms[name];
    if (!room) return [`${file} is in no room`];
    const isBin = name === 'cli';
    const { imports, globals } = scan(file, source);
    /** @param {Import} imported */
    const isAllowed = ({ to, isType }) =>
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

/** The files of an import cycle; undefined if there is none. @param {Sources} sources */
export function findCycle(sources) {
  /** @type {Set<string>} */
  const done = new Set();
  /** @param {string} file @param {readonly string[]} trail @returns {string[] | undefined} */
  const follow = (file, trail) => {
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

/**
 * Each room with its purpose, its size, and the number of its imports from each other room.
 * @param {Sources} sources
 */
export function describeRooms(sources) {
  const scanned = [...sources].map(([file, source]) => ({ file, source, ...scan(file, source) }));
  return Object.entries(rooms).map(([name, { purpose }]) => {
    const own = scanned.filter(({ file }) => roomOf(file) === name);
    const targets = own.flatMap(({ imports }) =>
      imports.filter(({ to }) => sources.has(to)).map(({ to }) => roomOf(to)),
    );
    const arrows = Object.keys(rooms)
      .filter(room => room !== name && targets.includes(room))
      .map(room => ({ room, imports: targets.filter(target => target === room).length }));
    const lines = own.reduce((sum, { source }) => sum + source.split('\n').length - 1, 0);
    return { name, purpose, files: own.length, lines, arrows };
  });
}

/** The most lines of a file and of a function. */
export const longest = { file: 300, function: 80 };

/** Whether `describe` is called: `describe(…)`, `describe.each(…)(…)`. @param {import('rolldown/utils').ESTree.Node} callee */
function isDescribe(callee) {
  if (callee.type === 'CallExpression') return isDescribe(callee.callee);
  if (callee.type === 'MemberExpression') return isDescribe(callee.object);
  return callee.type === 'Identifier' && callee.name === 'describe';
}

/**
 * A line for each file and function above the bounds. Functions that are passed to `describe` do not count, because they are
 * lists of test cases, each of which is a function that counts.
 * @param {Sources} sources
 */
export function oversized(sources) {
  return [...sources].flatMap(([file, source]) => {
    /** @param {number} offset */
    const lineAt = offset => source.slice(0, offset).split('\n').length;
    /** @type {string[]} */
    const found = [];
    /** @type {Set<unknown>} */
    const groups = new Set();
    /** @param {{ start: number, end: number }} node */
    const measure = node => {
      // A function has at least as many characters as lines.
      if (node.end - node.start <= longest.function) return;
      const lines = source.slice(node.start, node.end).split('\n').length;
      if (lines > longest.function && !groups.has(node))
        found.push(`${file}:${lineAt(node.start)} has a function of ${lines} lines`);
    };
    const lines = lineAt(source.length) - 1;
    // A function cannot be longer than its file.
    if (lines >= longest.function)
      new Visitor({
        CallExpression: call => {
          if (isDescribe(call.callee)) for (const given of call.arguments) groups.add(given);
        },
        FunctionDeclaration: measure,
        FunctionExpression: measure,
        ArrowFunctionExpression: measure,
      }).visit(parseSync(file, source).program);
    return lines > longest.file ? [`${file} has ${lines} lines`, ...found] : found;
  });
}

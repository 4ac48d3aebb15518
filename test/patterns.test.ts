/**
 * No regular expression of src/ backtracks: each literal is proven to take linear time, and none is built
 * from a text, which could not be proven.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { checkSync } from 'recheck';
import { type ESTree, parseSync, Visitor } from 'rolldown/utils';
import { expect, it } from 'vitest';

/** Methods of texts that make a regular expression of a text that they are given. */
const compiling = new Set(['match', 'matchAll', 'search']);

interface Patterns {
  /** As they are written: `/a+/g`. */
  readonly literals: string[];
  /** What cannot be proven. */
  readonly built: string[];
}

const isText = (node: ESTree.Argument | undefined) =>
  node?.type === 'TemplateLiteral' || (node?.type === 'Literal' && typeof node.value === 'string');

function patternsIn(file: string, source: string): Patterns {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const literals: string[] = [];
  const built: string[] = [];
  const types = new Set<unknown>();
  new Visitor({
    Literal: node => {
      if ('regex' in node) literals.push(`/${node.regex.pattern}/${node.regex.flags}`);
    },
    TSTypeReference: ({ typeName }) => void types.add(typeName),
    Identifier: node => {
      if (node.name === 'RegExp' && !types.has(node)) built.push(`${file} uses RegExp`);
    },
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      const { name } = callee.property;
      if (compiling.has(name) && isText(first)) built.push(`${file} calls ${name} with a text`);
    },
  }).visit(program);
  return { literals, built };
}

/** For one proof on a busy machine; most take some milliseconds. */
const LONGEST_MS = 100_000;

/**
 * Patterns that are proven by their form, since automata need seconds for some: only the very end repeats, and what
 * repeats is one character of a set. All before it is tried in a bounded number of steps at each place of the text; the
 * end fails at once or takes all that fits, is never tried again, and the search goes on behind it.
 */
const endsInRepeatedSet =
  /^\/(?:[^[\\*+{}]|\\.|\[(?:[^\]\\]|\\.)*\])*(?:\[(?:[^\]\\]|\\.)+\]|\\[wds])\+\)?\/[a-z]*$/;

/**
 * The proof is by automata. The checker's other way is to try texts, which found nothing wrong with a look-behind that
 * took seconds; so what is beyond automata (look-behind, most look-ahead, back references) counts as not proven.
 */
function proofOf(literal: string): string {
  if (endsInRepeatedSet.test(literal)) return 'proven';
  const end = literal.lastIndexOf('/');
  const { status, ...more } = checkSync(literal.slice(1, end), literal.slice(end + 1), {
    checker: 'automaton',
    timeout: LONGEST_MS,
  });
  if (status === 'safe') return 'proven';
  return 'error' in more ? `not proven: ${more.error.kind}` : more.complexity.summary;
}

const folder = new URL('../src/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
const found = files.map(file => patternsIn(file, readFileSync(new URL(file, folder), 'utf8')));
const literals = [...new Set(found.flatMap(one => one.literals))].sort();

it('no pattern is built from a text', () => {
  expect(found.flatMap(({ built }) => built)).toEqual([]);
});

it('the sources have patterns, so the cases below test something', () => {
  expect(literals.length).toBeGreaterThan(50);
});

it.each(literals)('%s takes linear time', { timeout: LONGEST_MS }, literal => {
  expect(proofOf(literal)).toBe('proven');
});

it.each([
  ['/\\d+$/', '2nd degree polynomial'],
  ['/\\btype\\s+(\\w+)[^{]*@model\\b/g', '2nd degree polynomial'],
  ['/^(a|a)*$/', 'exponential'],
  ['/(?<=token\\s*[:=]\\s*)\\w+/g', 'not proven: unsupported'],
  ['/(a+)\\1$/', 'not proven: unsupported'],
])('%s would be refused', (literal, why) => {
  expect(proofOf(literal)).toBe(why);
});

it.each([
  ['/key_[A-Z]+/g', true],
  ['/(?:a|b)c?(key-)([\\w-]+)/g', true],
  ['/[+*]=\\d+/', true],
  ['/\\++\\d+/', false],
  ['/a+[A-Z]+/g', false],
  ['/a*[A-Z]+/g', false],
  ['/a{2,}[A-Z]+/g', false],
  ['/(?:[a-z]+)+/', false],
  ['/[a-z]+$/', false],
  ['/([a-z]+)x/', false],
  ['/[a-z]+|b+/', false],
])('%s is proven by its form: %s', (literal, expected) => {
  expect(endsInRepeatedSet.test(literal)).toBe(expected);
});

it.each([
  ["new RegExp('a' + name)", 'x.ts uses RegExp'],
  ['RegExp(name)', 'x.ts uses RegExp'],
  ['const Pattern = globalThis.RegExp;', 'x.ts uses RegExp'],
  ["text.match('a+$')", 'x.ts calls match with a text'],
  ['text.search(`a+$`)', 'x.ts calls search with a text'],
])('%s is found', (source, what) => {
  expect(patternsIn('x.ts', source).built).toEqual([what]);
});

it('literals are found at any position, and types are ignored', () => {
  const source = 'const a: RegExp | { b?: RegExp } = [text.replace(/a/g, "/b/"), z.string().regex(/c/)];';
  expect(patternsIn('x.ts', source)).toEqual({ literals: ['/a/g', '/c/'], built: [] });
});

/** Answers that come in pages, put together, and lists as CSV (RFC 4180, with line feeds). */
import { isObject, type Json } from '../lib/json.ts';

/** The members by which an answer names its next page, which are also the arguments that ask for it. */
const cursors = ['after', 'nextToken'] as const;

/** No list of a tool has more pages. */
const MOST_PAGES = 1_000;

/** The arguments of the next page; undefined after the last one. */
function nextPage(args: Json, answer: Json): Json | undefined {
  const cursor = cursors.find(name => typeof answer[name] === 'string');
  if (cursor === undefined || answer[cursor] === args[cursor]) return undefined;
  return { ...args, [cursor]: answer[cursor] };
}

const isList = (value: unknown): value is readonly Json[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject);

/** The member that is the list of an answer: `rows`, else the first list of structures. */
export function listIn(answer: Json): string | undefined {
  if (Array.isArray(answer.rows)) return 'rows';
  return Object.keys(answer).find(name => isList(answer[name]));
}

/** Puts pages together: the first one, with the list and the notes of all. */
function joined(pages: readonly Json[]): Json {
  const [first = {}] = pages;
  const list = listIn(first);
  const of = (name: string) =>
    pages.flatMap(page => (Array.isArray(page[name]) ? (page[name] as unknown[]) : []));
  // The summary describes only the first page.
  const { summary: _, after: __, nextToken: ___, ...rest } = first;
  const notes = [...new Set(of('notes'))];
  return {
    ...rest,
    ...(list !== undefined && { [list]: of(list) }),
    ...(notes.length > 0 && { notes }),
  };
}

/**
 * Calls until the last page.
 * @param call one call; its answer, or undefined where the tool reports an error
 * @returns the whole answer; undefined after an error
 */
export async function readAllPages(
  args: Json,
  call: (args: Json) => Promise<Json | undefined>,
): Promise<Json | undefined> {
  const pages: Json[] = [];
  let next: Json | undefined = args;
  while (next && pages.length < MOST_PAGES) {
    const answer = await call(next);
    if (!answer) return undefined;
    pages.push(answer);
    next = nextPage(next, answer);
  }
  return joined(pages);
}

/** Spreadsheets interpret cells that begin this way as formulas. */
const FORMULA = /^[=+\-@\t\r]/;

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const items = Array.isArray(value) ? value : [value];
  const text = items.map(item => (typeof item === 'string' ? item : JSON.stringify(item))).join('; ');
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * The list as CSV with a line of names.
 * @param columns names that come first, in their order, whether or not an item has them
 */
export function toCsv(items: readonly Json[], columns: readonly string[]): string {
  const names = [...new Set([...columns, ...items.flatMap(item => Object.keys(item))])];
  const lines = items.map(item => names.map(name => cellOf(item[name])).join(','));
  return [names.map(cellOf).join(','), ...lines].join('\n');
}

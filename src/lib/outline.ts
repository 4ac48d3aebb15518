/**
 * Writes JSON as indented lines for a reader, shorter than JSON and just as complete: `name: value`, nested objects below
 * their name, and a dash for each object of a list. Only texts that are not a plain word are in quotation marks.
 */
import { isObject, type Json } from './json.ts';
import { inlineJson, quoteName, quoteNames, wholeName } from './quote.ts';

/** Values that are nested deeper are written as JSON on one line. */
const MOST_LEVELS = 20;

const isScalar = (value: unknown) => value === null || typeof value !== 'object';

const scalarText = (value: unknown) => (typeof value === 'string' ? wholeName(value) : String(value));

/** A value that fits on the line of its name; undefined if it needs lines of its own. */
function inlineText(value: unknown, level: number): string | undefined {
  if (isScalar(value)) return scalarText(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return 'none';
    if (value.every(isScalar)) return value.map(scalarText).join(', ');
    return value.every(isObject) && level < MOST_LEVELS ? undefined : inlineJson(value);
  }
  if (Object.keys(value as Json).length === 0) return 'none';
  return level < MOST_LEVELS ? undefined : inlineJson(value);
}

function linesOf(value: Json, level: number, lines: string[]): void {
  const indent = '  '.repeat(level);
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const text = inlineText(member, level);
    lines.push(`${indent}${wholeName(name)}:${text === undefined ? '' : ` ${text}`}`);
    if (text !== undefined) continue;
    if (isObject(member)) linesOf(member, level + 1, lines);
    else for (const item of member as Json[]) itemLines(item, level + 1, lines);
  }
}

/** A structure of a list: its first line has the dash. */
function itemLines(item: Json, level: number, lines: string[]): void {
  const at = lines.length;
  linesOf(item, level + 1, lines);
  const indent = '  '.repeat(level);
  if (lines.length === at) lines.push(`${indent}- none`);
  else lines[at] = `${indent}- ${lines[at]?.trimStart()}`;
}

/** The outline of a structure. */
export function outline(value: Json): string {
  const lines: string[] = [];
  linesOf(value, 0, lines);
  return lines.join('\n');
}

const MOST_MEMBERS = 8;
const LONGEST_VALUE = 60;

const MOST_ITEMS = 10;

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** The name of a list's item; undefined if it has none. */
function nameOf(item: unknown): string | undefined {
  const name = isObject(item) ? item.name : item;
  return typeof name === 'string' ? name : undefined;
}

/** A list as the names of its items, or their number if they have no names. */
function listText(items: readonly unknown[]): string {
  const names = items.map(nameOf);
  const isNamed = names.length > 0 && names.every(name => name !== undefined);
  return isNamed ? quoteNames(names as string[], MOST_ITEMS) : counted(items.length, 'item');
}

/** A summary of an object in one line: its short values, and the names or number of the items of each list. */
export function headline(value: Json): string {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const parts = members.slice(0, MOST_MEMBERS).map(([name, member]) => {
    const label = quoteName(name, LONGEST_VALUE);
    if (Array.isArray(member)) return `${label}: ${listText(member)}`;
    if (isObject(member)) return `${label}: ${counted(Object.keys(member).length, 'member')}`;
    return `${label}: ${typeof member === 'string' ? quoteName(member, LONGEST_VALUE) : String(member)}`;
  });
  const more = members.length > MOST_MEMBERS ? [`and ${members.length - MOST_MEMBERS} more members`] : [];
  return parts.length === 0 ? 'Done; AWS answers nothing else.' : `${[...parts, ...more].join('; ')}.`;
}

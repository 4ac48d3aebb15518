/**
 * Sets and removes one table of a TOML file, as text. A table of its own is appended or cut out, so that everything else
 * keeps its place. What has another form (an inline table, dotted keys) is edited by toml-patch, which keeps comments too.
 */
import { parse, patch } from '@decimalturn/toml-patch';
import { isObject, type Json, memberOf, objectOf } from '../../lib/json.ts';
import { quote } from '../../lib/quote.ts';
import { FormatError } from './format-error.ts';
import { isSameValue } from './same-value.ts';

/** @throws FormatError */
export function parseToml(text: string): Json {
  try {
    return objectOf(parse(text));
  } catch (thrown) {
    // The parser runs out of stack where structures are nested too deeply.
    if (thrown instanceof RangeError) throw thrown;
    const { message, line, column } = thrown as { message?: unknown; line?: unknown; column?: unknown };
    const [what = ''] = String(message).trimEnd().split('\n').slice(-1);
    // It counts columns from 0.
    const position =
      typeof line === 'number' && typeof column === 'number' ? { line, column: column + 1 } : undefined;
    throw new FormatError(quote(what), position);
  }
}

/** The document with this value at a path, or without that member where the value is undefined. */
function withMember(document: Json, [name = '', ...rest]: readonly string[], value: unknown): Json {
  const { [name]: inner, ...others } = document;
  if (rest.length === 0) return value === undefined ? others : { ...document, [name]: value };
  return { ...document, [name]: withMember(objectOf(inner), rest, value) };
}

/** The text if it parses to this document, else undefined. */
const ifParsesTo = (text: string, document: Json): string | undefined => {
  try {
    return isSameValue(parseToml(text), document) ? text : undefined;
  } catch {
    return undefined;
  }
};

const keyOf = (name: string) => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name));

/** A table with texts and lists of texts. JSON's spelling of these is TOML's, but for the character DEL. */
function tableOf(path: readonly string[], value: Json, eol: string): string {
  const lines = Object.entries(value).map(([name, member]) => {
    const text = Array.isArray(member)
      ? `[${member.map(item => JSON.stringify(item)).join(', ')}]`
      : JSON.stringify(member);
    return `${keyOf(name)} = ${text}`.replaceAll('\u007f', '\\u007f');
  });
  return [`[${path.map(keyOf).join('.')}]`, ...lines, ''].join(eol);
}

const eolOf = (text: string) => (text.includes('\r\n') ? '\r\n' : '\n');

/** Sets the table at a path. @throws FormatError where what is on the way is no table */
export function setToml(text: string, path: readonly string[], value: Json): string {
  const document = parseToml(text);
  const [member = '', name = ''] = path;
  if (document[member] !== undefined && !isObject(document[member]))
    throw new FormatError(`${member} is not a table`);
  const wanted = withMember(document, path, value);
  if (objectOf(document[member])[name] !== undefined) return patch(text, wanted);
  const eol = eolOf(text);
  const start = text === '' || text.endsWith('\n') ? text : `${text}${eol}`;
  const appended = `${start}${start.trim() === '' ? '' : eol}${tableOf(path, value, eol)}`;
  return ifParsesTo(appended, wanted) ?? patch(text, wanted);
}

/** Whether a line opens the table at a path, or one inside it. */
function opens(line: string, path: readonly string[]): boolean {
  try {
    return path.reduce<unknown>(memberOf, parse(line)) !== undefined;
  } catch {
    return false;
  }
}

const isBlank = (line: string | undefined) => line?.trim() === '';

/** The lines without the table at a path and the tables inside it. Comments and blank lines before the next table stay. */
function withoutTable(lines: readonly string[], path: readonly string[]): string[] {
  const kept: string[] = [];
  let waiting: string[] = [];
  let isInside = false;
  let isText = false;
  const takeWaiting = () => {
    // `install` added one of the blank lines around the table.
    if (isBlank(kept.at(-1)) && isBlank(waiting[0])) waiting.shift();
    kept.push(...waiting.splice(0));
  };
  for (const line of lines) {
    if (!isText && /^\s*\[/.test(line)) isInside = opens(line, path);
    // A text of several lines may hold lines that look like tables.
    if ((line.match(/"""|'''/g) ?? []).length % 2 === 1) isText = !isText;
    if (!isInside) {
      takeWaiting();
      kept.push(line);
    } else if (/^\s*(?:#|$)/.test(line)) waiting.push(line);
    else waiting = [];
  }
  takeWaiting();
  return kept;
}

/** Removes the table at a path. Where it was the only one of its kind, nothing is left of its name. */
export function removeToml(text: string, path: readonly string[]): string {
  const wanted = withMember(parseToml(text), path, undefined);
  const [member = ''] = path;
  const { [member]: others, ...without } = wanted;
  const cut = withoutTable(text.split('\n'), path).join('\n');
  const isLast = Object.keys(objectOf(others)).length === 0;
  return ifParsesTo(cut, wanted) ?? (isLast ? ifParsesTo(cut, without) : undefined) ?? patch(text, wanted);
}

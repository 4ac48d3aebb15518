/**
 * Sets and removes one member of a JSON file with comments, as text. Everything else keeps its place: jsonc-parser finds
 * the positions, but its own `modify` moves or drops the comments beside the last member of a structure.
 */
import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
  stripComments,
} from 'jsonc-parser';
import { FormatError } from './format-error.ts';

/** The message for each error code of the parser. */
const messages: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a word stands here that is none of true, false and null; texts need double quotation marks',
  InvalidNumberFormat: 'a number is malformed',
  PropertyNameExpected: 'a name in quotation marks is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is missing after the name',
  CommaExpected: 'a comma is missing',
  CloseBraceExpected: 'a closing brace } is missing',
  CloseBracketExpected: 'a closing bracket ] is missing',
  EndOfFileExpected: 'more text follows the end of the object',
  InvalidCommentToken: 'a comment is not allowed here',
  UnexpectedEndOfComment: 'a comment is not closed',
  UnexpectedEndOfString: 'a text is not closed',
  UnexpectedEndOfNumber: 'a number ends too early',
  InvalidUnicode: 'an escape \\u needs four hexadecimal digits',
  InvalidEscapeCharacter:
    'a backslash is followed by a character that makes no escape; write \\\\ for a backslash',
  InvalidCharacter: 'a control character stands in a text; write it as an escape',
};

/** The text with an empty object at its end where it holds none: where it is empty, or comments alone. */
function withObject(text: string): string {
  if (!isBlank(stripComments(text))) return text;
  const { eol } = styleOf(text);
  return `${text}${isBlank(text) || text.endsWith('\n') ? '' : eol}{}${eol}`;
}

/** The parsed text; an empty one is an empty structure. @throws FormatError */
export const parseJson = (text: string): unknown => getNodeValue(treeOf(withObject(text)));

function treeOf(text: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error) {
    const code = printParseErrorCode(error.error);
    throw new FormatError(messages[code] ?? 'it cannot be read', positionOf(text, error.offset));
  }
  if (tree?.type !== 'object') throw new FormatError('the file holds no object', { line: 1, column: 1 });
  return tree;
}

function positionOf(text: string, offset: number) {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** The indentation and the line ends of a text. */
function styleOf(text: string) {
  return {
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    unit: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ',
  };
}

const endOf = ({ offset, length }: Node) => offset + length;
const lineStart = (text: string, at: number) => text.lastIndexOf('\n', at - 1) + 1;
const indentAt = (text: string, at: number) => /^[ \t]*/.exec(text.slice(lineStart(text, at)))?.[0] ?? '';
const isBlank = (text: string) => text.trim() === '';
const replaced = (text: string, from: number, to: number, by: string) =>
  text.slice(0, from) + by + text.slice(to);

/** The comma between two positions, past comments. */
function commaIn(text: string, from: number, to: number): number | undefined {
  const at = stripComments(text.slice(from, to), ' ').indexOf(',');
  return at === -1 ? undefined : from + at;
}

/** The value as text that continues a line with this indentation. */
const printed = (value: unknown, indent: string, text: string) => {
  const { eol, unit } = styleOf(text);
  return JSON.stringify(value, null, unit).replaceAll('\n', `${eol}${indent}`);
};

/** Adds a member as the last one of a structure. */
function insert(text: string, container: Node, name: string, value: unknown): string {
  const { eol, unit } = styleOf(text);
  const closing = endOf(container) - 1;
  const last = container.children?.at(-1);
  const key = JSON.stringify(name);
  const comma = last && commaIn(text, endOf(last), closing);
  const before = last && comma === undefined ? replaced(text, endOf(last), endOf(last), ',') : text;
  const end = closing + before.length - text.length;
  const isOneLine = last !== undefined && !text.slice(container.offset, closing).includes('\n');
  if (isOneLine) {
    const at = before.slice(0, end).trimEnd().length;
    return replaced(before, at, at, ` ${key}: ${JSON.stringify(value)}`);
  }
  const outer = indentAt(before, end);
  const indent = last ? indentAt(text, last.offset) : indentAt(text, container.offset) + unit;
  const member = `${indent}${key}: ${printed(value, indent, text)}${comma === undefined ? '' : ','}`;
  const line = lineStart(before, end);
  const isAlone = isBlank(before.slice(line, end)) && line > container.offset;
  if (isAlone) return replaced(before, line, line, `${member}${eol}`);
  const at = before.slice(0, end).trimEnd().length;
  return replaced(before, at, end, `${eol}${member}${eol}${outer}`);
}

/** Sets the member at a path, and makes the structures on the way. @throws FormatError where one of them is no structure */
export function setJson(given: string, path: readonly string[], value: unknown): string {
  const text = isBlank(given) ? `{}${styleOf(given).eol}` : withObject(given);
  let node = treeOf(text);
  for (const [depth, name] of path.entries()) {
    const inner = findNodeAtLocation(node, [name]);
    const rest = path.slice(depth + 1);
    if (!inner)
      return insert(
        text,
        node,
        name,
        rest.reduceRight((nested, key) => ({ [key]: nested }), value),
      );
    if (rest.length === 0) {
      const isOneLine = !text.slice(inner.offset, endOf(inner)).includes('\n');
      const next = isOneLine ? JSON.stringify(value) : printed(value, indentAt(text, inner.offset), text);
      return replaced(text, inner.offset, endOf(inner), next);
    }
    if (inner.type !== 'object')
      throw new FormatError(
        `${path.slice(0, depth + 1).join('.')} is not an object`,
        positionOf(text, inner.offset),
      );
    node = inner;
  }
  return text;
}

/** Removes the member at a path, with its comma and its lines. */
export function removeJson(text: string, path: readonly string[]): string {
  const member = findNodeAtLocation(treeOf(text), [...path])?.parent;
  const container = member?.parent;
  if (!member || !container) return text;
  const siblings = container.children ?? [];
  const at = siblings.indexOf(member);
  const next = siblings[at + 1]?.offset ?? endOf(container) - 1;
  const own = commaIn(text, endOf(member), next);
  let [start, end] = [member.offset, own === undefined ? endOf(member) : own + 1];
  const line = lineStart(text, start);
  const newline = text.indexOf('\n', end);
  if (newline !== -1 && isBlank(text.slice(line, start)) && isBlank(text.slice(end, newline)))
    [start, end] = [line, newline + 1];
  else start = text.slice(0, start).trimEnd().length;
  let result = replaced(text, start, end, '');
  const previous = siblings[at - 1];
  const comma = previous && own === undefined ? commaIn(text, endOf(previous), member.offset) : undefined;
  if (comma !== undefined) result = replaced(result, comma, comma + 1, '');
  return collapse(result, path.slice(0, -1));
}

/** Closes a structure that holds nothing but blanks. */
function collapse(text: string, path: readonly string[]): string {
  const node = findNodeAtLocation(treeOf(text), [...path]);
  if (!node || !isBlank(text.slice(node.offset + 1, endOf(node) - 1))) return text;
  return replaced(text, node.offset, endOf(node), '{}');
}

/**
 * Quotes foreign strings in the server's texts: names and messages that AWS or a caller chose. A quoted string stays on one
 * line and within a bound, shows every character, and cannot pass for a part of the server's text. Only texts are quoted;
 * `structuredContent`, which programs read, keeps the exact value.
 */

/** How many characters of a foreign string a text shows by default. */
const LONGEST = 200;
const LONGEST_JSON = 1_000;
/** How many names a list shows. */
const MOST_NAMES = 20;

/**
 * Characters that are invisible, or that end the line, reorder or hide their neighbours: controls (C0, C1),
 * formats (bidi, zero width), lone surrogates, private and unassigned ones, separators, ignorable letters and marks
 * (Hangul fillers, variation selectors), and blanks other than the space.
 */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;
/** The same in texts of several lines, such as the output of `JSON.stringify`. */
const unseenInLines = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

const mark = /^\p{M}$/u;
/** Letters of living scripts have at most this many combining marks. More would cover the lines above and below. */
const MOST_MARKS = 3;

const named: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
};

const hex = (code: number) => code.toString(16).padStart(4, '0');

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return named[character] ?? (code > 0xffff ? `\\u{${hex(code)}}` : `\\u${hex(code)}`);
}

/** A character, escaped if necessary. @param before the character before it @param marks how many marks directly precede it */
function shown(character: string, before: string, marks: number): string {
  const isSmear = marks > MOST_MARKS || (marks > 0 && before === '');
  // No reader of Markdown or HTML may find a tag, which can hide the rest, or a link.
  const isMarkup = (character === '(' && before === ']') || character === '<' || character === '`';
  return isSmear || isMarkup || Object.hasOwn(named, character) || unseen.test(character)
    ? escaped(character)
    : character;
}

/** The text with escapes, cut at `longest`. @param bare characters that are not escaped */
function inner(text: string, longest: number, bare = ''): string {
  let out = '';
  let before = '';
  let marks = 0;
  for (const character of text) {
    marks = mark.test(character) ? marks + 1 : 0;
    const next = bare.includes(character) ? character : shown(character, before, marks);
    if (out.length + next.length > longest) return `${out}…`;
    out += next;
    before = character;
  }
  return out;
}

/** A foreign text, always in quotation marks. @param longest how much of it is shown, in characters */
export function quote(text: string, longest = LONGEST): string {
  return `"${inner(text, longest)}"`;
}

/** Whether a name needs no quotation marks: one word, without characters that could be punctuation of the text. */
const isPlain = (name: string) => /^[\w.:/@+=$-]+$/.test(name) && /^\w/.test(name) && /\w$/.test(name);

/** A foreign name: unchanged where it is a plain word, else quoted. */
export function quoteName(name: string, longest = LONGEST): string {
  return name.length <= longest && isPlain(name) ? name : quote(name, longest);
}

/** Words that a reader could take for another JSON value than a text. */
const otherThanText = /^(?:true|false|null|none|-?\d+(?:\.\d+)?)$/;

/** A foreign name or text of any length, uncut: a plain word unchanged, else as JSON. */
export const wholeName = (text: string): string =>
  isPlain(text) && !otherThanText.test(text) ? text : inlineJson(text);

/** A foreign text in a cell of a Markdown table. */
export function quoteCell(text: string, longest = LONGEST): string {
  return inner(text, longest, '"').replaceAll('|', '\\|');
}

/** A list of foreign names, cut after the first ones. */
export function quoteNames(names: readonly string[], most = MOST_NAMES): string {
  const first = names.slice(0, most).map(name => quoteName(name));
  return [...first, ...(names.length > most ? [`and ${names.length - most} more`] : [])].join(', ');
}

/** A foreign value as JSON on one line. */
export function quoteJson(value: unknown, longest = LONGEST_JSON): string {
  const text = safeJson(JSON.stringify(value) ?? 'undefined');
  // The cut may leave half a surrogate pair, which is dropped.
  return text.length > longest ? `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

/** A whole value as JSON on one line, with invisible characters escaped; it parses to the same value. */
export const inlineJson = (value: unknown): string => safeJson(JSON.stringify(value) ?? 'null');

/** The same with a line for each member. */
export const jsonText = (value: unknown): string => safeJson(JSON.stringify(value, null, 2));

/** In JSON a character beyond the first plane is escaped as the two halves of its pair. */
const safeJson = (text: string) =>
  text.replace(unseenInLines, character =>
    Array.from({ length: character.length }, (_, at) => `\\u${hex(character.charCodeAt(at))}`).join(''),
  );

/**
 * Makes a text of several lines safe for a terminal: line feeds are kept, and all other characters that could move the cursor
 * or colour, hide or reorder text are escaped.
 */
export const printable = (text: string): string => text.replace(unseenInLines, escaped);

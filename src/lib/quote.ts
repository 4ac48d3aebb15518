/**
 * Foreign strings inside texts of ours: names and words that AWS or a caller chose. Whatever they hold, they stay on
 * one line and within a bound, nothing in them is invisible or moves what stands around them, and they cannot pass for
 * a part of the text. What a program reads (`structuredContent`) keeps the exact value; only texts are quoted.
 */

/** How much of a foreign string a text shows, in characters, where its place says nothing else. */
const LONGEST = 200;
const LONGEST_JSON = 1_000;
/** How many names a list shows. */
const MOST_NAMES = 20;

/**
 * Characters that nobody sees, or that end the line, reorder or hide what stands around them: controls (C0, C1),
 * formats (bidi, zero width), lone surrogates, private and unassigned ones, separators, ignorable letters and marks
 * (Hangul fillers, variation selectors), and blanks other than the space.
 */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;
/** The same in JSON that `JSON.stringify` wrote: its own line feeds stand between the members, never in a string. */
const unseenInJson = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

const mark = /^\p{M}$/u;
/** Letters of living scripts carry this many at most; more of them paint over the lines above and below. */
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

/** A character as it is shown after the one before. @param marks how many marks stand before it in a row */
function shown(character: string, before: string, marks: number): string {
  const isSmear = marks > MOST_MARKS || (marks > 0 && before === '');
  // A page that renders Markdown or HTML must find neither a tag, which can hide the rest, nor a link in it.
  const isMarkup = (character === '(' && before === ']') || character === '<' || character === '`';
  return isSmear || isMarkup || Object.hasOwn(named, character) || unseen.test(character)
    ? escaped(character)
    : character;
}

/** The text with its escapes; cut before it is longer than that. @param bare characters that stand for themselves */
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

/** What can stand without quotation marks: one word, with nothing in it that a text of ours puts between words. */
const isPlain = (name: string) => /^[\w.:/@+=$-]+$/.test(name) && /^\w/.test(name) && /\w$/.test(name);

/** A foreign name: as it is where it is a plain word, else quoted. */
export function quoteName(name: string, longest = LONGEST): string {
  return name.length <= longest && isPlain(name) ? name : quote(name, longest);
}

/** A foreign text in a cell of a Markdown table, whose bars delimit it. */
export function quoteCell(text: string, longest = LONGEST): string {
  return inner(text, longest, '"').replaceAll('|', '\\|');
}

/** Foreign names in a row, the first ones of many. */
export function quoteNames(names: readonly string[], most = MOST_NAMES): string {
  const first = names.slice(0, most).map(name => quoteName(name));
  return [...first, ...(names.length > most ? [`and ${names.length - most} more`] : [])].join(', ');
}

/** A foreign value as JSON on one line. */
export function quoteJson(value: unknown, longest = LONGEST_JSON): string {
  const text = safeJson(JSON.stringify(value) ?? 'undefined');
  // Half a pair at the cut is dropped.
  return text.length > longest ? `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

/** A whole value as JSON, which means the same but shows what would not be seen. */
export const jsonText = (value: unknown): string => safeJson(JSON.stringify(value, null, 2));

/** In JSON a character beyond the first plane is escaped as the two halves of its pair. */
const safeJson = (text: string) =>
  text.replace(unseenInJson, character =>
    Array.from({ length: character.length }, (_, at) => `\\u${hex(character.charCodeAt(at))}`).join(''),
  );

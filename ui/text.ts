/** Makes foreign text safe to show: bounded, and with characters escaped that would hide or reorder others. */

/** Invisible characters: controls, bidi marks, joiners, tags and the like. Prose keeps its line breaks and tabs. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;
/** More than two marks over one letter, which would cover the lines above. */
const MARKS = /(\p{M}{2})\p{M}+/gu;

const LONGEST_NAME = 160;
const LONGEST_PROSE = 4_000;

const codeOf = (character: string) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** The text, or its first characters and its length if it is longer than `most`. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]$/.test(text.slice(0, most)) ? most - 1 : most;
  return `${text.slice(0, end)}… (${text.length.toLocaleString('en')} characters)`;
}

const textOf = (value: unknown) =>
  typeof value === 'string' ? value : value === undefined ? '' : (JSON.stringify(value) ?? '');

/** A name or a value on one line. */
export function nameText(value: unknown, most = LONGEST_NAME): string {
  return cut(textOf(value), most).replace(MARKS, '$1').replace(INVISIBLE, codeOf);
}

/** The app, and the call's `target` if there are several. */
export const whereText = (appId: unknown, { target }: Readonly<Record<string, unknown>>): string =>
  [appId, target].flatMap(one => (one === undefined ? [] : [nameText(one)])).join(' · ');

/** Prose, with its line breaks. */
export function proseText(value: unknown, most = LONGEST_PROSE): string {
  return cut(textOf(value), most)
    .split('\n')
    .map(line => line.replaceAll('\t', '  ').replace(MARKS, '$1').replace(INVISIBLE, codeOf))
    .join('\n');
}

/** A tool's name. Sentences with one are for agents, unless it is in quotes and so a foreign name. */
const TOOL_NAME = /\b[a-z]+(?:_[a-z0-9]+)+\b/;

const QUOTED = /"[^"]*"/g;

/** Leaves out the sentences that are for agents. */
export function forPerson(list: readonly unknown[] = []): string[] {
  return list.flatMap(one => {
    const quoted: string[] = [];
    const said = textOf(one)
      .replace(QUOTED, text => `"${quoted.push(text) - 1}"`)
      .split(/(?<=[.:;]) (?=[A-Z])/)
      .filter(sentence => !TOOL_NAME.test(sentence) && !/^app was left/.test(sentence))
      .join(' ')
      .replace(/"(\d+)"/g, (_, at) => quoted[Number(at)] ?? '');
    return said === '' ? [] : [said];
  });
}

/** "1 resource", "2 resources" */
export const counted = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** A duration as a person says it: "48 s", "3 min 20 s", "2 h 5 min". */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A time in the reader's own zone: "27 Nov, 10:19"; empty for what is no time. */
export function timeText(iso: unknown): string {
  const date = new Date(typeof iso === 'string' ? iso : Number.NaN);
  if (Number.isNaN(date.getTime())) return '';
  return date.toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

/** "CloneBackend" as "Clone backend" */
export const operationText = (operation: unknown) => {
  const words = nameText(operation).replace(/([a-z])([A-Z])/g, '$1 $2');
  return words.charAt(0) + words.slice(1).replace(/\b[A-Z](?=[a-z])/g, letter => letter.toLowerCase());
};

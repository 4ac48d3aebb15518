/**
 * A change of a file as a diff, without the lines around it. A changed line can hold other servers too, and their secrets:
 * of the texts in it, only those that start this server are shown.
 */
import { createTwoFilesPatch } from 'diff';
import { commandLineOf, SERVER_NAME } from './block.ts';
import type { Change } from './change.ts';

/** A text in quotation marks. One that continues on the next line counts up to the end of its line. */
const TEXT = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|'[^']*(?:'|$)/g;

/** Whether what follows makes the text before it the name of a member. */
const isNamed = (line: string, at: number) => /^[:=]/.test(line.slice(at, at + 3).trimStart());

/** The lines of the diff. */
export function showDiff(file: string, before: string, { existing, wanted, after }: Change): string[] {
  const own = new Set([existing, wanted].flatMap(commandLineOf).map(part => JSON.stringify(part)));
  for (const known of ['stdio', 'local', SERVER_NAME]) own.add(JSON.stringify(known));
  return createTwoFilesPatch(file, file, before, after, undefined, undefined, { context: 0 })
    .trimEnd()
    .split('\n')
    .filter(line => !/^(?:={3,}$|Index: )/.test(line))
    .map(line =>
      line
        .trimEnd()
        .replace(TEXT, (text, at) => (own.has(text) || isNamed(line, at + text.length) ? text : '"..."')),
    );
}

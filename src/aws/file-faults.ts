/**
 * Finds what is wrong with one of the person's AWS files. The SDK does not report it: it treats an unreadable file as empty,
 * and skips lines that it does not understand.
 */
import type { ServerError } from '../errors.ts';
import { quote } from '../lib/quote.ts';
import { notSent } from './not-sent.ts';

/** An AWS file, and the variable that names it; undefined for the default file in the home directory. */
export interface NamedFile {
  readonly path: string;
  readonly variable: string | undefined;
}

export interface FileFault {
  readonly error: ServerError;
  /** Whether the SDK would misread the file, and take the keys of one profile for those of another. */
  readonly isMisleading: boolean;
}

/** The first line that the SDK does not understand. Its text is not shown, since it may hold a key. */
function findBadLine(text: string): { readonly what: string; readonly isMisleading: boolean } | undefined {
  let bad: string | undefined;
  let isInSection = false;
  for (const [at, whole] of text.split(/\r?\n/).entries()) {
    const line = (whole.split(/(?:^|\s)[;#]/)[0] ?? '').trim();
    const isIndented = /^[ \t]/.test(whole);
    if (line.startsWith('[') && !isIndented) {
      // The SDK skips the line, and adds what follows to the profile before it.
      if (!line.endsWith(']'))
        return { what: `line ${at + 1} begins a section with [ but has no ] at its end`, isMisleading: true };
      isInSection = true;
    } else if (line !== '' && !isInSection) bad ??= `line ${at + 1} stands before the first [section]`;
    else if (line !== '' && !isIndented && line.indexOf('=') < 1)
      bad ??= `line ${at + 1} is neither a [section] nor key = value`;
  }
  return bad === undefined ? undefined : { what: bad, isMisleading: false };
}

/** What is wrong with a file; undefined if nothing is, or it does not exist. @param read its text, or why it could not be read */
export function findFault(
  { path, variable }: NamedFile,
  read: string | NodeJS.ErrnoException,
): FileFault | undefined {
  const named = `the AWS file ${quote(path)}${variable === undefined ? '' : ` (${variable})`}`;
  if (typeof read !== 'string') {
    const { code = '' } = read;
    if (code === 'ENOENT') return undefined;
    const what = code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    const toDo =
      code === 'EACCES'
        ? 'let the user who runs this server read that file.'
        : variable === undefined
          ? 'put a file in its place that this server can read.'
          : `set ${variable} to a file that this server can read, or to remove it, and to restart this server.`;
    return { error: notSent(`${named} ${what}`, toDo), isMisleading: false };
  }
  if (read.includes('\0'))
    return {
      error: notSent(`${named} is not a text in UTF-8`, 'save it as a text in UTF-8.'),
      isMisleading: false,
    };
  const bad = findBadLine(read);
  return (
    bad && {
      error: notSent(
        `${named} has an error: ${bad.what}`,
        'correct that line, then send the same call again.',
      ),
      isMisleading: bad.isMisleading,
    }
  );
}

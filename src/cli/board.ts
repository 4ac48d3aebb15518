/** Shows the person who started `board` its address, and opens it in a browser. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from './io.ts';

/** Whether the person sits at this machine: standard input and output are a terminal, without SSH and outside of CI. */
const isPersonHere = ({ isTerminal, isInputTerminal, env }: Io) =>
  isTerminal && isInputTerminal && !env.SSH_CONNECTION && !env.CI;

const nothing = async () => undefined;

/** A page that redirects to the address. The address has no character that needs escaping in HTML. */
const redirectPage = (address: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${address}"><title>Board</title></head><body><p><a href="${address}">Open the board</a></p></body></html>`;

/**
 * Opens the browser by a file that this user alone may read: all users of a machine see the command lines of its programs.
 * @returns removes the file
 */
async function openBrowser(address: string, failed: () => void): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'amplify-backend-mcp-board-'));
  const file = join(folder, 'open-board.html');
  await writeFile(file, redirectPage(address), { mode: 0o600 });
  const { default: open } = await import('open');
  const browser = await open(file).catch(failed);
  // A missing program to open the browser is noticed only when it is started.
  browser?.once('error', failed);
  return () => rm(folder, { recursive: true, force: true });
}

/**
 * Prints the address, and opens it where that is wanted.
 * @param notOffered what the board does not offer, a sentence each
 * @param isOpened what a flag says; undefined where none was given
 * @returns removes what was needed to open it, once the board ends
 */
export async function showAddress(
  io: Io,
  address: string,
  notOffered: readonly string[],
  isOpened: boolean | undefined,
): Promise<() => Promise<void>> {
  io.out(`board on ${address}`, { isVerbatim: true });
  io.out('The address opens the board in one browser tab, once. Ctrl-C ends the board.');
  for (const one of notOffered) io.out(one);
  if (!(isOpened ?? isPersonHere(io))) return nothing;
  const failed = () => io.err('No browser could be opened: open the address yourself.');
  return openBrowser(address, failed).catch(() => {
    failed();
    return nothing;
  });
}

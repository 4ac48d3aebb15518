/** What `board` tells the person who started it, and the browser that it opens. */
import type { Io } from './io.ts';

/** Whether the person sits at this machine: standard input and output are a terminal, without SSH and outside of CI. */
const isPersonHere = ({ isTerminal, isInputTerminal, env }: Io) =>
  isTerminal && isInputTerminal && !env.SSH_CONNECTION && !env.CI;

/**
 * Prints the address, and opens it where that is wanted.
 * @param withheld what the board does not offer, a sentence each
 * @param isOpened what a flag says; undefined where none was given
 */
export async function showAddress(
  io: Io,
  address: string,
  withheld: readonly string[],
  isOpened: boolean | undefined,
): Promise<void> {
  io.out(`board on ${address}`, { isVerbatim: true });
  io.out('The address opens the board in one browser tab, once. Ctrl-C ends the board.');
  for (const one of withheld) io.out(one);
  if (!(isOpened ?? isPersonHere(io))) return;
  const { default: open } = await import('open');
  const failed = () => io.err('No browser could be opened: open the address yourself.');
  const browser = await open(address).catch(failed);
  // What opens the browser is found missing only once it is started.
  browser?.once('error', failed);
}

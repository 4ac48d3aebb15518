/** What stands where an answer is waited for. */
import { el } from './dom.ts';

const SLOW =
  'This takes longer than usual. AWS may be limiting how often it is asked; the server goes on asking, more slowly.';

/** @param words what is waited for; after some seconds the reason why it may take long stands below */
export const waitingFor = (words: string) =>
  el('div', null, el('p', { class: 'quiet' }, words), el('p', { class: 'quiet slow' }, SLOW));

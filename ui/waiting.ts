/** The text that is shown while an answer is awaited. */
import { el } from './dom.ts';

const SLOW =
  'This takes longer than usual. AWS may be limiting how often it is asked; the server goes on asking, more slowly.';

/** @param words what is awaited. After some seconds, the style sheet also shows why it may take long. */
export const waitingFor = (words: string) =>
  el('div', null, el('p', { class: 'quiet' }, words), el('p', { class: 'quiet slow' }, SLOW));

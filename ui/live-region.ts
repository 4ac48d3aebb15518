/** The live region for screen readers. They announce only changes, so a repeated text has to differ. */
import { el } from './dom.ts';

/** Appended to a repeated text: it counts as a change, and is neither seen nor heard. */
export const NO_BREAK_SPACE = '\u00a0';

export interface LiveRegion {
  readonly element: HTMLElement;
  /** Announces a text. Texts of the same task of the browser are joined, since the later one would replace the earlier. */
  announce(text: string): void;
  /** Empties the region, unless a text was announced in this task of the browser. */
  clear(): void;
}

export function createLiveRegion(): LiveRegion {
  const element = el('p', { class: 'unseen', role: 'status' });
  let announced: string[] = [];
  return {
    element,
    clear() {
      if (announced.length === 0) element.textContent = '';
    },
    announce(text) {
      if (announced.length === 0)
        queueMicrotask(() => {
          announced = [];
        });
      announced.push(text);
      const words = announced.filter(Boolean).join(' ');
      element.textContent = words !== '' && element.textContent === words ? words + NO_BREAK_SPACE : words;
    },
  };
}

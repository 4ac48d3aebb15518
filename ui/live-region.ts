/** The line that screen readers say. They say what changes in it, so a text that is said again has to differ. */
import { el } from './dom.ts';

/** Changes a text for the tree of accessibility, and neither its look nor its sound. */
const NO_BREAK_SPACE = '\u00a0';

export interface LiveRegion {
  readonly element: HTMLElement;
  /** Replaces what stands there. What one task of the browser says stands there together, or its first part were lost. */
  say(text: string): void;
  /** Takes away what stands there, unless it was said just now. */
  clear(): void;
}

export function createLiveRegion(): LiveRegion {
  const element = el('p', { class: 'unseen', role: 'status' });
  let said: string[] = [];
  return {
    element,
    clear() {
      if (said.length === 0) element.textContent = '';
    },
    say(text) {
      if (said.length === 0)
        queueMicrotask(() => {
          said = [];
        });
      said.push(text);
      const words = said.filter(Boolean).join(' ');
      element.textContent = words !== '' && element.textContent === words ? words + NO_BREAK_SPACE : words;
    },
  };
}

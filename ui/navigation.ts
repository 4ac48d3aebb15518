/** The navigation of the page in a browser: its places, and the calls of other visits that are pending or have ended. */
import { button, el } from './dom.ts';

export interface NavigationOptions {
  /** The place where the person is. */
  readonly here: string | undefined;
  /** The app and account of the present view, unless its title names them. */
  readonly about: string | undefined;
  readonly places: readonly (readonly [label: string, open: () => void])[];
  readonly underWay: readonly {
    readonly label: string;
    /** The call's status, such as "goes on". */
    readonly status: string;
    readonly open: () => void;
  }[];
  /** Sentences on what the server's settings refuse. */
  readonly remarks: readonly string[];
}

export function navigation({ here, about, places, underWay, remarks }: NavigationOptions): Node {
  return el(
    'nav',
    { 'aria-label': 'Views', 'data-key': 'navigation' },
    el(
      'ul',
      { class: 'row plain' },
      places.map(([label, open]) =>
        el('li', null, button(label, open, { 'aria-current': label === here ? 'page' : undefined })),
      ),
    ),
    underWay.length > 0 &&
      el(
        'ul',
        { class: 'row plain', 'aria-label': 'What you asked for', 'data-key': 'under-way' },
        underWay.map(({ label, status, open }) => el('li', null, button(`${label}: ${status}`, open))),
      ),
    about !== undefined && el('p', { class: 'quiet', dir: 'auto' }, about),
    remarks.map(one => el('p', { class: 'quiet' }, one)),
  );
}

/** The navigation of the page in a browser: its places, and the calls that go on in places where the person is not. */
import { button, el } from './dom.ts';

export interface NavigationOptions {
  /** The place where the person is. */
  readonly here: string | undefined;
  /** Whose answer stands there: the app and its account. */
  readonly about: string | undefined;
  readonly places: readonly (readonly [label: string, open: () => void])[];
  readonly underWay: readonly {
    readonly label: string;
    /** How it stands. */
    readonly stand: string;
    readonly open: () => void;
  }[];
  /** What is not offered, and why. */
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
        underWay.map(({ label, stand, open }) => el('li', null, button(`${label}: ${stand}`, open))),
      ),
    about !== undefined && el('p', { class: 'quiet', dir: 'auto' }, about),
    remarks.map(one => el('p', { class: 'quiet' }, one)),
  );
}

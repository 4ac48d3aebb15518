/** The stage of the page: one screen at a time, drawn anew on each change, and one line that is said to screen readers. */

import { el, listen, morph } from './dom.ts';
import type { Host } from './host.ts';
import { createLiveRegion } from './live-region.ts';

/** What a screen shows now. */
export interface Look {
  readonly title: string | Node;
  /** One line below the title. */
  readonly subtitle?: string | Node | undefined;
  readonly body: readonly (Node | string | false | undefined)[];
}

export interface Screen {
  look(): Look;
  /** Whether it still waits for what a person asked for. */
  goesOn?(): boolean;
  /** Ends what the screen follows. */
  stop?(): void;
  /** Takes up again what `stop` has ended. */
  resume?(): void;
}

export interface Stage {
  readonly host: Host;
  /** Shows another screen in place of the present one. @param isMove whether a person went there: then focus goes along */
  show(screen: Screen, isMove?: boolean): void;
  /** Draws the present screen anew. */
  update(): void;
  /** Has screen readers say something. @param isWaiting whether it holds until the next screen is shown */
  say(text: string, isWaiting?: boolean): void;
}

export interface StageOptions {
  /** What stands beside the title of every screen. */
  readonly navigation?: (look: Look) => Node | undefined;
  /** What becomes of a screen that another one takes the place of; without it, it is stopped. */
  readonly leave?: (screen: Screen) => void;
}

const stop = (screen: Screen) => screen.stop?.();

export function createStage(
  root: HTMLElement,
  host: Host,
  { navigation, leave = stop }: StageOptions = {},
): Stage {
  let present: Screen | undefined;
  /** The element of each screen that may be shown again, with what was typed and opened in it. */
  const mains = new WeakMap<Screen, HTMLElement>();
  /** Whether what was said last is over with the next screen. */
  let isWaiting = false;
  const header = el('header', null);
  const region = createLiveRegion();
  root.replaceChildren(header, el('main', null));
  root.after(region.element);
  listen(root);

  function draw(): void {
    if (!present) return;
    const look = present.look();
    const { title, subtitle, body } = look;
    const titles = el(
      'div',
      { class: 'titles' },
      el('h1', { tabindex: -1 }, title),
      subtitle ? el('p', { class: 'subtitle' }, subtitle) : undefined,
    );
    morph(header, el('header', null, titles, navigation?.(look)));
    const main = mains.get(present);
    if (main) morph(main, el('main', null, ...body));
  }

  function enter(screen: Screen): void {
    if (present) leave(present);
    present = screen;
    const main = mains.get(screen) ?? el('main', null);
    mains.set(screen, main);
    root.replaceChildren(header, main);
  }

  const stage: Stage = {
    host,
    show(screen, isMove = false) {
      if (screen !== present) {
        enter(screen);
        // What another screen said is no word of this one.
        region.clear();
      }
      draw();
      // What was waited for is there: its sum is said, and its title has the focus.
      if (isWaiting) stage.say(root.querySelector('.subtitle')?.textContent ?? '');
      if (isMove) root.querySelector('h1')?.focus();
    },
    update: draw,
    say(text, isToWait = false) {
      isWaiting = isToWait;
      region.say(text);
    },
  };
  return stage;
}

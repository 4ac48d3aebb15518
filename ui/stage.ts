/** The stage of the page: it draws one screen at a time, again on each change, and makes announcements to screen readers. */

import { el, listen, morph } from './dom.ts';
import type { Host } from './host.ts';
import { createLiveRegion } from './live-region.ts';

/** The content of a screen, created again on each change. */
export interface ScreenContent {
  readonly title: string | Node;
  /** One line below the title. */
  readonly subtitle?: string | Node | undefined;
  readonly body: readonly (Node | string | false | undefined)[];
}

export interface Screen {
  render(): ScreenContent;
  /** Whether something that the person asked for has not ended. */
  isPending?(): boolean;
  /** Stops following jobs and boards. */
  stop?(): void;
  /** Continues after `stop`. */
  resume?(): void;
}

export interface Stage {
  readonly host: Host;
  /** Shows another screen. @param isMove whether a person went there, so that its title gets the focus */
  show(screen: Screen, isMove?: boolean): void;
  /** Draws the present screen again. */
  update(): void;
  /** Makes an announcement. @param isWaiting whether it says that something is awaited, so that the next screen is announced */
  announce(text: string, isWaiting?: boolean): void;
}

export interface StageOptions {
  /** Shown beside the title of every screen. */
  readonly navigation?: (content: ScreenContent) => Node | undefined;
  /** Called for a screen that another one replaces. By default the screen is stopped. */
  readonly leave?: (screen: Screen) => void;
}

const stop = (screen: Screen) => screen.stop?.();

export function createStage(
  root: HTMLElement,
  host: Host,
  { navigation, leave = stop }: StageOptions = {},
): Stage {
  let present: Screen | undefined;
  /** The element of each screen, kept with typed text and opened details in case the screen is shown again. */
  const mainElements = new WeakMap<Screen, HTMLElement>();
  /** Whether the last announcement said that something is awaited. */
  let isWaiting = false;
  const header = el('header', null);
  const region = createLiveRegion();
  root.replaceChildren(header, el('main', null));
  root.after(region.element);
  listen(root);

  function draw(): void {
    if (!present) return;
    const content = present.render();
    const { title, subtitle, body } = content;
    const titles = el(
      'div',
      { class: 'titles' },
      el('h1', { tabindex: -1 }, title),
      subtitle ? el('p', { class: 'subtitle' }, subtitle) : undefined,
    );
    morph(header, el('header', null, titles, navigation?.(content)));
    const main = mainElements.get(present);
    if (main) morph(main, el('main', null, ...body));
  }

  function enter(screen: Screen): void {
    if (present) leave(present);
    present = screen;
    const main = mainElements.get(screen) ?? el('main', null);
    mainElements.set(screen, main);
    root.replaceChildren(header, main);
  }

  const stage: Stage = {
    host,
    show(screen, isMove = false) {
      if (screen !== present) {
        enter(screen);
        // The text was about the screen before.
        region.clear();
      }
      draw();
      // The awaited screen is there, so its subtitle is announced.
      if (isWaiting) stage.announce(root.querySelector('.subtitle')?.textContent ?? '');
      if (isMove) root.querySelector('h1')?.focus();
    },
    update: draw,
    announce(text, isToWait = false) {
      isWaiting = isToWait;
      region.announce(text);
    },
  };
  return stage;
}

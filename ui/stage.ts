/** The stage of the page: one screen at a time, drawn anew on each change, and one line that is said to screen readers. */

import { el, listen, morph } from './dom.ts';
import type { Host } from './host.ts';

/** What a screen shows now. */
export interface Look {
  readonly title: string | Node;
  /** One line below the title. */
  readonly subtitle?: string | Node | undefined;
  readonly body: readonly (Node | string | false | undefined)[];
}

export interface Screen {
  look(): Look;
  /** Ends what the screen follows. */
  stop?(): void;
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

/** @param navigation what stands beside the title of every screen */
export function createStage(
  root: HTMLElement,
  host: Host,
  navigation: (stage: Stage) => Node | undefined,
): Stage {
  let present: Screen | undefined;
  /** Whether what was said last is over with the next screen. */
  let isWaiting = false;
  const status = el('p', { class: 'unseen', role: 'status' });
  root.after(status);
  listen(root);

  function draw(): void {
    if (!present) return;
    const { title, subtitle, body } = present.look();
    const next = el(
      'div',
      { id: 'page' },
      el(
        'header',
        null,
        el(
          'div',
          { class: 'titles' },
          el('h1', { tabindex: -1 }, title),
          subtitle ? el('p', { class: 'subtitle' }, subtitle) : undefined,
        ),
        navigation(stage),
      ),
      el('main', null, ...body),
    );
    morph(root, next);
  }

  const stage: Stage = {
    host,
    show(screen, isMove = false) {
      present?.stop?.();
      present = screen;
      draw();
      // What was waited for is there: its sum is said, and its title has the focus.
      if (isWaiting) stage.say(root.querySelector('.subtitle')?.textContent ?? '');
      if (isMove) root.querySelector('h1')?.focus();
    },
    update: draw,
    say(text, isToWait = false) {
      isWaiting = isToWait;
      if (status.textContent !== text) status.textContent = text;
    },
  };
  return stage;
}

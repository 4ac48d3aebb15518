/** The list of apps to choose from. */
import type { Board } from '../answers.ts';
import { el, named, on, prose } from '../dom.ts';
import type { Arguments } from '../host.ts';
import { notes } from '../parts.ts';
import type { ScreenContent } from '../stage.ts';
import { counted, nameText } from '../text.ts';

export function appChoice(board: Board, open: (app: Arguments) => void): ScreenContent {
  const { apps = [] } = board;
  const different = new Set(apps.map(({ appId }) => appId)).size;
  const isTwice = different < apps.length ? `, listed under ${counted(apps.length, 'name')}` : '';
  return {
    title: 'Apps',
    subtitle: counted(different, 'Amplify app') + isTwice,
    body: [
      apps.length === 0 && prose('There is no Amplify app that this server may show.'),
      el(
        'ul',
        { class: 'choices' },
        apps.map(({ appId, name, target }) =>
          el(
            'li',
            // Two accounts can list the same app.
            { 'data-key': `${nameText(target)} ${nameText(appId)}` },
            on(
              el(
                'button',
                { type: 'button', class: 'choice' },
                named(name ?? appId),
                el(
                  'span',
                  { class: 'quiet' },
                  [appId, target]
                    .filter(Boolean)
                    .map(part => nameText(part))
                    .join(' · '),
                ),
              ),
              'click',
              () => open({ app: appId, ...(target !== undefined && { target }) }),
            ),
          ),
        ),
      ),
      notes(board.notes),
    ],
  };
}

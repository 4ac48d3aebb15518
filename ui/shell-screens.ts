/** Screens of the page in a browser without a tool's answer: waiting, failures, and the sign-in. */

import { button, prose } from './dom.ts';
import type { Arguments } from './host.ts';
import { box, failure } from './parts.ts';
import { CloneScreen } from './screens/clone.ts';
import { settingOf } from './session.ts';
import type { Screen, Stage } from './stage.ts';
import { type Call, labelOf, type Place } from './visits.ts';
import { waitingFor } from './waiting.ts';

export const boardPlace = (app: Arguments): Place => ({ name: 'Board', app });

export const textScreen = (title: string, ...body: readonly Node[]): Screen => ({
  render: () => ({ title, body }),
});

export const waitingScreen = (title: string, words: string): Screen => textScreen(title, waitingFor(words));

/** The screen of a call that has no answer yet. */
export const callScreen = (stage: Stage, title: string, { tool, args }: Call): Screen =>
  tool === 'clone_environment' ? new CloneScreen(stage, args) : waitingScreen(title, 'Waiting for AWS…');

/** The button to sign in, or what to do if the server has no sign-in. */
export function signedOutScreen(words: string): Screen {
  const signIn = settingOf('sign-in');
  const press = signIn === undefined ? [] : [button('Sign in', () => location.replace(signIn))];
  return textScreen(signIn === undefined ? 'No session' : 'Signed out', prose(words), ...press);
}

/**
 * What a person can do after a call that got no answer. A write is not repeated before they have looked at the board.
 * @param again repeats the call, if that is safe
 */
export function failedScreen(
  { name }: Place,
  thrown: unknown,
  openBoard: () => void,
  again: (() => void) | undefined,
): Screen {
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  if (again) return textScreen(name, failure({}, words), button('Try again', again));
  const unknown = 'It is not known whether it was done. Look at the board before you ask for it again.';
  return textScreen(name, failure({}, words, unknown), button('Open the board', openBoard));
}

/** The remark above the board if the page was reloaded at a call that may have changed something. */
export const notSentAgain = (place: Place) => () =>
  box(
    'warn',
    prose(`${labelOf(place)}: you asked for that before this page was loaded. It is not sent again.`),
    prose('The board shows what runs, what failed, and which environments there are.'),
  );

/** The remark above the apps if a task needs one of them. */
export const chooseFirst = (name: string) => () => prose(`${name}: choose the app first.`);

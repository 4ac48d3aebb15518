/** What the page in a browser shows where no tool has answered: what is waited for, what failed, and what comes first. */

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
  look: () => ({ title, body }),
});

export const waiting = (title: string, words: string): Screen => textScreen(title, waitingFor(words));

/** What stands where the answer to a call is waited for. */
export const waitingScreen = (stage: Stage, title: string, { tool, args }: Call): Screen =>
  tool === 'clone_environment' ? new CloneScreen(stage, args) : waiting(title, 'Waiting for AWS…');

/** The sign-in, or what to do where there is none. */
export function signedOutScreen(words: string): Screen {
  const signIn = settingOf('sign-in');
  const press = signIn === undefined ? [] : [button('Sign in', () => location.replace(signIn))];
  return textScreen(signIn === undefined ? 'No session' : 'Signed out', prose(words), ...press);
}

/**
 * What is left to do after a call that got no answer. A write is not sent again before a person has looked.
 * @param again where the call may be repeated
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

/** Stands above the board in place of a call that may have changed something, after a reload. */
export const notSentAgain = (place: Place) => () =>
  box(
    'warn',
    prose(`${labelOf(place)}: you asked for that before this page was loaded. It is not sent again.`),
    prose('The board shows what runs, what failed, and which environments there are.'),
  );

/** Stands above the apps where a person has to choose one first. */
export const chooseFirst = (name: string) => () => prose(`${name}: choose the app first.`);

/**
 * The way round the page in a browser, where no chat is beside it: which app, what of it, and the calls that an agent would
 * make. What the answers look like is for the screens.
 */
import { answerIn, type Board, type BoardApp, environmentNames, type Planned, textIn } from './answers.ts';
import { button, el, prose } from './dom.ts';
import type { Arguments, ToolResult } from './host.ts';
import { CallFailure, openHttpHost } from './http-host.ts';
import { failure } from './parts.ts';
import { BoardScreen } from './screens/board.ts';
import { CloneScreen } from './screens/clone.ts';
import { screenOf } from './screens/index.ts';
import { readSession, settingOf } from './session.ts';
import { createStage, type Screen } from './stage.ts';
import { type Task, type TaskUse, taskScreen, tasks } from './tasks.ts';
import { nameText } from './text.ts';
import { waitingFor } from './waiting.ts';

/** Tools that change nothing, so that asking once more does no harm. */
const reads = /^(?:read|compare|take|assess|verify)_/;

/** Failures of a call that was refused as it stands, so that it can be changed and sent again. */
const refusals: readonly unknown[] = ['invalid_arguments', 'not_found', 'policy_denied'];

const wordsOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

const textScreen = (title: string, ...body: readonly Node[]): Screen => ({ look: () => ({ title, body }) });

const waiting = (title: string, words: string): Screen => textScreen(title, waitingFor(words));

/** The sign-in, or what to do where there is none. */
function signedOutScreen(words: string): Screen {
  const signIn = settingOf('sign-in');
  const press = signIn === undefined ? [] : [button('Sign in', () => location.replace(signIn))];
  return textScreen(signIn === undefined ? 'No session' : 'Signed out', prose(words), ...press);
}

/** Opens the page with its way round. */
export function openShell(root: HTMLElement): void {
  const signIn = settingOf('sign-in');
  if (signIn !== undefined && readSession() === undefined) {
    location.replace(signIn);
    return;
  }
  /** The app that was chosen; without a choice the server takes the only one. */
  let app: Arguments = {};
  let here = 'Board';
  /** What the settings of the server refuse: a sentence for each tool. */
  const withheld = JSON.parse(settingOf('withheld') ?? '{}') as Readonly<Record<string, string>>;
  const host = openHttpHost(words => go('', signedOutScreen(words)));
  const stage = createStage(root, host, navigation);

  function go(place: string, screen: Screen): void {
    here = place;
    document.title = [place, 'Amplify backends'].filter(Boolean).join(' · ');
    stage.show(screen, true);
  }

  function navigation(): Node | undefined {
    if (here === '') return undefined;
    const entry = (label: string, press: () => void) =>
      el('li', null, button(label, press, { 'aria-current': label === here ? 'page' : undefined }));
    return el(
      'nav',
      { 'aria-label': 'Views', 'data-key': 'navigation' },
      el(
        'ul',
        { class: 'row plain' },
        entry('Board', () => openBoard(app)),
        tasks
          .filter(({ tool = '' }) => !Object.hasOwn(withheld, tool))
          .map(task => entry(task.label, () => openTask(task))),
        entry('Inventory', () => ask('Inventory', 'take_inventory', {})),
        Object.keys(app).length > 0 && entry('All apps', () => openBoard({})),
      ),
      here === 'Board' && Object.values(withheld).map(one => el('p', { class: 'quiet' }, one)),
    );
  }

  function openBoard(chosen: Arguments): void {
    app = chosen;
    const compare = (args: Arguments) => ask('Compare', 'compare_environments', args);
    go('Board', new BoardScreen(stage, app, { openApp: openBoard, compare }, undefined));
  }

  /** What is left to do after a call that got no answer. A write is not sent again before a person has looked. */
  function failedScreen(place: string, thrown: unknown, isRepeatable: boolean, again: () => void): Screen {
    if (isRepeatable) return textScreen(place, failure({}, wordsOf(thrown)), button('Try again', again));
    const words = 'It is not known whether it was done. Look at the board before you ask for it again.';
    return textScreen(
      place,
      failure({}, wordsOf(thrown), words),
      button('Open the board', () => openBoard(app)),
    );
  }

  /** Shows a screen until what it waits for is there. @returns whether the person is still there */
  function wait(place: string, screen: Screen): () => boolean {
    let isHere = true;
    go(place, {
      look: () => screen.look(),
      stop() {
        isHere = false;
        screen.stop?.();
      },
    });
    return () => isHere;
  }

  /** Calls a tool and shows what it answers, unless the person has gone elsewhere meanwhile. */
  async function ask(
    place: string,
    tool: string,
    args: Arguments,
    onRefused?: (result: ToolResult) => void,
  ): Promise<void> {
    const clone = tool === 'clone_environment' ? new CloneScreen(stage, args) : undefined;
    const isHere = wait(place, clone ?? waiting(place, 'Waiting for AWS…'));
    if (!clone) stage.say('Waiting for AWS.', true);
    try {
      const result = await host.callTool(tool, args);
      if (!isHere()) return;
      const { code } = answerIn<Planned>(result).error ?? {};
      const isQuestion = code === 'confirmation_required';
      if (onRefused && refusals.includes(code)) onRefused(result);
      else if (clone && !isQuestion) clone.result(result);
      else go(place, screenOf(stage, tool, args, result));
    } catch (thrown) {
      const isRepeatable = reads.test(tool) || (thrown instanceof CallFailure && thrown.isRefusal);
      if (isHere())
        go(
          place,
          failedScreen(place, thrown, isRepeatable, () => ask(place, tool, args, onRefused)),
        );
    }
  }

  async function openTask(task: Task): Promise<void> {
    const { label } = task;
    const isHere = wait(label, waiting(label, 'Reading the environments…'));
    try {
      const result = await host.callTool('read_board', app);
      if (!isHere()) return;
      const board = answerIn<Board>(result);
      const { app: shown, apps } = board;
      if (shown) go(label, taskScreen(task, useOf(task, shown, environmentNames(board))));
      // Which app comes first.
      else if (apps) openBoard({});
      else go(label, textScreen(label, failure(answerIn(result), textIn(result))));
    } catch (thrown) {
      if (isHere())
        go(
          label,
          failedScreen(label, thrown, true, () => openTask(task)),
        );
    }
  }

  /** Calls name the app that is shown, so that no other one can be meant where there are several by then. */
  function useOf(task: Task, shown: BoardApp, environments: readonly string[]): TaskUse {
    const { appId, name, target } = shown;
    const about = { app: appId, ...(target !== undefined && { target }) };
    const use: TaskUse = {
      subtitle: [name, appId, target].flatMap(one => (one === undefined ? [] : nameText(one))).join(' · '),
      environments,
      update: stage.update,
      run: (tool, args, values) =>
        void ask(task.label, tool, { ...about, ...args }, result => {
          const refusal = () => failure(answerIn(result), textIn(result));
          go(task.label, taskScreen(task, { ...use, values, refusal }));
        }),
    };
    return use;
  }

  openBoard({});
}

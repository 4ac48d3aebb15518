/**
 * The way round the page in a browser, where no chat is beside it: which app, what of it, and the calls that an agent would
 * make. What the answers look like is for the screens.
 */
import { answerIn, type Board, textIn } from './answers.ts';
import { button, el, on, prose } from './dom.ts';
import type { Arguments } from './host.ts';
import { openHttpHost } from './http-host.ts';
import { failure } from './parts.ts';
import { boardScreen } from './screens/board.ts';
import { screenOf } from './screens/index.ts';
import { readSession, settingOf } from './session.ts';
import { createStage, type Screen } from './stage.ts';
import { nameText } from './text.ts';

type Values = Readonly<Record<string, string>>;

interface Field {
  readonly name: string;
  readonly label: string;
  /** Whether it is one of the environments, or typed. */
  readonly isEnvironment: boolean;
  readonly isOptional?: boolean;
}

/** Something that a person can ask for. */
interface Task {
  readonly label: string;
  readonly fields: readonly Field[];
  /** What the button says. */
  readonly button: string;
  readonly about: string;
  readonly call: (values: Values) => readonly [tool: string, args: Arguments];
}

const environment = (name: string, label: string): Field => ({ name, label, isEnvironment: true });
const typed = (name: string, label: string, isOptional = false): Field => ({
  ...{ name, label, isOptional, isEnvironment: false },
});

const tasks: readonly Task[] = [
  {
    label: 'Compare',
    about: 'What two environments have in common, and what differs.',
    fields: [environment('left', 'Compare'), environment('right', 'with')],
    button: 'Compare',
    call: ({ left, right }) => ['compare_environments', { left, right }],
  },
  {
    label: 'Clone',
    about: 'Sets up a new environment like an existing one, follows the job, and compares both.',
    fields: [environment('from', 'Clone'), typed('to', 'to a new environment named')],
    button: 'Clone',
    call: ({ from, to }) => ['clone_environment', { from, to }],
  },
  {
    label: 'Migration',
    about:
      'Whether an environment is ready for Gen 2, or, with the branch of a Gen 2 app, whether everything is there.',
    fields: [
      environment('environment', 'Environment'),
      typed('branch', 'Gen 2 branch, if there is one', true),
    ],
    button: 'Look',
    call: ({ environment: name, branch }) =>
      branch === ''
        ? ['assess_migration', { environment: name }]
        : ['verify_migration', { environment: name, branch }],
  },
  {
    label: 'Delete',
    about:
      'First shows what would go, what would stay and what is unsure. Nothing is deleted before you type the name.',
    fields: [environment('environment', 'Environment')],
    button: 'Show what would go',
    call: ({ environment: name }) => ['decommission_environment', { environment: name }],
  },
];

const wordsOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

const textScreen = (title: string, ...body: readonly Node[]): Screen => ({ look: () => ({ title, body }) });

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
  const host = openHttpHost(words => go('', signedOutScreen(words)));
  const stage = createStage(root, host, navigation);

  function go(place: string, screen: Screen): void {
    here = place;
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
        tasks.map(task => entry(task.label, () => openTask(task))),
        entry('Inventory', () => ask('Inventory', 'take_inventory', {})),
        Object.keys(app).length > 0 && entry('All apps', () => openBoard({})),
      ),
    );
  }

  function openBoard(chosen: Arguments): void {
    app = chosen;
    const compare = (args: Arguments) => ask('Compare', 'compare_environments', args);
    go('Board', boardScreen(stage, app, { openApp: openBoard, compare }, undefined));
  }

  /** Calls a tool and shows what it answers, unless the person has gone elsewhere meanwhile. */
  async function ask(place: string, tool: string, args: Arguments): Promise<void> {
    const waiting = textScreen(place, el('p', { class: 'quiet' }, 'Waiting for AWS…'));
    let isHere = true;
    const stop = () => {
      isHere = false;
    };
    go(place, { ...waiting, stop });
    stage.say('Waiting for AWS.');
    try {
      const result = await host.callTool(tool, args);
      if (isHere) go(place, screenOf(stage, tool, args, result));
    } catch (thrown) {
      const again = button('Try again', () => ask(place, tool, args));
      if (isHere) go(place, textScreen(place, failure({}, wordsOf(thrown)), again));
    }
  }

  async function openTask(task: Task): Promise<void> {
    let isHere = true;
    const stop = () => {
      isHere = false;
    };
    go(task.label, {
      ...textScreen(task.label, el('p', { class: 'quiet' }, 'Reading the environments…')),
      stop,
    });
    try {
      const result = await host.callTool('read_board', app);
      if (!isHere) return;
      const { environments, apps } = answerIn<Board>(result);
      // Which app comes first.
      if (apps && !environments) openBoard({});
      else if (!environments)
        go(task.label, textScreen(task.label, failure(answerIn(result), textIn(result))));
      else
        go(
          task.label,
          taskScreen(
            task,
            environments.map(({ name }) => String(name)),
          ),
        );
    } catch (thrown) {
      if (isHere) go(task.label, textScreen(task.label, failure({}, wordsOf(thrown))));
    }
  }

  function taskScreen(task: Task, environments: readonly string[]): Screen {
    let missing = '';
    let chosen = 0;
    const inputs = task.fields.flatMap(({ name, label, isEnvironment }) => {
      // Two environments are compared, so the second one is another.
      const at = isEnvironment ? chosen++ : 0;
      const options = () =>
        environments.map((one, index) => el('option', { value: one, selected: index === at }, nameText(one)));
      return [
        el('label', { for: name }, label),
        isEnvironment
          ? el('select', { id: name, name }, options())
          : el('input', { id: name, name, type: 'text', autocomplete: 'off', spellcheck: 'false' }),
      ];
    });
    const submit = (_event: Event, element: HTMLElement) => {
      const given = new FormData(element as HTMLFormElement);
      const values = Object.fromEntries(
        task.fields.map(({ name }) => [name, String(given.get(name) ?? '').trim()]),
      );
      const empty = task.fields.find(({ name, isOptional }) => values[name] === '' && !isOptional);
      missing = empty ? `Fill in: ${empty.label}` : '';
      if (empty) {
        stage.say(missing);
        stage.update();
        return;
      }
      const [tool, args] = task.call(values);
      ask(task.label, tool, { ...app, ...args });
    };
    const form = el(
      'form',
      { class: 'row', 'aria-label': task.label, 'data-key': 'task' },
      inputs,
      el('button', { type: 'submit' }, task.button),
    );
    return {
      look: () => ({
        title: task.label,
        body: [
          prose(task.about),
          environments.length > 0 ? on(form, 'submit', submit) : prose('The app has no environments.'),
          missing !== '' && prose(missing, 'badly'),
        ],
      }),
    };
  }

  openBoard({});
}

/** What a person can ask for on the page in a browser: its fields, its words, and the call that it makes. */
import { NEW_ENVIRONMENT_NAME, NEW_ENVIRONMENT_NAME_RULE } from '../src/lib/new-environment-name.ts';
import { answerIn, type Common, textIn } from './answers.ts';
import { el, on, prose } from './dom.ts';
import { messageIn } from './hints.ts';
import type { Arguments, ToolResult } from './host.ts';
import { failure } from './parts.ts';
import type { Look, Screen } from './stage.ts';
import { nameText } from './text.ts';
import { isSame } from './visits.ts';

export type Values = Readonly<Record<string, string>>;

interface Field {
  readonly name: string;
  readonly label: string;
  /** Says what is wrong with what was typed or chosen; without it everything goes. */
  readonly wrong?: (value: string, values: Values) => string | undefined;
  /** What may be typed. */
  readonly rule?: string;
  /** Whether it is one of the environments, or typed. */
  readonly isEnvironment: boolean;
}

/** Something that a person can ask for. */
export interface Task {
  readonly label: string;
  /** The tool that the settings may refuse. */
  readonly tool?: string;
  readonly fields: readonly Field[];
  /** What the button says. */
  readonly button: string;
  readonly about: string;
  readonly call: (values: Values) => readonly [tool: string, args: Arguments];
}

const sentenceOf = (words: string) =>
  words.replace(/^./u, first => first.toUpperCase()).replace(/[^.]$/u, '$&.');

const environment = (name: string, label: string): Field => ({ name, label, isEnvironment: true });

/** The server refuses such a name as well; here nothing has to be asked for that. */
function wrongName(name: string): string | undefined {
  if (name === '') return 'Type a name for the new environment.';
  return NEW_ENVIRONMENT_NAME.test(name) ? undefined : sentenceOf(NEW_ENVIRONMENT_NAME_RULE);
}

export const tasks: readonly Task[] = [
  {
    label: 'Compare',
    about: 'What two environments have in common, and what differs.',
    fields: [
      environment('left', 'Compare'),
      {
        ...environment('right', 'with'),
        wrong: (right, { left }) => (right === left ? 'Choose two different environments.' : undefined),
      },
    ],
    button: 'Compare',
    call: ({ left, right }) => ['compare_environments', { left, right }],
  },
  {
    label: 'Clone',
    tool: 'clone_environment',
    about: 'Sets up a new environment like an existing one, follows the job, and compares both.',
    fields: [
      environment('from', 'Clone'),
      {
        ...{ name: 'to', label: 'to a new environment named', isEnvironment: false },
        wrong: wrongName,
        rule: '2 to 10 lower-case letters',
      },
    ],
    button: 'Clone',
    call: ({ from, to }) => ['clone_environment', { from, to }],
  },
  {
    label: 'Migration',
    about:
      'Whether an environment is ready for Gen 2, or, with the branch of a Gen 2 app, whether everything is there.',
    fields: [
      environment('environment', 'Environment'),
      { name: 'branch', label: 'Gen 2 branch, if there is one', isEnvironment: false },
    ],
    button: 'Check',
    call: ({ environment: name, branch }) =>
      branch === ''
        ? ['assess_migration', { environment: name }]
        : ['verify_migration', { environment: name, branch }],
  },
  {
    label: 'Delete',
    tool: 'decommission_environment',
    about:
      'First shows what would go, what would stay and what is unsure. Nothing is deleted before you type the name.',
    fields: [environment('environment', 'Environment')],
    button: 'Show what would go',
    call: ({ environment: name }) => ['decommission_environment', { environment: name }],
  },
];

const WRONG = 'task-wrong';

/** A field, and what is wrong there. */
interface Wrong {
  readonly field: Field;
  readonly words: string;
}

/** What a refused call has against a field: the server names it in a line of its own. */
function wrongIn({ error }: Common, fields: readonly Field[]): Wrong | undefined {
  if (error?.code !== 'invalid_arguments') return undefined;
  for (const line of (error.message ?? '').split('\n')) {
    const [, name, words = ''] = /^- (\w+): (.*)$/.exec(line) ?? [];
    const field = fields.find(one => one.name === name);
    if (field) return { field, words: sentenceOf(words) };
  }
  return undefined;
}

/** The environments to choose from, with the one that is chosen at first. */
const options = (environments: readonly string[], chosen: string | undefined) =>
  environments.map(one =>
    el('option', { value: one, selected: one === chosen, 'data-key': one }, nameText(one)),
  );

/** The controls of a task; of two environments the second one is another. */
function controlsOf(
  { fields }: Task,
  environments: readonly string[],
  values: Values,
  wrong: Wrong | undefined,
) {
  let chosen = 0;
  return fields.map(field => {
    const { name, label, isEnvironment, rule } = field;
    const given = values[name];
    const isWrong = field === wrong?.field;
    const about = [rule !== undefined && `${name}-rule`, isWrong && WRONG].filter(Boolean);
    const attributes = {
      ...{ id: name, name },
      ...(isWrong && { 'aria-invalid': 'true' }),
      ...(about.length > 0 && { 'aria-describedby': about.join(' ') }),
    };
    return el(
      'div',
      { class: 'field' },
      el('label', { for: name }, label),
      isEnvironment
        ? el('select', attributes, options(environments, given ?? environments[chosen++]))
        : el('input', {
            ...attributes,
            ...{ type: 'text', autocomplete: 'off', spellcheck: 'false' },
            ...(given !== undefined && { value: given }),
          }),
      rule !== undefined && el('span', { id: `${name}-rule`, class: 'quiet' }, rule),
    );
  });
}

export interface TaskUse {
  /** Which app it is about. */
  readonly subtitle: string;
  readonly environments: readonly string[];
  /** What was typed and chosen before, where the call was refused. */
  readonly values?: Values;
  /** The answer by which it was refused. */
  readonly refused?: ToolResult;
  /** The environments that there are now; undefined where they cannot be read. */
  read(): Promise<readonly string[] | undefined>;
  update(): void;
  say(text: string): void;
  run(tool: string, args: Arguments, values: Values): void;
}

/** The form of a task. A field that has to be corrected says so, and has the focus. */
export class TaskScreen implements Screen {
  readonly #task: Task;
  readonly #use: TaskUse;
  #environments: readonly string[];
  #wrong: Wrong | undefined;

  constructor(task: Task, use: TaskUse) {
    [this.#task, this.#use, this.#environments] = [task, use, use.environments];
    this.#wrong = use.refused && wrongIn(answerIn<Common>(use.refused), task.fields);
  }

  /** Why the call was refused, for screen readers. */
  get refusal(): string {
    const { refused } = this.#use;
    return this.#wrong?.words ?? (refused ? messageIn(refused) : '');
  }

  /** Goes to the field that has to be corrected, if there is one. */
  focus(): void {
    if (this.#wrong) document.getElementById(this.#wrong.field.name)?.focus();
  }

  /** Whoever comes back chooses among the environments that there are by then. */
  resume(): void {
    void this.#readAgain();
  }

  async #readAgain(): Promise<void> {
    const { read, update, say } = this.#use;
    const now = await read();
    if (!now || isSame(now, this.#environments)) return;
    this.#environments = now;
    update();
    say('The environments to choose from have changed.');
  }

  #submit(form: HTMLFormElement): void {
    const { fields, call } = this.#task;
    const given = new FormData(form);
    const values = Object.fromEntries(fields.map(({ name }) => [name, String(given.get(name) ?? '').trim()]));
    const wrongs = fields.flatMap(field => {
      const words = field.wrong?.(values[field.name] ?? '', values);
      return words === undefined ? [] : [{ field, words }];
    });
    this.#wrong = wrongs[0];
    if (!this.#wrong) this.#use.run(...call(values), values);
    else {
      this.#use.update();
      this.focus();
    }
  }

  look(): Look {
    const { label, about, button } = this.#task;
    const { subtitle, values = {}, refused } = this.#use;
    const [environments, wrong] = [this.#environments, this.#wrong];
    const form = () =>
      el(
        'form',
        { class: 'row task', 'aria-label': label, 'data-key': 'task' },
        controlsOf(this.#task, environments, values, wrong),
        el('button', { type: 'submit', class: 'primary' }, button),
      );
    return {
      title: label,
      subtitle,
      body: [
        refused && !wrong && failure(answerIn(refused), textIn(refused)),
        prose(about),
        environments.length > 0
          ? on(form(), 'submit', (_event, element) => this.#submit(element as HTMLFormElement))
          : prose('The app has no environments.'),
        wrong && el('p', { id: WRONG, class: 'badly' }, wrong.words),
      ],
    };
  }
}

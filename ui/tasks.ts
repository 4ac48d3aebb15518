/** The tasks that a person can start on the page in a browser: their fields, texts and tool calls. */
import { NEW_ENVIRONMENT_NAME, NEW_ENVIRONMENT_NAME_RULE } from '../src/lib/new-environment-name.ts';
import { answerIn, type Common, textIn } from './answers.ts';
import { el, on, prose } from './dom.ts';
import { messageIn } from './hints.ts';
import type { Arguments, ToolResult } from './host.ts';
import { failure } from './parts.ts';
import type { Screen, ScreenContent } from './stage.ts';
import { nameText } from './text.ts';
import { isSame } from './visits.ts';

export type Values = Readonly<Record<string, string>>;

interface Field {
  readonly name: string;
  readonly label: string;
  /** What is wrong with the value, as a sentence; undefined if it is valid. Without this function every value is. */
  readonly errorOf?: (value: string, values: Values) => string | undefined;
  /** The allowed values, in words. */
  readonly rule?: string;
  /** Whether the value is chosen among the environments; otherwise it is typed. */
  readonly isEnvironment: boolean;
}

/** A task that a person can start. */
export interface Task {
  readonly label: string;
  /** Its tool, for tasks that the server's settings may refuse. */
  readonly tool?: string;
  readonly fields: readonly Field[];
  /** The label of the button. */
  readonly button: string;
  readonly about: string;
  readonly call: (values: Values) => readonly [tool: string, args: Arguments];
}

const sentenceOf = (words: string) =>
  words.replace(/^./u, first => first.toUpperCase()).replace(/[^.]$/u, '$&.');

const environment = (name: string, label: string): Field => ({ name, label, isEnvironment: true });

/** Checks the name by the server's rule, without a call. */
function nameError(name: string): string | undefined {
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
        errorOf: (right, { left }) => (right === left ? 'Choose two different environments.' : undefined),
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
        errorOf: nameError,
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

const ERROR_ID = 'task-wrong';

/** A field with an invalid value, and why. */
interface InvalidField {
  readonly field: Field;
  readonly words: string;
}

/** The field that a refused call names, in a line such as `- to: expected …`. */
function invalidFieldIn({ error }: Common, fields: readonly Field[]): InvalidField | undefined {
  if (error?.code !== 'invalid_arguments') return undefined;
  for (const line of (error.message ?? '').split('\n')) {
    const [, name, words = ''] = /^- (\w+): (.*)$/.exec(line) ?? [];
    const field = fields.find(one => one.name === name);
    if (field) return { field, words: sentenceOf(words) };
  }
  return undefined;
}

/** The environments to choose from, with one preselected. */
const options = (environments: readonly string[], chosen: string | undefined) =>
  environments.map(one =>
    el('option', { value: one, selected: one === chosen, 'data-key': one }, nameText(one)),
  );

/** The controls of a task. If it takes two environments, different ones are preselected. */
function controlsOf(
  { fields }: Task,
  environments: readonly string[],
  values: Values,
  invalid: InvalidField | undefined,
) {
  let chosen = 0;
  return fields.map(field => {
    const { name, label, isEnvironment, rule } = field;
    const given = values[name];
    const isInvalid = field === invalid?.field;
    const about = [rule !== undefined && `${name}-rule`, isInvalid && ERROR_ID].filter(Boolean);
    const attributes = {
      ...{ id: name, name },
      ...(isInvalid && { 'aria-invalid': 'true' }),
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

export interface TaskOptions {
  /** The app that the task is about. */
  readonly subtitle: string;
  readonly environments: readonly string[];
  /** The values of the call that was refused. */
  readonly values?: Values;
  /** The answer that refused the call. */
  readonly refused?: ToolResult;
  /** Reads the present environments; undefined if they cannot be read. */
  read(): Promise<readonly string[] | undefined>;
  update(): void;
  announce(text: string): void;
  run(tool: string, args: Arguments, values: Values): void;
}

/** The form of a task. An invalid field shows what is wrong, and gets the focus. */
export class TaskScreen implements Screen {
  readonly #task: Task;
  readonly #options: TaskOptions;
  #environments: readonly string[];
  #invalid: InvalidField | undefined;

  constructor(task: Task, options: TaskOptions) {
    [this.#task, this.#options, this.#environments] = [task, options, options.environments];
    this.#invalid = options.refused && invalidFieldIn(answerIn<Common>(options.refused), task.fields);
  }

  /** Why the call was refused, for screen readers. */
  get refusal(): string {
    const { refused } = this.#options;
    return this.#invalid?.words ?? (refused ? messageIn(refused) : '');
  }

  /** Moves the focus to the invalid field, if there is one. */
  focus(): void {
    if (this.#invalid) document.getElementById(this.#invalid.field.name)?.focus();
  }

  /** Reads the environments again, since they may have changed while the person was elsewhere. */
  resume(): void {
    void this.#readAgain();
  }

  async #readAgain(): Promise<void> {
    const { read, update, announce } = this.#options;
    const now = await read();
    if (!now || isSame(now, this.#environments)) return;
    this.#environments = now;
    update();
    announce('The environments to choose from have changed.');
  }

  #submit(form: HTMLFormElement): void {
    const { fields, call } = this.#task;
    const given = new FormData(form);
    const values = Object.fromEntries(fields.map(({ name }) => [name, String(given.get(name) ?? '').trim()]));
    const invalidFields = fields.flatMap(field => {
      const words = field.errorOf?.(values[field.name] ?? '', values);
      return words === undefined ? [] : [{ field, words }];
    });
    this.#invalid = invalidFields[0];
    if (!this.#invalid) this.#options.run(...call(values), values);
    else {
      this.#options.update();
      this.focus();
    }
  }

  render(): ScreenContent {
    const { label, about, button } = this.#task;
    const { subtitle, values = {}, refused } = this.#options;
    const [environments, invalid] = [this.#environments, this.#invalid];
    const form = () =>
      el(
        'form',
        { class: 'row task', 'aria-label': label, 'data-key': 'task' },
        controlsOf(this.#task, environments, values, invalid),
        el('button', { type: 'submit', class: 'primary' }, button),
      );
    return {
      title: label,
      subtitle,
      body: [
        refused && !invalid && failure(answerIn(refused), textIn(refused)),
        prose(about),
        environments.length > 0
          ? on(form(), 'submit', (_event, element) => this.#submit(element as HTMLFormElement))
          : prose('The app has no environments.'),
        invalid && el('p', { id: ERROR_ID, class: 'badly' }, invalid.words),
      ],
    };
  }
}

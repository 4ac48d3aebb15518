/** What a person can ask for on the page in a browser: its fields, its words, and the call that it makes. */
import { el, on, prose } from './dom.ts';
import type { Arguments } from './host.ts';
import type { Screen } from './stage.ts';
import { nameText } from './text.ts';

export type Values = Readonly<Record<string, string>>;

interface Field {
  readonly name: string;
  readonly label: string;
  /** What to do where nothing is typed; without it the field may stay empty. */
  readonly missing?: string;
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

const environment = (name: string, label: string): Field => ({ name, label, isEnvironment: true });

export const tasks: readonly Task[] = [
  {
    label: 'Compare',
    about: 'What two environments have in common, and what differs.',
    fields: [environment('left', 'Compare'), environment('right', 'with')],
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
        missing: 'Type a name for the new environment.',
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

const MISSING = 'task-missing';

/** The controls of a task; of two environments the second one is another. */
function controlsOf({ fields }: Task, { environments, values = {} }: TaskUse, missing: Field | undefined) {
  let chosen = 0;
  return fields.map(field => {
    const { name, label, isEnvironment, rule } = field;
    const given = values[name];
    const at = isEnvironment ? chosen++ : 0;
    const about = [rule !== undefined && `${name}-rule`, field === missing && MISSING].filter(Boolean);
    return el(
      'div',
      { class: 'field' },
      el('label', { for: name }, label),
      isEnvironment
        ? el(
            'select',
            { id: name, name },
            environments.map((one, index) =>
              el(
                'option',
                { value: one, selected: given === undefined ? index === at : one === given },
                nameText(one),
              ),
            ),
          )
        : el('input', {
            ...{ id: name, name, type: 'text', autocomplete: 'off', spellcheck: 'false' },
            ...(given !== undefined && { value: given }),
            ...(field === missing && { 'aria-invalid': 'true' }),
            ...(about.length > 0 && { 'aria-describedby': about.join(' ') }),
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
  /** Why it was refused. */
  readonly refusal?: () => Node;
  update(): void;
  run(tool: string, args: Arguments, values: Values): void;
}

/** The form of a task. A field that has to be filled in says so, and has the focus. */
export function taskScreen(task: Task, use: TaskUse): Screen {
  const { subtitle, environments, refusal, update, run } = use;
  let missing: Field | undefined;
  const submit = (_event: Event, form: HTMLElement) => {
    const given = new FormData(form as HTMLFormElement);
    const values = Object.fromEntries(
      task.fields.map(({ name }) => [name, String(given.get(name) ?? '').trim()]),
    );
    missing = task.fields.find(field => values[field.name] === '' && field.missing !== undefined);
    if (!missing) return run(...task.call(values), values);
    update();
    document.getElementById(missing.name)?.focus();
  };
  const body = () =>
    on(
      el(
        'form',
        { class: 'row task', 'aria-label': task.label, 'data-key': 'task' },
        controlsOf(task, use, missing),
        el('button', { type: 'submit', class: 'primary' }, task.button),
      ),
      'submit',
      submit,
    );
  return {
    look: () => ({
      title: task.label,
      subtitle,
      body: [
        refusal?.(),
        prose(task.about),
        environments.length > 0 ? body() : prose('The app has no environments.'),
        missing && el('p', { id: MISSING, class: 'badly' }, missing.missing),
      ],
    }),
  };
}

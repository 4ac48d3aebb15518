/** What a person can ask for on the page in a browser: its fields, its words, and the call that it makes. */
import { el, on, prose } from './dom.ts';
import type { Arguments } from './host.ts';
import type { Screen } from './stage.ts';
import { nameText } from './text.ts';

type Values = Readonly<Record<string, string>>;

interface Field {
  readonly name: string;
  readonly label: string;
  /** What to do where nothing is typed; without it the field may stay empty. */
  readonly missing?: string;
  /** Whether it is one of the environments, or typed. */
  readonly isEnvironment: boolean;
}

/** Something that a person can ask for. */
export interface Task {
  readonly label: string;
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
    about: 'Sets up a new environment like an existing one, follows the job, and compares both.',
    fields: [
      environment('from', 'Clone'),
      {
        ...{ name: 'to', label: 'to a new environment named', isEnvironment: false },
        missing: 'Type a name for the new environment.',
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
    about:
      'First shows what would go, what would stay and what is unsure. Nothing is deleted before you type the name.',
    fields: [environment('environment', 'Environment')],
    button: 'Show what would go',
    call: ({ environment: name }) => ['decommission_environment', { environment: name }],
  },
];

const MISSING = 'task-missing';

/** The controls of a task; of two environments the second one is another. */
function controlsOf({ fields }: Task, environments: readonly string[], missing: Field | undefined) {
  let chosen = 0;
  return fields.map(field => {
    const { name, label, isEnvironment } = field;
    const at = isEnvironment ? chosen++ : 0;
    const problem = field === missing && { 'aria-invalid': 'true', 'aria-describedby': MISSING };
    return el(
      'div',
      { class: 'field' },
      el('label', { for: name }, label),
      isEnvironment
        ? el(
            'select',
            { id: name, name },
            environments.map((one, index) =>
              el('option', { value: one, selected: index === at }, nameText(one)),
            ),
          )
        : el('input', {
            ...{ id: name, name, type: 'text', autocomplete: 'off', spellcheck: 'false' },
            ...problem,
          }),
    );
  });
}

export interface TaskUse {
  /** Which app it is about. */
  readonly subtitle: string;
  readonly environments: readonly string[];
  update(): void;
  run(tool: string, args: Arguments): void;
}

/** The form of a task. A field that has to be filled in says so, and has the focus. */
export function taskScreen(task: Task, { subtitle, environments, update, run }: TaskUse): Screen {
  let missing: Field | undefined;
  const submit = (_event: Event, form: HTMLElement) => {
    const given = new FormData(form as HTMLFormElement);
    const values = Object.fromEntries(
      task.fields.map(({ name }) => [name, String(given.get(name) ?? '').trim()]),
    );
    missing = task.fields.find(field => values[field.name] === '' && field.missing !== undefined);
    if (!missing) return run(...task.call(values));
    update();
    document.getElementById(missing.name)?.focus();
  };
  const body = () =>
    on(
      el(
        'form',
        { class: 'row task', 'aria-label': task.label, 'data-key': 'task' },
        controlsOf(task, environments, missing),
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
        prose(task.about),
        environments.length > 0 ? body() : prose('The app has no environments.'),
        missing && el('p', { id: MISSING, class: 'badly' }, missing.missing),
      ],
    }),
  };
}

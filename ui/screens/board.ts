/** The board: an app's environments side by side, running jobs and recent failures. It updates itself. */
import {
  type Board,
  type BoardApp,
  type BoardEnvironment,
  environmentNames,
  type FailedJob,
} from '../answers.ts';
import { stackLink } from '../console.ts';
import { button, el, named, on, prose, question, section, table } from '../dom.ts';
import { followBoard } from '../follow.ts';
import type { Arguments } from '../host.ts';
import { box, failure, notes, runningJob } from '../parts.ts';
import type { Screen, ScreenContent, Stage } from '../stage.ts';
import { counted, nameText, operationText, timeText } from '../text.ts';
import { waitingFor } from '../waiting.ts';
import { appChoice } from './app-choice.ts';
import type { AskedJob } from './asked-job.ts';
import { environmentCard } from './environment-card.ts';

/** What the call that opened the board was about, and what is known before the first read. */
export interface BoardScreenOptions {
  readonly board?: Board;
  /** Shown above the board. */
  readonly job?: AskedJob;
  readonly environment?: string;
  /** Shown above the board. */
  readonly remark?: () => Node;
}

/** Where the board's buttons lead. */
export interface BoardLinks {
  /** @param from the present screen, for the way back */
  openApp(app: Arguments, from: Screen): void;
  compare(args: Arguments, from: Screen): void;
}

/** @param arn the ARN of the environment's stack */
const failureRow = (
  stage: Stage,
  { environment, operation, at, reason }: FailedJob,
  arn: string | undefined,
) =>
  el(
    'tr',
    null,
    el('td', { class: 'number' }, timeText(at)),
    el('th', { scope: 'row' }, named(environment)),
    el('td', null, operationText(operation)),
    el(
      'td',
      { class: 'wide', dir: 'auto' },
      reason === undefined ? el('span', { class: 'quiet' }, 'AWS gives no reason.') : nameText(reason, 600),
      ' ',
      stackLink(stage, arn, nameText(environment)),
    ),
  );

/** Attributes of the second field if both name the same environment. */
const SAME = { 'aria-invalid': 'true', 'aria-describedby': 'same' };

/** Two fields to choose environments, and a button to compare them. */
function comparePart(
  names: readonly string[],
  isSame: boolean,
  compare: (left: string, right: string) => void,
) {
  const [left, right] = names;
  if (left === undefined || right === undefined) return undefined;
  const choice = (id: string, label: string, chosen: string) => [
    el('label', { for: id }, label),
    el(
      'select',
      { id, name: id, ...(isSame && id === 'right' && SAME) },
      names.map(name => el('option', { value: name, selected: name === chosen }, nameText(name))),
    ),
  ];
  const act = (element: HTMLElement) => {
    const [one, other] = element.closest('.compare')?.querySelectorAll('select') ?? [];
    if (one && other) compare(one.value, other.value);
  };
  const press = on(el('button', { type: 'button' }, 'Compare'), 'click', (_event, element) => act(element));
  return question(
    'Compare two environments',
    'compare',
    act,
    el('div', { class: 'row' }, choice('left', 'Compare', left), choice('right', 'with', right), press),
    isSame && el('p', { id: 'same', class: 'badly' }, 'Choose two different environments.'),
  );
}

/** A choice of the environments that do not fit on the board. */
function othersPart({ moreEnvironments = [] }: Board, show: (environment: string) => void) {
  if (moreEnvironments.length === 0) return undefined;
  const act = (element: HTMLElement) => {
    const chosen = element.closest('.others')?.querySelector('select')?.value;
    if (chosen) show(chosen);
  };
  return question(
    'Other environments',
    'others',
    act,
    el(
      'div',
      { class: 'row' },
      el('label', { for: 'other' }, `${counted(moreEnvironments.length, 'environment')} more`),
      el(
        'select',
        { id: 'other', name: 'other' },
        moreEnvironments.map(name => el('option', { value: name }, nameText(name))),
      ),
      on(el('button', { type: 'button' }, 'Show first'), 'click', (_event, element) => act(element)),
    ),
  );
}

/** How many environments there are, and how many of them are shown. */
function environmentsText(board: Board): string {
  const { length: shown } = board.environments ?? [];
  const { length: all } = environmentNames(board);
  return all > shown ? `${shown} of ${counted(all, 'environment')}` : counted(all, 'environment');
}

/** The board of one app, or the apps to choose from. */
export class BoardScreen implements Screen {
  readonly #stage: Stage;
  readonly #args: Arguments;
  readonly #links: BoardLinks;
  readonly #options: BoardScreenOptions;
  /** The environment to show first. */
  #first: string | undefined;
  #stop: () => void = () => undefined;
  #board: Board | undefined;
  #readAt = Date.now();
  #readError: string | undefined;
  /** Whether the person chose the same environment twice to compare. */
  #isSame = false;
  #running = new Map<string, string>();

  /** @param options what the call that opened the board was about */
  constructor(stage: Stage, args: Arguments, links: BoardLinks, options: BoardScreenOptions = {}) {
    this.#stage = stage;
    this.#args = args;
    this.#links = links;
    this.#options = options;
    this.#board = options.board;
    this.#first = options.environment ?? options.job?.environment;
    this.resume();
  }

  resume(): void {
    const { host, announce, update } = this.#stage;
    const environment = this.#first;
    this.#stop();
    this.#stop = followBoard(
      host,
      { ...this.#args, ...(environment !== undefined && { environment }) },
      {
        board: next => this.#receive(next),
        failed: why => {
          // A failed first read is shown in a box that is an alert itself.
          if (this.#readError === undefined && this.#board) announce(`Not up to date: ${why}`);
          this.#readError = why;
          update();
        },
        tick: () => {
          if (this.#running.size > 0) update();
        },
      },
    );
  }

  /** Shows an environment that did not fit on the board. */
  #showFirst(environment: string): void {
    this.#first = environment;
    this.#stage.announce(`Reading ${nameText(environment)}.`);
    this.resume();
  }

  stop(): void {
    this.#stop();
  }

  #receive(next: Board): void {
    if (this.#readError !== undefined)
      this.#stage.announce(this.#board ? 'Up to date again.' : 'The environments are read.');
    this.#board = next;
    [this.#readAt, this.#readError] = [Date.now(), undefined];
    this.#announceJobs(next);
    this.#stage.update();
    void this.#options.job?.receive(next);
  }

  #announceJobs(next: Board): void {
    const now = new Map(
      (next.running ?? []).map(({ jobId = '', operation, environment }) => [
        jobId,
        `${operationText(operation)} of ${nameText(environment)}`,
      ]),
    );
    const ended = [...this.#running].filter(([id]) => !now.has(id)).map(([, what]) => `${what} ended.`);
    const started = [...now].filter(([id]) => !this.#running.has(id)).map(([, what]) => `${what} runs.`);
    if (ended.length + started.length > 0) this.#stage.announce([...ended, ...started].join(' '));
    this.#running = now;
  }

  #compare(app: BoardApp, left: string, right: string): void {
    this.#isSame = left === right;
    if (this.#isSame) {
      this.#stage.update();
      document.getElementById('right')?.focus();
      return;
    }
    const { appId = this.#args.app, target } = app;
    const where = { app: appId, ...(target !== undefined && { target }) };
    this.#links.compare({ ...this.#args, ...where, left, right }, this);
  }

  #failures(failures: readonly FailedJob[], environments: readonly BoardEnvironment[]) {
    const stacks = new Map(environments.map(({ name, stack }) => [name, stack?.id]));
    const rows = failures.map(job => failureRow(this.#stage, job, stacks.get(job.environment)));
    const head = ['When', 'Environment', 'Operation', 'Reason'];
    return rows.length > 0 && section('Recent failures', 'failures', table('Recent failures', head, rows));
  }

  #above(): readonly (Node | undefined)[] {
    return [this.#options.remark?.(), this.#options.job?.part()];
  }

  #renderApp(board: Board): ScreenContent {
    const { app = {}, environments = [], running: jobs = [], failures = [], notes: noted } = board;
    const sinceMs = Date.now() - this.#readAt;
    const names = environmentNames(board);
    const cards = environments.map((one, index) => environmentCard(this.#stage, one, index));
    return {
      title: named(app.name ?? app.appId ?? this.#args.app ?? 'Board'),
      subtitle: [
        ...[app.name && app.appId, app.target, app.account, app.region].map(one => nameText(one)),
        environmentsText(board),
        `read ${new Date(this.#readAt).toLocaleTimeString('en-GB')}`,
      ]
        .filter(Boolean)
        .join(' · '),
      body: [
        this.#readError !== undefined && box('warn', prose(`Not up to date: ${this.#readError}`)),
        ...this.#above(),
        jobs.length > 0 &&
          section(
            'Running',
            'running',
            jobs.map(job => runningJob(job, sinceMs)),
          ),
        section(
          'Environments',
          'environments',
          cards.length > 0 ? el('div', { class: 'cards' }, cards) : prose('The app has no environments.'),
        ),
        othersPart(board, environment => this.#showFirst(environment)),
        names.length > 1 &&
          comparePart(names, this.#isSame, (left, right) => this.#compare(app, left, right)),
        this.#failures(failures, environments),
        notes(noted),
      ],
    };
  }

  render(): ScreenContent {
    const [board, readError] = [this.#board, this.#readError];
    if (board?.apps && !board.app) {
      const choice = appChoice(board, app => this.#links.openApp(app, this));
      return { ...choice, body: [...this.#above(), ...choice.body] };
    }
    if (board) return this.#renderApp(board);
    const waiting =
      readError === undefined
        ? [waitingFor('Reading the environments…')]
        : [
            failure({}, readError, 'The board asks again by itself.'),
            button('Ask again now', () => this.resume()),
          ];
    return { title: nameText(this.#args.app ?? 'Board'), body: [...this.#above(), ...waiting] };
  }
}

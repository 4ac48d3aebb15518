/** The board: an app's environments side by side, what runs, and what failed. It follows by itself. */
import {
  type Board,
  type BoardApp,
  type BoardEnvironment,
  type BoardResource,
  environmentNames,
  type FailedJob,
} from '../answers.ts';
import { stackLink } from '../console.ts';
import { button, el, named, on, prose, question, section, table } from '../dom.ts';
import { followBoard } from '../follow.ts';
import type { Arguments } from '../host.ts';
import { box, failure, notes, runningJob, sign, state, toneOf } from '../parts.ts';
import type { Look, Screen, Stage } from '../stage.ts';
import { counted, nameText, operationText, timeText } from '../text.ts';
import { waitingFor } from '../waiting.ts';
import { appChoice } from './app-choice.ts';

/** What the board of an app leads to. */
export interface BoardLinks {
  openApp(app: Arguments): void;
  compare(args: Arguments): void;
}

const MOST_RESOURCES = 40;

/** Resources by category, in the order of their first. */
function byCategory(resources: readonly BoardResource[]): Map<string, BoardResource[]> {
  const categories = new Map<string, BoardResource[]>();
  for (const resource of resources) {
    const category = nameText(resource.category);
    const own = categories.get(category);
    if (own) own.push(resource);
    else categories.set(category, [resource]);
  }
  return categories;
}

const resourceLine = ({ name, health = 'unknown' }: BoardResource) =>
  el(
    'li',
    null,
    sign(nameText(health)),
    named(name),
    // The sign has the word for screen readers.
    toneOf(health) !== 'good' &&
      el('span', { class: 'quiet', 'aria-hidden': 'true' }, ` ${nameText(health, 60)}`),
  );

function categoryLines(category: string, resources: readonly BoardResource[]) {
  const more = resources.length - MOST_RESOURCES;
  return el(
    'div',
    { class: 'category' },
    el('dt', null, named(category)),
    el(
      'dd',
      null,
      el(
        'ul',
        { class: 'plain' },
        resources.slice(0, MOST_RESOURCES).map(resourceLine),
        more > 0 && el('li', { class: 'quiet' }, `and ${more.toLocaleString('en')} more`),
      ),
    ),
  );
}

/** What a stack's status means. AWS's own word stands beside it where all is not well. */
function stackText({ status, means }: NonNullable<BoardEnvironment['stack']>): string {
  if (means === undefined) return nameText(status);
  const words = nameText(means, 200).replace(/^./, first => first.toUpperCase());
  return /^(?:CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status ?? '') ? words : `${words} (${nameText(status)})`;
}

function environmentCard(stage: Stage, environment: BoardEnvironment, at: number) {
  const { name, health, stack, resources = [], moreResources = 0, error } = environment;
  const categories = byCategory(resources);
  const id = `environment-${at}`;
  return el(
    'article',
    { class: 'card', 'aria-labelledby': id, 'data-key': `environment ${nameText(name)}` },
    el('div', { class: 'between' }, el('h3', { id }, named(name)), health !== undefined && state(health)),
    stack?.status !== undefined && el('p', { class: 'quiet', dir: 'auto' }, stackText(stack)),
    health === 'failed' && stackLink(stage, stack?.id, nameText(name)),
    error !== undefined && prose(error, 'badly'),
    categories.size > 0
      ? el(
          'dl',
          { class: 'categories' },
          [...categories].map(([category, list]) => categoryLines(category, list)),
        )
      : error === undefined && el('p', { class: 'quiet' }, 'No resources.'),
    moreResources > 0 && el('p', { class: 'quiet' }, `and ${counted(moreResources, 'resource')} more`),
  );
}

/** @param arn of the environment's stack */
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

/** Two environments to choose, and the button that compares them. */
function comparePart(names: readonly string[], compare: (left: string, right: string) => void) {
  const [left, right] = names;
  if (left === undefined || right === undefined) return undefined;
  const choice = (id: string, label: string, chosen: string) => [
    el('label', { for: id }, label),
    el(
      'select',
      { id, name: id },
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
  readonly #focus: (() => Node) | undefined;
  #stop: () => void = () => undefined;
  #board: Board | undefined;
  #readAt = Date.now();
  #trouble: string | undefined;
  #running = new Map<string, string>();

  /** @param first what is known before the first read @param focus shown above the board: a job that was asked about */
  constructor(stage: Stage, args: Arguments, links: BoardLinks, first?: Board, focus?: () => Node) {
    this.#stage = stage;
    this.#args = args;
    this.#links = links;
    this.#board = first;
    this.#focus = focus;
    this.resume();
  }

  resume(): void {
    const stage = this.#stage;
    this.#stop();
    this.#stop = followBoard(stage.host, this.#args, {
      board: next => this.#take(next),
      failed: why => {
        // Of a first read the box itself is an alert.
        if (this.#trouble === undefined && this.#board) stage.say(`Not up to date: ${why}`);
        this.#trouble = why;
        stage.update();
      },
      tick: () => {
        if (this.#running.size > 0) stage.update();
      },
    });
  }

  stop(): void {
    this.#stop();
  }

  #take(next: Board): void {
    if (this.#trouble !== undefined)
      this.#stage.say(this.#board ? 'Up to date again.' : 'The environments are read.');
    this.#board = next;
    [this.#readAt, this.#trouble] = [Date.now(), undefined];
    this.#tellEnds(next);
    this.#stage.update();
  }

  #tellEnds(next: Board): void {
    const now = new Map(
      (next.running ?? []).map(({ jobId = '', operation, environment }) => [
        jobId,
        `${operationText(operation)} of ${nameText(environment)}`,
      ]),
    );
    const ended = [...this.#running].filter(([id]) => !now.has(id)).map(([, what]) => `${what} ended.`);
    const started = [...now].filter(([id]) => !this.#running.has(id)).map(([, what]) => `${what} runs.`);
    if (ended.length + started.length > 0) this.#stage.say([...ended, ...started].join(' '));
    this.#running = now;
  }

  #compare(app: BoardApp, left: string, right: string): void {
    const { appId = this.#args.app, target } = app;
    const where = { app: appId, ...(target !== undefined && { target }) };
    this.#links.compare({ ...this.#args, ...where, left, right });
  }

  #failures(failures: readonly FailedJob[], environments: readonly BoardEnvironment[]) {
    const stacks = new Map(environments.map(({ name, stack }) => [name, stack?.id]));
    const rows = failures.map(job => failureRow(this.#stage, job, stacks.get(job.environment)));
    const head = ['When', 'Environment', 'Operation', 'Reason'];
    return rows.length > 0 && section('Recent failures', 'failures', table('Recent failures', head, rows));
  }

  #appLook(board: Board): Look {
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
        this.#trouble !== undefined && box('warn', prose(`Not up to date: ${this.#trouble}`)),
        this.#focus?.(),
        jobs.length > 0 &&
          section(
            'Running',
            'running',
            jobs.map(job => runningJob(job, sinceMs)),
          ),
        section('Environments', 'environments', el('div', { class: 'cards' }, cards)),
        names.length > 1 && comparePart(names, (left, right) => this.#compare(app, left, right)),
        this.#failures(failures, environments),
        notes(noted),
      ],
    };
  }

  look(): Look {
    const [board, trouble] = [this.#board, this.#trouble];
    if (board?.apps && !board.app) {
      const choice = appChoice(board, app => this.#links.openApp(app));
      return { ...choice, body: [this.#focus?.(), ...choice.body] };
    }
    if (board) return this.#appLook(board);
    const waiting =
      trouble === undefined
        ? [waitingFor('Reading the environments…')]
        : [
            failure({}, trouble, 'The board asks again by itself.'),
            button('Ask again now', () => this.resume()),
          ];
    return { title: nameText(this.#args.app ?? 'Board'), body: [this.#focus?.(), ...waiting] };
  }
}

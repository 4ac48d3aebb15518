/** The board: an app's environments side by side, what runs, and what failed. It follows by itself. */
import type { Board, BoardEnvironment, BoardResource, FailedJob } from '../answers.ts';
import { el, named, on, prose, question, section, table } from '../dom.ts';
import { followBoard } from '../follow.ts';
import type { Arguments } from '../host.ts';
import { box, failure, notes, runningJob, sign, state, toneOf } from '../parts.ts';
import type { Look, Screen, Stage } from '../stage.ts';
import { counted, nameText, operationText, timeText } from '../text.ts';

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
    toneOf(health) !== 'good' && el('span', { class: 'quiet' }, ` ${nameText(health, 60)}`),
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

function environmentCard(environment: BoardEnvironment, at: number) {
  const { name, health, stack, resources = [], moreResources = 0, error } = environment;
  const categories = byCategory(resources);
  const id = `environment-${at}`;
  return el(
    'article',
    { class: 'card', 'aria-labelledby': id, 'data-key': `environment ${nameText(name)}` },
    el('div', { class: 'between' }, el('h3', { id }, named(name)), health !== undefined && state(health)),
    stack?.status !== undefined && el('p', { class: 'quiet', dir: 'auto' }, stackText(stack)),
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

const failureRow = ({ environment, operation, at, reason }: FailedJob) =>
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

function appChoice(board: Board, links: BoardLinks): Look {
  const { apps = [] } = board;
  return {
    title: 'Apps',
    subtitle: counted(apps.length, 'Amplify app'),
    body: [
      el(
        'ul',
        { class: 'choices' },
        apps.map(({ appId, name, target }) =>
          el(
            'li',
            { 'data-key': nameText(appId) },
            on(
              el(
                'button',
                { type: 'button', class: 'choice' },
                named(name ?? appId),
                el(
                  'span',
                  { class: 'quiet' },
                  [appId, target]
                    .filter(Boolean)
                    .map(part => nameText(part))
                    .join(' · '),
                ),
              ),
              'click',
              () => links.openApp({ app: appId, ...(target !== undefined && { target }) }),
            ),
          ),
        ),
      ),
      notes(board.notes),
    ],
  };
}

/** @param first what is known before the first read @param focus shown above the board: a job that was asked about */
export function boardScreen(
  stage: Stage,
  args: Arguments,
  links: BoardLinks,
  first: Board | undefined,
  focus?: () => Node,
): Screen {
  let board = first;
  let readAt = Date.now();
  let trouble: string | undefined;
  let running = new Map<string, string>();

  function tellEnds(next: Board): void {
    const now = new Map(
      (next.running ?? []).map(({ jobId = '', operation, environment }) => [
        jobId,
        `${operationText(operation)} of ${nameText(environment)}`,
      ]),
    );
    const ended = [...running].filter(([id]) => !now.has(id)).map(([, what]) => `${what} ended.`);
    const started = [...now].filter(([id]) => !running.has(id)).map(([, what]) => `${what} runs.`);
    if (ended.length + started.length > 0) stage.say([...ended, ...started].join(' '));
    running = now;
  }

  const stop = followBoard(stage.host, args, {
    board(next) {
      board = next;
      if (trouble !== undefined) stage.say('Up to date again.');
      [readAt, trouble] = [Date.now(), undefined];
      tellEnds(next);
      stage.update();
    },
    failed(why) {
      if (trouble === undefined) stage.say(`Not up to date: ${why}`);
      trouble = why;
      stage.update();
    },
    tick() {
      if (running.size > 0) stage.update();
    },
  });

  function appLook({
    app = {},
    environments = [],
    running: jobs = [],
    failures = [],
    notes: noted,
  }: Board): Look {
    const sinceMs = Date.now() - readAt;
    const compare = (left: string, right: string) =>
      links.compare({
        ...args,
        app: app.appId ?? args.app,
        ...(app.target !== undefined && { target: app.target }),
        ...{ left, right },
      });
    return {
      title: named(app.name ?? app.appId ?? args.app ?? 'Board'),
      subtitle: [
        app.name === undefined ? '' : nameText(app.appId),
        counted(environments.length, 'environment'),
        `read ${new Date(readAt).toLocaleTimeString('en-GB')}`,
      ]
        .filter(Boolean)
        .join(' · '),
      body: [
        trouble !== undefined && box('warn', prose(`Not up to date: ${trouble}`)),
        focus?.(),
        jobs.length > 0 &&
          section(
            'Running',
            'running',
            jobs.map(job => runningJob(job, sinceMs)),
          ),
        section(
          'Environments',
          'environments',
          el('div', { class: 'cards' }, environments.map(environmentCard)),
        ),
        environments.length > 1 &&
          comparePart(
            environments.map(({ name }) => String(name)),
            compare,
          ),
        failures.length > 0 &&
          section(
            'Recent failures',
            'failures',
            table(
              'Recent failures',
              ['When', 'Environment', 'Operation', 'Reason'],
              failures.map(failureRow),
            ),
          ),
        notes(noted),
      ],
    };
  }

  return {
    stop,
    look(): Look {
      if (board?.apps && !board.app) return appChoice(board, links);
      if (board) return appLook(board);
      const waiting =
        trouble === undefined
          ? el('p', { class: 'quiet' }, 'Reading the environments…')
          : failure({}, trouble);
      return { title: nameText(args.app ?? 'Board'), body: [focus?.(), waiting] };
    },
  };
}

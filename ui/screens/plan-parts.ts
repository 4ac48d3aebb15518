/** The parts of a plan: its target, what it requests, what it deletes by kind, what it keeps, and what could not be checked. */
import type { Plan } from '../answers.ts';
import { el, named, section, sentences, table } from '../dom.ts';
import { box, figures, valueCell } from '../parts.ts';
import { counted, forPerson, nameText } from '../text.ts';

type DeletedResource = NonNullable<NonNullable<NonNullable<Plan['confirmation']>['goes']>[string]>[number];

/** The kind of a deleted resource: `auth` for "auth/shopauth". A stack has no slash and is a kind of its own. */
const kindOf = ({ resource = '' }: DeletedResource) => nameText(resource.split('/', 1)[0]);
const nameOf = ({ resource = '' }: DeletedResource) => resource.slice(resource.indexOf('/') + 1);
/** How many tables, pools and the like the resource holds, including those that the plan does not list. */
const heldBy = ({ holds = [], more = 0 }: DeletedResource) => holds.length + more;

const MOST_HELD = 40;

function deletedResourceItem(deleted: DeletedResource) {
  const { service, holds = [], more = 0, note } = deleted;
  const left = Math.max(0, holds.length - MOST_HELD) + more;
  return el(
    'li',
    null,
    el(
      'div',
      { class: 'between' },
      el(
        'span',
        null,
        el('strong', null, named(nameOf(deleted))),
        ' ',
        el('span', { class: 'quiet' }, nameText(service)),
      ),
      el('span', { class: 'count' }, String(heldBy(deleted))),
    ),
    heldBy(deleted) > 0 &&
      el(
        'ul',
        { class: 'held' },
        holds.slice(0, MOST_HELD).map(held => el('li', null, named(held))),
        left > 0 && el('li', { class: 'quiet' }, `and ${left.toLocaleString('en')} more`),
      ),
    note !== undefined && el('p', { class: 'quiet', dir: 'auto' }, nameText(note, 300)),
  );
}

type Count = { readonly resources: number; readonly things: number };
type Hidden = ReadonlyMap<string, Count>;

const NONE: Count = { resources: 0, things: 0 };

/** What the plan deletes without listing it, counted by kind. */
function notShownByKind({ confirmation }: Plan): Hidden {
  const all = Object.entries(confirmation?.moreByKind ?? {});
  return new Map(
    all.map(([kind, count]) => [
      nameText(kind),
      { resources: count?.resources ?? 0, things: count?.things ?? 0 },
    ]),
  );
}

const countText = ({ resources, things }: Count) =>
  [counted(resources, 'resource'), ...(things > 0 ? [counted(things, 'thing')] : [])].join(' with ');

function kindPart(environment: string, kind: string, all: readonly DeletedResource[], hidden: Count) {
  const things = all.reduce((sum, deleted) => sum + heldBy(deleted), hidden.things);
  return el(
    'details',
    // Opened, so that a person reads what holds data before deciding.
    { class: 'kind', open: things > 0, 'data-key': `kind ${environment} ${kind}` },
    el(
      'summary',
      null,
      el('strong', null, kind),
      el(
        'span',
        { class: 'quiet' },
        `${counted(all.length + hidden.resources, 'resource')}, ${counted(things, 'thing')} of ${all.length + hidden.resources === 1 ? 'its' : 'their'} own${hidden.resources > 0 ? `; ${countText(hidden)} not shown` : ''}`,
      ),
    ),
    el(
      'ul',
      { class: 'goes' },
      all.slice(0, 200).map(deletedResourceItem),
      all.length > 200 && el('li', { class: 'quiet' }, `and ${all.length - 200} more`),
    ),
  );
}

/** What is deleted in one environment, by kind. */
function deletedInEnvironment(
  environment: string,
  all: readonly DeletedResource[],
  isOnly: boolean,
  hidden: Hidden,
) {
  const kinds = byKind(all);
  const unseen = isOnly ? [...hidden].filter(([kind]) => !kinds.has(kind)) : [];
  return [
    isOnly ? undefined : el('h3', null, named(environment)),
    all.length === 0 ? el('p', { class: 'quiet' }, 'Nothing that holds data.') : undefined,
    ...[...kinds].map(([kind, of]) =>
      kindPart(nameText(environment), kind, of, (isOnly && hidden.get(kind)) || NONE),
    ),
    ...unseen.map(([kind, count]) =>
      el('p', null, el('strong', null, kind), ` ${countText(count)}, none of them shown`),
    ),
  ];
}

function byKind(all: readonly DeletedResource[]): Map<string, DeletedResource[]> {
  const kinds = new Map<string, DeletedResource[]>();
  for (const deleted of all) kinds.set(kindOf(deleted), [...(kinds.get(kindOf(deleted)) ?? []), deleted]);
  return kinds;
}

/** The section of all that the plan deletes. */
function deletedSection(plan: Plan) {
  const { confirmation } = plan;
  if (!confirmation) return undefined;
  const hidden = notShownByKind(plan);
  const { goes: byEnvironment = {}, alsoGoes = [], moreGoes } = confirmation;
  const all = Object.entries(byEnvironment).map(([environment, list]) => [environment, list ?? []] as const);
  if (all.length === 0 && alsoGoes.length === 0) return undefined;
  return section(
    'What goes',
    'goes',
    ...all.map(([environment, list]) => deletedInEnvironment(environment, list, all.length === 1, hidden)),
    sentences(alsoGoes),
    moreGoes !== undefined &&
      el('p', { class: 'quiet' }, `and ${counted(moreGoes, 'resource')} more, which are not shown`),
  );
}

/** What the plan could not check or list. */
export function notCheckedIn({ confirmation, notChecked = [] }: Plan): string[] {
  const { notItemized = [], moreNotItemized } = confirmation ?? {};
  return [
    ...notItemized.map(
      name => `Environment ${nameText(name)}: everything that it has, which cannot be listed.`,
    ),
    ...(moreNotItemized === undefined
      ? []
      : [`And ${moreNotItemized} more environments, whose contents cannot be listed.`]),
    ...notChecked,
  ];
}

/** Members of a clone's request that name its source and target. They are shown above, not as settings. */
const CLONE_NAMES: ReadonlySet<string> = new Set(['backendEnvironmentName', 'targetEnvironmentName']);

/** The source and the new environment that a clone's request names. */
function cloneNames({ changes: list = [], request, environment }: Plan): (readonly [string, unknown])[] {
  if (request?.operation !== 'CloneBackend') return [];
  const nameIn = (member: string) => list.find(({ path }) => path === member)?.after;
  return [
    ['source', nameIn('backendEnvironmentName')],
    ['new environment', nameIn('targetEnvironmentName') ?? environment],
  ];
}

function changes({ changes: all = [], moreChanges, request }: Plan) {
  const list = all.filter(({ path = '' }) => request?.operation !== 'CloneBackend' || !CLONE_NAMES.has(path));
  if (list.length === 0) return undefined;
  const hasBefore = list.some(({ before }) => before !== undefined);
  const rows = list.map(({ path, before, after }) =>
    el(
      'tr',
      null,
      el('th', { scope: 'row' }, named(path, 300)),
      hasBefore && valueCell(before, 'Now'),
      valueCell(after, hasBefore ? 'Then' : 'Value'),
    ),
  );
  const head = hasBefore ? ['Setting', 'Now', 'Then'] : ['Setting', 'Value'];
  return section(
    'What is requested',
    'changes',
    table('What is requested', head, rows, hasBefore ? 'sides' : 'dense'),
    moreChanges !== undefined &&
      el('p', { class: 'quiet' }, `and ${counted(moreChanges, 'change')} more, which are not shown`),
  );
}

const stepsOf = ({ steps: list = [] }: Plan) =>
  list.length > 0 &&
  section(
    'Steps',
    'steps-of-plan',
    el(
      'ol',
      { class: 'sentences' },
      list.map(({ step, does }) => el('li', { dir: 'auto' }, nameText(does ?? step, 600))),
    ),
  );

/** Everything that a plan shows, without the question whether to approve it. */
export function planParts(plan: Plan): (Node | false | undefined)[] {
  const { app, account, region, target, arn, stays = [], remarks = [], problems = [] } = plan;
  const open = notCheckedIn(plan);
  const where = [
    ['account', account],
    ['region', region],
    ['target', target],
    ['app', app && (app.name === undefined ? app.id : `${app.name} (${app.id})`)],
    ['as', arn],
    ...cloneNames(plan),
  ] as const;
  const known = where.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return [
    known.length > 0 &&
      el(
        'dl',
        { class: 'where', 'data-key': 'where' },
        known.map(([name, value]) => el('div', null, el('dt', null, name), el('dd', null, named(value)))),
      ),
    problems.length > 0 &&
      box('bad', el('p', { class: 'strong' }, 'It would fail:'), sentences(problems) || ''),
    stepsOf(plan),
    changes(plan),
    deletedSection(plan),
    stays.length > 0 && section('What stays', 'stays', sentences(stays)),
    open.length > 0 && section('What is unsure', 'unsure', box('warn', sentences(open) || '')),
    remarks.length > 0 && section('To know', 'remarks', sentences(forPerson(remarks))),
  ];
}

/** Whether a plan deletes anything, and how much. */
export function deletionOf({ confirmation, request }: Plan): {
  readonly isDeletion: boolean;
  readonly resources: number;
  readonly things: number;
} {
  const all = Object.values(confirmation?.goes ?? {}).flatMap(list => list ?? []);
  const isDeletion =
    all.length > 0 ||
    (confirmation?.alsoGoes ?? []).length > 0 ||
    (confirmation?.notItemized ?? []).length > 0 ||
    /^(Delete|Remove)/.test(request?.operation ?? '');
  const hidden = [...notShownByKind({ confirmation }).values()].reduce((sum, { things }) => sum + things, 0);
  return {
    isDeletion,
    resources: all.length + (confirmation?.moreGoes ?? 0),
    things: all.reduce((sum, deleted) => sum + heldBy(deleted), hidden),
  };
}

/** The totals of a deletion, with a warning where the page does not list everything. */
export function planSums(plan: Plan): (Node | undefined)[] {
  const { isDeletion, resources, things } = deletionOf(plan);
  if (!isDeletion) return [];
  const open = notCheckedIn(plan).length;
  // Deleting something outside environments, such as a token, has nothing to count.
  if (resources + things + open + (plan.stays ?? []).length === 0) return [];
  const { moreGoes = 0 } = plan.confirmation ?? {};
  const hidden = [...notShownByKind(plan)].map(([kind, count]) => `${kind}: ${countText(count)}`);
  return [
    figures([
      ['resources go', resources.toLocaleString('en'), 'bad'],
      ['things of theirs go', things.toLocaleString('en'), 'bad'],
      ['stay', (plan.stays ?? []).length],
      ['unsure', open, open > 0 ? 'warn' : 'idle'],
    ]),
    moreGoes > 0
      ? box(
          'warn',
          el('p', { class: 'strong' }, `${counted(moreGoes, 'resource')} of these are not shown below.`),
          el('p', { dir: 'auto' }, hidden.join('; ')),
        )
      : undefined,
  ];
}

/** The migration to Gen 2: the readiness with its findings, and the proof by area. */
import type { Assessment, Proof } from '../answers.ts';
import { el, named, section, sentences, table } from '../dom.ts';
import type { Arguments } from '../host.ts';
import { figures, folded, notes, sign, state, steps, type Tone, toneOf } from '../parts.ts';
import type { Screen } from '../stage.ts';
import { counted, nameText, whereText } from '../text.ts';

type Finding = NonNullable<Assessment['findings']>[number];

const READINESS: Readonly<Record<string, readonly [Tone, string]>> = {
  ready: ['good', "AWS's tool takes along everything that was seen."],
  'manual work': ['warn', 'A person has work to do.'],
  blocked: ['bad', "AWS's tool stops here until this is corrected."],
  unknown: ['warn', 'Nothing was found, but not everything could be checked.'],
};

const EFFECTS = [
  ['blocks', 'Blocks', 'bad'],
  ['manual', 'Manual work', 'warn'],
  ['carried', 'Taken along', 'good'],
] as const;

const MOST_ROWS = 300;
const MOST_SENTENCES = 100;

/** How many entries of a long list are not shown. */
const notShown = ({ length }: readonly unknown[], most: number) =>
  length > most &&
  el('p', { class: 'quiet' }, `and ${(length - most).toLocaleString('en')} more, which are not shown`);

function findingItem({ what, seenAt = [], tool, person, row }: Finding, tone: Tone) {
  return el(
    'li',
    { class: `finding ${tone}` },
    el(
      'div',
      { class: 'between' },
      el('strong', null, named(what)),
      el('span', { class: 'quiet' }, nameText(row)),
    ),
    el(
      'p',
      { class: 'quiet' },
      seenAt.slice(0, 12).flatMap((at, index) => [index > 0 && ', ', named(at)]),
      seenAt.length > 12 && ` and ${seenAt.length - 12} more`,
    ),
    tool !== undefined && el('p', null, el('span', { class: 'label' }, "AWS's tool "), nameText(tool, 600)),
    person !== undefined && el('p', null, el('span', { class: 'label' }, 'You '), nameText(person, 600)),
  );
}

export function readinessScreen(answer: Partial<Assessment>, args: Arguments): Screen {
  const {
    environment,
    appId,
    verdict = '',
    counts,
    findings = [],
    matrix,
    unknown,
    notSeen,
    nextSteps,
  } = answer;
  const [tone, words] = READINESS[verdict] ?? ['warn', ''];
  return {
    render: () => ({
      title: el('span', null, named(environment), el('span', { class: 'quiet' }, ' to Gen 2')),
      subtitle: `Readiness · ${whereText(appId, args)}`,
      body: [
        el('p', { class: 'verdict' }, state(verdict, tone), ' ', words),
        counts &&
          figures([
            ['block', counts.blocks, counts.blocks ? 'bad' : 'idle'],
            ['manual work', counts.manual, counts.manual ? 'warn' : 'idle'],
            ['taken along', counts.carried],
            ['not looked at', counts.unknown, counts.unknown ? 'warn' : 'idle'],
          ]),
        ...EFFECTS.map(([effect, title, of]) => {
          const own = findings.filter(finding => finding.effect === effect);
          return (
            own.length > 0 &&
            section(
              title,
              effect,
              el(
                'ul',
                { class: 'plain findings' },
                own.slice(0, MOST_ROWS).map(finding => findingItem(finding, of)),
              ),
              notShown(own, MOST_ROWS),
            )
          );
        }),
        unknown && unknown.length > 0 && section('Not looked at', 'unknown', sentences(unknown)),
        folded('What the cloud does not show', 'not-seen', notSeen),
        steps(nextSteps),
        notes(answer.notes),
        matrix &&
          el(
            'p',
            { class: 'quiet' },
            `By AWS's feature matrix as of ${nameText(matrix.date)}${matrix.isOld ? ', which is old: read it again.' : '.'}`,
          ),
      ],
    }),
  };
}

const PROOF: Readonly<Record<string, readonly [Tone, string]>> = {
  same: ['good', 'Gen 2 has the data and the rights of Gen 1.'],
  differs: ['bad', 'Gen 2 differs from Gen 1.'],
  unproven: ['warn', 'No difference was found, but not everything could be compared.'],
};

const AREAS: Readonly<Record<string, string>> = {
  data: 'Data',
  access: 'Rights',
  auth: 'Sign-in',
  api: 'API',
  'left over': 'Left over',
};
const WITH_STACK: Readonly<Record<string, Tone>> = { deleted: 'bad', retained: 'good', 'not owned': 'idle' };

const deletion = (word: string | undefined) =>
  el('td', null, word === undefined ? '' : state(word, WITH_STACK[word] ?? 'warn'));

/** The differences in one area. */
function areaPart(area: string, findings: readonly NonNullable<Proof['findings']>[number][]) {
  const own = findings.filter(finding => finding.area === area);
  const title = AREAS[area] ?? area;
  const rows = own
    .slice(0, MOST_ROWS)
    .map(({ subject, change = '', gen1, gen2 }) =>
      el(
        'tr',
        null,
        el('th', { scope: 'row' }, named(subject, 300)),
        el('td', null, state(change)),
        el('td', { class: 'value' }, gen1 !== undefined && named(gen1, 300)),
        el('td', { class: 'value' }, gen2 !== undefined && named(gen2, 300)),
      ),
    );
  return el(
    'details',
    { class: 'resource', open: own.length > 0, 'data-key': `area ${area}` },
    el(
      'summary',
      null,
      el(
        'h3',
        null,
        sign(own.length > 0 ? 'differs' : 'no difference', own.length > 0 ? 'bad' : 'good'),
        title,
      ),
      el('span', { class: 'quiet' }, own.length > 0 ? counted(own.length, 'difference') : 'no difference'),
    ),
    rows.length > 0 ? table(`Differences: ${title}`, ['What', 'Change', 'Gen 1', 'Gen 2'], rows) : undefined,
    notShown(own, MOST_ROWS),
  );
}

type Model = NonNullable<Proof['models']>[number];
type Holding = NonNullable<Proof['holdings']>[number];

const modelRow = ({ model, state: word = 'unknown', table: gen1, gen2Table, withGen1Stack }: Model) =>
  el(
    'tr',
    null,
    el('th', { scope: 'row' }, named(model)),
    el('td', null, state(word, word === 'adopted' ? 'good' : toneOf(word))),
    el('td', { class: 'value' }, gen1 && named(gen1)),
    el('td', { class: 'value' }, gen2Table && named(gen2Table)),
    deletion(withGen1Stack),
  );

const holdingRow = ({ kind, name, owner, withGen1Stack }: Holding) =>
  el(
    'tr',
    null,
    el('th', { scope: 'row' }, named(name)),
    el('td', null, nameText(kind)),
    el('td', null, nameText(owner)),
    deletion(withGen1Stack),
  );

/** A section with a table; nothing if the table has no rows. */
const tablePart = (title: string, key: string, head: readonly string[], rows: readonly HTMLElement[]) =>
  rows.length > 0 &&
  section(title, key, table(title, head, rows.slice(0, MOST_ROWS), 'dense'), notShown(rows, MOST_ROWS));

function proofBody(answer: Partial<Proof>) {
  const { verdict = '', counts, refactored, models = [], holdings = [], findings = [] } = answer;
  const { holdingStacks = [], deletedWithGen1 = [], unproven, notSeen, nextSteps } = answer;
  const [tone, words] = PROOF[verdict] ?? ['warn', ''];
  return [
    el('p', { class: 'verdict' }, state(verdict, tone), ' ', words),
    counts &&
      figures([
        ['models', counts.models],
        ['with the same table', counts.adopted],
        ['differences', counts.differences, counts.differences ? 'bad' : 'idle'],
        ['not compared', counts.unproven, counts.unproven ? 'warn' : 'idle'],
        ['moved to Gen 2', refactored ? 'yes' : 'no'],
      ]),
    deletedWithGen1.length > 0 &&
      el(
        'div',
        { class: 'box bad', role: 'note' },
        el('p', { class: 'strong' }, 'Do not delete Gen 1 yet. With its stack, AWS would delete:'),
        sentences(deletedWithGen1.slice(0, MOST_SENTENCES)),
        notShown(deletedWithGen1, MOST_SENTENCES),
      ),
    section(
      'By part',
      'areas',
      Object.keys(AREAS).map(area => areaPart(area, findings)),
    ),
    tablePart(
      'Models',
      'models',
      ['Model', 'Table', 'Gen 1', 'Gen 2', 'With the Gen 1 stack'],
      models.map(modelRow),
    ),
    tablePart(
      'What holds data',
      'holdings',
      ['Name', 'Kind', 'Owner', 'With the Gen 1 stack'],
      holdings.map(holdingRow),
    ),
    holdingStacks.length > 0 &&
      section(
        'Holding stacks',
        'stacks',
        sentences(holdingStacks.map(({ name, status }) => `${nameText(name)}: ${nameText(status)}`)),
      ),
    unproven && unproven.length > 0 && section('Not compared', 'unproven', sentences(unproven)),
    folded('What no template shows', 'not-seen', notSeen),
    steps(nextSteps),
    notes(answer.notes),
  ];
}

export function proofScreen(answer: Partial<Proof>, args: Arguments): Screen {
  const { environment, branch, appId } = answer;
  const between = el('span', { class: 'quiet' }, ' and Gen 2 branch ');
  return {
    render: () => ({
      title: el('span', null, named(environment), between.cloneNode(true), named(branch)),
      subtitle: `Proof · ${whereText(appId, args)}`,
      body: proofBody(answer),
    }),
  };
}

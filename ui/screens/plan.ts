/** A plan: what goes, what stays, what is unsure. Where it is a question, a person answers it here: with the name and a button. */
import {
  type Approval,
  answerIn,
  approvalOf,
  type Decommission,
  type Plan,
  type Planned,
  textIn,
} from '../answers.ts';
import { button, el, named, on, prose, section, sentences, table } from '../dom.ts';
import type { ToolResult } from '../host.ts';
import { box, failure, figures, notes, state, steps, toneOf } from '../parts.ts';
import type { Screen, Stage } from '../stage.ts';
import { counted, nameText, operationText, timeText } from '../text.ts';

type Going = NonNullable<NonNullable<NonNullable<Plan['confirmation']>['goes']>[string]>[number];

/** "auth/shopauth" is of the kind auth; a stack is one of its own. */
const kindOf = ({ resource = '' }: Going) => nameText(resource.split('/', 1)[0]);
const nameOf = ({ resource = '' }: Going) => resource.slice(resource.indexOf('/') + 1);
/** How many things it holds, those that are not shown included. */
const heldBy = ({ holds = [], more = 0 }: Going) => holds.length + more;

const MOST_HELD = 40;

function goingLine(going: Going) {
  const { service, holds = [], more = 0, note } = going;
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
        el('strong', null, named(nameOf(going))),
        ' ',
        el('span', { class: 'quiet' }, nameText(service)),
      ),
      el('span', { class: 'count' }, String(heldBy(going))),
    ),
    heldBy(going) > 0 &&
      el(
        'ul',
        { class: 'held' },
        holds.slice(0, MOST_HELD).map(held => el('li', null, named(held))),
        left > 0 && el('li', { class: 'quiet' }, `and ${left.toLocaleString('en')} more`),
      ),
    note !== undefined && el('p', { class: 'quiet', dir: 'auto' }, nameText(note, 300)),
  );
}

function kindPart(environment: string, kind: string, all: readonly Going[]) {
  const things = all.reduce((sum, going) => sum + heldBy(going), 0);
  return el(
    'details',
    { class: 'kind', 'data-key': `kind ${environment} ${kind}` },
    el(
      'summary',
      null,
      el('strong', null, kind),
      el(
        'span',
        { class: 'quiet' },
        `${counted(all.length, 'resource')}, ${counted(things, 'thing')} of its own`,
      ),
    ),
    el(
      'ul',
      { class: 'goes' },
      all.slice(0, 200).map(goingLine),
      all.length > 200 && el('li', { class: 'quiet' }, `and ${all.length - 200} more`),
    ),
  );
}

/** What is deleted in one environment, by kind. */
function goingIn(environment: string, all: readonly Going[], isOnly: boolean) {
  const kinds = grouped(all);
  return [
    isOnly ? undefined : el('h3', null, named(environment)),
    all.length === 0 ? el('p', { class: 'quiet' }, 'Nothing that holds data.') : undefined,
    ...[...kinds].map(([kind, of]) => kindPart(nameText(environment), kind, of)),
  ];
}

function grouped(all: readonly Going[]): Map<string, Going[]> {
  const kinds = new Map<string, Going[]>();
  for (const going of all) kinds.set(kindOf(going), [...(kinds.get(kindOf(going)) ?? []), going]);
  return kinds;
}

/** What goes, with its counts. */
function goes({ confirmation }: Plan) {
  if (!confirmation) return undefined;
  const { goes: byEnvironment = {}, alsoGoes = [], moreGoes } = confirmation;
  const all = Object.entries(byEnvironment).map(([environment, list]) => [environment, list ?? []] as const);
  if (all.length === 0 && alsoGoes.length === 0) return undefined;
  return section(
    'What goes',
    'goes',
    ...all.map(([environment, list]) => goingIn(environment, list, all.length === 1)),
    sentences(alsoGoes),
    moreGoes !== undefined &&
      el('p', { class: 'quiet' }, `and ${counted(moreGoes, 'resource')} more, which are not shown`),
  );
}

/** What could not be looked at. */
function unsure({ confirmation, notChecked = [] }: Plan): string[] {
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

const valueCell = (value: unknown) =>
  el(
    'td',
    { class: 'value' },
    value === undefined ? '' : value === null ? el('span', { class: 'quiet' }, 'none') : named(value, 300),
  );

function changes({ changes: list = [], moreChanges }: Plan) {
  if (list.length === 0) return undefined;
  const rows = list.map(({ path, before, after }) =>
    el('tr', null, el('th', { scope: 'row' }, named(path, 300)), valueCell(before), valueCell(after)),
  );
  return section(
    'What is requested',
    'changes',
    table('What is requested', ['Setting', 'Now', 'Then'], rows, 'sides'),
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

/** Everything of a plan but its question. */
export function planParts(plan: Plan): (Node | false | undefined)[] {
  const { app, account, region, target, arn, stays = [], remarks = [], problems = [] } = plan;
  const open = unsure(plan);
  const where = [
    ['account', account],
    ['region', region],
    ['target', target],
    ['app', app && (app.name === undefined ? app.id : `${app.name} (${app.id})`)],
    ['as', arn],
  ] as const;
  const known = where.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return [
    el(
      'dl',
      { class: 'where', 'data-key': 'where' },
      known.map(([name, value]) => el('div', null, el('dt', null, name), el('dd', null, named(value)))),
    ),
    problems.length > 0 &&
      box('bad', el('p', { class: 'strong' }, 'It would fail:'), sentences(problems) || ''),
    stepsOf(plan),
    changes(plan),
    goes(plan),
    stays.length > 0 && section('What stays', 'stays', sentences(stays)),
    open.length > 0 && section('What is unsure', 'unsure', box('warn', sentences(open) || '')),
    remarks.length > 0 && section('To know', 'remarks', sentences(remarks)),
  ];
}

/** How many resources a plan deletes, and whether it deletes at all. */
function deletes({ confirmation, request }: Plan): {
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
  return { isDeletion, resources: all.length, things: all.reduce((sum, going) => sum + heldBy(going), 0) };
}

const remainingRow = ({
  what,
  why,
  command,
}: {
  readonly what?: string | undefined;
  readonly why?: string | undefined;
  readonly command?: string | undefined;
}) =>
  el(
    'tr',
    null,
    el('th', { scope: 'row' }, named(what, 300)),
    el('td', { dir: 'auto' }, nameText(why, 600)),
    el('td', null, command !== undefined && el('code', null, nameText(command, 600))),
  );

const VERDICTS: Readonly<Record<string, string>> = {
  gone: 'Nothing of it was found any more.',
  leftovers: 'Something was left behind.',
  unproven: 'Not everything could be checked.',
  failed: 'The deletion failed.',
};

/** What became of an approved plan. */
function outcome(result: ToolResult): (Node | false | undefined)[] {
  const answer = answerIn<Decommission>(result);
  const {
    verdict,
    went = [],
    stays = [],
    leftovers = [],
    proof,
    job,
    error,
    nextSteps,
    notes: noted,
  } = answer;
  const remaining = (title: string, key: string, list: typeof stays) =>
    list.length > 0 &&
    section(title, key, table(title, ['What', 'Why', 'What a person types'], list.map(remainingRow)));
  return [
    verdict !== undefined &&
      el(
        'p',
        { class: 'verdict', 'data-key': 'verdict' },
        state(verdict, verdict === 'gone' ? 'good' : toneOf(verdict)),
        ' ',
        VERDICTS[verdict] ?? '',
      ),
    (error || result.isError) && failure(answer, textIn(result)),
    job?.state !== undefined && el('p', null, `${operationText(job.operation)}: `, state(job.state)),
    went.length > 0 &&
      section(
        'What went',
        'went',
        el('p', { class: 'quiet' }, counted(went.length, 'thing')),
        sentences(went),
      ),
    remaining('What stays', 'kept', stays),
    remaining('What was left behind', 'leftovers', leftovers),
    proof?.doesNotCover &&
      proof.doesNotCover.length > 0 &&
      section('What nothing was checked of', 'uncovered', sentences(proof.doesNotCover)),
    verdict === undefined && !error && !result.isError && prose(textIn(result)),
    steps(nextSteps),
    notes(noted),
  ];
}

type Stand = 'asked' | 'sending' | 'kept' | 'answered' | 'expired';

/** A question with its buttons; without one the plan alone, of a dry run or for a form that the host shows itself. */
export function planScreen(stage: Stage, result: ToolResult): Screen {
  let question: Approval | undefined = approvalOf(result);
  let { plan = {} } = answerIn<Planned>(result);
  let given: Partial<Planned> = answerIn<Planned>(result);
  let stand: Stand = 'asked';
  let answered: ToolResult | undefined;
  let complaint = '';
  let trouble: string | undefined;
  let typed = '';
  let timer: ReturnType<typeof setTimeout> | undefined;

  const isOver = () => question?.expiresAt !== undefined && Date.parse(question.expiresAt) <= Date.now();
  function expire(): void {
    if (stand !== 'asked' || !isOver()) return;
    stand = 'expired';
    stage.say('The time to answer is over.');
    stage.update();
  }
  function arm(): void {
    clearTimeout(timer);
    const left = Date.parse(question?.expiresAt ?? '') - Date.now();
    if (left > 0 && left < 2 ** 31) timer = setTimeout(expire, left);
  }
  arm();

  /** Tells the model in a host's way. The answer's text is the server's own, and has no token in it. */
  async function tell(words: string, text: string): Promise<void> {
    await stage.host.updateModelContext(text === '' ? words : `${words}\n${text}`).catch(() => undefined);
    await stage.host.sendMessage(words).catch(() => undefined);
  }

  async function decide(decision: 'approve' | 'keep'): Promise<void> {
    if (!question || stand !== 'asked') return;
    const { tool, arguments: args, approval, type } = question;
    if (decision === 'approve' && typed !== type) {
      complaint = typed === '' ? 'Type the name first.' : 'That is not the name. Nothing was sent.';
      stage.update();
      document.getElementById('name')?.focus();
      return;
    }
    [stand, complaint, trouble] = ['sending', '', undefined];
    stage.say(decision === 'approve' ? 'Sent to AWS.' : 'Nothing is sent.');
    stage.update();
    try {
      const next = await stage.host.callTool('approve_plan', {
        tool,
        arguments: args,
        approval,
        decision,
        ...(decision === 'approve' && { name: typed }),
      });
      take(decision, next);
    } catch (thrown) {
      // Whether it was sent is unknown: the question must not be answered again.
      stand = 'answered';
      trouble = thrown instanceof Error ? thrown.message : String(thrown);
      stage.update();
    }
  }

  function take(decision: 'approve' | 'keep', next: ToolResult): void {
    const again = approvalOf(next);
    const name = JSON.stringify(question?.type ?? '');
    if (again) {
      // Another question: the plan has changed meanwhile, or the name was wrong.
      question = again;
      given = answerIn<Planned>(next);
      plan = given.plan ?? plan;
      [stand, typed] = ['asked', ''];
      complaint = 'It was not sent: look at the plan again.';
      arm();
    } else if (decision === 'keep') {
      stand = 'kept';
      void tell(`I decided against the plan for ${name}: nothing was sent.`, '');
    } else {
      [stand, answered] = ['answered', next];
      const { verdict } = answerIn<Decommission>(next);
      const end = verdict ?? (next.isError ? 'failed' : 'done');
      stage.say(`Answer: ${nameText(end)}.`);
      void tell(`I approved the plan for ${name} on its page. Result: ${nameText(end, 40)}.`, textIn(next));
    }
    stage.update();
    document.querySelector('h1')?.focus();
  }

  function form(asked: Approval, isDeletion: boolean) {
    const isSending = stand === 'sending';
    const input = el('input', {
      id: 'name',
      name: 'name',
      type: 'text',
      autocomplete: 'off',
      spellcheck: 'false',
      disabled: isSending,
      'aria-invalid': complaint === '' ? undefined : 'true',
      'aria-describedby': 'complaint',
    });
    const label = isDeletion ? `Delete ${nameText(asked.type, 40)}` : 'Approve';
    const parts = el(
      'form',
      { class: 'question', 'aria-label': 'Your decision', 'data-key': 'question' },
      el(
        'label',
        { for: 'name' },
        'Type ',
        el('strong', null, named(asked.type)),
        isDeletion ? ' to delete it' : ' to approve this',
      ),
      el(
        'div',
        { class: 'row' },
        on(input, 'input', (_event, element) => {
          typed = (element as HTMLInputElement).value;
        }),
        el(
          'button',
          { type: 'submit', class: isDeletion ? 'danger' : 'primary', disabled: isSending },
          isSending ? 'Sent, waiting for AWS…' : label,
        ),
        button(isDeletion ? 'Keep' : 'Do nothing', () => void decide('keep'), { disabled: isSending }),
      ),
      el('p', { id: 'complaint', class: 'badly', role: 'alert' }, complaint),
      asked.expiresAt !== undefined &&
        el(
          'p',
          { class: 'quiet' },
          `You can answer until ${timeText(asked.expiresAt).split(', ')[1] ?? ''}. Nothing was sent yet.`,
        ),
    );
    return on(parts, 'submit', () => void decide('approve'));
  }

  return {
    stop: () => clearTimeout(timer),
    look() {
      const { isDeletion, resources, things } = deletes(plan);
      const operation = operationText(plan.request?.operation ?? 'Plan');
      const shown = [...planParts(plan)];
      const sums =
        isDeletion &&
        figures([
          ['resources go', resources, 'bad'],
          ['things of theirs go', things, 'bad'],
          ['stay', (plan.stays ?? []).length],
          ['unsure', unsure(plan).length, unsure(plan).length > 0 ? 'warn' : 'idle'],
        ]);
      const heads = {
        asked: 'A person decides: nothing was sent yet',
        sending: 'Sent to AWS',
        kept: 'Kept: nothing was sent',
        answered: answered ? 'Approved' : 'Whether it was sent is unknown',
        expired: 'The time to answer is over: nothing was sent',
      };
      const isOpen = question && (stand === 'asked' || stand === 'sending');
      return {
        title: el(
          'span',
          null,
          operation,
          ' ',
          el('span', null, named(plan.environment ?? plan.app?.name ?? plan.app?.id ?? '')),
        ),
        subtitle: question ? heads[stand] : 'Plan: nothing was sent',
        body: [
          trouble !== undefined && failure({}, `${trouble} Look at the board before you ask again.`),
          ...(answered ? outcome(answered) : []),
          stand === 'kept' && box('good', el('p', null, 'Nothing was deleted or changed.')),
          stand === 'expired' && box('warn', el('p', null, 'Ask for the plan again to decide.')),
          !answered && sums,
          ...(answered ? [] : shown),
          !question &&
            (given.error || given.notes) &&
            (given.error
              ? box('warn', prose(given.error.message), prose(given.error.hint))
              : notes(given.notes)),
          isOpen && form(question as Approval, isDeletion),
        ],
      };
    },
  };
}

/** How the question of a plan stands, and what is said of that: on the page, and in the chat beside it. */
import type { ErrorCode } from '../../src/errors.ts';
import { type Approval, answerIn, type Common, type Decommission } from '../answers.ts';
import { el } from '../dom.ts';
import type { Host, ToolResult } from '../host.ts';
import { box, type Tone } from '../parts.ts';
import { nameText } from '../text.ts';
import { openJobs } from './plan-jobs.ts';

export type Stand =
  | 'asked'
  | 'sending'
  | 'keeping'
  | 'kept'
  | 'expired'
  | 'approved'
  | 'replaced'
  | 'closed'
  | 'lost'
  | 'answered';

export const HEADS: Readonly<Record<Stand, string>> = {
  asked: 'A person decides: nothing was sent yet',
  sending: 'Sent to AWS',
  keeping: 'Keeping…',
  kept: 'Kept: nothing was sent',
  expired: 'The time to answer is over: nothing was sent',
  approved: 'Approved before',
  replaced: 'This was asked about anew: nothing was sent by this question',
  closed: 'This question is over',
  lost: 'Whether it was sent is unknown',
  answered: 'Approved',
};

const BOXES: Readonly<Partial<Record<Stand, readonly [Tone, string]>>> = {
  kept: ['good', 'Nothing was deleted or changed.'],
  expired: ['warn', 'Ask for the plan again to decide.'],
  approved: [
    'warn',
    'A person approved this plan before. What it asks for may be running or done: look at the board. Nothing more was sent.',
  ],
  replaced: ['warn', 'What this would do has changed since. Decide by the newer plan.'],
  closed: [
    'warn',
    'The server does not know this question any more, nor whether it was approved. Look at the board before you ask for the plan again.',
  ],
};

/** What stands below the head where there is no question any more. */
export function standBox(stand: Stand): HTMLElement | undefined {
  const [tone, words] = BOXES[stand] ?? [];
  return tone && box(tone, el('p', null, words));
}

/** What `read_approval` says. */
export interface ApprovalAnswer {
  readonly state: 'open' | 'expired' | 'approved' | 'kept' | 'replaced' | 'unknown';
  readonly leftMs?: number;
}

/** Asks the server how a question stands; undefined where it does not say. */
export async function readApproval(
  host: Host,
  asked: Approval | undefined,
): Promise<ApprovalAnswer | undefined> {
  if (!asked) return undefined;
  const { tool, arguments: args, approval } = asked;
  const result = await host
    .callTool('read_approval', { tool, arguments: args, approval })
    .catch(() => undefined);
  if (result && codeIn(result) === 'confirmation_invalid') return { state: 'unknown' };
  const { state, leftMs } = result ? answerIn<ApprovalAnswer>(result) : {};
  return state && { state, ...(leftMs !== undefined && { leftMs }) };
}

/** What a question that is not open shows; one that was answered in an unknown way may have been approved. */
export const standOf = (state: Exclude<ApprovalAnswer['state'], 'open'>): Stand =>
  state === 'unknown' ? 'closed' : state;

/** Failures after which it is not known what AWS did. */
const UNKNOWN: ReadonlySet<unknown> = new Set<ErrorCode>([
  'outcome_unknown',
  'service_reported_error',
  'cancelled',
  'token_expired',
  'task_interrupted',
  'job_vanished',
  'internal',
]);

export const codeIn = (result: ToolResult) => answerIn<Common>(result).error?.code;

/** Whether the answer of an approved call leaves open what AWS did. */
export const isUnknown = (result: ToolResult) => result.isError === true && UNKNOWN.has(codeIn(result));

/** Whether a deletion found its environments gone, and so sent none: an answer that followed one has its job. */
export function wasGone({ verdict, environments = [], job, accounted }: Partial<Decommission>): boolean {
  const all = environments.length > 0 ? environments : [{ verdict, job, accounted }];
  const isProof = (word = '') => ['gone', 'leftovers', 'unproven'].includes(word);
  return all.every(one => isProof(one.verdict) && one.job === undefined && one.accounted === undefined);
}

/** What became of an approved call, in a word or two. */
export function endOf(result: ToolResult, isLater = false): string {
  const answer = answerIn<Decommission>(result);
  if (!isLater && wasGone(answer)) return 'it was gone already, nothing was sent';
  if (isUnknown(result)) return 'unknown';
  if (answer.verdict !== undefined) return nameText(answer.verdict, 40);
  if (result.isError) return 'failed';
  return openJobs(answer).length > 0 ? 'sent, the job runs' : 'done';
}

/** What the chat is told. @param name in quotes */
export const TOLD = {
  kept: (name: string) => `I decided against the plan for ${name}: nothing was sent.`,
  answered: (name: string, end: string) => `I approved the plan for ${name} on its page. Result: ${end}.`,
  refused: (name: string) =>
    `I approved the plan for ${name} on its page. Result: refused, nothing was sent. I can decide again.`,
  changed: (name: string) =>
    `I approved the plan for ${name} on its page. Result: nothing was sent, since what it would do has changed. I am asked again with the new plan.`,
  lost: (name: string) =>
    `I approved the plan for ${name} on its page. Result: unknown, it may have been sent or not.`,
  closed: (name: string, stand: Stand) =>
    `The question about the plan for ${name} is closed: ${HEADS[stand]}. Nothing more was sent now.`,
};

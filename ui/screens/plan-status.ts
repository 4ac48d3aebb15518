/** The status of a plan's question, and its texts on the page and in the chat. */
import type { ErrorCode } from '../../src/errors.ts';
import { type Approval, answerIn, type Common, type Decommission } from '../answers.ts';
import { el } from '../dom.ts';
import type { Host, ToolResult } from '../host.ts';
import { box, type Tone } from '../parts.ts';
import { nameText } from '../text.ts';
import { openJobs } from './plan-jobs.ts';

export type QuestionStatus =
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

export const SUBTITLES: Readonly<Record<QuestionStatus, string>> = {
  asked: 'A person decides: nothing was sent yet',
  sending: 'Sent to AWS',
  keeping: 'Keeping…',
  kept: 'Kept: nothing was sent',
  expired: 'The time to answer has passed: nothing was sent',
  approved: 'Approved before',
  replaced: 'A newer plan replaces this one: nothing was sent',
  closed: 'This question can no longer be answered',
  lost: 'Whether it was sent is unknown',
  answered: 'Approved',
};

const BOXES: Readonly<Partial<Record<QuestionStatus, readonly [Tone, string]>>> = {
  kept: ['good', 'Nothing was deleted or changed.'],
  expired: ['warn', 'Ask for the plan again to decide.'],
  approved: [
    'warn',
    'A person approved this plan before. What it asks for may be running or done: look at the board. Nothing more was sent.',
  ],
  replaced: ['warn', 'What this would do has changed. Decide on the newer plan.'],
  closed: [
    'warn',
    'The server no longer knows this question, and cannot say whether it was approved. Look at the board before you ask for the plan again.',
  ],
};

/** The box that explains why a question can no longer be answered. */
export function statusBox(status: QuestionStatus): HTMLElement | undefined {
  const [tone, words] = BOXES[status] ?? [];
  return tone && box(tone, el('p', null, words));
}

/** What `read_approval` says. */
export interface ApprovalAnswer {
  readonly state: 'open' | 'expired' | 'approved' | 'kept' | 'replaced' | 'unknown';
  readonly leftMs?: number;
}

/** Asks the server for the state of a question; undefined if it does not say. */
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

/** The status of a question that is no longer open. If the server does not know it, it may have been approved. */
export const statusOf = (state: Exclude<ApprovalAnswer['state'], 'open'>): QuestionStatus =>
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

/** Whether the answer of an approved call leaves the outcome unknown. */
export const isUnknown = (result: ToolResult) => result.isError === true && UNKNOWN.has(codeIn(result));

/** Whether the environments were gone before the call, so that no deletion was sent: such an answer has no job. */
export function foundNothingToDelete({
  verdict,
  environments = [],
  job,
  accounted,
}: Partial<Decommission>): boolean {
  const all = environments.length > 0 ? environments : [{ verdict, job, accounted }];
  const isProof = (word = '') => ['gone', 'leftovers', 'unproven'].includes(word);
  return all.every(one => isProof(one.verdict) && one.job === undefined && one.accounted === undefined);
}

/** What became of an approved call, in a word or two. */
export function resultText(result: ToolResult, isRecheck = false): string {
  const answer = answerIn<Decommission>(result);
  if (!isRecheck && foundNothingToDelete(answer)) return 'it was already gone, nothing was sent';
  if (isUnknown(result)) return 'unknown';
  if (answer.verdict !== undefined) return nameText(answer.verdict, 40);
  if (result.isError) return 'failed';
  return openJobs(answer).length > 0 ? 'sent, the job runs' : 'done';
}

/** What the page tells the model in the person's name. Each takes the name of the plan, in quotes. */
export const CHAT_MESSAGES = {
  kept: (name: string) => `I decided against the plan for ${name}: nothing was sent.`,
  answered: (name: string, end: string) => `I approved the plan for ${name} on its page. Result: ${end}.`,
  refused: (name: string) =>
    `I approved the plan for ${name} on its page. Result: refused, nothing was sent. I can decide again.`,
  changed: (name: string) =>
    `I approved the plan for ${name} on its page. Result: nothing was sent, since what it would do has changed. I am asked again with the new plan.`,
  lost: (name: string) =>
    `I approved the plan for ${name} on its page. Result: unknown, it may have been sent or not.`,
  closed: (name: string, status: QuestionStatus) =>
    `The question about the plan for ${name} is closed: ${SUBTITLES[status]}. Nothing more was sent now.`,
};

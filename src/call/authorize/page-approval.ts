/**
 * Answers on a plan's page. The token has two parts. The first is bound to the call that the question was about, and is checked
 * before anything of the call runs. The second is bound to the plan, and is checked once the plan was read again. The id of the
 * first part is used up by the answer, whichever way the person decides.
 */
import { ServerError } from '../../errors.ts';
import type { Lazy } from '../../lib/lazy.ts';
import { digestOf } from '../../secrets/digest.ts';
import { type ConfirmationStore, type KnownUse, USED_FOR_MS } from './confirmation-store.ts';
import type { OpenedToken, TokenSealer } from './confirmation-token.ts';

/** A call as the client made it. */
export interface AskedCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A question on a page, as the page names it. */
export interface PageQuestion {
  readonly caller: string;
  /** The call that the page wants to make. It must be the very call that the question was about. */
  readonly asked: AskedCall;
  readonly token: string;
}

/** How a question stands. */
export interface QuestionState {
  readonly state: 'open' | 'expired' | KnownUse;
  /** How long an open one can be answered, in milliseconds. */
  readonly leftMs?: number;
}

/** An approval of this very call, which can be used once. */
export interface OpenApproval {
  /** Names its use. */
  readonly id: string;
  /** The token for the plan. */
  readonly forPlan: string;
}

const SEPARATOR = '.';

const bindingOf = (caller: string, { tool, arguments: args }: AskedCall, forPlan: string) =>
  digestOf({ caller, tool, arguments: args, forPlan });

/** @param forPlan the token for the plan */
export const sealForPage = (sealer: TokenSealer, caller: string, asked: AskedCall, forPlan: string): string =>
  `${sealer.seal('page', bindingOf(caller, asked, forPlan))}${SEPARATOR}${forPlan}`;

/** @throws ServerError confirmation_invalid for a token that is forged or of another call */
function openToken(
  sealer: TokenSealer,
  { caller, asked, token }: PageQuestion,
): OpenedToken & Pick<OpenApproval, 'forPlan'> {
  const [forCall = '', forPlan = ''] = token.split(SEPARATOR);
  const opened = sealer.open(forCall, 'page', bindingOf(caller, asked, forPlan));
  if (!opened) throw new ServerError('confirmation_invalid');
  return { ...opened, forPlan };
}

const ANSWERED: Readonly<Record<KnownUse, string>> = {
  approved:
    'A person has already approved this: the call was made, and may be done or running. Nothing more was sent to AWS.',
  kept: 'A person has already decided against this. Nothing was sent to AWS.',
  replaced:
    'What this would do has changed since the person was asked, and a new question replaces this one. Nothing was sent to AWS.',
  unknown:
    'This question has already been answered: the call may have been made, and may be done or running. Nothing more was sent to AWS.',
};

/** Why a question takes no answer any more. */
export function closedQuestion(state: Exclude<QuestionState['state'], 'open'>): ServerError {
  if (state === 'expired')
    return new ServerError('confirmation_invalid', {
      message: 'The time to answer this question has passed. Nothing was sent to AWS.',
    });
  return new ServerError('confirmation_used', { message: ANSWERED[state] });
}

/** Answers on pages, for all who share a store. */
export class PageApprovals {
  readonly #store: Lazy<ConfirmationStore>;

  constructor(store: Lazy<ConfirmationStore>) {
    this.#store = store;
  }

  /** How a question stands; reads nothing from AWS. @throws ServerError confirmation_invalid where it is not known any more */
  async read(question: PageQuestion): Promise<QuestionState> {
    const { sealer, findUse } = await this.#store.get();
    const { id, isExpired, leftMs } = openToken(sealer, question);
    const use = await findUse(id);
    if (use !== undefined) return { state: use };
    if (!isExpired) return { state: 'open', leftMs };
    // A record of its use may have expired by now.
    if (-leftMs > USED_FOR_MS / 2) throw new ServerError('confirmation_invalid');
    return { state: 'expired' };
  }

  /** Checks an approval before anything of its call runs. @throws ServerError confirmation_invalid, confirmation_used */
  async open(question: PageQuestion): Promise<OpenApproval> {
    const { state } = await this.read(question);
    if (state !== 'open') throw closedQuestion(state);
    const { id, forPlan } = openToken((await this.#store.get()).sealer, question);
    return { id, forPlan };
  }

  /**
   * Closes a question, so that its call can never be made with it. Reads nothing from AWS.
   * @throws ServerError confirmation_invalid, confirmation_used where it was closed before
   */
  async close(question: PageQuestion): Promise<void> {
    const { id } = await this.open(question);
    await this.use(id, 'kept');
  }

  /** Uses an answer up. @throws ServerError confirmation_used */
  async use(id: string, use: 'approved' | 'kept' | 'replaced'): Promise<void> {
    const { claim, findUse } = await this.#store.get();
    if (!(await claim(id, USED_FOR_MS, use))) throw closedQuestion((await findUse(id)) ?? 'unknown');
  }
}

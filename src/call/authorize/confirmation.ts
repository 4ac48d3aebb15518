/**
 * The confirmation of a call by a person. The person sees the plan and types a name into a form or on the plan's page, or
 * the agent shows the plan and calls again with a token. A confirmation holds for exactly one call of the same tool with
 * the same arguments, on the same target, by the same caller, within ten minutes, as long as the plan stays the same.
 */
import { ServerError } from '../../errors.ts';
import { type Lazy, lazy } from '../../lib/lazy.ts';
import type { ConfirmBy } from '../../policy/decide.ts';
import { digestOf, unordered } from '../../secrets/digest.ts';
import {
  type ConfirmationStore,
  LIFE_MS,
  type OpenConfirmations,
  openStore,
  USED_FOR_MS,
} from './confirmation-store.ts';
import type { ConfirmationMethod } from './confirmation-token.ts';
import {
  type AskedCall,
  closedQuestion,
  type OpenApproval,
  PageApprovals,
  sealForPage,
} from './page-approval.ts';
import type { Plan } from './plan.ts';
import { boundedPlan } from './plan-bounds.ts';
import { elapsedSince, sealTime } from './question-time.ts';

/** No person reads a plan faster. A refusal that arrives sooner was sent by a program. */
const READING_MS = 1_000;

/** Creates the token that comes back by a method. @param asked for the method `page`: the call that the question is about */
export type TokenFor = (method: ConfirmationMethod, asked?: AskedCall) => Promise<string>;

/** A person's answer in a form. */
export interface FormAnswer {
  readonly method: 'typed';
  /** The token that the question was given with, for this method. */
  readonly token: string;
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly typed?: string | undefined;
  /** When the answer came, on the clock of `performance.now`: reads after that do not count as the person's delay. */
  readonly arrivedAt?: number;
  /** A form has none. */
  readonly approval?: undefined;
}

/** A person's approval on the plan's page. A refusal there closes its question and makes no call. */
export interface PageAnswer {
  readonly method: 'page';
  readonly token: string;
  readonly action: 'accept';
  readonly typed?: string | undefined;
  /** The call that the page wants to make. It must be the very call that the question was about. */
  readonly asked?: AskedCall | undefined;
  /** Set once it was checked that the question was about this call. */
  readonly approval?: OpenApproval | undefined;
}

/** A person's answer to a question, which comes with a call. */
export type PersonAnswer = FormAnswer | PageAnswer;

/** A refusal that came too fast for a person: the client answered its own question. */
export interface AutomaticAnswer {
  readonly action: FormAnswer['action'];
  readonly afterMs: number;
}

/** What a call carries of a confirmation, and how its client can ask for one. */
export interface GivenConfirmation {
  readonly answer?: PersonAnswer | undefined;
  /** The token that the agent sends back. */
  readonly token?: string | undefined;
  /** Whether the client shows the plan's page to a person: then the agent gets no token. */
  readonly showsPages?: boolean | undefined;
}

/** How a question can be answered. */
export interface AnswerOptions {
  /** The methods that the setting confirmBy accepts, and the client can use. */
  readonly methods: readonly ConfirmationMethod[];
  /** Set where the client answered the form by itself. */
  readonly automaticAnswer?: AutomaticAnswer | undefined;
  /** Whether the tool always asks. Its question is then a normal answer, not a failure. */
  readonly isExpected?: boolean | undefined;
  /** Whether a person approved a plan that has changed since. */
  readonly hasChanged?: boolean | undefined;
}

/** Thrown where a person must confirm first. Carries the plan to show and the token to call again with. */
export class ConfirmationRequired extends ServerError {
  readonly plan: Plan;
  readonly tokenFor: TokenFor;
  readonly answerOptions: AnswerOptions;
  /** How long its tokens are valid. */
  readonly lifeMs = LIFE_MS;

  constructor(
    plan: Plan,
    tokenFor: TokenFor,
    answerOptions: AnswerOptions = { methods: ['typed', 'token'] },
  ) {
    super('confirmation_required');
    this.plan = plan;
    this.tokenFor = tokenFor;
    this.answerOptions = answerOptions;
  }
}

/** What a confirmation is bound to: it holds for a call in which all of this is the same. */
export interface ConfirmedCall {
  /** The tool that was called: the workflow, where the confirmed request is a step of one. */
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly caller: string;
  readonly plan: Plan;
}

/** The failure of a call that a person refused. */
export const refused = (action: 'decline' | 'cancel'): ServerError =>
  new ServerError(action === 'decline' ? 'confirmation_declined' : 'confirmation_cancelled');

/**
 * The digest that a confirmation is bound to. The server's own session and the order of AWS's lists may change. The
 * order within the arguments counts.
 */
export function bindingOf({ tool, args, caller, plan }: ConfirmedCall): string {
  const { account, region, target, request, changes, confirmation } = plan;
  const found = unordered({ changes, confirmation });
  return digestOf({ tool, args, caller, account, region, target, request, found });
}

const methodsOf: Readonly<Record<ConfirmBy, readonly ConfirmationMethod[]>> = {
  'form-or-token': ['typed', 'page', 'token'],
  form: ['typed'],
  person: ['typed', 'page'],
  token: ['token'],
};

/** The confirmations of one process, of all processes of one user, or of all replicas. */
class Confirmations {
  /** Those that the setting confirmBy accepts. */
  readonly #methods: readonly ConfirmationMethod[];
  /** Opened by the first question, and again after a failure. */
  readonly #store: Lazy<ConfirmationStore>;
  /** Answers on the plan's page. */
  readonly approvals: PageApprovals;

  constructor(open: () => Promise<ConfirmationStore>, methods: readonly ConfirmationMethod[]) {
    this.#store = lazy(open);
    this.#methods = methods;
    this.approvals = new PageApprovals(this.#store);
  }

  /**
   * Resolves if the call is confirmed.
   * @throws ConfirmationRequired where no person was asked yet; ServerError for a refusal, a wrong name, or a
   *   confirmation of another call
   */
  async check(call: ConfirmedCall, { answer, token, showsPages }: GivenConfirmation): Promise<void> {
    const methods = this.#methodsOf(showsPages);
    if (answer) return this.#checkAnswer(call, answer, methods);
    if (token === undefined) throw this.#question(call, { methods });
    if (!this.#methods.includes('token'))
      throw new ServerError('confirmation_invalid', {
        message:
          "The setting confirmBy takes a person's answer and nothing else: a confirmationToken confirms nothing here. Nothing was sent to AWS.",
        hint: 'Call again without confirmationToken: the person is asked by the client.',
      });
    return this.#redeem(token, 'token', call);
  }

  async #redeem(token: string, method: ConfirmationMethod, call: ConfirmedCall): Promise<void> {
    const { sealer, claim } = await this.#store.get();
    const opened = sealer.open(token, method, bindingOf(call));
    if (!opened || opened.isExpired || !(await claim(opened.id, USED_FOR_MS)))
      throw new ServerError('confirmation_invalid');
  }

  /** The methods by which a client's call can be confirmed. For a client that shows pages, the page replaces the token. */
  #methodsOf(showsPages = false): readonly ConfirmationMethod[] {
    const unused = showsPages && this.#methods.includes('page') ? 'token' : 'page';
    return this.#methods.filter(method => method !== unused);
  }

  async #checkAnswer(
    call: ConfirmedCall,
    answer: PersonAnswer,
    methods: readonly ConfirmationMethod[],
  ): Promise<void> {
    if (answer.action === 'accept') {
      const { method, token, typed, approval } = answer;
      // A process of the same user may have asked under another setting.
      if (!this.#methods.includes(method)) throw new ServerError('confirmation_invalid');
      if (typed?.trim() !== call.plan.confirmation?.type) throw new ServerError('confirmation_mismatch');
      return approval ? this.#approve(approval, call, methods) : this.#redeem(token, method, call);
    }
    const automaticAnswer = await this.#findAutomaticAnswer(call, answer);
    if (automaticAnswer) {
      const rest = methods.filter(one => one !== 'typed');
      throw this.#question(call, { methods: rest, automaticAnswer });
    }
    throw refused(answer.action);
  }

  /** Uses an approval for its call; asks again where the plan is not the one that was approved. */
  async #approve(
    { id, forPlan }: OpenApproval,
    call: ConfirmedCall,
    methods: readonly ConfirmationMethod[],
  ): Promise<void> {
    const { sealer } = await this.#store.get();
    const opened = sealer.open(forPlan, 'page', bindingOf(call));
    if (opened?.isExpired) throw closedQuestion('expired');
    await this.approvals.use(id, opened ? 'approved' : 'replaced');
    if (!opened) throw this.#question(call, { methods, hasChanged: true });
  }

  /** The refusal of a program; undefined for a person's, and where the delay is unknown. */
  async #findAutomaticAnswer(
    call: ConfirmedCall,
    { token, action, arrivedAt = performance.now() }: FormAnswer,
  ): Promise<AutomaticAnswer | undefined> {
    const { sealer, clock } = await this.#store.get();
    const opened = sealer.open(token, 'typed', bindingOf(call));
    const sinceAsked = opened && (await elapsedSince(opened.note, clock));
    if (sinceAsked === undefined) return undefined;
    const afterMs = Math.max(0, Math.round(sinceAsked - (performance.now() - arrivedAt)));
    return afterMs < READING_MS ? { action, afterMs } : undefined;
  }

  #question(call: ConfirmedCall, options: AnswerOptions): ConfirmationRequired {
    const tokenFor: TokenFor = async (method, asked) => {
      const { sealer, clock } = await this.#store.get();
      const note = method === 'typed' ? await sealTime(clock) : undefined;
      const forPlan = sealer.seal(method, bindingOf(call), note);
      return asked ? sealForPage(sealer, call.caller, asked, forPlan) : forPlan;
    };
    return new ConfirmationRequired(boundedPlan(call.plan), tokenFor, options);
  }
}

/**
 * Creates confirmations.
 * @param open opens what is shared; absent: the confirmations hold in this process alone
 * @param now milliseconds; where confirmations are shared, on a clock that all of them read
 */
export function createConfirmations(
  open?: OpenConfirmations,
  now?: () => number,
  confirmBy: ConfirmBy = 'form-or-token',
): Pick<Confirmations, 'check' | 'approvals'> {
  return new Confirmations(() => openStore(open, now), methodsOf[confirmBy]);
}

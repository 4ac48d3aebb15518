/**
 * A person's yes: asked for with a plan, given by typing a name into a form (or, where the client shows none, by
 * showing the plan and calling again with a token), and worth exactly one call of the same tool with the same
 * arguments, on the same target, by the same caller, within ten minutes, as long as the plan stays the same.
 */
import { randomBytes } from 'node:crypto';
import { ServerError } from '../../errors.ts';
import type { ConfirmBy } from '../../policy/decide.ts';
import { digestOf, unordered } from '../../secrets/digest.ts';
import type { SealerOptions } from '../../secrets/seal.ts';
import { elapsedSince, sealTime, type SteadyClock } from './question-time.ts';
import { createTokenSealer, type TokenSealer, type ConfirmationMethod } from './confirmation-token.ts';
import type { Plan } from './plan.ts';
import { boundedPlan } from './plan-bounds.ts';

const LIFE_MS = 10 * 60_000;
/** Far longer than a token lives, so that a clock that was set back revives none that was used. */
const USED_FOR_MS = 24 * 3_600_000;
/** Nobody reads a plan in less: a no that comes sooner is a program's. */
const READING_MS = 1_000;

/** What comes back from a form. */
export interface FormAnswer {
  readonly token: string;
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly typed?: string | undefined;
  /** When it came, on the clock of `performance.now`: what is read between that and the check is nobody's hesitation. */
  readonly arrivedAt?: number;
}

/** A no that nobody can have given: the client answered its own question. */
export interface AutomaticAnswer {
  readonly action: FormAnswer['action'];
  readonly afterMs: number;
}

/** How a question can be answered. */
export interface AnswerOptions {
  /** The ways that count. */
  readonly methods: readonly ConfirmationMethod[];
  /** Set where the client was asked by a form, and answered it by itself. */
  readonly automaticAnswer?: AutomaticAnswer | undefined;
}

/** Thrown where a person must confirm first; carries what to show and what to call again with. */
export class ConfirmationRequired extends ServerError {
  readonly plan: Plan;
  /** For each way of asking, the token that comes back. */
  readonly tokenFor: (way: ConfirmationMethod) => Promise<string>;
  readonly answerOptions: AnswerOptions;

  constructor(
    plan: Plan,
    tokenFor: (way: ConfirmationMethod) => Promise<string>,
    answering: AnswerOptions = { methods: ['typed', 'token'] },
  ) {
    super('confirmation_required');
    this.plan = plan;
    this.tokenFor = tokenFor;
    this.answerOptions = answering;
  }
}

/** What a confirmation is for; two calls agree when all of it does. */
export interface ConfirmedCall {
  /** The tool that was called: a workflow, where the confirmed request is a step of it. */
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly caller: string;
  readonly plan: Plan;
}

/** Uses a name up for some time. @returns whether this was its first use @throws RegisteredError where nobody can tell */
export type Claim = (name: string, lifeMs: number) => Promise<boolean>;

/** What makes the confirmations of one process good for another: of the same user, or another replica. */
export interface SharedConfirmations {
  readonly keys: SealerOptions['keys'];
  readonly claim: Claim;
  /** Absent where only this process can tell how long ago it asked. */
  readonly clock?: SteadyClock;
}

/** Remembers in this process. */
function claimInMemory(now: () => number): Claim {
  const endsAt = new Map<string, number>();
  return async (name, lifeMs) => {
    for (const [old, end] of endsAt) if (end < now()) endsAt.delete(old);
    if (endsAt.has(name)) return false;
    endsAt.set(name, now() + lifeMs);
    return true;
  };
}

const steadyNow = () => performance.now();

/**
 * What a confirmation is bound to. Who the server is at AWS may be another session of the same role; and what is there
 * is the same in whatever order AWS lists it. The order of what is asked for counts: it stands in the arguments.
 */
function bondOf({ tool, args, caller, plan }: ConfirmedCall): string {
  const { account, region, target, request, changes, confirmation } = plan;
  const found = unordered({ changes, confirmation });
  return digestOf({ tool, args, caller, account, region, target, request, found });
}

const methodsOf: Readonly<Record<ConfirmBy, readonly ConfirmationMethod[]>> = {
  'form-or-token': ['typed', 'token'],
  form: ['typed'],
  token: ['token'],
};

interface Opened {
  readonly sealer: TokenSealer;
  readonly claim: Claim;
  readonly clock: SteadyClock;
}

/** Gets what is shared with other processes or replicas; undefined where nothing can be. @throws RegisteredError */
export type OpenConfirmations = () => Promise<SharedConfirmations | undefined>;

/**
 * The confirmations of one process, of all processes of one user, or of all replicas.
 * @param open asked by the first question, and again where that failed; absent: good in this process alone
 * @param now milliseconds; where confirmations are shared, on the clock of all
 */
export function createConfirmations(
  open?: OpenConfirmations,
  now?: () => number,
  confirmBy: ConfirmBy = 'form-or-token',
) {
  const ways = methodsOf[confirmBy];
  const own: SteadyClock = { name: randomBytes(16).toString('hex'), now: async () => (now ?? steadyNow)() };

  async function openStore(): Promise<Opened> {
    const shared = await open?.();
    if (!shared) {
      // A key of its own dies with the process, as the memory of what was used does: a restart must revive no yes.
      const clock = now ?? steadyNow;
      const keys = [randomBytes(32)] as const;
      return { sealer: createTokenSealer({ keys }, LIFE_MS, clock), claim: claimInMemory(clock), clock: own };
    }
    const { keys, claim, clock = own } = shared;
    return { sealer: createTokenSealer({ keys }, LIFE_MS, now ?? Date.now), claim, clock };
  }

  let opening: Promise<Opened> | undefined;
  function store(): Promise<Opened> {
    opening ??= openStore().catch(thrown => {
      opening = undefined;
      throw thrown;
    });
    return opening;
  }

  async function redeem(token: string, way: ConfirmationMethod, bond: ConfirmedCall): Promise<void> {
    const { sealer, claim } = await store();
    const opened = sealer.open(token, way, bondOf(bond));
    if (!opened || opened.isExpired || !(await claim(opened.id, USED_FOR_MS)))
      throw new ServerError('confirmation_invalid');
  }

  /** The no of a program; undefined for a person's, and where nobody can tell. */
  async function hostAnswerOf(
    { token, action, arrivedAt = performance.now() }: FormAnswer,
    bond: ConfirmedCall,
  ): Promise<AutomaticAnswer | undefined> {
    const { sealer, clock } = await store();
    const opened = sealer.open(token, 'typed', bondOf(bond));
    const sinceAsked = opened && (await elapsedSince(opened.note, clock));
    if (sinceAsked === undefined) return undefined;
    const afterMs = Math.max(0, Math.round(sinceAsked - (performance.now() - arrivedAt)));
    return afterMs < READING_MS ? { action, afterMs } : undefined;
  }

  function question(
    bond: ConfirmedCall,
    asked: readonly ConfirmationMethod[],
    automaticAnswer?: AutomaticAnswer,
  ): ConfirmationRequired {
    const tokenFor = async (way: ConfirmationMethod) => {
      const { sealer, clock } = await store();
      return sealer.seal(way, bondOf(bond), way === 'typed' ? await sealTime(clock) : undefined);
    };
    return new ConfirmationRequired(boundedPlan(bond.plan), tokenFor, { methods: asked, automaticAnswer });
  }

  async function checkForm(bond: ConfirmedCall, form: FormAnswer): Promise<void> {
    if (form.action === 'accept') {
      if (form.typed?.trim() !== bond.plan.confirmation?.type) throw new ServerError('confirmation_mismatch');
      return redeem(form.token, 'typed', bond);
    }
    const hostAnswer = await hostAnswerOf(form, bond);
    if (hostAnswer)
      throw question(
        bond,
        ways.filter(way => way !== 'typed'),
        hostAnswer,
      );
    throw new ServerError(form.action === 'decline' ? 'confirmation_declined' : 'confirmation_cancelled');
  }

  return {
    /**
     * Returns where the call is confirmed.
     * @throws ConfirmationRequired where no person was asked yet; RegisteredError for a no, a wrong name, or a
     *   confirmation that is not for this
     */
    async check(bond: ConfirmedCall, form: FormAnswer | undefined, token: string | undefined): Promise<void> {
      if (form) return checkForm(bond, form);
      if (token === undefined) throw question(bond, ways);
      if (!ways.includes('token'))
        throw new ServerError('confirmation_invalid', {
          message:
            "The setting confirmBy takes a person's answer in a form and nothing else: a confirmationToken confirms nothing here. Nothing was sent to AWS.",
          hint: 'Call again without confirmationToken: the person is asked by the client.',
        });
      return redeem(token, 'token', bond);
    },
  };
}

/**
 * A person's yes: asked for with a plan, given by typing a name (or, where the client cannot ask, by showing
 * the plan and calling again), and worth exactly one call of the same tool with the same arguments, on the
 * same target, by the same caller, within ten minutes, as long as the same things would go.
 */
import { randomBytes } from 'node:crypto';
import { RegisteredError } from '../errors.ts';
import { digestOf } from './digest.ts';
import type { Plan } from './plan.ts';
import { createSealer, type SealerOptions } from './seal.ts';

const LIFE_MS = 10 * 60_000;

/** How the person was asked: by a form in which a name is typed, or by the agent that shows the plan. */
export type Way = 'typed' | 'token';

/** What comes back from a form. */
export interface FormAnswer {
  readonly token: string;
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly typed?: string | undefined;
}

/** Thrown where a person must confirm first; carries what to show and what to call again with. */
export class ConfirmationRequired extends RegisteredError {
  readonly plan: Plan;
  /** For each way of asking, the token that comes back. */
  readonly tokenFor: (way: Way) => Promise<string>;

  constructor(plan: Plan, tokenFor: (way: Way) => Promise<string>) {
    super('confirmation_required');
    this.plan = plan;
    this.tokenFor = tokenFor;
  }
}

/** What a confirmation is for; two calls agree when all of it does. */
export interface Bond {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly caller: string;
  readonly plan: Plan;
}

interface Sealed {
  readonly way: Way;
  readonly bond: string;
}

/** Uses a name up for some time. @returns whether this was its first use @throws RegisteredError where nobody can tell */
export type Claim = (name: string, lifeMs: number) => Promise<boolean>;

/** What makes the confirmations of one replica good for another. */
export interface SharedConfirmations {
  readonly keys: SealerOptions['keys'];
  readonly claim: Claim;
}

/** Remembers in this process. */
function claimHere(now: () => number): Claim {
  const endsAt = new Map<string, number>();
  return async (name, lifeMs) => {
    for (const [old, end] of endsAt) if (end < now()) endsAt.delete(old);
    if (endsAt.has(name)) return false;
    endsAt.set(name, now() + lifeMs);
    return true;
  };
}

/** The confirmations of one process, or of all its replicas. */
export function createConfirmations(shared?: SharedConfirmations, now: () => number = Date.now) {
  // A key of its own dies with the process, as the memory of what was used does: a restart must revive no yes.
  const { keys, claim } = shared ?? { keys: [randomBytes(32)] as const, claim: claimHere(now) };
  const sealer = createSealer<Sealed>({ keys, purpose: 'confirmation', lifeMs: LIFE_MS, now });

  async function redeem(token: string, way: Way, bond: Bond): Promise<void> {
    const opened = await sealer.open(token);
    const isForThis = opened?.content.way === way && opened.content.bond === digestOf(bond);
    // Used up for as long as it could still be shown.
    if (!isForThis || opened.isExpired || !(await claim(opened.id, LIFE_MS)))
      throw new RegisteredError('confirmation_invalid');
  }

  return {
    /**
     * Returns where the call is confirmed.
     * @throws ConfirmationRequired where nobody was asked yet; RegisteredError for a no, a wrong name, or a
     *   confirmation that is not for this
     */
    async check(bond: Bond, form: FormAnswer | undefined, token: string | undefined): Promise<void> {
      if (form) {
        if (form.action === 'decline') throw new RegisteredError('confirmation_declined');
        if (form.action === 'cancel') throw new RegisteredError('confirmation_cancelled');
        if (form.typed?.trim() !== bond.plan.confirmation?.type)
          throw new RegisteredError('confirmation_mismatch');
        return redeem(form.token, 'typed', bond);
      }
      if (token !== undefined) return redeem(token, 'token', bond);
      throw new ConfirmationRequired(bond.plan, way => sealer.seal({ way, bond: digestOf(bond) }));
    },
  };
}

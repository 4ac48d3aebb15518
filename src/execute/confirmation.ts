/**
 * A person's yes: asked for with a plan, given by typing a name (or, where the client cannot ask, by showing
 * the plan and calling again), and worth exactly one call of the same tool with the same arguments, on the
 * same target, by the same caller, within ten minutes, as long as the same things would go.
 */
import { randomBytes } from 'node:crypto';
import { RegisteredError } from '../errors.ts';
import { digestOf } from './digest.ts';
import type { Plan } from './plan.ts';
import { createSealer } from './seal.ts';

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

/** The confirmations of one process. */
export function createConfirmations(now: () => number = Date.now) {
  // The key dies with the process, as the memory of what was used does: a restart must revive no yes.
  const sealer = createSealer<Sealed>({
    key: randomBytes(32),
    purpose: 'confirmation',
    lifeMs: LIFE_MS,
    now,
  });
  const usedAt = new Map<string, number>();

  /** Uses a token up, for as long as it could still be shown. @returns whether this was the first use */
  function use(id: string): boolean {
    for (const [old, at] of usedAt) if (at + LIFE_MS < now()) usedAt.delete(old);
    if (usedAt.has(id)) return false;
    usedAt.set(id, now());
    return true;
  }

  async function redeem(token: string, way: Way, bond: Bond): Promise<void> {
    const opened = await sealer.open(token);
    const isForThis = opened?.content.way === way && opened.content.bond === digestOf(bond);
    if (!isForThis || opened.isExpired || !use(opened.id)) throw new RegisteredError('confirmation_invalid');
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

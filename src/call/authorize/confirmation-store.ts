/**
 * What the check of confirmations remembers, and who shares it: the keys of the tokens, how tokens were used, and the clock of
 * questions.
 */
import { randomBytes } from 'node:crypto';
import type { SealerOptions } from '../../secrets/seal.ts';
import { createTokenSealer, type TokenSealer } from './confirmation-token.ts';
import type { SteadyClock } from './question-time.ts';

/** How long a question can be answered. */
export const LIFE_MS = 10 * 60_000;
/** Far longer than a token lives, so that a clock that is set back makes no used token valid again. */
export const USED_FOR_MS = 24 * 3_600_000;

/** How a token was used: for its call, to keep what is there, or because another question took its place. */
const uses = ['approved', 'kept', 'replaced'] as const;
export type Use = (typeof uses)[number];

/** A use as it was recorded; `unknown` if the record does not say which. */
export type KnownUse = Use | 'unknown';

const useOf = (recorded: string): KnownUse => uses.find(use => use === recorded) ?? 'unknown';

/** Marks a name as used for some time. @returns whether this is its first use @throws ServerError where that is unknown */
export type Claim = (name: string, lifeMs: number, use?: Use) => Promise<boolean>;

/** The use as it was recorded, or an empty text; undefined where there was none. @throws ServerError where that is unknown */
export type FindUse = (name: string) => Promise<string | undefined>;

/** What processes share so that a confirmation from one holds in another: of the same user, or another replica. */
export interface SharedConfirmations {
  readonly keys: SealerOptions['keys'];
  readonly claim: Claim;
  readonly findUse: FindUse;
  /** Absent where each process knows only its own questions' times. */
  readonly clock?: SteadyClock;
}

/** Opens what other processes or replicas share; undefined where nothing can be shared. @throws ServerError */
export type OpenConfirmations = () => Promise<SharedConfirmations | undefined>;

/** What checking confirmations needs. */
export interface ConfirmationStore {
  readonly sealer: TokenSealer;
  readonly claim: Claim;
  /** @throws ServerError where that is unknown */
  findUse(name: string): Promise<KnownUse | undefined>;
  readonly clock: SteadyClock;
}

/** Keeps claims in the memory of this process. */
function claimsInMemory(now: () => number): Pick<ConfirmationStore, 'claim' | 'findUse'> {
  const used = new Map<string, { readonly end: number; readonly use: Use }>();
  return {
    async claim(name, lifeMs, use = 'approved') {
      for (const [old, { end }] of used) if (end < now()) used.delete(old);
      if (used.has(name)) return false;
      used.set(name, { end: now() + lifeMs, use });
      return true;
    },
    findUse: async name => used.get(name)?.use,
  };
}

const steadyNow = () => performance.now();

/**
 * Opens the store that is shared, else one of this process.
 * @param now milliseconds; where confirmations are shared, on a clock that all of them read
 */
export async function openStore(
  open: OpenConfirmations | undefined,
  now: (() => number) | undefined,
): Promise<ConfirmationStore> {
  const ownNow = now ?? steadyNow;
  const own: SteadyClock = { name: randomBytes(16).toString('hex'), now: async () => ownNow() };
  const shared = await open?.();
  if (!shared) {
    // The key ends with the process, as the memory of used tokens does: no confirmation outlives a restart.
    const keys = [randomBytes(32)] as const;
    return {
      sealer: createTokenSealer({ keys }, LIFE_MS, ownNow),
      ...claimsInMemory(ownNow),
      clock: own,
    };
  }
  const { keys, claim, clock = own } = shared;
  return {
    sealer: createTokenSealer({ keys }, LIFE_MS, now ?? Date.now),
    claim,
    async findUse(name) {
      const recorded = await shared.findUse(name);
      return recorded === undefined ? undefined : useOf(recorded);
    },
    clock,
  };
}

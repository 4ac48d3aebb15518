/** Lists the apps of an account and region once where several targets name it. Pure. */
import { quoteName } from '../../lib/quote.ts';
import type { Account } from './output.ts';
import type { AccountApps } from './read.ts';

/** Whether two targets are known to be one account and region. */
export const isSameAccount = (one: Account, other: Account | undefined): boolean =>
  one.account !== undefined && one.account === other?.account && one.region === other.region;

/** Leaves out the apps that an earlier target of the same account and region has. @returns a note for each such target */
export function withoutRepeats(accounts: readonly AccountApps[]): {
  readonly accounts: readonly AccountApps[];
  readonly notes: string[];
} {
  const notes: string[] = [];
  const distinct = accounts.map((one, at) => {
    const earlier = accounts.slice(0, at).filter(({ account }) => isSameAccount(account, one.account));
    const [first] = earlier;
    if (!first) return one;
    notes.push(
      `${quoteName(one.account.target ?? '')} is the same account and region as ${quoteName(first.account.target ?? '')}: its apps are listed and counted once.`,
    );
    const listed = new Set(earlier.flatMap(({ apps }) => apps.map(({ appId }) => appId)));
    return { ...one, apps: one.apps.filter(({ appId }) => !listed.has(appId)) };
  });
  return { accounts: distinct, notes };
}

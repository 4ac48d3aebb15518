/**
 * Which secrets of the server may be named with a target. What is not named for a caller does not exist for them: no
 * look-up of it begins, and the answer is that for a name which nobody has.
 */
import { fitsGlob } from '../lib/glob.ts';

/** Lists of names, with `*` and `?` for any: a secret must fit one name of each list. */
export type SecretLists = readonly (readonly string[])[];

/** The settings that rule it. */
export interface SecretSettings {
  readonly targets: Readonly<Record<string, { readonly secrets?: readonly string[] | undefined }>>;
  /** The lists of a caller who comes by rules, by target: those of the rules and of the targets. */
  readonly secretLists?: Readonly<Record<string, SecretLists>> | undefined;
}

function listsByTarget({ targets, secretLists }: SecretSettings): Readonly<Record<string, SecretLists>> {
  if (secretLists) return secretLists;
  return Object.fromEntries(Object.entries(targets).map(([name, { secrets = [] }]) => [name, [secrets]]));
}

/**
 * Whether a secret may be named with a target; undefined where every one may: with the one unnamed account of a
 * server without callers. In the sandbox, which has no named targets, what may be named with any of them may be named.
 */
export function nameableSecrets(
  settings: SecretSettings,
  target: string | undefined,
): ((secret: string) => boolean) | undefined {
  const lists = listsByTarget(settings);
  const all = target === undefined ? Object.values(lists) : [lists[target] ?? [[]]];
  if (Object.keys(lists).length === 0 && target === undefined) return undefined;
  return secret => all.some(each => each.every(names => names.some(name => fitsGlob(secret, name))));
}

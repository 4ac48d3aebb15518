/**
 * Which secrets of the server may be used with a target. A secret that a caller may not use does not exist for them: it
 * is not looked up, and the answer is the same as for an unknown name.
 */
import { fitsGlob } from '../lib/glob.ts';

/** Lists of names, with `*` and `?` for any: a secret may be used if it fits a name of each list. */
export type SecretLists = readonly (readonly string[])[];

/** The settings that decide this. */
export interface SecretSettings {
  readonly targets: Readonly<Record<string, { readonly secrets?: readonly string[] | undefined }>>;
  /** For a caller who is admitted by rules: the lists of the rules and of the targets, by target. */
  readonly secretLists?: Readonly<Record<string, SecretLists>> | undefined;
}

function listsByTarget({ targets, secretLists }: SecretSettings): Readonly<Record<string, SecretLists>> {
  if (secretLists) return secretLists;
  return Object.fromEntries(Object.entries(targets).map(([name, { secrets = [] }]) => [name, [secrets]]));
}

/**
 * Whether a secret may be used with a target; undefined where every secret may be, which is so for the one unnamed
 * account of a server without callers. The sandbox has no named targets: there, the lists of all targets apply.
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

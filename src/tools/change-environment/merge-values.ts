/** The types and helpers that the merges of all categories share. Pure. */
import { ServerError } from '../../errors.ts';
import { isObject, type Json } from '../../lib/json.ts';

/** A configuration to send, and what a person should know about it, a sentence each. */
export interface MergeResult {
  readonly config: Json;
  /** What the change does beyond what was stated. */
  readonly notes: readonly string[];
  /** What was stated and is so already. */
  readonly alreadyTrue: readonly string[];
}

/** What the merge of one category starts from. */
export interface MergeSource {
  /** The configuration as AWS shows it, as far as the update takes it. */
  readonly config: Json;
  readonly userPoolId: string | undefined;
  /** Whether an update of the API ran lately. Then an earlier run of the same call may have removed a type already. */
  readonly mayBeRemoved: boolean;
}

export const refuse = (message: string, hint?: string) =>
  new ServerError('invalid_arguments', {
    message: `${message} Nothing was sent.`,
    ...(hint !== undefined && { hint }),
  });

/** Objects merge, everything else is replaced. */
export function mergeValues(found: unknown, stated: unknown): unknown {
  if (stated === undefined) return found;
  if (!isObject(stated) || !isObject(found) || '$secret' in stated) return stated;
  const names = [...new Set([...Object.keys(found), ...Object.keys(stated)])];
  return Object.fromEntries(names.map(name => [name, mergeValues(found[name], stated[name])]));
}

/**
 * Reads without a given target: a URI and a completion name an app, but no target. The targets are tried in their order. The
 * target that knew the app is tried first from then on.
 */
import { type ServerError, toServerError } from '../errors.ts';
import type { AppRef } from '../jobs/job.ts';
import { BoundedMap } from '../lib/bounded-map.ts';

/** The answer of a read tool. */
export interface ToolAnswer {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

/** On whose behalf the read is sent. */
export interface Reader {
  readonly caller: string;
  readonly signal?: AbortSignal | undefined;
}

/** Calls a read tool through dispatch, which checks ids and policy and withholds secrets. @throws ServerError */
export type ReadTool = <Args extends AppRef>(
  toolName: string,
  args: Args,
  reader: Reader,
) => Promise<ToolAnswer>;

/** How many apps' targets are remembered. */
const MOST_APPS = 1_000;

/** The errors of a target that does not have the app, or may not be asked for it: the next target is tried. */
const tryNextTarget = ['not_found', 'policy_denied'];

/** @param targets the configured names; with two or more, a tool wants one of them */
export function createReadAcrossTargets(
  callOnTarget: (toolName: string, args: unknown, reader: Reader) => Promise<ToolAnswer>,
  targets: readonly string[],
): ReadTool {
  if (targets.length < 2) return callOnTarget;
  /** The target that an app was found on. */
  const targetOfApp = new BoundedMap<string, string>(MOST_APPS);

  return async (toolName, args, reader) => {
    const knownTarget = targetOfApp.get(args.appId);
    const candidates =
      knownTarget === undefined ? targets : [knownTarget, ...targets.filter(name => name !== knownTarget)];
    let failure: ServerError | undefined;
    for (const target of candidates) {
      try {
        const answered = await callOnTarget(toolName, { ...args, target }, reader);
        if (target !== knownTarget) targetOfApp.set(args.appId, target);
        return answered;
      } catch (thrown) {
        const refusal = toServerError(thrown);
        if (!tryNextTarget.includes(refusal.code)) throw refusal;
        // "Not found" on an allowed target is more useful to a caller than the refusal of another target.
        if (failure?.code !== 'not_found') failure = refusal;
      }
    }
    throw failure;
  };
}

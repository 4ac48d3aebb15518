/**
 * Reads that name no target: a URI and a completion name an app, not an account. The targets are tried in their order.
 * The target that knew an app is asked first from then on.
 */
import { type ServerError, toServerError } from '../errors.ts';
import type { AppRef } from '../jobs/job.ts';

/** The answer of a read tool. */
export interface ToolAnswer {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

/** The caller of a read. */
export interface Reader {
  readonly caller: string;
  readonly signal?: AbortSignal;
}

/** Calls a read tool through the path of every call, which checks ids and policy. @throws ServerError */
export type ReadTool = <Args extends AppRef>(
  toolName: string,
  args: Args,
  reader: Reader,
) => Promise<ToolAnswer>;

/** How many apps' targets are remembered. */
const MOST_APPS = 1_000;

/** Failures that mean that the app is not one of the target's. */
const otherTargetCodes = ['not_found', 'policy_denied'];

/** Creates the read. @param targets the configured names; with two or more, every tool needs one */
export function createReadAcrossTargets(
  execute: (toolName: string, args: unknown, reader: Reader) => Promise<ToolAnswer>,
  targets: readonly string[],
): ReadTool {
  if (targets.length < 2) return execute;
  /** The target that an app was found on. */
  const homes = new Map<string, string>();

  function remember(appId: string, target: string): void {
    const [oldest] = homes.keys();
    if (homes.size >= MOST_APPS && oldest !== undefined) homes.delete(oldest);
    homes.set(appId, target);
  }

  return async (toolName, args, reader) => {
    const home = homes.get(args.appId);
    const candidates = home === undefined ? targets : [home, ...targets.filter(name => name !== home)];
    let failure: ServerError | undefined;
    for (const target of candidates) {
      try {
        const answered = await execute(toolName, { ...args, target }, reader);
        if (target !== home) remember(args.appId, target);
        return answered;
      } catch (thrown) {
        const refusal = toServerError(thrown);
        if (!otherTargetCodes.includes(refusal.code)) throw refusal;
        // That an allowed target does not know the app says more than that the policy excludes another target.
        if (failure?.code !== 'not_found') failure = refusal;
      }
    }
    throw failure;
  };
}

/** Sends the progress of a call to a client that asked for it. Progress only increases, and ends with the call. */
import type { ServerContext } from '@modelcontextprotocol/server';
import type { Progress } from '../call/call-operation.ts';

/** Reports the progress of one call until it is ended; undefined if the client did not ask for progress. */
export function reportProgress(ctx: ServerContext) {
  const progressToken = ctx.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let last = Number.NEGATIVE_INFINITY;
  return {
    onProgress(step: Progress): void {
      if (step.progress <= last) return;
      last = step.progress;
      // A lost client cannot be told that it is lost. The call's own signal is aborted then.
      ctx.mcpReq
        .notify({ method: 'notifications/progress', params: { progressToken, ...step } })
        .catch(() => undefined);
    },
    end(): void {
      last = Number.POSITIVE_INFINITY;
    },
  };
}

/**
 * What a scenario says of one tool: a call that works and one that AWS refuses. Also the ids of the seeded
 * sandbox that the cases share.
 */
import { sandboxAppId } from '../../../src/sandbox/index.ts';
import type { Json } from '../../support/child.ts';

export const appId = sandboxAppId;

export interface ToolCall {
  readonly tool: string;
  readonly args: Json;
}

export interface ToolCase {
  /** A call that must have worked before; its structured content is handed to `args`. */
  readonly given?: ToolCall;
  readonly args: Json | ((given: Json) => Json);
  /** What the structured content must hold. */
  readonly answers: Json;
  /** For a tool that starts a job: AWS's name of the operation, and the environment that the job is filed under. */
  readonly starts?: { readonly operation: string; readonly environment: string };
  readonly refuses: { readonly args: Json; readonly code: string };
}

/** Arguments that name an environment of the seeded app. */
export const on = (backendEnvironmentName: string, more: Json = {}): Json => ({
  appId,
  backendEnvironmentName,
  ...more,
});

export const missingApp = (args: Json = {}) => ({
  args: { ...args, appId: 'd1missing' },
  code: 'not_found',
});

/** A deployed environment without any resource, for the tools that add one. */
export const emptyEnvironment: ToolCall = {
  tool: 'create_backend',
  args: on('one', { appName: 'shop' }),
};

/** Reads for a tool's own checks: on the call's target, with the caller's rights. */
import type { JobReadContext } from '../../call/jobs.ts';
import { readEnvironmentAt } from '../../call/read-environment.ts';
import type { Environment } from '../../environment/index.ts';
import { toServerError } from '../../errors.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { type Json, textOf } from '../../lib/json.ts';
import type { ToolContext } from '../define.ts';

/** Calls a read operation by its tool's name. @returns its answer @throws ServerError */
export type Read = (toolName: string, args: object) => Promise<Json>;

/** Reads on one target. The confirmation and the progress of the call belong to its writes and are not passed on. */
export function readOn({ callOperation, caller, signal }: ToolContext, target: string | undefined): Read {
  const context = { ...(caller !== undefined && { caller }), ...(signal && { signal }) };
  return async (toolName, args) =>
    (await callOperation(toolName, { ...args, ...(target !== undefined && { target }) }, context)).answer;
}

/** The caller for whom this call reads a job, and the target. */
export const jobReaderOf = (
  { caller = 'unknown', signal }: ToolContext,
  target: string | undefined,
): JobReadContext => ({ caller, signal, target });

/** An app as AmplifyBackend knows it. */
export interface AppFacts {
  readonly appName: string | undefined;
  readonly environments: readonly string[];
}

/** @throws ServerError not_found for an app that has no environment */
export async function readApp(read: Read, appId: string): Promise<AppFacts> {
  const { appName, backendEnvironmentList } = await read('get_backend', { appId });
  const environments = Array.isArray(backendEnvironmentList) ? backendEnvironmentList.map(String) : [];
  return { appName: textOf(appName), environments };
}

/** The app, or undefined where AmplifyBackend does not know it, for instance after its last environment was deleted. @throws ServerError */
export async function readKnownApp(read: Read, appId: string): Promise<AppFacts | undefined> {
  try {
    return await readApp(read, appId);
  } catch (thrown) {
    if (toServerError(thrown).code === 'not_found') return undefined;
    throw thrown;
  }
}

/**
 * An environment with its settings; one that is listed and cannot be read is `unreadable`.
 * @throws ServerError not_found where there is no such environment
 */
export const readEnvironmentOf = (
  context: ToolContext,
  { target, ...ref }: EnvironmentRef,
): Promise<Environment> => readEnvironmentAt(readOn(context, target), ref);

/** IAM actions for reading an environment's stacks, Amplify's records of it, and the branches that use it. */
export const stackReadActions = [
  'cloudformation:DescribeStacks',
  'cloudformation:ListStacks',
  'amplify:ListApps',
  'amplify:ListBackendEnvironments',
  'amplify:ListBranches',
];

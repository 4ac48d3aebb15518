/** Starts a clone, unless another call has created the target since the checks. */
import type { Outcome } from '../../call/call-operation.ts';
import { ServerError, toServerError } from '../../errors.ts';
import type { JobRef } from '../../jobs/job.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { withRemarks } from '../shared/plan-remarks.ts';
import { type Clone, findCloneJob, isTargetThere } from './preflight.ts';

/** The caller's options for the write. */
export interface WriteOptions {
  readonly dryRun?: boolean | undefined;
  readonly confirmationToken?: string | undefined;
}

/** `started`: what `clone_backend` answered. `existing`: the job of another call that is cloning, or has cloned, the target. */
export type Start = { readonly started: Outcome } | { readonly existing: JobRef };

const createdMeanwhile = ({ from, to }: Clone, cause?: unknown) =>
  new ServerError('invalid_arguments', {
    message: `${quoteName(to)} was created by someone else during the checks. No clone was started.`,
    hint: `Ask the person for another name, or whether they want that ${quoteName(to)}; describe_environment shows it. If a clone created it, calling again compares it with ${quoteName(from)}.`,
    cause,
  });

/** @throws ServerError, ConfirmationRequired; createdMeanwhile where AWS refuses a target that exists by now */
async function callCloneBackend(
  context: ToolContext,
  clone: Clone,
  options: WriteOptions,
  remarks: readonly string[],
): Promise<Outcome> {
  const { appId, from, to, target } = clone;
  const args = {
    ...{ appId, backendEnvironmentName: from, targetEnvironmentName: to },
    ...options,
    ...(target !== undefined && { target }),
  };
  try {
    return await withRemarks(remarks, () => context.callOperation('clone_backend', args, context));
  } catch (thrown) {
    const { code } = toServerError(thrown);
    if (code !== 'bad_request' || !(await isTargetThere(context, clone))) throw thrown;
    throw createdMeanwhile(clone, thrown);
  }
}

/**
 * Starts the clone, or finds the job of the call that has started it since the checks.
 * @param remarks sentences for the plan that a person confirms @throws as `callCloneBackend`
 */
export async function startClone(
  context: ToolContext,
  clone: Clone,
  options: WriteOptions,
  remarks: readonly string[],
): Promise<Start> {
  const { appId, to } = clone;
  const start = async () => ({ started: await callCloneBackend(context, clone, options, remarks) });
  if (options.dryRun) return start();
  return context.exclusively({ appId, backendEnvironmentName: to }, context.signal, async () => {
    if (!(await isTargetThere(context, clone))) return start();
    const existing = await findCloneJob(context, clone).catch(thrown => {
      throw toServerError(thrown).code === 'invalid_arguments' ? createdMeanwhile(clone, thrown) : thrown;
    });
    if (!existing) throw createdMeanwhile(clone);
    return { existing };
  });
}

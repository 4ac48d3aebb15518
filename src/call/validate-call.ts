/** Validates a call of an operation: its arguments, its target, and that nothing withheld is sent as a value. */
import type { Targets } from '../aws/targets.ts';
import { validateArguments } from '../operations/validate.ts';
import { refuseWithheldValues } from '../secrets/redaction.ts';
import type { PendingCall } from './authorize/pending-call.ts';
import type { CallContext } from './call-operation.ts';
import { operationOf } from './reads.ts';

/** A call whose arguments were checked, with the options that the tool takes in addition to AWS's members. */
export interface ValidatedCall extends PendingCall {
  readonly isDryRun: boolean;
  /** Whether a listing is read past its first page. */
  readonly all: boolean;
  readonly confirmationToken: string | undefined;
}

/** @throws ServerError invalid_arguments */
export function validateCall(
  targets: Targets,
  toolName: string,
  rawArgs: unknown,
  context: CallContext,
): ValidatedCall {
  const { signal, caller = 'unknown', via, workflow, plannedBefore, keepsStored = false } = context;
  const operation = operationOf(toolName);
  const checked = validateArguments(operation, rawArgs, targets.names);
  const { target: targetName, dryRun, confirmationToken, all, ...rest } = checked;
  const args = Object.fromEntries(Object.entries(rest).filter(([name]) => !operation.shows.includes(name)));
  if (!keepsStored) refuseWithheldValues(args);
  return {
    ...{ operation, args, caller, signal, via, workflow, plannedBefore, keepsStored },
    isFromPage: context.isFromPage === true || context.answer?.method === 'page',
    target: targets.get(targetName as string | undefined),
    ...{ isDryRun: dryRun === true, all: all === true },
    confirmationToken: confirmationToken as string | undefined,
  };
}

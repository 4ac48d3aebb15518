/** A call on its way to AWS, as the policy, the plan and the confirmation see it. */
import type { Target } from '../../aws/targets.ts';
import type { Operation } from '../../operations/define.ts';
import type { Via } from '../../policy/decide.ts';
import type { PlannedBefore } from './dry-run-checks.ts';

/** A validated call that is not sent yet. */
export interface PendingCall {
  readonly operation: Operation;
  /** AWS's members only. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly target: Target;
  readonly caller: string;
  readonly signal?: AbortSignal | undefined;
  readonly via?: Via | undefined;
  /** The workflow that the call is a step of. */
  readonly workflow?: string | undefined;
  /** Whether a withheld value in the arguments stands for the stored one. */
  readonly keepsStored?: boolean | undefined;
  /** What an earlier step of the workflow would create. A dry run does not check that it exists. */
  readonly plannedBefore?: readonly PlannedBefore[] | undefined;
  /** Whether a person made or approved the call on a page, where they confirm what destroys under `confirm: never` too. */
  readonly isFromPage?: boolean | undefined;
}

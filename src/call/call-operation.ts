/** A call of an operation: what it carries besides its arguments, and its outcome. */
import type { Job } from '../jobs/job.ts';
import type { Via } from '../policy/decide.ts';
import type { PersonAnswer } from './authorize/confirmation.ts';
import type { PlannedBefore } from './authorize/dry-run-checks.ts';
import type { Origin } from './record.ts';

/** The result of a call. */
export interface Outcome {
  /** AWS's answer under the REST API's member names, or the plan of a dry run. */
  readonly answer: Readonly<Record<string, unknown>>;
  /** The job that the call started or read. */
  readonly job?: Job;
  /** The answer as prose, for tools that describe it in sentences. */
  readonly text?: string;
  /** Whether the text says all that the answer does. A result then shows the text alone, without the JSON. */
  readonly isTextWhole?: boolean;
  /** Further facts for the reader: text that was not JSON, pages that were left out. */
  readonly notes: readonly string[];
}

/** The caller, and what a call carries besides its arguments. */
export interface CallContext extends Origin {
  readonly signal?: AbortSignal | undefined;
  /** Names the caller in the audit. Confirmations are bound to it. */
  readonly caller?: string | undefined;
  /** The name and version that the client program gives itself, for the audit. */
  readonly client?: string | undefined;
  /** How the call was made, unless by the tool's own name. */
  readonly via?: Via | undefined;
  /** The workflow that the call is a step of. */
  readonly workflow?: string | undefined;
  /** A person's answer to the question that an earlier round of this call asked. */
  readonly answer?: PersonAnswer | undefined;
  /** Whether the client can show the plan's page to a person, who answers there. */
  readonly showsPages?: boolean | undefined;
  /** Whether a person made the call on a page that shows each plan. Such a person confirms what destroys under any setting. */
  readonly isFromPage?: boolean | undefined;
  /** Reports progress to a client that asked for it. Each `progress` is greater than the one before. */
  readonly onProgress?: ((step: Progress) => void) | undefined;
  /** What an earlier step of the workflow would create. A dry run does not check that it exists. */
  readonly plannedBefore?: readonly PlannedBefore[] | undefined;
  /**
   * The arguments of all calls that a person confirms with one answer, this call's included. Each of these calls carries
   * the same array.
   */
  readonly together?: readonly object[] | undefined;
  /** Whether steps that write are refused. */
  readonly readsOnly?: boolean | undefined;
  /** Whether a withheld value in the arguments stands for the value that AWS stores. Only workflows set it. */
  readonly keepsStored?: boolean | undefined;
  /** Called with each job that a workflow begins to wait for: from then on the call may take long. */
  readonly onJob?: ((job: Job) => void) | undefined;
}

/** The progress of a call. */
export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message: string;
}

/** Calls one operation by its tool name. @throws ServerError, and nothing else */
export type CallOperation = (toolName: string, args: unknown, context?: CallContext) => Promise<Outcome>;

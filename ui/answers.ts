/**
 * The answers of the tools, as the page reads them. Every member may be absent: a call can fail, and the page may be older
 * than the server.
 */
import type { Plan as PlannedCall } from '../src/call/authorize/plan.ts';
import type { Job as JobAnswer } from '../src/jobs/job.ts';
import type { Assessment as AssessmentAnswer } from '../src/tools/assess-migration/output.ts';
import type { ChangeOutcome } from '../src/tools/change-environment/output.ts';
import type { CloneOutcome } from '../src/tools/clone-environment/output.ts';
import type { DecommissionOutcome } from '../src/tools/decommission-environment/output.ts';
import type { ProvisionOutcome } from '../src/tools/provision-environment/output.ts';
import type { BoardAnswer } from '../src/tools/read-board/output.ts';
import type { Inventory as InventoryAnswer } from '../src/tools/take-inventory/output.ts';
import type { Proof as ProofAnswer } from '../src/tools/verify-migration/output.ts';
import type { ToolResult } from './host.ts';

/** A type with every member optional, at every depth. */
export type DeepPartial<T> = T extends readonly (infer Item)[]
  ? readonly DeepPartial<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]?: DeepPartial<T[Name]> | undefined }
    : T;

/** Members that the answer of every tool may have. */
export interface Common {
  readonly summary?: string;
  readonly notes?: readonly string[];
  readonly error?: {
    readonly code?: string;
    readonly message?: string;
    readonly hint?: string;
    readonly requestId?: string;
    readonly serverRequestId?: string;
  };
}

type Answer<T> = DeepPartial<T> & Common;

export type Clone = Answer<CloneOutcome['answer']>;
export type Inventory = Answer<InventoryAnswer>;
export type Assessment = Answer<AssessmentAnswer>;
export type Proof = Answer<ProofAnswer>;
export type Decommission = Answer<DecommissionOutcome['answer']>;
export type Changed = Answer<ChangeOutcome['answer']>;
export type Provisioned = Answer<ProvisionOutcome['answer']>;
export type Job = DeepPartial<JobAnswer>;
/** A comparison, also as a part of a clone. */
export type Comparison = Pick<
  Clone,
  | 'counts'
  | 'differences'
  | 'same'
  | 'resources'
  | 'notCompared'
  | 'valuesNotCompared'
  | 'schema'
  | 'unreadable'
>;
export type Difference = NonNullable<Comparison['differences']>[number];
export type Compared = Comparison &
  Common & {
    readonly appId?: string;
    readonly left?: string;
    readonly right?: string;
    readonly identical?: boolean;
  };

/** A step of a plan with several steps. */
interface Step {
  readonly step?: string;
  readonly does?: string;
  readonly policy?: string;
}
export type Plan = DeepPartial<PlannedCall> & { readonly steps?: readonly Step[] };

/** An answer that may have a plan. */
export interface Planned extends Common {
  readonly plan?: Plan;
}

/** The question that a plan's buttons answer. Only `_meta` carries it, which no model reads. */
export interface Approval {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly approval: string;
  /** The name that the person must type. */
  readonly type: string;
  /** Whether the plan took the place of one that was approved. */
  readonly hasChanged?: boolean;
}

const APPROVAL = 'amplify-backend-mcp/approval';

/** The question of a result, if it has one. */
export function approvalOf({ _meta }: ToolResult): Approval | undefined {
  const found = _meta?.[APPROVAL] as Partial<Approval> | undefined;
  const { tool, approval, type } = found ?? {};
  if (typeof tool !== 'string' || typeof approval !== 'string' || typeof type !== 'string') return undefined;
  return { ...found, tool, approval, type, arguments: found?.arguments ?? {} };
}

/** What `read_board` answers. */
export type Board = Answer<BoardAnswer>;
export type BoardApp = NonNullable<Board['app']>;
export type BoardEnvironment = NonNullable<Board['environments']>[number];
export type BoardResource = NonNullable<BoardEnvironment['resources']>[number];
export type RunningJob = NonNullable<Board['running']>[number];
export type FailedJob = NonNullable<Board['failures']>[number];

/** The names of all environments of the app, including those that the board does not show. */
export const environmentNames = ({ environments = [], moreEnvironments = [] }: Board): string[] => [
  ...environments.map(({ name }) => String(name)),
  ...moreEnvironments.map(String),
];

/** The structured answer of a result; an empty object if it has none. */
export function answerIn<T extends object>({ structuredContent }: ToolResult): Partial<T> {
  const isObject = typeof structuredContent === 'object' && structuredContent !== null;
  return isObject ? (structuredContent as Partial<T>) : {};
}

/** The text of a result, as the model has it. */
export const textIn = ({ content }: ToolResult): string =>
  (Array.isArray(content) ? content : [])
    .flatMap(({ text }) => (text === undefined ? [] : [text]))
    .join('\n');

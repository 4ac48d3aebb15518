/**
 * What the cloud shows of an environment on its way to Gen 2: the stacks of both generations, and what Amplify records of
 * the app. All functions of this room work on these facts. Every text in them is foreign: it may be hostile, huge or secret.
 */
import type { Json } from '../lib/json.ts';

/** A resource as `ListStackResources` lists it. */
export interface StackResource {
  readonly logicalId: string;
  /** The name or id of what it is: a table's name, a pool's id, a nested stack's ARN. */
  readonly physicalId?: string;
  /** `AWS::DynamoDB::Table` */
  readonly type: string;
  /** AWS's word: `CREATE_COMPLETE` ... */
  readonly status?: string;
}

/** A stack as it is deployed. Drift from its template is not seen. */
export interface StackFacts {
  readonly name: string;
  /** Its ARN. */
  readonly id?: string;
  /** AWS's word: `UPDATE_COMPLETE` ... */
  readonly status?: string;
  /** The name of the stack that it is nested in; absent for a root stack. */
  readonly parentName?: string;
  /** Parsed; absent where it was not read. */
  readonly template?: Json;
  /** The length of the template's text in bytes, where it was read as text. */
  readonly templateBytes?: number;
  /** Why the template, or another part, is absent: a sentence. */
  readonly unread?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources?: readonly StackResource[];
  /** The stack policy of a root stack, parsed; null where it has none, absent where it was not read. */
  readonly policy?: Json | null;
}

/** A branch of the app. */
export interface BranchFacts {
  readonly name: string;
  /** The ARN of the Gen 2 root stack that it deploys. */
  readonly backendStackArn?: string;
  /** The ARN of the Gen 1 environment that its builds use. */
  readonly backendEnvironmentArn?: string;
}

/** A stack with the suffix `-holding`: AWS's tool keeps there what it moved out of a Gen 2 stack. */
export interface HoldingStack {
  readonly name: string;
  readonly status: string;
}

/** A Gen 2 backend that uses what the environment has, and that no branch of its app names. */
export interface Gen2Elsewhere {
  readonly appId: string;
  /** `<app id>/<branch as the stack's name spells it>`, or the name of a sandbox's root stack. */
  readonly label: string;
  /** ARN and name of its root stack. */
  readonly stackArn: string;
  readonly stackName: string;
  /** Whether the configuration excludes its app, so that nothing may name it. */
  readonly isHidden: boolean;
}

/** All that was read for one environment. */
export interface MigrationFacts {
  readonly appId: string;
  readonly environment: string;
  /** The app's environment variables that concern migration, by name; absent where the app was not read. */
  readonly appVariables?: Readonly<Record<string, string>>;
  /** Whether the app's hosting builds from a repository; absent where the app was not read. */
  readonly isConnected?: boolean;
  /** Absent where they were not read. */
  readonly branches?: readonly BranchFacts[];
  /** The environment's stacks, the root first where it was read. */
  readonly gen1: readonly StackFacts[];
  /** The stacks of the app's Gen 2 branches. */
  readonly gen2: readonly StackFacts[];
  readonly holding: readonly HoldingStack[];
  /** Absent where they were not looked for. Their stacks are among those of Gen 2. */
  readonly elsewhere?: readonly Gen2Elsewhere[];
  /** What could not be read and why, a sentence each. */
  readonly unread: readonly string[];
}

/** The root stack among the stacks of one generation. */
export const rootOf = (stacks: readonly StackFacts[]): StackFacts | undefined =>
  stacks.find(({ parentName }) => parentName === undefined);

/**
 * The declaration of a tool that is more than one AWS call. Its Zod schemas give the types of the arguments and of the
 * answer; its steps go through the same path as every call of an operation.
 */
import type { z } from 'zod';
import type { AllowedApps, FindApp, ListVisibleApps } from '../call/apps.ts';
import type { CallContext, CallOperation, Outcome } from '../call/call-operation.ts';
import type { AwsClock, DescribeTarget, ListSecretNames } from '../call/call-path.ts';
import type { Jobs } from '../call/jobs.ts';
import type { ReadMigrationFacts } from '../call/migration-reads.ts';
import type { RunExclusively } from '../call/shared-state.ts';
import type { Stacks } from '../call/stacks.ts';
import type { AreStored } from '../call/stored-values.ts';
import { isObject } from '../lib/json.ts';
import type { Access } from '../operations/index.ts';
import { type ArgumentsOf, validateArguments } from '../operations/validate.ts';
import type { PolicySettings } from '../policy/decide.ts';
import type { FindTools } from '../tool-search/index.ts';

/** What a tool's `run` can use. */
export interface ToolContext extends CallContext {
  /** Calls one of the tool's steps. */
  readonly callOperation: CallOperation;
  /** Compares a configuration with withheld values that AWS stores. */
  readonly areStored: AreStored;
  readonly jobs: Jobs;
  readonly listApps: ListVisibleApps;
  readonly findApp: FindApp;
  readonly allowedApps: AllowedApps;
  readonly secretNames: ListSecretNames;
  readonly stacks: Stacks;
  /** The names of the configured targets. */
  readonly targetNames: readonly string[];
  /** Reads what AWS shows of an environment's migration to Gen 2. */
  readonly readMigrationFacts: ReadMigrationFacts;
  /** Account, identity and region of a target. @throws ServerError */
  readonly describeTarget: DescribeTarget;
  /** The time on AWS's clock, for the age of what AWS dates. */
  readonly awsNow: AwsClock;
  /** Lets one writing call at a time work on an environment. */
  readonly exclusively: RunExclusively;
  readonly policy: PolicySettings;
  /** The served tools that fit a request; or why no tool does what it asks for. */
  readonly findTools: FindTools;
}

/** What the tool list and the policy need of a tool. */
export interface DeclaredTool {
  readonly toolName: string;
  /** The name of the tool that hosts show to people. */
  readonly title: string;
  readonly access: Access;
  /** Set for a tool that leads to other tools and has no target of its own. */
  readonly guide?: 'finds' | 'runs';
  /** The operations that `run` may call, by their tools' names; any other is refused. */
  readonly steps?: readonly string[];
  /** IAM actions that it needs in addition to those of its steps. */
  readonly iamActions?: readonly string[];
  readonly toolInput: z.ZodObject;
  /** Names of other tools' members that mean a member of this tool. */
  readonly synonyms?: Readonly<Record<string, string>>;
  /** Every member that an answer can have, strict. */
  readonly output: z.ZodObject;
}

/** The type with all members readonly, at every depth: answers are built from readonly data. */
type DeepReadonly<Value> = Value extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: DeepReadonly<Value[Name]> }
    : Value;

/** An answer that fits the tool's output schema, without `notes`, which are a member of the outcome. */
export type AnswerOf<Out extends z.ZodObject> = {
  readonly [Name in keyof z.input<Out> as Name extends 'notes' ? never : Name]: DeepReadonly<
    z.input<Out>[Name]
  >;
};

/** The result of a tool's `run`. */
export interface ToolOutcome<Out extends z.ZodObject> extends Omit<Outcome, 'answer'> {
  readonly answer: AnswerOf<Out>;
}

interface ToolDeclaration<In extends z.ZodObject, Out extends z.ZodObject>
  extends Omit<DeclaredTool, 'toolInput' | 'output'> {
  /** The arguments, strict. A `target` is added where several are configured, unless it takes `targets`. */
  readonly input: In;
  readonly output: Out;
  /**
   * Converts checked arguments to one form, where callers may name the same thing in several ways. The policy and `run` get
   * the result.
   * @throws ServerError invalid_arguments
   */
  resolve?(args: ArgumentsOf<In>): ArgumentsOf<In>;
  /** @throws ServerError */
  run(args: ArgumentsOf<In>, context: ToolContext): Promise<ToolOutcome<Out>>;
}

/** A call whose arguments are checked. */
export interface CheckedCall {
  /** For the policy, which decides by the app and the environment that they name. */
  readonly args: Readonly<Record<string, unknown>>;
  /** @throws ServerError */
  run(context: ToolContext): Promise<Outcome>;
}

/** A declared tool, whatever the types of its arguments and its answer. */
export interface Tool extends DeclaredTool {
  /**
   * Checks the arguments of a call against `toolInput`.
   * @param targets the configured names
   * @throws ServerError invalid_arguments
   */
  check(rawArgs: unknown, targets: readonly string[]): CheckedCall;
}

/** The arguments under the tool's own names. Where both are given, the validation refuses the synonym. */
function underOwnNames(args: unknown, synonyms: Readonly<Record<string, string>> = {}): unknown {
  if (!isObject(args)) return args;
  const entries = Object.entries(args).map(([name, value]) => {
    const own = Object.hasOwn(synonyms, name) ? synonyms[name] : undefined;
    return [own === undefined || Object.hasOwn(args, own) ? name : own, value];
  });
  return Object.fromEntries(entries);
}

/** Declares a tool. `run` is typed by the schemas; to callers, all tools have the type `Tool`. */
export function defineTool<const In extends z.ZodObject, const Out extends z.ZodObject>({
  input,
  resolve = args => args,
  run,
  ...declared
}: ToolDeclaration<In, Out>): Tool {
  const tool = { ...declared, toolInput: input };
  return {
    ...tool,
    check(rawArgs, targets) {
      // A tool that declares `target` or `targets` itself decides what a call without them means.
      const isOnTarget =
        !declared.guide && !['target', 'targets'].some(name => Object.hasOwn(input.shape, name));
      const named = underOwnNames(rawArgs, declared.synonyms);
      const args = resolve(validateArguments(tool, named, isOnTarget ? targets : []));
      return { args, run: context => run(args, context) };
    },
  };
}

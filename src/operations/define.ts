/**
 * The declaration of an operation, on top of the SDK's own schema. Everything else (tool name, path, IAM action, wire
 * names) is derived here.
 */
import type { AmplifyBackendClient } from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';
import { longText } from './bounds.ts';
import { secretInputsOf } from './secret-input.ts';
import { refusedWhenEmpty } from './when-empty.ts';
import type { SdkSchema } from './wire.ts';

/**
 * The effect of an operation. It cannot be derived from the HTTP method, because 29 of 31 operations are POST, including
 * reads. `secret` is an operation that creates or returns a credential.
 */
export type Access = 'read' | 'create' | 'update' | 'delete' | 'secret';

/**
 * The evidence that a write was done although its answer was lost. `job`: a job that began after it was sent, in the
 * environments that the write names, or else in any environment of its app. `environmentThere`, `environmentGone`: the
 * environment exists or not (all of them, if none is named). `jobRecord`: the job's record has the sent values.
 * `tokenGone`: AWS no longer knows the token.
 */
export type Evidence = 'job' | 'environmentThere' | 'environmentGone' | 'jobRecord' | 'tokenGone';

/** The categories whose resources have a configuration that the API sends and shows. */
export type Category = 'auth' | 'api' | 'storage';

/** The command type of the SDK's own `send`, for any operation. */
export type SdkCommand = Parameters<AmplifyBackendClient['send']>[0];

/** An operation schema of the SDK: `[9, namespace, name, {http: [method, path, 200]}, input, output]`. */
type OperationSchema = readonly [
  9,
  string,
  string,
  { http: readonly [string, string, number] },
  SdkSchema,
  SdkSchema,
];

/** The most pages that `all` reads. If there are more, the answer says so and has the cursor of the next page. */
export const MAX_PAGES = 10;

/** Options that a tool may take in addition to AWS's members. */
export const dryRun = refusedWhenEmpty(
  z.boolean({
    error: 'expected true or false. Write true to plan only; with false, or without dryRun, the call writes',
  }),
)
  .optional()
  .describe('Only plan');
export const confirmationToken = longText().optional().describe('From the confirmed plan');
const all = z.boolean().optional().describe(`Follow the cursor, up to ${MAX_PAGES} pages`);

interface Declaration<In extends z.ZodObject, Out extends z.ZodObject> {
  /** The SDK's command class; it names the operation and carries AWS's schemas. */
  readonly command: abstract new (
    input: never,
  ) => object;
  /** Shown by hosts as the tool's name. */
  readonly title: string;
  readonly access: Access;
  /** Whether a successful answer names a job that runs at AWS. */
  readonly startsJob?: boolean;
  /** Whether the answer is a job's own record, whose `error` says why that job failed, not that this call did. */
  readonly answersJob?: boolean;
  /** Whether it deletes every environment of its app, whatever its arguments name. */
  readonly everyEnvironment?: boolean;
  /** The evidence of its effect. Required for every write (`[]` if there is none), absent for all other operations. */
  readonly evidence?: readonly Evidence[];
  /**
   * The category whose configuration it sends. A job alone does not prove such a write, since another caller's job of
   * the same operation looks the same; the configuration that AWS shows must match as well.
   */
  readonly configures?: Category;
  /** Whether it replaces the environment's existing resource of that category. */
  readonly replaces?: boolean;
  /** Exactly the members that AWS takes, strict, each with a description. */
  readonly input: In;
  /** Exactly the members of AWS's answer. */
  readonly output: Out;
  /** The answer as callers get it, if this server adds members to AWS's; `tools/short-answers` adds them. */
  readonly shownOutput?: z.ZodObject;
  /** Output members that are strings of JSON; answers contain them parsed. */
  readonly holdsJson?: readonly (keyof z.infer<Out> & string)[];
  /** Options of the tool that control how much of the answer is shown; they are not sent to AWS. */
  readonly shows?: z.ZodRawShape;
  /** The output member with the list, if the operation answers in pages with a `nextToken`. */
  readonly pages?: keyof z.infer<Out> & string;
}

/** A declared operation with all that is derived from it. */
export interface Operation<In extends z.ZodObject = z.ZodObject, Out extends z.ZodObject = z.ZodObject> {
  /** AWS's name: `CloneBackend`. */
  readonly name: string;
  /** The tool's name: `clone_backend`. */
  readonly toolName: string;
  readonly title: string;
  readonly access: Access;
  readonly startsJob: boolean;
  readonly answersJob: boolean;
  readonly everyEnvironment: boolean;
  /** The evidence of its effect; undefined for operations that change nothing. */
  readonly evidence: readonly Evidence[] | undefined;
  /** The category whose configuration it sends, and which AWS then shows. */
  readonly configures: Category | undefined;
  /** Whether it replaces the environment's existing resource of that category. */
  readonly replaces: boolean;
  /** Whether a call can destroy data although the operation is not a deletion. */
  readonly mayDestroy: boolean;
  readonly input: In;
  /** AWS's members and the tool's own options. */
  readonly toolInput: z.ZodObject;
  readonly output: Out;
  /** The answer as callers get it: AWS's members, and those that this server derives from them. */
  readonly shownOutput: z.ZodObject;
  /** The paths of the members that take a secret or a reference to one. */
  readonly secretInputs: readonly (readonly string[])[];
  readonly holdsJson: readonly string[];
  readonly pages: string | undefined;
  /** The names of the options that control how much of the answer is shown. */
  readonly shows: readonly string[];
  /** AWS's schemas of the request and of the answer. */
  readonly sdkInput: SdkSchema;
  readonly sdkOutput: SdkSchema;
  /** `POST /backend/{AppId}/environments/...`, in AWS's spelling. */
  readonly http: { readonly method: string; readonly path: string };
  /** The IAM action that the call needs: `amplifybackend:CloneBackend`. */
  readonly iamAction: string;
  /** The SDK's command for a request in the SDK's spelling. */
  createCommand(request: Record<string, unknown>): SdkCommand;
}

/** `GetBackendAPIModels` -> `get_backend_api_models`, `ListS3Buckets` -> `list_s3_buckets`. */
function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

/** Declares one operation; everything about it is derived from this declaration. */
export function defineOperation<In extends z.ZodObject, Out extends z.ZodObject>(
  declaration: Declaration<In, Out>,
): Operation<In, Out> {
  // The SDK types each command class with its own input; here, requests are built from AWS's schema instead.
  const Command = declaration.command as new (
    input: Record<string, unknown>,
  ) => SdkCommand & { schema: OperationSchema };
  const [, , name, { http }, sdkInput, sdkOutput] = new Command({}).schema;
  const { access, configures, replaces = false } = declaration;
  return {
    name,
    toolName: snakeCase(name),
    title: declaration.title,
    access,
    startsJob: declaration.startsJob ?? false,
    answersJob: declaration.answersJob ?? false,
    everyEnvironment: declaration.everyEnvironment ?? false,
    evidence: declaration.evidence,
    configures,
    replaces,
    mayDestroy: replaces || (access === 'update' && configures !== undefined),
    input: declaration.input,
    toolInput: declaration.input.extend({
      ...declaration.shows,
      ...(declaration.pages && { all }),
      ...(access !== 'read' && { dryRun, confirmationToken }),
    }),
    output: declaration.output,
    shownOutput: declaration.shownOutput ?? declaration.output,
    secretInputs: secretInputsOf(declaration.input),
    holdsJson: declaration.holdsJson ?? [],
    pages: declaration.pages,
    shows: Object.keys(declaration.shows ?? {}),
    sdkInput,
    sdkOutput,
    http: { method: http[0], path: http[1] },
    iamAction: `amplifybackend:${name}`,
    createCommand: request => new Command(request),
  };
}

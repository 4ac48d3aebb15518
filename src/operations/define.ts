/**
 * What an operation is: one declaration of intent on top of what the SDK's own schema says of it.
 * Everything else that others need (tool name, path, IAM action, wire names) is derived here.
 */
import type { AmplifyBackendClient } from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';
import { longText } from './bounds.ts';
import { secretInputsOf } from './secret-input.ts';
import type { SdkSchema } from './wire.ts';

/**
 * What an operation does to the world. 29 of 31 are POST, reads among them, so it cannot be read off the
 * method. `secret` is a call that mints or returns a credential.
 */
export type Access = 'read' | 'create' | 'update' | 'delete' | 'secret';

/**
 * What shows that a write was done although its answer was lost. `job`: a job since it was sent, in the
 * environments that it names or else in any of its app. `environmentThere`, `environmentGone`: what became of
 * the environment (of all of them, where none is named). `jobRecord`: the job reads as asked. `tokenGone`:
 * the token is unknown.
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

/** Pages that `all` walks at most; what is left then is said, with the cursor to go on from. */
export const MAX_PAGES = 10;

/** What a tool may take beside AWS's members. */
export const dryRun = z.boolean().optional().describe('Only plan');
export const confirmationToken = longText().optional().describe('From the approved plan');
const all = z.boolean().optional().describe(`Follow the cursor, up to ${MAX_PAGES} pages`);

interface Declaration<In extends z.ZodObject, Out extends z.ZodObject> {
  /** The SDK's command class; it names the operation and carries AWS's schemas. */
  readonly command: abstract new (
    input: never,
  ) => object;
  /** Shown by hosts beside the tool. */
  readonly title: string;
  readonly access: Access;
  /** Whether a successful answer names a job that goes on at AWS. */
  readonly startsJob?: boolean;
  /** Whether the answer is a job's own record, whose `error` says why that job failed, not that this call did. */
  readonly answersJob?: boolean;
  /** Whether it takes every environment of its app, whatever its arguments name. */
  readonly everyEnvironment?: boolean;
  /** How its effect can be found: every write says so (none at all: `[]`), and nothing else does. */
  readonly evidence?: readonly Evidence[];
  /**
   * The category whose configuration it sends. A job proves that such a write was done only together with what AWS
   * shows: somebody else's job of the same operation looks the same.
   */
  readonly configures?: Category;
  /** Whether what it brings in takes the place of what the environment has of that category. */
  readonly replaces?: boolean;
  /** Exactly the members that AWS takes, strict, each described. */
  readonly input: In;
  /** Exactly the members that AWS answers with. */
  readonly output: Out;
  /** Output members whose string holds JSON; they are delivered parsed. */
  readonly holdsJson?: readonly (keyof z.infer<Out> & string)[];
  /** What the tool takes beside AWS's members to say how much of the answer is shown; AWS is not sent it. */
  readonly shows?: z.ZodRawShape;
  /** The output member that lists, where the operation answers page by page with a `nextToken`. */
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
  /** What shows that it was done; undefined for what changes nothing. */
  readonly evidence: readonly Evidence[] | undefined;
  /** The category whose configuration it sends, which AWS shows once it was done. */
  readonly configures: Category | undefined;
  /** Whether it takes the place of what the environment has of that category. */
  readonly replaces: boolean;
  /** Whether a call of it can destroy what holds data, though it is no deletion by its kind. */
  readonly mayDestroy: boolean;
  readonly input: In;
  /** AWS's members and what the tool takes beside them. */
  readonly toolInput: z.ZodObject;
  readonly output: Out;
  /** The ways to the members that take a secret or a reference to one. */
  readonly secretInputs: readonly (readonly string[])[];
  readonly holdsJson: readonly string[];
  readonly pages: string | undefined;
  /** The names of the members by which a call says how much of the answer is shown. */
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

/** Declares one operation. There is no other place where it is spelled out. */
export function defineOperation<In extends z.ZodObject, Out extends z.ZodObject>(
  declaration: Declaration<In, Out>,
): Operation<In, Out> {
  // The SDK types each command class with its own input; at this seam requests are built from AWS's schema.
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

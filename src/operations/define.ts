/**
 * What an operation is: one declaration of intent on top of what the SDK's own schema says of it.
 * Everything else that others need (tool name, path, IAM action, wire names) is derived here.
 */
import type { AmplifyBackendClient } from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';
import type { SdkSchema } from './wire.ts';

/**
 * What an operation does to the world. 29 of 31 are POST, reads among them, so it cannot be read off the
 * method. `secret` is a call that mints or returns a credential.
 */
export type Access = 'read' | 'create' | 'update' | 'delete' | 'secret';

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
  /** Exactly the members that AWS takes, strict, each described. */
  readonly input: In;
  /** Exactly the members that AWS answers with. */
  readonly output: Out;
  /** Output members whose string holds JSON; they are delivered parsed. */
  readonly holdsJson?: readonly (keyof z.infer<Out> & string)[];
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
  readonly input: In;
  /** AWS's members and what the tool takes beside them. */
  readonly toolInput: z.ZodObject;
  readonly output: Out;
  readonly holdsJson: readonly string[];
  readonly pages: string | undefined;
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
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
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
  return {
    name,
    toolName: snakeCase(name),
    title: declaration.title,
    access: declaration.access,
    startsJob: declaration.startsJob ?? false,
    answersJob: declaration.answersJob ?? false,
    input: declaration.input,
    toolInput: declaration.pages ? declaration.input.extend({ all }) : declaration.input,
    output: declaration.output,
    holdsJson: declaration.holdsJson ?? [],
    pages: declaration.pages,
    sdkInput,
    sdkOutput,
    http: { method: http[0], path: http[1] },
    iamAction: `amplifybackend:${name}`,
    createCommand: request => new Command(request),
  };
}

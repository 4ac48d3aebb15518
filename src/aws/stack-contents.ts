/** What CloudFormation shows of one stack: its template, parameters, outputs, resources and stack policy. Read only. */
import type { CloudFormationClient, Stack, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { isObject, type Json } from '../lib/json.ts';
import { paginationOf, withSignal } from './read-signals.ts';
import { type ReadService, readAll } from './service-reads.ts';

/** The SDK of CloudFormation, loaded when it is first needed. */
export type CloudFormationSdk = typeof import('@aws-sdk/client-cloudformation');

/** A stack with its parameters and outputs. Their values may be secrets. */
export interface StackDetails {
  readonly name: string;
  /** Its ARN. */
  readonly id: string;
  /** AWS's word: `CREATE_COMPLETE`, `REVIEW_IN_PROGRESS` ... */
  readonly status: string;
  /** The template's description: in Gen 2, JSON that says what the stack is. */
  readonly description?: string;
  /** The ARN of the stack that it is nested in. */
  readonly parentId?: string;
  /** The ARN of the root of its tree, for a nested stack. */
  readonly rootId?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A resource that a stack has now. */
export interface StackResource {
  readonly logicalId: string;
  /** A nested stack's ARN, a bucket's name, a table's name ... */
  readonly physicalId?: string;
  readonly type: string;
  readonly status: string;
}

/** A template with its length, or why it cannot be used. */
export type TemplateRead = { readonly bytes: number } & (
  | { readonly template: Json }
  | { readonly unread: string }
);

/** Reads of one stack's contents. All throw ServerError; undefined for a stack that does not exist. */
export interface StackContentReads {
  details(nameOrId: string, signal?: AbortSignal): Promise<StackDetails | undefined>;
  /** The template as it was submitted. */
  template(nameOrId: string, signal?: AbortSignal): Promise<TemplateRead | undefined>;
  /** The resources that the stack has now. */
  resources(nameOrId: string, signal?: AbortSignal): Promise<readonly StackResource[] | undefined>;
  /** The stack policy; `policy` is absent where the stack has none. */
  policy(nameOrId: string, signal?: AbortSignal): Promise<{ readonly policy?: Json } | undefined>;
}

/** Reads of all stacks. */
export interface ExistingStacks {
  /** All stacks that exist in the account and region, nested ones too, up to a bound. @throws ServerError */
  existing(
    signal?: AbortSignal,
  ): Promise<{ readonly stacks: readonly StackDetails[]; readonly isCut: boolean }>;
}

/** CloudFormation has at most 500 resources in a stack, and answers 100 on a page. */
const MAX_RESOURCE_PAGES = 20;
/** CloudFormation has at most 2,000 stacks in an account and region, unless AWS raises that. */
const MAX_STACK_PAGES = 100;
/** CloudFormation's limit for a template is 1 MB. */
const LONGEST_TEMPLATE = 1_048_576;

/** Statuses of resources that are no longer in the stack. */
const leftStatuses = ['DELETE_COMPLETE', 'DELETE_SKIPPED', 'EXPORT_COMPLETE'];

/** Whether CloudFormation knows no stack of the name or ARN. */
export const isUnknownStack = (thrown: unknown) =>
  thrown instanceof Error && thrown.name === 'ValidationError' && /does not exist/.test(thrown.message);

/** Pairs of a key and a value as a structure of their own names only. */
function toRecord<Pair>(
  pairs: readonly Pair[] | undefined,
  key: (pair: Pair) => string | undefined,
  value: (pair: Pair) => string | undefined,
): Record<string, string> {
  const found = (pairs ?? []).map(pair => [key(pair) ?? '', value(pair) ?? ''] as const);
  return Object.fromEntries(found.filter(([name]) => name !== ''));
}

function toResource(resource: StackResourceSummary): StackResource {
  const { LogicalResourceId = '', PhysicalResourceId, ResourceType = '', ResourceStatus } = resource;
  return {
    logicalId: LogicalResourceId,
    ...(PhysicalResourceId && { physicalId: PhysicalResourceId }),
    type: ResourceType,
    status: ResourceStatus ?? 'UNKNOWN',
  };
}

function toDetails(stack: Stack): StackDetails {
  const { StackName = '', StackId = '', StackStatus = 'UNKNOWN', Description, ParentId, RootId } = stack;
  return {
    ...{ name: StackName, id: StackId, status: StackStatus },
    ...(Description && { description: Description }),
    ...(ParentId && { parentId: ParentId }),
    ...(RootId && { rootId: RootId }),
    parameters: toRecord(
      stack.Parameters,
      one => one.ParameterKey,
      one => one.ResolvedValue ?? one.ParameterValue,
    ),
    outputs: toRecord(
      stack.Outputs,
      one => one.OutputKey,
      one => one.OutputValue,
    ),
  };
}

/** Parses a template. Amplify's are JSON; for any other text the result says why it cannot be used. */
function parseTemplate(body: string): TemplateRead {
  const bytes = Buffer.byteLength(body);
  if (bytes > LONGEST_TEMPLATE) return { bytes, unread: 'its template is longer than 1 MB' };
  try {
    const template: unknown = JSON.parse(body);
    return isObject(template) ? { bytes, template } : { bytes, unread: 'its template is not an object' };
  } catch {
    return { bytes, unread: 'its template is not JSON' };
  }
}

function parsePolicy(body: string): Json {
  try {
    const policy: unknown = JSON.parse(body);
    return isObject(policy) ? policy : {};
  } catch {
    return {};
  }
}

/** Undefined where the stack does not exist. */
async function unlessUnknown<Answer>(run: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await run();
  } catch (thrown) {
    if (isUnknownStack(thrown)) return undefined;
    throw thrown;
  }
}

/** Creates the reads. @param read runs a read of CloudFormation */
export function createStackContentReads(
  read: ReadService<CloudFormationClient, CloudFormationSdk>,
): StackContentReads & ExistingStacks {
  return {
    details: (nameOrId, signal) =>
      read('cloudformation:DescribeStacks', async (client, { DescribeStacksCommand }) => {
        const command = new DescribeStacksCommand({ StackName: nameOrId });
        const found = await unlessUnknown(() => client.send(withSignal(command, signal)));
        const [stack] = found?.Stacks ?? [];
        return stack && toDetails(stack);
      }),

    existing: signal =>
      read('cloudformation:DescribeStacks', async (client, { paginateDescribeStacks }) => {
        const pages: (Stack[] | undefined)[] = [];
        for await (const page of paginateDescribeStacks(paginationOf(client, signal), {})) {
          pages.push(page.Stacks);
          if (pages.length < MAX_STACK_PAGES || !page.NextToken) continue;
          return { stacks: pages.flatMap(stacks => (stacks ?? []).map(toDetails)), isCut: true };
        }
        return { stacks: pages.flatMap(stacks => (stacks ?? []).map(toDetails)), isCut: false };
      }),

    template: (nameOrId, signal) =>
      read('cloudformation:GetTemplate', async (client, { GetTemplateCommand }) => {
        const command = new GetTemplateCommand({ StackName: nameOrId });
        const found = await unlessUnknown(() => client.send(withSignal(command, signal)));
        return found && parseTemplate(found.TemplateBody ?? '');
      }),

    resources: (nameOrId, signal) =>
      read('cloudformation:ListStackResources', async (client, { paginateListStackResources }) => {
        const pages = paginateListStackResources(paginationOf(client, signal), { StackName: nameOrId });
        const found = await unlessUnknown(() =>
          readAll(pages, page => page.StackResourceSummaries, MAX_RESOURCE_PAGES),
        );
        return found?.map(toResource).filter(({ status }) => !leftStatuses.includes(status));
      }),

    policy: (nameOrId, signal) =>
      read('cloudformation:GetStackPolicy', async (client, { GetStackPolicyCommand }) => {
        const command = new GetStackPolicyCommand({ StackName: nameOrId });
        const found = await unlessUnknown(() => client.send(withSignal(command, signal)));
        return found && (found.StackPolicyBody ? { policy: parsePolicy(found.StackPolicyBody) } : {});
      }),
  };
}

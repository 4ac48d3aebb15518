/**
 * CloudFormation, read only: the stacks that Amplify's environments are made of, and what happened in them.
 * Secrets in AWS's status reasons are withheld here.
 */
import type {
  Stack as AwsStack,
  StackEvent as AwsStackEvent,
  StackSummary,
} from '@aws-sdk/client-cloudformation';
import { redactText } from '../secrets/redaction.ts';
import { clientSettings, useCommonPlugins } from './client.ts';
import { paginationOf, withSignal } from './read-signals.ts';
import { createReadService, readAll, type ServiceTarget } from './service-reads.ts';
import {
  createStackContentReads,
  type ExistingStacks,
  isUnknownStack,
  type StackContentReads,
} from './stack-contents.ts';

/** A stack. Times are ISO 8601. */
export interface Stack {
  readonly name: string;
  /** Its ARN: names it even after its deletion. */
  readonly id: string;
  /** AWS's word: `CREATE_COMPLETE`, `DELETE_FAILED` ... */
  readonly status: string;
  /** AWS's words on why, where it gives any. */
  readonly reason?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly deletedAt?: string;
  /** The ARN of the stack that it is nested in. */
  readonly parentId?: string;
}

/** An event of a resource of a stack, or of the stack itself. */
export interface StackEvent {
  readonly stackId: string;
  readonly stackName: string;
  /** `UserPool`; the stack's own name for an event of the stack itself. */
  readonly logicalId: string;
  /** A nested stack's ARN, a bucket's name ... */
  readonly physicalId?: string;
  /** `AWS::S3::Bucket` */
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Reads of CloudFormation. All throw ServerError. */
export interface StackReads extends StackContentReads, ExistingStacks {
  /** The stack of a name or ARN; undefined if there is none. A deleted stack is found only by its ARN. */
  find(nameOrId: string, signal?: AbortSignal): Promise<Stack | undefined>;
  /** All stacks of the account and region, newest first, including those that were deleted within 90 days. */
  list(signal?: AbortSignal): Promise<readonly Stack[]>;
  /** The events, newest first, back to `since` (epoch milliseconds), up to a bound. */
  events(nameOrId: string, since: number, signal?: AbortSignal): Promise<readonly StackEvent[]>;
}

const MAX_STACK_PAGES = 50;
const MAX_EVENT_PAGES = 10;

function toStack(stack: AwsStack | StackSummary): Stack {
  const { StackName = '', StackId = '', StackStatus = 'UNKNOWN', StackStatusReason } = stack;
  const { CreationTime, LastUpdatedTime, DeletionTime, ParentId } = stack;
  return {
    name: StackName,
    id: StackId,
    status: StackStatus,
    ...(StackStatusReason && { reason: redactText(StackStatusReason) }),
    ...(CreationTime && { createdAt: CreationTime.toISOString() }),
    ...(LastUpdatedTime && { updatedAt: LastUpdatedTime.toISOString() }),
    ...(DeletionTime && { deletedAt: DeletionTime.toISOString() }),
    ...(ParentId && { parentId: ParentId }),
  };
}

function toEvent(event: AwsStackEvent): StackEvent {
  const { StackId = '', StackName = '', LogicalResourceId = '', PhysicalResourceId, Timestamp } = event;
  const { ResourceType = '', ResourceStatus = 'UNKNOWN', ResourceStatusReason } = event;
  return {
    stackId: StackId,
    stackName: StackName,
    logicalId: LogicalResourceId,
    ...(PhysicalResourceId && { physicalId: PhysicalResourceId }),
    type: ResourceType,
    status: ResourceStatus,
    ...(ResourceStatusReason && { reason: redactText(ResourceStatusReason) }),
    at: (Timestamp ?? new Date(0)).toISOString(),
  };
}

/** Creates the reads of a target. */
export function createStackReads(target: ServiceTarget): StackReads {
  const read = createReadService(target, async where => {
    const sdk = await import('@aws-sdk/client-cloudformation');
    const client = new sdk.CloudFormationClient(await clientSettings(where, 'reads', 'CloudFormation'));
    useCommonPlugins(client, where, 'CloudFormation', 'xml');
    return { client, sdk, exception: sdk.CloudFormationServiceException };
  });

  return {
    ...createStackContentReads(read),

    find: (nameOrId, signal) =>
      read('cloudformation:DescribeStacks', async (client, { DescribeStacksCommand }) => {
        try {
          const command = new DescribeStacksCommand({ StackName: nameOrId });
          const { Stacks: [stack] = [] } = await client.send(withSignal(command, signal));
          return stack && toStack(stack);
        } catch (thrown) {
          if (isUnknownStack(thrown)) return undefined;
          throw thrown;
        }
      }),

    list: signal =>
      read('cloudformation:ListStacks', async (client, { paginateListStacks }) => {
        const pages = paginateListStacks(paginationOf(client, signal), {});
        const stacks = await readAll(pages, page => page.StackSummaries, MAX_STACK_PAGES);
        return stacks
          .map(toStack)
          .sort((a, b) => String(b.createdAt ?? '').localeCompare(String(a.createdAt ?? '')));
      }),

    events: (nameOrId, since, signal) =>
      read('cloudformation:DescribeStackEvents', async (client, { paginateDescribeStackEvents }) => {
        const query = { StackName: nameOrId };
        const found: StackEvent[] = [];
        let pages = 0;
        try {
          for await (const page of paginateDescribeStackEvents(paginationOf(client, signal), query)) {
            const events = (page.StackEvents ?? []).map(toEvent);
            const recent = events.filter(({ at }) => Date.parse(at) >= since);
            found.push(...recent);
            pages += 1;
            if (recent.length < events.length || pages >= MAX_EVENT_PAGES) break;
          }
        } catch (thrown) {
          if (!isUnknownStack(thrown)) throw thrown;
        }
        return found;
      }),
  };
}

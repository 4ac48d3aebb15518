/** CloudFormation's own client on a sandbox, with reads of statuses, events and resources for tests. */
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  paginateListStacks,
  type Stack,
  type StackEvent,
  type StackStatus,
  type StackSummary,
} from '@aws-sdk/client-cloudformation';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';

export interface StackReader {
  readonly client: CloudFormationClient;
  /** By name or ARN. */
  stack(nameOrId: string): Promise<Stack>;
  /** The latest root stack of an environment of the shop, deleted ones included; undefined if there is none. */
  rootOf(environment: string): Promise<StackSummary | undefined>;
  list(filter?: StackStatus[]): Promise<StackSummary[]>;
  /** All events, oldest first. */
  events(nameOrId: string): Promise<StackEvent[]>;
  /** All events as `logical id STATUS`; the stack itself is `.` */
  history(nameOrId: string): Promise<string[]>;
  /** The ARN of a nested stack, by its logical id in the root. */
  nested(root: string, logicalId: string): Promise<string>;
  /** Resources as `logical id: STATUS`. */
  resources(nameOrId: string): Promise<Record<string, string>>;
}

export function stackReader(url: string, credentials: object = sandboxCredentials): StackReader {
  const client = new CloudFormationClient({
    endpoint: url,
    region: sandboxRegion,
    credentials: { ...sandboxCredentials, ...credentials },
    maxAttempts: 1,
  });
  const list = async (filter?: StackStatus[]) => {
    const found: StackSummary[] = [];
    for await (const page of paginateListStacks({ client }, { StackStatusFilter: filter }))
      found.push(...(page.StackSummaries ?? []));
    return found;
  };
  const events = async (nameOrId: string) => {
    const found: StackEvent[] = [];
    for await (const page of paginateDescribeStackEvents({ client }, { StackName: nameOrId }))
      found.push(...(page.StackEvents ?? []));
    return found.reverse();
  };
  const resourcesOf = async (nameOrId: string) =>
    (await client.send(new DescribeStackResourcesCommand({ StackName: nameOrId }))).StackResources ?? [];
  return {
    client,
    list,
    events,
    async stack(nameOrId) {
      const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: nameOrId }));
      if (!stack) throw new Error(`there is no stack ${nameOrId}`);
      return stack;
    },
    rootOf: async environment =>
      (await list()).find(
        ({ StackName, ParentId }) => !ParentId && StackName?.startsWith(`amplify-shop-${environment}-`),
      ),
    history: async nameOrId =>
      (await events(nameOrId)).map(
        ({ LogicalResourceId, ResourceStatus, PhysicalResourceId, StackId }) =>
          `${PhysicalResourceId === StackId ? '.' : LogicalResourceId} ${ResourceStatus}`,
      ),
    nested: async (root, logicalId) => {
      const found = (await resourcesOf(root)).find(item => item.LogicalResourceId === logicalId);
      if (!found?.PhysicalResourceId) throw new Error(`${root} has no nested stack ${logicalId}`);
      return found.PhysicalResourceId;
    },
    resources: async nameOrId =>
      Object.fromEntries(
        (await resourcesOf(nameOrId)).map(item => [item.LogicalResourceId, item.ResourceStatus]),
      ),
  };
}

/** One page of events. */
export const eventsPage = (client: CloudFormationClient, StackName: string, NextToken?: string) =>
  client.send(new DescribeStackEventsCommand({ StackName, NextToken }));

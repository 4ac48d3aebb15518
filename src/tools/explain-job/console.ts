/**
 * The page of the AWS console on which a person sees what a stuck job hangs on, and what they can do there. The paths are
 * those of the links on CloudFormation's own pages; the domains are those of the AWS Management Console of each partition.
 * Pure.
 */
import type { Stack } from '../../aws/stacks.ts';
import { stackStateOf } from '../../environment/index.ts';

const domains: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

const partitionOf = (region: string) =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

const ARN = /^arn:[a-z-]+:cloudformation:([a-z0-9-]+):/;
/** Far longer than the ARN of any stack. */
const LONGEST_ARN = 500;

const pageIn = (region: string, path: string) =>
  `https://${region}.${domains[partitionOf(region)]}/cloudformation/home?region=${region}#/stacks${path}`;

/** The events of a stack; where there is none, the list of stacks with an environment's name. */
export function consolePage(
  stack: Pick<Stack, 'id'> | undefined,
  { environment, region }: { readonly environment: string; readonly region: string | undefined },
): string | undefined {
  const [, ofStack] = ARN.exec(stack?.id ?? '') ?? [];
  if (stack && ofStack && stack.id.length <= LONGEST_ARN)
    return pageIn(ofStack, `/events?stackId=${encodeURIComponent(stack.id)}`);
  return region === undefined
    ? undefined
    : pageIn(region, `?filteringText=${encodeURIComponent(environment)}&viewNested=true`);
}

const atWork: Readonly<Record<string, string>> = {
  UPDATE_IN_PROGRESS:
    'Events shows which resource is in progress. Stack actions, "Cancel update stack", rolls the update back; the record of the job may still say that it runs.',
  CREATE_IN_PROGRESS:
    'Events shows which resource is in progress. CloudFormation gives up by itself after hours; deleting the stack ends it at once, with all that it has created.',
};

/** What a person can do on that page about a job that has not ended. */
export function whatAPersonCanDo(stack: Stack | undefined): string {
  if (!stack)
    return 'There is no stack of this environment: CloudFormation was not asked to do anything, so there is nothing to stop.';
  const { condition, nextStep } = stackStateOf(stack);
  switch (condition) {
    case 'at work':
      return (
        atWork[stack.status] ??
        'Events shows which resource is in progress. CloudFormation gives up by itself after hours; nothing can end it sooner.'
      );
    case 'stuck':
      return `Events shows what failed. ${nextStep ?? ''}`.trim();
    case 'gone':
      return 'The stack is deleted, so there is nothing to stop; only the record of the job is old.';
    case 'steady':
      return "CloudFormation has ended its work, so there is nothing to stop; Events shows how it ended. Only the job's record is old.";
  }
}

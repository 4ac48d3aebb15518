/** Pages of the AWS console, which the page makes of what AWS calls its things. Nothing foreign names a site. */
import { button } from './dom.ts';
import type { Stage } from './stage.ts';

const SITES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

const STACK_ARN = /^arn:(aws[a-z-]*):cloudformation:([a-z]{2}[a-z0-9-]{1,30}):\d{12}:stack\/[\w-]+\/[\w-]+$/;

/** The events of a stack in the console; undefined where its ARN is none, or of a partition without a known console. */
export function stackUrl(arn: unknown): string | undefined {
  const [, partition = '', region = ''] = STACK_ARN.exec(String(arn)) ?? [];
  const site = Object.hasOwn(SITES, partition) ? SITES[partition] : undefined;
  if (site === undefined) return undefined;
  const about = `region=${region}#/stacks/events?stackId=${encodeURIComponent(String(arn))}`;
  return `https://${region}.${site}/cloudformation/home?${about}`;
}

/** Opens a stack in the console. The host opens it; some ask the person first, and may refuse. */
export function stackLink(stage: Stage, arn: unknown, name: string) {
  const url = stackUrl(arn);
  const open = () =>
    void stage.host.openLink(String(url)).catch(() => stage.say('The host does not open this page.'));
  return (
    url !== undefined &&
    button('Stack in the AWS console', open, {
      class: 'link',
      'aria-label': `Stack of ${name} in the AWS console`,
    })
  );
}

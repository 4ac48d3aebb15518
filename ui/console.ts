/** Addresses in the AWS console, built from ARNs. The site always comes from the table below, never from foreign text. */
import { button } from './dom.ts';
import type { Stage } from './stage.ts';

const SITES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

const STACK_ARN = /^arn:(aws[a-z-]*):cloudformation:([a-z]{2}[a-z0-9-]{1,30}):\d{12}:stack\/[\w-]+\/[\w-]+$/;

/** The page of a stack's events; undefined for an invalid ARN, or one of a partition without a known console. */
export function stackUrl(arn: unknown): string | undefined {
  const [, partition = '', region = ''] = STACK_ARN.exec(String(arn)) ?? [];
  const site = Object.hasOwn(SITES, partition) ? SITES[partition] : undefined;
  if (site === undefined) return undefined;
  const about = `region=${region}#/stacks/events?stackId=${encodeURIComponent(String(arn))}`;
  return `https://${region}.${site}/cloudformation/home?${about}`;
}

/** A button that opens a stack in the console. The host opens it; some hosts ask the person first, or refuse. */
export function stackLink(stage: Stage, arn: unknown, name: string) {
  const url = stackUrl(arn);
  const open = () =>
    void stage.host.openLink(String(url)).catch(() => stage.announce('The host does not open this page.'));
  return (
    url !== undefined &&
    button('Stack in the AWS console', open, {
      class: 'link',
      'aria-label': `Stack of ${name} in the AWS console`,
    })
  );
}

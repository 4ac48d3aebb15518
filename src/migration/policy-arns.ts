/** The managed policies that a role attaches by their ARNs. */
import type { StackView, TemplateResource } from './stack-view.ts';

/** More than AWS lets a role attach. */
const MOST_POLICIES = 200;

/** Read once: each managed policy is held against each role. */
const read = new WeakMap<TemplateResource, readonly unknown[]>();

export function arnsOf(role: TemplateResource): readonly unknown[] {
  const known = read.get(role);
  if (known) return known;
  const given = role.stack.property(role, 'ManagedPolicyArns');
  const arns = given === undefined ? [] : Array.isArray(given) ? given.slice(0, MOST_POLICIES) : [given];
  read.set(role, arns);
  return arns;
}

/** Whether an ARN in a stack is the one of a managed policy that a template makes. */
export function isArnOf(arn: unknown, stack: StackView, policy: TemplateResource): boolean {
  const { logicalId } = policy;
  const known = policy.stack.physicalId(logicalId);
  const isHere =
    stack === policy.stack && [`\${${logicalId}}`, `\${${logicalId}.PolicyArn}`].includes(String(arn));
  return isHere || (known !== undefined && arn === known);
}

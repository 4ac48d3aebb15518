/** The managed policies that a role attaches by their ARNs. */
import type { StackView, TemplateResource } from './stack-view.ts';

/** More than AWS lets a role attach. */
const MOST_POLICIES = 200;

/** The ARNs are kept, because each managed policy is compared with each role. */
const arnsByRole = new WeakMap<TemplateResource, readonly unknown[]>();

export function arnsOf(role: TemplateResource): readonly unknown[] {
  const known = arnsByRole.get(role);
  if (known) return known;
  const given = role.stack.property(role, 'ManagedPolicyArns');
  const arns = given === undefined ? [] : Array.isArray(given) ? given.slice(0, MOST_POLICIES) : [given];
  arnsByRole.set(role, arns);
  return arns;
}

/** Whether an ARN in a stack is that of a managed policy that a template creates. */
export function isArnOf(arn: unknown, stack: StackView, policy: TemplateResource): boolean {
  const { logicalId } = policy;
  const known = policy.stack.physicalId(logicalId);
  const isHere =
    stack === policy.stack && [`\${${logicalId}}`, `\${${logicalId}.PolicyArn}`].includes(String(arn));
  return isHere || (known !== undefined && arn === known);
}

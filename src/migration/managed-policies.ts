/**
 * Compares the managed policies that roles attach by their ARNs. No template shows what a policy of AWS allows, so a difference
 * is reported if only one generation attaches it. A policy of the account that no template creates cannot be judged.
 */
import { quoteName } from '../lib/quote.ts';
import type { Finding } from './findings.ts';
import { isFunction } from './functions.ts';
import { hasUnknownPart } from './intrinsics.ts';
import { arnsOf, isArnOf } from './policy-arns.ts';
import type { HeldRole, Principal } from './roles.ts';
import type { StackView } from './stack-view.ts';

/** The policies that one generation's roles attach, by whose the roles are. */
interface Attachments {
  /** Of AWS, by their names. */
  readonly ofAws: ReadonlyMap<Principal, ReadonlySet<string>>;
  /** Others that no template creates, by their ARNs. */
  readonly unread: ReadonlyMap<Principal, ReadonlySet<string>>;
}

/** Policies by which functions write logs and traces or read their triggers. They give no rights on data. */
const forRunning = [
  /^service-role\/AWSLambda\w*ExecutionRole$/,
  /^AWSX[Rr]ay(?:DaemonWrite|WriteOnly)Access$/,
  /^CloudWatchLambda(?:Insights|ApplicationSignals)ExecutionRolePolicy$/,
];
const isForRunning = (principal: Principal, name: string) =>
  isFunction(principal) && forRunning.some(pattern => pattern.test(name));

const OF_AWS = ':iam::aws:policy/';

/** The path and name of a policy that AWS manages: `AdministratorAccess`, `service-role/AWSLambdaBasicExecutionRole`. */
function awsPolicyName(arn: unknown): string | undefined {
  const [partition = '', name] = typeof arn === 'string' ? arn.split(OF_AWS) : [];
  return /^arn:[\w-]+$/.test(partition) ? name : undefined;
}

function attachmentsIn(stacks: readonly StackView[], held: readonly HeldRole[]): Attachments {
  const [ofAws, unread] = [new Map<Principal, Set<string>>(), new Map<Principal, Set<string>>()];
  const add = (to: Map<Principal, Set<string>>, principal: Principal, name: string) =>
    to.set(principal, (to.get(principal) ?? new Set()).add(name));
  const made = stacks.flatMap(stack => stack.ofType('AWS::IAM::ManagedPolicy'));
  for (const { role, principal } of held)
    for (const arn of arnsOf(role)) {
      const name = awsPolicyName(arn);
      if (name !== undefined) {
        if (!isForRunning(principal, name)) add(ofAws, principal, name);
      } else if (!made.some(policy => isArnOf(arn, role.stack, policy)))
        add(
          unread,
          principal,
          typeof arn === 'string' && !hasUnknownPart(arn) ? arn : 'whose ARN is not known',
        );
    }
  return { ofAws, unread };
}

/** @param gen1 the roles of Gen 1 that are compared, and @param gen2 those of Gen 2 */
export function compareManagedPolicies(
  [stacks1, gen1]: readonly [readonly StackView[], readonly HeldRole[]],
  [stacks2, gen2]: readonly [readonly StackView[], readonly HeldRole[]],
): { findings: Finding[]; unproven: string[] } {
  const [before, after] = [attachmentsIn(stacks1, gen1), attachmentsIn(stacks2, gen2)];
  const only = (left: Attachments, right: Attachments, kind: 'ofAws' | 'unread') =>
    [...left[kind]].flatMap(([principal, names]) =>
      [...names].filter(name => !right[kind].get(principal)?.has(name)).map(name => ({ principal, name })),
    );
  const finding =
    (change: 'wider' | 'narrower') =>
    (one: { principal: Principal; name: string }): Finding => ({
      area: isFunction(one.principal) ? 'functions' : 'access',
      change,
      subject: `${one.principal}: managed policy`,
      ...(change === 'wider' ? { gen2: one.name } : { gen1: one.name }),
    });
  const doubt = (generation: string) => (one: { principal: Principal; name: string }) =>
    `${quoteName(one.principal)} in ${generation}: what the managed policy ${quoteName(one.name)} allows is in no template.`;
  return {
    findings: [
      ...only(after, before, 'ofAws').map(finding('wider')),
      ...only(before, after, 'ofAws').map(finding('narrower')),
    ],
    unproven: [
      ...only(before, after, 'unread').map(doubt('Gen 1')),
      ...only(after, before, 'unread').map(doubt('Gen 2')),
    ],
  };
}

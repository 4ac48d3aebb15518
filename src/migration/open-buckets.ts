/**
 * Compares whom the buckets themselves let in, by their policies, access lists and settings. Statements that the CDK and the CLI
 * add (deletion of all objects by a role of the stack, refusal of plain HTTP, delivery of logs) are no difference.
 */
import { isObject, objectOf } from '../lib/json.ts';
import { quoteName } from '../lib/quote.ts';
import type { OwnerLabel } from './access.ts';
import type { Finding } from './findings.ts';
import type { Holding } from './holdings.ts';
import { hasUnknownPart } from './intrinsics.ts';
import { ownerKeyOf } from './owner-labels.ts';
import { keysOfRole, type Principal, roleKey } from './roles.ts';
import type { StackView, TemplateResource } from './stack-view.ts';
import { listOf } from './statements.ts';
import { principalsIn } from './trust.ts';

/** What one statement or setting of a bucket allows or refuses. */
interface BucketRule {
  readonly bucket: string;
  readonly who: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: string;
  readonly condition: string;
}

interface BucketRules {
  readonly rules: readonly BucketRule[];
  readonly unproven: readonly string[];
}

/** One generation: its stacks, buckets with people's files, and people's roles. */
export interface BucketSide {
  readonly stacks: readonly StackView[];
  readonly buckets: readonly Holding[];
  readonly principals: ReadonlyMap<string, Principal>;
  readonly label: OwnerLabel;
}

const logging = new Set(['logging.s3.amazonaws.com', 'delivery.logs.amazonaws.com']);
/** What the CDK allows the role that empties a bucket. */
const emptying = new Set(['s3:PutBucketPolicy', 's3:GetBucket*', 's3:List*', 's3:DeleteObject*']);

/** The bucket that a policy is for. */
function bucketOf(policy: TemplateResource, buckets: readonly Holding[]): Holding | undefined {
  const named = policy.stack.property(policy, 'Bucket');
  return buckets.find(
    ({ name, resource }) =>
      (name !== undefined && named === name) ||
      (resource.stack === policy.stack && named === `\${${resource.logicalId}}`),
  );
}

const isOnlyOfTransport = (condition: unknown) => {
  const keys = Object.values(objectOf(condition)).flatMap(held => Object.keys(objectOf(held)));
  return keys.length > 0 && keys.every(key => /^(?:aws:SecureTransport|s3:TlsVersion)$/i.test(key));
};

/** Whom a statement lets in: `undefined` where that cannot be judged, '' for roles of the stacks themselves and for logging. */
function outsiderOf(
  name: string,
  policy: TemplateResource,
  { stacks, principals }: BucketSide,
): string | undefined {
  const [kind = '', ...rest] = name.split(' ');
  const text = rest.join(' ');
  if (kind === 'Service') return logging.has(text) ? '' : name;
  if (kind !== 'AWS') return name;
  const key = roleKey(policy.stack, text) ?? '';
  const held = principals.get(key);
  if (held !== undefined) return held;
  const isOwn = stacks.some(stack =>
    stack.ofType('AWS::IAM::Role').some(role => keysOfRole(role).includes(key)),
  );
  if (isOwn) return '';
  const account = policy.stack.facts.id?.split(':')[4];
  const [, of] = /^(?:arn:[^:]*:iam::)?(\d{12}|cloudfront)(?:$|:)/.exec(text) ?? [];
  return of !== undefined && account !== undefined && of !== account ? `account ${of}` : undefined;
}

function statementsOf(policy: TemplateResource, bucket: string, side: BucketSide): BucketRules {
  const document = policy.stack.property(policy, 'PolicyDocument');
  const doubt = `What the policy of the bucket ${quoteName(bucket)} allows could not be read as a whole.`;
  if (!isObject(document)) return { rules: [], unproven: [doubt] };
  const read = listOf(document.Statement).map((statement): BucketRules => {
    const { Effect, Action, NotAction, Principal: named, NotPrincipal, Condition } = objectOf(statement);
    if (Effect === 'Deny' && isOnlyOfTransport(Condition)) return { rules: [], unproven: [] };
    const actions = listOf(Action).filter(action => typeof action === 'string');
    const condition = Condition === undefined ? '' : JSON.stringify(Condition);
    const given = { bucket, actions: [...actions].sort().join(', ') || 'all but some', condition };
    if (Effect !== 'Allow')
      return {
        rules: [{ ...given, who: principalsIn(named).join(', ') || 'all but some', effect: 'Deny' }],
        unproven: [],
      };
    if (NotPrincipal !== undefined)
      return { rules: [{ ...given, who: 'all but some', effect: 'Allow' }], unproven: [] };
    const outsiders = principalsIn(named).map(name => outsiderOf(name, policy, side));
    const isEmptying =
      NotAction === undefined && actions.length > 0 && actions.every(action => emptying.has(action));
    return {
      rules: outsiders.filter(Boolean).map(who => ({ ...given, who: who ?? '', effect: 'Allow' as const })),
      unproven: outsiders.includes(undefined) && !isEmptying ? [doubt] : [],
    };
  });
  return { rules: read.flatMap(({ rules }) => rules), unproven: read.flatMap(({ unproven }) => unproven) };
}

const publicLists: Readonly<Record<string, string>> = {
  PublicRead: 's3:GetObject',
  PublicReadWrite: 's3:GetObject, s3:PutObject',
  AuthenticatedRead: 's3:GetObject',
};

/** What a bucket's own settings allow. */
function settingsOf({ resource }: Holding, bucket: string): BucketRule[] {
  const list = publicLists[String(resource.stack.property(resource, 'AccessControl'))];
  const block = resource.stack.property(resource, 'PublicAccessBlockConfiguration');
  const off = Object.entries(objectOf(block)).flatMap(([name, value]) =>
    String(value).toLowerCase() === 'false' ? [`${name} off`] : [],
  );
  const rule = (actions: string): BucketRule => ({
    ...{ bucket, who: 'anyone', effect: 'Allow', actions, condition: '' },
  });
  return [...(list === undefined ? [] : [rule(list)]), ...off.map(rule)];
}

function rulesOf(side: BucketSide): BucketRules {
  const policies = side.stacks.flatMap(stack => stack.ofType('AWS::S3::BucketPolicy'));
  const read = policies.flatMap(policy => {
    const bucket = bucketOf(policy, side.buckets);
    return bucket ? [statementsOf(policy, side.label(ownerKeyOf(bucket)), side)] : [];
  });
  return {
    rules: [
      ...read.flatMap(({ rules }) => rules),
      ...side.buckets.flatMap(bucket => settingsOf(bucket, side.label(ownerKeyOf(bucket)))),
    ],
    unproven: read.flatMap(({ unproven }) => unproven),
  };
}

const isClear = ({ who, condition }: BucketRule) => !hasUnknownPart(who) && !hasUnknownPart(condition);

/** What the buckets of only one generation allow or refuse. Gen 2's further buckets are not compared. */
export function compareOpenBuckets(
  gen1: BucketSide,
  gen2: BucketSide,
): { findings: Finding[]; unproven: readonly string[] } {
  const [before, after] = [rulesOf(gen1), rulesOf(gen2)];
  const only = (left: BucketRules, right: BucketRules) => {
    const had = new Set(right.rules.map(each => JSON.stringify(each)));
    return left.rules.filter(each => isClear(each) && !had.has(JSON.stringify(each)));
  };
  const isWider = ({ effect }: BucketRule, inGen2: boolean) => inGen2 === (effect === 'Allow');
  const findings = (rules: readonly BucketRule[], inGen2: boolean): Finding[] => {
    const bySubject = new Map<string, [BucketRule, ...BucketRule[]]>();
    for (const rule of rules) {
      const denied = rule.effect === 'Deny' ? 'denied ' : '';
      const subject = `${rule.who}: ${denied}bucket of ${rule.bucket}`;
      bySubject.set(subject, [rule, ...(bySubject.get(subject) ?? [])]);
    }
    return [...bySubject].map(([subject, held]) => {
      const actions = [...new Set(held.map(each => each.actions))].sort().join(', ');
      return {
        ...{ area: 'access', change: isWider(held[0], inGen2) ? 'wider' : 'narrower', subject },
        ...(inGen2 ? { gen2: actions } : { gen1: actions }),
      };
    });
  };
  const unclear = [...before.rules, ...after.rules].some(each => !isClear(each));
  return {
    findings: [...findings(only(after, before), true), ...findings(only(before, after), false)],
    unproven: [...after.unproven, ...(unclear ? ['A condition of a bucket policy is not known.'] : [])],
  };
}

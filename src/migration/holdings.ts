/** What keeps people's data: tables, pools, buckets, streams; which stack owns it, and whether it outlives that stack. */
import { memberOf, parseStructure, textOf } from '../lib/json.ts';
import type { StackView, TemplateResource } from './stack-view.ts';

export const holdingKinds = ['table', 'user pool', 'identity pool', 'bucket', 'stream'] as const;
export type HoldingKind = (typeof holdingKinds)[number];

/** What happens to it when the stack that owns it is deleted. */
export type Deletion = 'deleted' | 'retained';

/** Something that keeps data. */
export interface Holding {
  readonly kind: HoldingKind;
  /** Its name or id; undefined where the stack does not show it. */
  readonly name: string | undefined;
  readonly resource: TemplateResource;
  readonly onDeletion: Deletion;
  /** `imported`: Gen 2 uses a table by its name. `new`: a table of the Gen 2 stack itself. */
  readonly table?: 'model' | 'imported' | 'new';
}

const kinds: Readonly<Record<string, HoldingKind>> = {
  'AWS::DynamoDB::Table': 'table',
  'AWS::DynamoDB::GlobalTable': 'table',
  'Custom::AmplifyDynamoDBTable': 'table',
  'Custom::ImportedAmplifyDynamoDBTable': 'table',
  'AWS::Cognito::UserPool': 'user pool',
  'AWS::Cognito::IdentityPool': 'identity pool',
  'AWS::S3::Bucket': 'bucket',
  'AWS::Kinesis::Stream': 'stream',
};

/** Whether a deletion policy keeps the resource when its stack is deleted. */
export const isKept = (policy: unknown): boolean => policy === 'Retain' || policy === 'RetainExceptOnCreate';

/** The resource by which a stack is nested in its parent, where both were read. */
function nestingOf(stack: StackView, all: readonly StackView[]): TemplateResource | undefined {
  const parent = all.find(({ name }) => name === stack.facts.parentName);
  const nested = parent?.ofType('AWS::CloudFormation::Stack') ?? [];
  return (
    nested.find(({ logicalId }) => parent?.physicalId(logicalId) === stack.facts.id && stack.facts.id) ??
    nested.find(({ logicalId }) => stack.name.startsWith(`${parent?.name}-${logicalId}-`))
  );
}

/** Whether a stack, or one that it is nested in, is kept when the root is deleted. */
function isStackKept(stack: StackView, all: readonly StackView[]): boolean {
  let current: StackView | undefined = stack;
  for (let level = 0; current && level < 10; level += 1) {
    const nesting: TemplateResource | undefined = nestingOf(current, all);
    if (isKept(nesting?.deletionPolicy)) return true;
    current = nesting?.stack;
  }
  return false;
}

function tableOf(type: string, stack: StackView): Holding['table'] {
  if (type === 'Custom::ImportedAmplifyDynamoDBTable') return 'imported';
  if (type === 'Custom::AmplifyDynamoDBTable') return 'new';
  return stack.ofType('AWS::AppSync::DataSource').length > 0 ? 'model' : undefined;
}

/** All that keeps data in the stacks of one generation. */
export function holdingsIn(stacks: readonly StackView[]): Holding[] {
  return stacks.flatMap(stack => {
    const isKeptWhole = isStackKept(stack, stacks);
    return stack.resources.flatMap(resource => {
      const kind = kinds[resource.type];
      if (!kind) return [];
      const table = kind === 'table' ? tableOf(resource.type, stack) : undefined;
      const holding: Holding = {
        kind,
        name: stack.physicalId(resource.logicalId),
        resource,
        onDeletion: isKeptWhole || isKept(resource.deletionPolicy) ? 'retained' : 'deleted',
        ...(table && { table }),
      };
      return [holding];
    });
  });
}

/** Names of outputs that show a pool or a bucket: of a Gen 1 category's stack, and of a Gen 2 root stack. */
const outputKinds: Readonly<Record<string, HoldingKind>> = {
  UserPoolId: 'user pool',
  IdentityPoolId: 'identity pool',
  BucketName: 'bucket',
  userPoolId: 'user pool',
  identityPoolId: 'identity pool',
  bucketName: 'bucket',
  kinesisStreamId: 'stream',
};

/** A name or id that the outputs of a stack show. */
export interface ShownName {
  readonly kind: HoldingKind;
  readonly name: string;
  readonly stack: StackView;
}

/**
 * Pools and buckets that outputs show, also those that the stack no longer owns: `refactor` leaves the outputs of Gen 1
 * as they were.
 */
export function shownNames(stacks: readonly StackView[]): ShownName[] {
  return stacks.flatMap(stack => {
    const { outputs } = stack.facts;
    // The stack of a Gen 1 table that belongs to no model also shows the table's keys.
    const tables = Object.hasOwn(outputs, 'PartitionKeyName') ? [['Name', 'table'] as const] : [];
    return [...Object.entries(outputKinds), ...tables].flatMap(([output, kind]) => {
      const name = textOf(memberOf(outputs, output));
      return name === undefined ? [] : [{ kind, name, stack }];
    });
  });
}

/** All buckets after the first one. Gen 2 lists them in one output, each as a text of JSON. */
function furtherBuckets(outputs: Readonly<Record<string, string>>): string[] {
  const text = outputs.buckets ?? '';
  const list: unknown = text.length > 20_000 ? [] : parseStructure(text);
  return (Array.isArray(list) ? list : []).flatMap(item => {
    const bucket = typeof item === 'string' ? parseStructure(item) : item;
    return textOf(memberOf(bucket, 'bucketName')) ?? [];
  });
}

/** The ids and names of the pools and buckets that a Gen 2 backend has, by the outputs of its root stack. */
export const gen2IdsIn = (outputs: Readonly<Record<string, string>>): ReadonlySet<string> =>
  new Set([
    ...['userPoolId', 'identityPoolId', 'bucketName'].flatMap(name => textOf(memberOf(outputs, name)) ?? []),
    ...furtherBuckets(outputs),
  ]);

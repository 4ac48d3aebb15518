/**
 * Proves whether an environment is gone and what it left: checked at AmplifyBackend, in Amplify's own records, in
 * CloudFormation and among the buckets. What could not be checked is noted, and proves nothing.
 */

import type { Stack } from '../../aws/stacks.ts';
import { createTryRead, type ReadValue, type TryRead } from '../../call/optional-reads.ts';
import type { StackSearch } from '../../call/stacks.ts';
import { deploymentBucketOf, stackStateOf } from '../../environment/index.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { quoteJson, quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import {
  BUCKETS_CUT,
  type Buckets,
  findStacksByName,
  hasEnvironmentName,
  type NamedStacks,
  notFoundByName,
  readBuckets,
} from '../shared/leftovers.ts';
import { readKnownApp, readOn } from '../shared/read.ts';
import { quoted } from '../shared/texts.ts';
import type { Evidence } from './accounted.ts';
import { type Deletion, readDeletion } from './deletion.ts';
import { bucketLabel, removeBucketCommand } from './inventory.ts';
import type { Remaining } from './output.ts';

/** What was known of the environment before its deletion. */
export interface KnownBefore {
  readonly appName: string | undefined;
  /** ARN of its stack; unknown where the environment was gone before this call. */
  readonly stackId: string | undefined;
  /** The names of its stack, where they are known. */
  readonly stackNames?: readonly string[];
  readonly buckets: readonly string[];
}

export interface Proof {
  readonly isGone: boolean;
  /** Whether everything could be checked. Otherwise, finding nothing does not prove that nothing is left. */
  readonly isWhole: boolean;
  /** Whether anything shows that the environment ever existed. */
  readonly hasTrace: boolean;
  readonly leftovers: readonly Remaining[];
  /** The evidence for single things. */
  readonly evidence: Evidence;
  /** The stack, where one was found. */
  readonly stack?: Pick<Stack, 'name' | 'status'>;
  /** What could not be checked, and what is unknown. */
  readonly notes: readonly string[];
}

/**
 * Finds the environment's own stack, where one is known, and the existing stacks with its name. Where none is known, it
 * also finds the stacks that may be the environment's.
 */
async function findStacks(
  context: ToolContext,
  ref: EnvironmentRef,
  { appName, stackId, stackNames = [] }: KnownBefore,
  { tryRead, tryExtra }: { readonly tryRead: TryRead; readonly tryExtra: TryRead },
): Promise<NamedStacks> {
  const { stacks, signal } = context;
  // Where its own stack is known, the proof does not need the list of the others.
  const search = { ...ref, appName, knownNames: stackNames };
  const listing = findStacksByName(context, search, {
    tryRead: stackId === undefined ? tryRead : tryExtra,
    tryExtra,
  });
  const own =
    stackId === undefined
      ? undefined
      : await tryRead('the stack', 'cloudformation:DescribeStacks', () => stacks.find(ref, stackId, signal));
  const { own: named, unsure } = (await listing)?.value ?? { own: [], unsure: [] };
  // Of several deleted stacks, the newest is this environment's.
  const [first] = own?.value ? [own.value] : named;
  const others = named.filter(({ id, status }) => id !== first?.id && status !== 'DELETE_COMPLETE');
  return { own: first ? [first, ...others] : others, unsure: first ? [] : unsure };
}

/** Says why a stack still exists. */
function whyItExists(stack: Stack, deletion: Deletion | undefined): string {
  const { status, reason } = stack;
  const says = `CloudFormation says ${quoteName(status)}`;
  const failure = deletion?.failure;
  const { condition, means, nextStep } = stackStateOf(stack);
  if (condition === 'at work') return `${says}: ${means}. Call again later.`;
  const step = nextStep === undefined ? '' : ` ${nextStep}`;
  if (failure)
    return `${says}: ${quoteName(failure.logicalId)} (${quoteName(failure.type)}) could not be deleted. AWS says (quoted data): ${quoted(failure.reason ?? 'nothing')}.${step}`;
  if (condition === 'steady') return `${says}: ${means}, and nothing is deleting it.`;
  return `${says}: ${means}${reason ? `. AWS says (quoted data): ${quoted(reason)}` : ', and gives no reason'}.${step}`;
}

const BUCKET = 'AWS::S3::Bucket';

/** What a deleted stack kept. Whether they still exist can be checked for buckets only. */
function keptBy(stack: Stack, { kept }: Deletion): Remaining[] {
  return kept
    .filter(({ type }) => type !== BUCKET)
    .map(({ type, logicalId, physicalId }) => ({
      what: `${quoteName(type)} ${quoteName(physicalId ?? logicalId)}`,
      why: `Stack ${quoteName(stack.name)} kept it when it was deleted (DELETE_SKIPPED); whether it was removed since is not checked.`,
    }));
}

/** The environment's buckets that still exist, and a note on those that may belong to others. */
function bucketsLeft(
  buckets: ReadValue<Buckets> | undefined,
  own: ReadonlySet<string>,
  search: StackSearch,
): { readonly left: Remaining[]; readonly notes: string[] } {
  const names = buckets?.value.names ?? [];
  const namesakes = names.filter(name => hasEnvironmentName(name, search) && !own.has(name));
  return {
    left: names
      .filter(name => own.has(name))
      .map(name => {
        const command = removeBucketCommand(name);
        return {
          what: bucketLabel(name),
          why: 'It still exists, with its contents: kept by a policy, or not empty.',
          ...(command !== undefined && { command }),
        };
      }),
    notes:
      namesakes.length === 0
        ? []
        : [
            `Other buckets have ${search.backendEnvironmentName} in their name; they may belong to another environment (quoted data): ${quoteJson(namesakes)}`,
          ],
  };
}

/** Reads the deletion of each found stack. Adds to `notChecked` what could not be read. */
async function readDeletions(
  context: ToolContext,
  ref: EnvironmentRef,
  stacks: readonly Stack[],
  { tryRead, notChecked }: { readonly tryRead: TryRead; readonly notChecked: string[] },
) {
  return Promise.all(
    stacks.map(async stack => {
      const deletion = await tryRead("the stack's events", 'cloudformation:DescribeStackEvents', () =>
        readDeletion(context, ref, stack),
      );
      if (deletion?.value.isCut)
        notChecked.push(`Not checked: some stacks nested in ${quoteName(stack.name)}.`);
      return { stack, deletion: deletion?.value };
    }),
  );
}

/** @throws ServerError cancelled, or where AmplifyBackend itself cannot be asked */
export async function prove(context: ToolContext, ref: EnvironmentRef, known: KnownBefore): Promise<Proof> {
  const { stacks, signal } = context;
  const { appId, backendEnvironmentName: environment, target } = ref;
  const read = readOn(context, target);
  const notChecked: string[] = [];
  const extraNotes: string[] = [];
  const tryRead = createTryRead(notChecked);
  const [app, recorded, { own: found, unsure }, buckets] = await Promise.all([
    readKnownApp(read, appId),
    tryRead("Amplify's own record", 'amplify:ListBackendEnvironments', () => stacks.recorded(ref, signal)),
    findStacks(context, ref, known, { tryRead, tryExtra: createTryRead(extraNotes) }),
    tryRead('the buckets', 'amplifybackend:ListS3Buckets', () => readBuckets(read)),
  ]);
  if (buckets && !buckets.value.areAll) notChecked.push(BUCKETS_CUT);
  const search = { ...ref, appName: known.appName };
  // A stack that was found names its resources; without one, only known names can be searched for.
  if (found.length === 0 && known.stackId === undefined)
    extraNotes.push(...notFoundByName({ ...search, knownNames: known.stackNames }));
  const deletions = await readDeletions(context, ref, found, { tryRead, notChecked });
  const existing = deletions.filter(({ stack }) => stack.status !== 'DELETE_COMPLETE');
  const toLeftover = ({ stack, deletion }: (typeof existing)[number]): Remaining => ({
    what: `stack ${quoteName(stack.name)}`,
    why: whyItExists(stack, deletion),
  });
  const shown = existing[0]?.stack ?? found[0];
  const isStackDeleted =
    found.length > 0 &&
    existing.length === 0 &&
    deletions.every(({ deletion }) => deletion && !deletion.isCut);
  const kept = deletions.flatMap(({ deletion }) => deletion?.kept ?? []);
  const facts = {
    evidence: {
      isStackDeleted,
      kept: new Set(kept.flatMap(({ physicalId }) => (physicalId === undefined ? [] : [physicalId]))),
      buckets: buckets?.value,
    },
    isWhole: notChecked.length === 0,
    hasTrace: found.length > 0,
    ...(shown && { stack: { name: shown.name, status: shown.status } }),
  };
  if (app?.environments.includes(environment)) {
    const failed = existing.filter(({ stack }) => stack.status === 'DELETE_FAILED');
    return {
      isGone: false,
      ...facts,
      leftovers: failed.map(toLeftover),
      notes: [...notChecked, ...extraNotes],
    };
  }
  const ownBuckets = new Set([
    ...known.buckets,
    ...found.map(({ name }) => deploymentBucketOf(name)),
    ...deletions.flatMap(({ deletion }) => deletion?.buckets ?? []),
  ]);
  const { left, notes } = bucketsLeft(buckets, ownBuckets, search);
  return {
    isGone: true,
    ...facts,
    leftovers: [
      ...(recorded?.value
        ? [{ what: `Amplify's record of ${environment}`, why: 'Amplify still lists it.' }]
        : []),
      ...existing.map(toLeftover),
      ...unsure.map(stack => ({
        what: `stack ${quoteName(stack.name)}`,
        why: `Its name does not include an app: it may belong to this environment or to another app. ${whyItExists(stack, undefined)}`,
      })),
      ...deletions.flatMap(({ stack, deletion }) => (deletion ? keptBy(stack, deletion) : [])),
      ...left,
    ],
    notes: [...notChecked, ...extraNotes, ...notes],
  };
}

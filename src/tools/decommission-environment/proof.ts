/**
 * Whether an environment is really gone, and what it left: looked for at AmplifyBackend, in Amplify's own records,
 * in CloudFormation and among the buckets. What could not be looked at is said, and proves nothing.
 */

import type { Stack } from '../../aws/stacks.ts';
import type { StackSearch } from '../../call/stacks.ts';
import { deploymentBucketOf, stackStateOf } from '../../environment/index.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { quoteJson, quoteName } from '../../lib/quote.ts';
import type { WorkflowContext } from '../define.ts';
import {
  type Buckets,
  bearsEnvironment,
  readBuckets,
  type StandingStacks,
  stacksNamed,
  unsearched,
} from '../leftovers.ts';
import { createLook, type Look, quoted, type Seen } from '../stack-looks.ts';
import { readApp, readerFor } from './app.ts';
import { type Deletion, readDeletion } from './deletion.ts';
import { bucketLabel, type Staying } from './inventory.ts';

/** What is looked for. */
export interface Remembered {
  readonly appName: string | undefined;
  /** ARN of its stack; unknown of an environment that was gone before anybody looked. */
  readonly stackId: string | undefined;
  /** Its name, where no more is known of it. */
  readonly stackNames?: readonly string[];
  readonly buckets: readonly string[];
}

/** What was found. */
export interface Proof {
  readonly isGone: boolean;
  /** Whether everything could be looked at: only then is nothing found the same as nothing left. */
  readonly isWhole: boolean;
  /** Whether anything shows that there ever was such an environment. */
  readonly hasTrace: boolean;
  readonly leftovers: readonly Staying[];
  /** The stack as it stands, where there is one to tell of. */
  readonly stack?: Pick<Stack, 'name' | 'status'>;
  /** What could not be looked at, and what nobody can tell. */
  readonly notes: readonly string[];
}

/**
 * The environment's own stack, where one is known, and those that bear its name and still stand; beside them those that
 * may be its own: where its own is known, no other can be.
 */
async function stacksOf(
  context: WorkflowContext,
  place: EnvironmentRef,
  { appName, stackId, stackNames = [] }: Remembered,
  { look, aside }: { readonly look: Look; readonly aside: Look },
): Promise<StandingStacks> {
  const { stacks, signal } = context;
  // Where its own stack is known, that others cannot be listed makes the proof no weaker.
  const search = { ...place, appName, knownNames: stackNames };
  const listing = stacksNamed(context, search, { look: stackId === undefined ? look : aside, aside });
  const own =
    stackId === undefined
      ? undefined
      : await look('the stack', 'cloudformation:DescribeStacks', () => stacks.find(place, stackId, signal));
  const { own: named, perhaps } = (await listing)?.value ?? { own: [], perhaps: [] };
  // Of those that were deleted before, the latest is the one that was asked for.
  const [first] = own?.value ? [own.value] : named;
  const others = named.filter(({ id, status }) => id !== first?.id && status !== 'DELETE_COMPLETE');
  return { own: first ? [first, ...others] : others, perhaps: first ? [] : perhaps };
}

/** Why a stack still stands. */
function whyItStands(stack: Stack, deletion: Deletion | undefined): string {
  const { status, reason } = stack;
  const says = `CloudFormation says ${quoteName(status)}`;
  const failure = deletion?.failure;
  const { condition, means, nextStep } = stackStateOf(stack);
  if (condition === 'at work') return `${says}: ${means}. Call again later.`;
  const step = nextStep === undefined ? '' : ` ${nextStep}`;
  if (failure)
    return `${says}: ${quoteName(failure.logicalId)} (${quoteName(failure.type)}) could not be deleted. AWS says (quoted data): ${quoted(failure.reason ?? 'nothing')}.${step}`;
  if (condition === 'steady') return `${says}: ${means}, and nobody deletes it.`;
  return `${says}: ${means}${reason ? `. AWS says (quoted data): ${quoted(reason)}` : ', and gives no reason'}.${step}`;
}

const BUCKET = 'AWS::S3::Bucket';

/** What deleted stacks were told to keep. Whether it is still there can be seen of buckets alone. */
function keptBy(stack: Stack, { kept }: Deletion): Staying[] {
  return kept
    .filter(({ type }) => type !== BUCKET)
    .map(({ type, logicalId, physicalId }) => ({
      what: `${quoteName(type)} ${quoteName(physicalId ?? logicalId)}`,
      why: `Stack ${quoteName(stack.name)} was told to keep it when it was deleted (DELETE_SKIPPED); whether somebody has removed it since, cannot be read from here.`,
    }));
}

/** Its buckets that are still there; with a note on those that may be another's. */
function bucketsLeft(
  buckets: Seen<Buckets> | undefined,
  own: ReadonlySet<string>,
  search: StackSearch,
): { readonly left: Staying[]; readonly notes: string[] } {
  const names = buckets?.value.names ?? [];
  const namesakes = names.filter(name => bearsEnvironment(name, search) && !own.has(name));
  return {
    left: names
      .filter(name => own.has(name))
      .map(name => ({
        what: bucketLabel(name),
        why: 'It is still there, with what is in it: kept by a policy, or not empty.',
      })),
    notes:
      namesakes.length === 0
        ? []
        : [
            `Other buckets bear the name ${search.backendEnvironmentName}; nothing shows that they were its own (quoted data): ${quoteJson(namesakes)}`,
          ],
  };
}

/** Looks at all sides. @throws RegisteredError cancelled, or where AmplifyBackend itself cannot be asked */
export async function prove(
  context: WorkflowContext,
  place: EnvironmentRef,
  remembered: Remembered,
): Promise<Proof> {
  const { stacks, signal } = context;
  const { backendEnvironmentName: environment } = place;
  const read = readerFor(context, place);
  const unseen: string[] = [];
  const asides: string[] = [];
  const look = createLook(unseen);
  const [{ environments = [] }, recorded, { own: found, perhaps }, buckets] = await Promise.all([
    readApp(read),
    look("Amplify's own record", 'amplify:ListBackendEnvironments', () => stacks.recorded(place, signal)),
    stacksOf(context, place, remembered, { look, aside: createLook(asides) }),
    look('the buckets', 'amplifybackend:ListS3Buckets', () => readBuckets(read)),
  ]);
  if (buckets && !buckets.value.areAll)
    unseen.push('Not looked at: all buckets, of which there are too many.');
  const search = { ...place, appName: remembered.appName };
  // A stack that was found tells the names of its things; without one, only names that are known are looked for.
  if (found.length === 0 && remembered.stackId === undefined)
    asides.push(...unsearched({ ...search, knownNames: remembered.stackNames }));
  const deletions = await Promise.all(
    found.map(async stack => {
      const deletion = await look("the stack's events", 'cloudformation:DescribeStackEvents', () =>
        readDeletion(context, place, stack),
      );
      if (deletion?.value.isCut)
        unseen.push(`Not looked at: all that is nested in stack ${quoteName(stack.name)}.`);
      return { stack, deletion: deletion?.value };
    }),
  );
  const standing = deletions.filter(({ stack }) => stack.status !== 'DELETE_COMPLETE');
  const stuck = standing.map(({ stack, deletion }) => ({
    what: `stack ${quoteName(stack.name)}`,
    why: whyItStands(stack, deletion),
  }));
  const shown = standing[0]?.stack ?? found[0];
  const told = {
    isWhole: unseen.length === 0,
    hasTrace: found.length > 0,
    ...(shown && { stack: { name: shown.name, status: shown.status } }),
  };
  if (environments.includes(environment)) {
    const broken = stuck.filter((_, index) => standing[index]?.stack.status === 'DELETE_FAILED');
    return { isGone: false, ...told, leftovers: broken, notes: [...unseen, ...asides] };
  }
  const own = new Set([
    ...remembered.buckets,
    ...found.map(({ name }) => deploymentBucketOf(name)),
    ...deletions.flatMap(({ deletion }) => deletion?.buckets ?? []),
  ]);
  const { left, notes } = bucketsLeft(buckets, own, search);
  const doubtful = perhaps.map(stack => ({
    what: `stack ${quoteName(stack.name)}`,
    why: `Its name says no app: it may be this environment's, or another app's. ${whyItStands(stack, undefined)}`,
  }));
  return {
    isGone: true,
    ...told,
    leftovers: [
      ...(recorded?.value
        ? [{ what: `Amplify's record of ${environment}`, why: 'Amplify still lists it.' }]
        : []),
      ...stuck,
      ...doubtful,
      ...deletions.flatMap(({ stack, deletion }) => (deletion ? keptBy(stack, deletion) : [])),
      ...left,
    ],
    notes: [...unseen, ...asides, ...notes],
  };
}

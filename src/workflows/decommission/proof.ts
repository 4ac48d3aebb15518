/**
 * Whether an environment is really gone, and what it left: looked for at AmplifyBackend, in Amplify's own records,
 * in CloudFormation and among the buckets. What could not be looked at is said, and proves nothing.
 */
import type { Stack, StackSearch } from '../../execute/stacks.ts';
import { quoteJson, quoteName } from '../../lib/quote.ts';
import type { WorkflowContext } from '../define.ts';
import type { EnvironmentPlace } from '../environment-settings.ts';
import { type Buckets, bearsEnvironment, deploymentBucket, readBuckets } from '../leftovers.ts';
import { createLook, isAtWork, type Look, quoted, type Seen } from '../stack-looks.ts';
import { readApp, readerFor } from './app.ts';
import { type Deletion, readDeletion } from './deletion.ts';
import { bucketLabel, type Staying } from './inventory.ts';

/** What is looked for. */
export interface Remembered {
  readonly appName: string | undefined;
  /** ARN of its stack; unknown of an environment that was gone before anybody looked. */
  readonly stackId: string | undefined;
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

/** The environment's own stack, where one is known, and those that bear its name and still stand. */
async function stacksOf(
  { stacks, signal }: WorkflowContext,
  place: EnvironmentPlace,
  { appName, stackId }: Remembered,
  { look, aside }: { readonly look: Look; readonly aside: Look },
): Promise<Stack[]> {
  // Where its own stack is known, that others cannot be listed makes the proof no weaker.
  const listing = (stackId === undefined ? look : aside)(
    'stacks that bear the name',
    'cloudformation:ListStacks',
    () => stacks.ofName({ ...place, appName }, signal),
  );
  const own =
    stackId === undefined
      ? undefined
      : await look('the stack', 'cloudformation:DescribeStacks', () => stacks.find(place, stackId, signal));
  const named = (await listing)?.value ?? [];
  // Of those that were deleted before, the latest is the one that was asked for.
  const [first] = own?.value ? [own.value] : named;
  const others = named.filter(({ id, status }) => id !== first?.id && status !== 'DELETE_COMPLETE');
  return first ? [first, ...others] : others;
}

/** Why a stack still stands. */
function whyItStands({ status, reason }: Stack, deletion: Deletion | undefined): string {
  const says = `CloudFormation says ${quoteName(status)}`;
  const failure = deletion?.failure;
  if (isAtWork({ status })) return `${says}: it is at work. Call again later.`;
  if (failure)
    return `${says}: ${quoteName(failure.logicalId)} (${quoteName(failure.type)}) could not be deleted. AWS says (quoted data): ${quoted(failure.reason ?? 'nothing')}`;
  return `${says}${reason ? ` (quoted data): ${quoted(reason)}` : ', and gives no reason'}.`;
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
  place: EnvironmentPlace,
  remembered: Remembered,
): Promise<Proof> {
  const { stacks, signal } = context;
  const { backendEnvironmentName: environment } = place;
  const read = readerFor(context, place);
  const unseen: string[] = [];
  const asides: string[] = [];
  const look = createLook(unseen);
  const [{ environments = [] }, recorded, found, buckets] = await Promise.all([
    readApp(read),
    look("Amplify's own record", 'amplify:ListBackendEnvironments', () => stacks.recorded(place, signal)),
    stacksOf(context, place, remembered, { look, aside: createLook(asides) }),
    look('the buckets', 'amplifybackend:ListS3Buckets', () => readBuckets(read)),
  ]);
  if (buckets && !buckets.value.areAll)
    unseen.push('Not looked at: all buckets, of which there are too many.');
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
    ...found.map(({ name }) => deploymentBucket(name)),
    ...deletions.flatMap(({ deletion }) => deletion?.buckets ?? []),
  ]);
  const { left, notes } = bucketsLeft(buckets, own, { ...place, appName: remembered.appName });
  return {
    isGone: true,
    ...told,
    leftovers: [
      ...(recorded?.value
        ? [{ what: `Amplify's record of ${environment}`, why: 'Amplify still lists it.' }]
        : []),
      ...stuck,
      ...deletions.flatMap(({ stack, deletion }) => (deletion ? keptBy(stack, deletion) : [])),
      ...left,
    ],
    notes: [...unseen, ...asides, ...notes],
  };
}

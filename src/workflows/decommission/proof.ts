/**
 * Whether an environment is really gone, and what it left: looked for at AmplifyBackend, in Amplify's own records,
 * in CloudFormation and among the buckets. What could not be looked at is said, and proves nothing.
 */
import { asRegistered } from '../../errors.ts';
import type { Stack } from '../../execute/stacks.ts';
import type { WorkflowContext } from '../define.ts';
import type { EnvironmentPlace } from '../environment-settings.ts';
import { entersStack, firstFailureIn } from '../explain/events.ts';
import { createLook, quoted } from '../stack-looks.ts';
import type { Staying } from './inventory.ts';

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
  readonly leftovers: readonly Staying[];
  /** The stack as it stands, where there is one to tell of. */
  readonly stack?: Pick<Stack, 'name' | 'status'>;
  /** What could not be looked at. */
  readonly notes: readonly string[];
}

type Read = (toolName: string, args?: object) => Promise<Readonly<Record<string, unknown>>>;

/** Reads for one environment's sake. */
export function readerFor(
  { execute, caller, signal }: WorkflowContext,
  { appId, target }: EnvironmentPlace,
): Read {
  const call = { ...(caller !== undefined && { caller }), ...(signal && { signal }) };
  return async (toolName, args = {}) => {
    const isOfApp = toolName !== 'list_s3_buckets';
    const where = { ...(isOfApp && { appId }), ...args, ...(target !== undefined && { target }) };
    return (await execute(toolName, where, call)).answer;
  };
}

/** Whether AmplifyBackend still has it; an app that it does not know has none. */
export async function isThere(read: Read, { backendEnvironmentName }: EnvironmentPlace): Promise<boolean> {
  try {
    const { backendEnvironmentList = [] } = await read('get_backend');
    return (backendEnvironmentList as string[]).includes(backendEnvironmentName);
  } catch (thrown) {
    if (asRegistered(thrown).code === 'not_found') return false;
    throw thrown;
  }
}

/** Why a stack still stands, by its own events. */
async function whyItStands(
  { stacks, signal }: WorkflowContext,
  place: EnvironmentPlace,
  { id, status, reason }: Stack,
): Promise<string> {
  const { events } = await stacks.story(place, { root: id, enters: entersStack }, 0, signal);
  // The last deletion is what it is stuck in; what failed before has been overcome.
  const deleting = events.filter(event => event.status.startsWith('DELETE'));
  const failure = firstFailureIn(deleting);
  if (failure)
    return `CloudFormation says ${status}: ${failure.logicalId} (${failure.type}) could not be deleted. AWS says (quoted data): ${quoted(failure.reason ?? 'nothing')}`;
  return `CloudFormation says ${status}${reason ? ` (quoted data): ${quoted(reason)}` : ', and gives no reason'}.`;
}

const shown = ({ name, status }: Stack) => ({ name, status });

/** Looks at all sides. @throws RegisteredError cancelled, or where AmplifyBackend itself cannot be asked */
export async function prove(
  context: WorkflowContext,
  place: EnvironmentPlace,
  { appName, stackId, buckets }: Remembered,
): Promise<Proof> {
  const { stacks, signal } = context;
  const { backendEnvironmentName: environment } = place;
  const read = readerFor(context, place);
  const notes: string[] = [];
  const look = createLook(notes);
  const [there, recorded, found, listed] = await Promise.all([
    isThere(read, place),
    look("Amplify's own record", 'amplify:ListBackendEnvironments', () => stacks.recorded(place, signal)),
    look('the stack', 'cloudformation:DescribeStacks', async () =>
      stackId === undefined
        ? (await stacks.ofName({ ...place, appName }, signal)).slice()
        : [await stacks.find(place, stackId, signal)],
    ),
    look('the buckets', 'amplifybackend:ListS3Buckets', () => read('list_s3_buckets', { all: true })),
  ]);
  const known = (found?.value ?? []).filter(stack => stack !== undefined);
  const standing = known.filter(({ status }) => status !== 'DELETE_COMPLETE');
  const names = ((listed?.value.buckets ?? []) as { name?: string }[]).map(({ name = '' }) => name);
  const own = new Set([...buckets, ...known.map(({ name }) => `${name.toLowerCase()}-deployment`)]);
  const leftBuckets = names.filter(name => own.has(name));
  const namesakes = names.filter(name => name.endsWith(`-${environment}`) && !own.has(name));
  // Of buckets that were known before, nothing else needs to be guessed.
  if (buckets.length === 0 && namesakes.length > 0)
    notes.push(
      `Buckets that bear the name ${environment}; whether they were its own, nobody can tell any more (quoted data): ${JSON.stringify(namesakes)}`,
    );
  const stuck = await Promise.all(
    standing.map(async stack => ({
      what: `stack ${stack.name}`,
      why:
        (
          await look("the stack's events", 'cloudformation:DescribeStackEvents', () =>
            whyItStands(context, place, stack),
          )
        )?.value ?? `CloudFormation says ${stack.status}.`,
    })),
  );
  const [stack] = [...standing, ...known];
  if (there) {
    const broken = stuck.filter((_, index) => standing[index]?.status === 'DELETE_FAILED');
    return { isGone: false, leftovers: broken, ...(stack && { stack: shown(stack) }), notes };
  }
  return {
    isGone: true,
    leftovers: [
      ...(recorded?.value
        ? [{ what: `Amplify's record of ${environment}`, why: 'Amplify still lists it.' }]
        : []),
      ...stuck,
      ...leftBuckets.map(name => ({
        what: `bucket ${name}`,
        why: 'It is still there, with what is in it: kept by a policy, or not empty.',
      })),
    ],
    ...(stack && { stack: shown(stack) }),
    notes,
  };
}

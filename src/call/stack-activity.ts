/**
 * When CloudFormation last worked on an environment. This is read before a job without progress is called stalled.
 */
import type { Stack } from '../aws/stacks.ts';
import type { Target } from '../aws/targets.ts';
import { type NamedStack, stackBelongs } from '../environment/index.ts';
import { toServerError } from '../errors.ts';
import type { EnvironmentRef } from '../jobs/job.ts';
import { textOf } from '../lib/json.ts';
import { readEnvironmentAt } from './read-environment.ts';
import { createReader } from './reads.ts';
import { walkStacks } from './stack-walk.ts';

const isAtWork = ({ status }: { readonly status: string }) => status.endsWith('_IN_PROGRESS');

/** The environment's stack as AmplifyBackend names it, and the app's name, by which the stack is found otherwise. */
async function findStackName(
  target: Target,
  ref: EnvironmentRef,
): Promise<NamedStack & { readonly appName?: string | undefined }> {
  const read = createReader(target);
  const environment = await readEnvironmentAt(read, ref, false).catch(thrown => {
    if (toServerError(thrown).code === 'not_found') return undefined;
    throw thrown;
  });
  if (!environment) return { appName: textOf((await read('get_backend', { appId: ref.appId })).appName) };
  const { appName } = environment;
  return { appName, ...(environment.state === 'unreadable' ? {} : environment.stack) };
}

/** The root stack, where CloudFormation is working on it. */
async function rootAtWork(target: Target, ref: EnvironmentRef): Promise<Stack | undefined> {
  const { appId, backendEnvironmentName } = ref;
  const { id, name, appName } = await findStackName(target, ref);
  const named = id ?? name;
  if (named !== undefined) {
    const found = await target.stacks.find(named);
    return found && isAtWork(found) ? found : undefined;
  }
  const search = { appId, environment: backendEnvironmentName, appName };
  const all = await target.stacks.list();
  return all.find(
    one => isAtWork(one) && one.parentId === undefined && stackBelongs(one.name, search) === 'belongs',
  );
}

/**
 * The time of the newest event (epoch milliseconds); undefined where CloudFormation is not working on the environment.
 * @param since earlier events are not read; epoch milliseconds @throws ServerError
 */
export async function lastActivityOf(
  target: Target,
  ref: EnvironmentRef,
  since: number,
): Promise<number | undefined> {
  const root = await rootAtWork(target, ref);
  if (!root) return undefined;
  const walk = {
    root: root.id,
    enters: ([latest]: readonly { readonly status: string }[]) => !!latest && isAtWork(latest),
  };
  const { events } = await walkStacks(walk, id => target.stacks.events(id, since));
  const [newest] = events;
  return newest && Date.parse(newest.at);
}

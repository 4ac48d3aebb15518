/** What a write requests besides the app and the environment, compared with the state before it. */
import { findChanges } from '../../environment/changes.ts';
import type { Change } from '../../environment/schema-changes.ts';
import type { Json } from '../../lib/json.ts';
import type { Operation } from '../../operations/define.ts';
import { keptPaths } from '../kept-paths.ts';
import { type PriorState, pick, type StateReader } from './prior-state.ts';

/** The requested changes, as a plan shows them. */
export interface RequestedChanges {
  readonly changes: readonly Change[];
  /** Set where the present state could not be read. */
  readonly remark?: string;
}

const UNREADABLE = 'The present state cannot be read, so only the requested values are shown';

async function readBefore({ members, read }: PriorState): Promise<{ before?: Json; remark?: string }> {
  const found = await read();
  if ('unread' in found) return { remark: `${UNREADABLE} (${found.unread}).` };
  return { before: pick(found.value ?? {}, members) };
}

/** Whether AWS never shows what an operation changes. */
const isNeverShown = ({ access, evidence }: Operation) => access === 'update' && evidence?.length === 0;

/**
 * The arguments of a write, member by member, without the app and the environment that it changes; of an update of
 * settings only what differs from them.
 * @param body the arguments that go into the request's body, with secrets withheld
 * @throws ServerError where the state may be readable later
 */
export async function readRequestedChanges(
  { priorState: source }: Pick<StateReader, 'priorState'>,
  operation: Operation,
  args: Json,
  body: object,
): Promise<RequestedChanges> {
  const changed =
    args.targetEnvironmentName === undefined ? 'backendEnvironmentName' : 'targetEnvironmentName';
  const { members = [] } = source ?? {};
  const shown: Json = { ...args, ...body };
  const rest = Object.keys(shown).filter(name => !['appId', changed, ...members].includes(name));
  const notShown = isNeverShown(operation) ? { remark: `${UNREADABLE}.` } : {};
  const { before, remark }: { before?: Json; remark?: string } = source ? await readBefore(source) : notShown;
  // A mark in the arguments of a workflow's step stands for the stored value, which stays.
  const kept = new Set(keptPaths(args).map(path => path.join('.')));
  const changes = [
    ...(await findChanges(undefined, pick(shown, rest))),
    ...(await findChanges(before, pick(shown, members))),
  ];
  return {
    changes: changes.filter(({ path }) => !kept.has(path)),
    ...(remark !== undefined && { remark }),
  };
}

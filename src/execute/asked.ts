/** What a write asks for beside where it goes to, and what is there before it. */
import { type Change, changesOf } from '../environment/changes.ts';
import type { Read } from './environment-read.ts';
import { readIfThere } from './losses.ts';

type Json = Readonly<Record<string, unknown>>;

/** The read that tells what a change is made to, and the members of both that can be compared. */
const settings: Readonly<Record<string, { readonly read: string; readonly members: readonly string[] }>> = {
  update_backend_api: { read: 'get_backend_api', members: ['resourceConfig'] },
  update_backend_auth: { read: 'get_backend_auth', members: ['resourceConfig'] },
  update_backend_storage: { read: 'get_backend_storage', members: ['resourceConfig'] },
  update_backend_job: { read: 'get_backend_job', members: ['operation', 'status'] },
};

/** Members by which AWS finds what is changed. */
const address = ['appId', 'backendEnvironmentName', 'resourceName', 'jobId'];

/** What there is to show. */
export interface Asked {
  readonly changes: readonly Change[];
  /** Said where what is there could not be read. */
  readonly remark?: string;
}

const pick = (from: Json, members: readonly string[]) =>
  Object.fromEntries(members.filter(name => from[name] !== undefined).map(name => [name, from[name]]));

const UNREADABLE = 'What is there now cannot be read, so only what is asked for is shown';

async function readBefore(
  read: Read,
  toolName: string,
  args: Json,
): Promise<{ before?: Json; remark?: string }> {
  const source = settings[toolName];
  if (!source) return toolName === 'update_backend_config' ? { remark: `${UNREADABLE}.` } : {};
  const found = await readIfThere(() => read(source.read, pick(args, address)));
  if ('unread' in found) return { remark: `${UNREADABLE} (${found.unread}).` };
  return { before: pick(found.value ?? {}, source.members) };
}

/**
 * The arguments of a write, member by member, without the app and the environment that it changes; of an update of
 * settings only what differs from them.
 * @param body the arguments that go into the request's body, with secrets withheld
 * @throws RegisteredError where what is there can perhaps be read later
 */
export async function readAsked(read: Read, toolName: string, args: Json, body: object): Promise<Asked> {
  const changed =
    args.targetEnvironmentName === undefined ? 'backendEnvironmentName' : 'targetEnvironmentName';
  const { members = [] } = settings[toolName] ?? {};
  const shown: Json = { ...args, ...body };
  const rest = Object.keys(shown).filter(name => !['appId', changed, ...members].includes(name));
  const { before, remark } = await readBefore(read, toolName, args);
  return {
    changes: [
      ...(await changesOf(undefined, pick(shown, rest))),
      ...(await changesOf(before, pick(shown, members))),
    ],
    ...(remark !== undefined && { remark }),
  };
}

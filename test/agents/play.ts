/** Plays a request: prepares its world, lets the driver act, and compares the outcome with what the request allows and requires. */
import { isDeepStrictEqual } from 'node:util';
import type { Client } from '@modelcontextprotocol/client';
import type { Env } from '../support/child.ts';
import type { Driver, Played } from './driver.ts';
import type { AgentRequest, Json } from './request.ts';
import { openSession, type Session } from './session.ts';
import type { World } from './world.ts';

export type Surface = 'full' | 'compact';

/** Opens a client on a server of its own. @param settings in the form of the configuration file */
export type Connect = (
  env: Env,
  settings: Json,
) => Promise<{ readonly client: Client; close(): Promise<void> }>;

/** How a request went. */
export interface Score {
  readonly id: string;
  readonly surface: Surface;
  readonly calls: readonly string[];
  readonly listTokens: number;
  readonly answerTokens: number;
  /** Writes that the request does not allow, or that were sent too often. */
  readonly wrongWrites: readonly string[];
  readonly isEndRight: boolean;
  /** The facts that the user should have learned and did not. */
  readonly untold: readonly string[];
  /** What stopped the driver. */
  readonly failure?: string | undefined;
  readonly usage?: Played['usage'];
}

export interface Stage {
  readonly world: World;
  readonly connect: Connect;
  readonly driver: Driver;
  readonly surface: Surface;
}

/** Prepares the world. Its calls go through a separate server, which asks for no confirmation. */
async function prepare({ world = [] }: AgentRequest, { world: sandbox, connect }: Stage): Promise<void> {
  await sandbox.reset();
  for (const step of world) {
    if (!('call' in step)) {
      await sandbox.take(step);
      continue;
    }
    const { client, close } = await connect(sandbox.env, { confirm: 'never' });
    const { tool: name, args } = step.call;
    const { isError, content } = await client.callTool({ name, arguments: args });
    await close();
    if (isError) throw new Error(`the world could not be made: ${JSON.stringify(content)}`);
  }
  await sandbox.forget();
}

/** The writes that remain after removing each allowed write once. */
function surplus(writes: readonly string[], allowed: readonly string[]): string[] {
  const left = [...allowed];
  return writes.filter(write => {
    const at = left.indexOf(write);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const includes = (text: string, part: string | RegExp) =>
  typeof part === 'string' ? text.includes(part) : part.test(text);

async function act(
  driver: Driver,
  request: AgentRequest,
  session: Session,
): Promise<{ readonly played: Played; readonly failure?: string }> {
  try {
    return { played: await driver.play(request, session) };
  } catch (thrown) {
    return { played: { says: '' }, failure: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

export async function play(request: AgentRequest, stage: Stage): Promise<Score> {
  const { world, connect, driver, surface } = stage;
  await prepare(request, stage);
  const before = await world.shop();
  const { client, close } = await connect(world.env, { surface, ...request.settings });
  try {
    const session = await openSession(client);
    const { played, failure } = await act(driver, request, session);
    const after = await world.shop();
    const { id, end, writes = [], tells } = request;
    const heard = [...session.calls.map(({ answer }) => answer.text), played.says].join('\n');
    return {
      ...{ id, surface, failure, usage: played.usage },
      calls: session.calls.map(({ tool, args }) =>
        tool === 'run_operation' ? `${tool} ${args.tool}` : tool,
      ),
      listTokens: session.listTokens,
      answerTokens: session.calls.reduce((sum, { tokens }) => sum + tokens, 0),
      wrongWrites: surplus(await world.writes(), writes),
      isEndRight: end ? end(after) : isDeepStrictEqual(before, after),
      untold: tells.filter(part => !includes(heard, part)).map(String),
    };
  } finally {
    await close();
  }
}

/** Whether the request was fully met. */
export const isRight = ({ wrongWrites, isEndRight, untold, failure }: Score): boolean =>
  wrongWrites.length === 0 && isEndRight && untold.length === 0 && failure === undefined;

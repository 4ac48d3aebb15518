/**
 * What the tests of subscriptions play on: sources whose changes the test decides, and a server that has
 * nothing but resources to be followed.
 */
import { McpServer, type ProtocolEra } from '@modelcontextprotocol/server';
import { ServerError } from '../../src/errors.ts';
import type { ListenSources } from '../../src/mcp/listen.ts';
import { serveSubscriptions } from '../../src/mcp/subscribe.ts';
import type { Json } from './child.ts';

/** What the list of resources goes by among what is followed. */
export const LIST = 'the list';

export interface TestSources extends Required<ListenSources> {
  /** Something changes: everybody who follows it is called, with the task where it is one. */
  change(name: string, task?: Json): void;
  /** How many follow it. */
  followers(name: string): number;
  /** How many follow anything. */
  readonly total: number;
  /** How often it was asked for, with success or not. */
  asked(name: string): number;
  /** From now on, to be followed it takes until the answer is called; its changes are told meanwhile. */
  delay(name: string): () => void;
}

/** @param names what can be followed: URIs, task ids, `LIST` */
export function createTestSources(names: readonly string[]): TestSources {
  const followers = new Map<string, Set<(task: Json) => void>>();
  const delays = new Map<string, Promise<void>>();
  const asked: string[] = [];

  async function follow(name: string, onChange: (task: Json) => void) {
    asked.push(name);
    if (!names.includes(name)) throw new ServerError('not_found');
    // Of its own for each follow, so that whoever follows twice is called twice.
    const follower = (task: Json) => onChange(task);
    followers.set(name, (followers.get(name) ?? new Set()).add(follower));
    await delays.get(name);
    return () => void followers.get(name)?.delete(follower);
  }

  return {
    followResource: (uri, onChange) => follow(uri, () => onChange()),
    followList: onChange => follow(LIST, () => onChange()),
    followTask: follow,
    change(name, task = {}) {
      for (const follower of followers.get(name) ?? []) follower(task);
    },
    followers: name => followers.get(name)?.size ?? 0,
    get total() {
      return [...followers.values()].reduce((sum, { size }) => sum + size, 0);
    },
    asked: name => asked.filter(one => one === name).length,
    delay(name) {
      let go = () => {};
      const delay = new Promise<void>(resolve => {
        go = resolve;
      });
      delays.set(name, delay);
      return go;
    },
  };
}

/** A server whose resources can be followed, and that has a tool list for clients that ask for one. */
export function createFollowedServer(sources: ListenSources, era: ProtocolEra): McpServer {
  const capabilities = { tools: {}, resources: { subscribe: true, listChanged: true } };
  const mcp = new McpServer({ name: 'followed', version: '0.0.0' }, { capabilities });
  mcp.server.setRequestHandler('tools/list', () => ({ tools: [] }));
  serveSubscriptions(mcp, sources, era);
  return mcp;
}

/**
 * Support for tests of subscriptions: sources that change when the test says so, and a server that offers only subscriptions to
 * them.
 */
import { McpServer, type ProtocolEra } from '@modelcontextprotocol/server';
import { ServerError } from '../../src/errors.ts';
import type { ListenSources } from '../../src/mcp/listen.ts';
import { serveSubscriptions } from '../../src/mcp/subscribe.ts';
import type { Json } from './child.ts';

/** The name that stands for the list of resources. */
export const LIST = 'the list';

export interface TestSources extends Required<ListenSources> {
  /** Reports a change to all followers of this name, with the task if it is one. */
  change(name: string, task?: Json): void;
  /** The number of its followers. */
  followers(name: string): number;
  /** The number of all followers. */
  readonly total: number;
  /** How often somebody tried to follow it, with or without success. */
  asked(name: string): number;
  /** Holds back the answer to each new follower until the returned function is called. Changes are reported meanwhile. */
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
    // A new function for each follow, so that somebody who follows twice is called twice.
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

/** A server with subscriptions to resources, and an empty tool list for clients that ask for one. */
export function createFollowedServer(sources: ListenSources, era: ProtocolEra): McpServer {
  const capabilities = { tools: {}, resources: { subscribe: true, listChanged: true } };
  const mcp = new McpServer({ name: 'followed', version: '0.0.0' }, { capabilities });
  mcp.server.setRequestHandler('tools/list', () => ({ tools: [] }));
  serveSubscriptions(mcp, sources, era);
  return mcp;
}

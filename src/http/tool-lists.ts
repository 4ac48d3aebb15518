/**
 * The answer to `tools/list`, kept as text: it is the longest that the server gives, every client asks for it, and
 * it is the same for all who see the same tools. The SDK makes it, once; a request that asks in any unusual way is
 * left to the SDK.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  type RequestId,
} from '@modelcontextprotocol/server';
import { LruMap } from '../lib/lru-map.ts';
import { type Arrived, toRequest } from './exchange.ts';
import type { Fetch } from './listen-fetch.ts';

/** The lists of a process. */
export interface ToolLists {
  /**
   * Answers a plain request for the list, where the SDK takes it for a request of the era that `fetch` serves.
   * @param surface the tools that are listed; lives as long as the list holds
   * @param fetch what the SDK answers such requests with
   * @returns whether it was one; nothing is answered otherwise
   */
  serve(
    surface: object,
    fetch: Fetch,
    req: IncomingMessage,
    res: ServerResponse,
    arrived: Arrived,
  ): Promise<boolean>;
}

const METHOD = 'tools/list';
/** Heads that lists are kept for: few are ever used, and nobody may fill the memory with others. */
const MOST_HEADS = 8;
const envelope = [PROTOCOL_VERSION_META_KEY, CLIENT_INFO_META_KEY, CLIENT_CAPABILITIES_META_KEY];

/** Whether an object has these members at most. */
const hasOnly = (value: object, names: readonly string[]) =>
  !Array.isArray(value) && Object.keys(value).every(name => names.includes(name));

const isPlainMeta = (meta: unknown) =>
  meta === undefined || (meta !== null && typeof meta === 'object' && hasOnly(meta, envelope));

/** The id of a request that asks for the list and for nothing besides: no page, no progress. */
function plainIdOf(body: unknown): RequestId | undefined {
  const { jsonrpc, id, method, params = {} } = Object(body) as Record<string, unknown>;
  if (jsonrpc !== '2.0' || method !== METHOD || !hasOnly(Object(body), ['jsonrpc', 'id', 'method', 'params']))
    return undefined;
  if (params === null || typeof params !== 'object' || !hasOnly(params, ['_meta'])) return undefined;
  if (!isPlainMeta((params as { _meta?: unknown })._meta)) return undefined;
  return typeof id === 'string' || Number.isInteger(id) ? (id as RequestId) : undefined;
}

/** What a request's head must say in the one era or the other; answers that differ in it are kept apart. */
function headOf({ method, headers }: IncomingMessage): string | undefined {
  const { accept = '' } = headers;
  const names = ['mcp-protocol-version', 'mcp-method', 'content-type'] as const;
  const takesBoth = ['application/json', 'text/event-stream'].every(type => accept.includes(type));
  return method === 'POST' && takesBoth ? JSON.stringify(names.map(name => headers[name])) : undefined;
}

/** The forms of the SDK's answers: plain, or the one event of a stream. */
const forms = {
  'application/json': ['', ''],
  'text/event-stream': ['event: message\ndata: ', '\n\n'],
} as const;

/** A list, and the form in which the SDK gives it. */
interface List {
  readonly type: keyof typeof forms;
  readonly result: Buffer;
}

/** The result in an answer of the SDK's. */
function resultIn(text: string): object | undefined {
  const json = /^data: (\{.*)$/m.exec(text)?.[1] ?? text;
  return (JSON.parse(json) as { result?: object }).result;
}

/** Makes them. */
export function createToolLists(): ToolLists {
  const kept = new WeakMap<object, LruMap<string, List>>();

  async function make(
    fetch: Fetch,
    req: IncomingMessage,
    { body, authInfo }: Arrived,
  ): Promise<List | undefined> {
    const response = await fetch(toRequest(req), { parsedBody: body, authInfo });
    const text = await response.text();
    const result = response.ok ? resultIn(text) : undefined;
    const type =
      response.headers.get('content-type') === 'text/event-stream' ? 'text/event-stream' : 'application/json';
    return result && { type, result: Buffer.from(JSON.stringify(result)) };
  }

  return {
    async serve(surface, fetch, req, res, arrived) {
      const [id, head] = [plainIdOf(arrived.body), headOf(req)];
      if (id === undefined || head === undefined) return false;
      const lists = kept.get(surface) ?? new LruMap<string, List>(MOST_HEADS);
      const list = lists.get(head) ?? (await make(fetch, req, arrived).catch(() => undefined));
      // What is wrong with it, the SDK says.
      if (!list) return false;
      lists.set(head, list);
      kept.set(surface, lists);
      const { type, result } = list;
      const [before, after] = forms[type];
      const start = Buffer.from(`${before}{"jsonrpc":"2.0","result":`);
      const end = Buffer.from(`,"id":${JSON.stringify(id)}}${after}`);
      const session = req.headers['mcp-session-id'];
      res.writeHead(200, {
        'content-type': type,
        'content-length': start.length + result.length + end.length,
        ...(session && { 'mcp-session-id': session }),
      });
      res.write(start);
      res.write(result);
      res.end(end);
      return true;
    },
  };
}

/**
 * Caches the answer to `tools/list` as text: it is the longest answer of the server, every client asks for it, and it is
 * the same for all callers who see the same tools. The SDK creates it once. The SDK also answers every unusual request.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  type RequestId,
} from '@modelcontextprotocol/server';
import { BoundedMap } from '../lib/bounded-map.ts';
import { memberOf } from '../lib/json.ts';
import { showsPages } from '../mcp/ui-extension.ts';
import { type AdmittedRequest, toRequest } from './exchange.ts';
import type { Fetch } from './listen-fetch.ts';

/** The tool lists of a process. */
export interface ToolLists {
  /**
   * Answers a plain request for the tool list.
   * @param surface the listed tools; the list is cached for as long as this object lives
   * @param fetch the SDK's handler for the era of the request
   * @returns false if the request is not a plain one; it is not answered then
   */
  serve(
    surface: object,
    fetch: Fetch,
    req: IncomingMessage,
    res: ServerResponse,
    admitted: AdmittedRequest,
  ): Promise<boolean>;
}

const METHOD = 'tools/list';
/** How many variants of a list are cached. Clients use few, and none may fill the memory by inventing headers. */
const MOST_VARIANTS = 8;
const envelope = [PROTOCOL_VERSION_META_KEY, CLIENT_INFO_META_KEY, CLIENT_CAPABILITIES_META_KEY];

/** Whether an object has no other members than these. */
const hasOnly = (value: object, names: readonly string[]) =>
  !Array.isArray(value) && Object.keys(value).every(name => names.includes(name));

const isPlainMeta = (meta: unknown) =>
  meta === undefined || (meta !== null && typeof meta === 'object' && hasOnly(meta, envelope));

/** The id of a plain request for the list, without a cursor or a progress token; undefined for other requests. */
function plainIdOf(body: unknown): RequestId | undefined {
  const { jsonrpc, id, method, params = {} } = Object(body) as Record<string, unknown>;
  if (jsonrpc !== '2.0' || method !== METHOD || !hasOnly(Object(body), ['jsonrpc', 'id', 'method', 'params']))
    return undefined;
  if (params === null || typeof params !== 'object' || !hasOnly(params, ['_meta'])) return undefined;
  if (!isPlainMeta((params as { _meta?: unknown })._meta)) return undefined;
  return typeof id === 'string' || Number.isInteger(id) ? (id as RequestId) : undefined;
}

/** Whether a plain request declares that its client shows pages. */
function asksForPages(body: unknown): boolean {
  const meta = memberOf(memberOf(body, 'params'), '_meta');
  return showsPages(memberOf(meta, CLIENT_CAPABILITIES_META_KEY));
}

/** The cache key: everything on which the SDK's answer depends. Undefined if the request is not a plain one. */
function cacheKeyOf({ method, headers }: IncomingMessage, body: unknown): string | undefined {
  const { accept = '' } = headers;
  const names = ['mcp-protocol-version', 'mcp-method', 'content-type'] as const;
  const takesBoth = ['application/json', 'text/event-stream'].every(type => accept.includes(type));
  if (method !== 'POST' || !takesBoth) return undefined;
  return JSON.stringify([...names.map(name => headers[name]), asksForPages(body)]);
}

/** The text before and after the SDK's answer, by content type: plain JSON, or a stream with one event. */
const forms = {
  'application/json': ['', ''],
  'text/event-stream': ['event: message\ndata: ', '\n\n'],
} as const;

/** A cached list and the content type of the SDK's answer. */
interface List {
  readonly type: keyof typeof forms;
  readonly result: Buffer;
}

/** The result in an answer of the SDK. */
function resultIn(text: string): object | undefined {
  const json = /^data: (\{.*)$/m.exec(text)?.[1] ?? text;
  return (JSON.parse(json) as { result?: object }).result;
}

export function createToolLists(): ToolLists {
  const listsBySurface = new WeakMap<object, BoundedMap<string, List>>();

  async function createList(
    fetch: Fetch,
    req: IncomingMessage,
    { body, authInfo }: AdmittedRequest,
  ): Promise<List | undefined> {
    const response = await fetch(toRequest(req), { parsedBody: body, authInfo });
    const text = await response.text();
    const result = response.ok ? resultIn(text) : undefined;
    const type =
      response.headers.get('content-type') === 'text/event-stream' ? 'text/event-stream' : 'application/json';
    return result && { type, result: Buffer.from(JSON.stringify(result)) };
  }

  return {
    async serve(surface, fetch, req, res, admitted) {
      const [id, cacheKey] = [plainIdOf(admitted.body), cacheKeyOf(req, admitted.body)];
      if (id === undefined || cacheKey === undefined) return false;
      const lists = listsBySurface.get(surface) ?? new BoundedMap<string, List>(MOST_VARIANTS);
      const list = lists.get(cacheKey) ?? (await createList(fetch, req, admitted).catch(() => undefined));
      // The SDK answers the request then, with the reason for its refusal.
      if (!list) return false;
      lists.set(cacheKey, list);
      listsBySurface.set(surface, lists);
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

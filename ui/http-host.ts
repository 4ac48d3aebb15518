/**
 * The HTTP server that the page came from, in place of a chat host: stateless MCP 2026-07-28 over fetch. `session.ts` keeps
 * the token that the server requires.
 */
import type { Arguments, Host, ToolResult } from './host.ts';
import { forgetSession, readSession, settingOf, storeSession } from './session.ts';
import { durationText } from './text.ts';

declare const PAGE_VERSION: string;

const PROTOCOL = '2026-07-28';
const DEFAULT_WAIT_S = 5;
const PAGE_TYPE = 'text/html;profile=mcp-app';

/** The `_meta` of every request: the client supports pages, but no forms. */
const requestMeta = {
  'io.modelcontextprotocol/protocolVersion': PROTOCOL,
  'io.modelcontextprotocol/clientInfo': { name: 'amplify-backend-mcp board', version: PAGE_VERSION },
  'io.modelcontextprotocol/clientCapabilities': {
    extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: [PAGE_TYPE] } },
  },
  // A person asks: whatever the settings say, the server deletes nothing before they have read its plan and typed its name.
  'amplify-backend-mcp/asks': true,
};

type Json = Readonly<Record<string, unknown>>;

/** A call that got no result; the message is for a person. */
export class CallFailure extends Error {
  /** Whether the server refused the call before anything was done. Otherwise the outcome is unknown. */
  readonly isRefusal: boolean;

  constructor(message: string, isRefusal = false) {
    super(message);
    this.isRefusal = isRefusal;
  }
}

const BROKEN =
  'The connection broke before the answer was complete. What was asked for may go on: look at the board.';

/** The message if nothing answers. Each start of `board` has a new address. */
const unreachable = () =>
  settingOf('access') === 'session'
    ? 'The server cannot be reached. If the board was ended, start it again and open its new address.'
    : 'The server cannot be reached.';

/** Whether a proxy answered, which does not know what became of the call. */
const isOfProxy = (status: number) => status === 502 || status === 504;

/** The time to wait by a `Retry-After` header, which holds seconds or a date. */
function retryAfterText(retryAfter: string | null): string {
  const at = retryAfter === null ? Number.NaN : Date.parse(retryAfter);
  const seconds = /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) : Math.ceil((at - Date.now()) / 1000);
  return durationText((seconds > 0 ? seconds : DEFAULT_WAIT_S) * 1000);
}

/** The server's message in a body that is not a result, as a sentence. */
function serverMessageIn(body: Json): string | undefined {
  const { error_description: description, error } = body as { error_description?: unknown; error?: unknown };
  const message = (error as { message?: unknown } | null | undefined)?.message;
  const said = [description, message].find(one => typeof one === 'string' && one !== '');
  return said === undefined ? undefined : String(said).replace(/[^.?!]$/, '$&.');
}

/** Whether a text can be a header's value. Names of tools can, but nothing here guarantees it. */
const isPlain = (name: string) => /^[\x21-\x7e]+$/.test(name);

/** The JSON-RPC answer to the request with this id, from a JSON body or an event stream. */
function rpcMessageIn(type: string, text: string, id: number): Json {
  const texts = type.startsWith('text/event-stream')
    ? text.split(/\r?\n\r?\n/).map(event =>
        event
          .split(/\r?\n/)
          .flatMap(line => /^data: ?(.*)$/.exec(line)?.[1] ?? [])
          .join('\n'),
      )
    : [text];
  for (const one of texts.filter(part => part.trim() !== '')) {
    let message: Json;
    try {
      message = JSON.parse(one) as Json;
    } catch {
      continue;
    }
    // An error of the HTTP server itself has no id.
    if (message.id === id || (message.id ?? null) === null) {
      if ('result' in message || 'error' in message || 'error_description' in message) return message;
    }
  }
  return {};
}

/** Why a request was refused, for a person. */
function failureText(response: Response, body: Json): string {
  const { status, headers } = response;
  const challenge = headers.get('www-authenticate') ?? '';
  if (status === 401)
    return settingOf('access') === 'sign-in'
      ? 'Your sign-in has ended. Sign in again.'
      : 'This tab has no session. End the board with Ctrl-C in its terminal, start it again, and open the new address.';
  if (status === 403 && challenge.includes('insufficient_scope')) {
    const [, needed = ''] = /scope="([^"]*)"/.exec(challenge) ?? [];
    return `You may not do this: your sign-in does not include what it needs (${needed}). Ask the operator of this server for that permission. Nothing was changed.`;
  }
  const said = serverMessageIn(body);
  if (status === 429 || status === 503) {
    const isSaid = said !== undefined && /try again in \d/i.test(said);
    return isSaid
      ? said
      : `${said ?? 'The server is busy.'} Try again in ${retryAfterText(headers.get('retry-after'))}.`;
  }
  return said ?? `The server answered with HTTP ${status}.`;
}

/** @param onSignedOut called each time a request is refused because there is no session */
export function openHttpHost(onSignedOut: (words: string) => void): Host {
  const given = settingOf('session');
  if (given !== undefined) storeSession(given);
  const endpoint = settingOf('endpoint') ?? '/mcp';
  let lastId = 0;

  async function post(method: string, params: Json & { readonly name: string }): Promise<Json> {
    lastId += 1;
    const id = lastId;
    const session = readSession();
    const response = await fetch(endpoint, {
      method: 'POST',
      ...{ cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer' },
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': PROTOCOL,
        'mcp-method': method,
        ...(isPlain(params.name) && { 'mcp-name': params.name }),
        ...(session !== undefined && { authorization: `Bearer ${session}` }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: requestMeta } }),
    }).catch(() => {
      throw new CallFailure(unreachable());
    });
    const text = await response.text().catch(() => {
      throw new CallFailure(BROKEN);
    });
    const message = rpcMessageIn(response.headers.get('content-type') ?? '', text, id);
    if (response.status === 401) {
      forgetSession();
      const words = failureText(response, message);
      onSignedOut(words);
      throw new CallFailure(words, true);
    }
    if (isOfProxy(response.status) || (response.ok && !('error' in message) && !('result' in message)))
      throw new CallFailure(BROKEN);
    if (!response.ok || !('result' in message))
      throw new CallFailure(failureText(response, message), response.status !== 500);
    return message.result as Json;
  }

  return {
    isAlone: true,
    async callTool(name: string, args: Arguments): Promise<ToolResult> {
      const result = await post('tools/call', { name, arguments: args });
      if ((result.resultType ?? 'complete') !== 'complete')
        throw new CallFailure(
          'The server asks for something that this page cannot show. Nothing was changed.',
          true,
        );
      return result;
    },
    async openLink(url) {
      window.open(url, '_blank', 'noopener,noreferrer');
    },
    // There is no chat.
    updateModelContext: async () => undefined,
    sendMessage: async () => undefined,
    reportSize: () => undefined,
  };
}

/**
 * Serves `subscriptions/listen` over HTTP, one stream each: wraps the SDK's `fetch`, and adds the updates of the listen's
 * sources to its stream. Other requests pass unchanged.
 */
import {
  type AuthInfo,
  type JSONRPCMessage,
  type JSONRPCNotification,
  type JSONRPCRequest,
  type McpHandlerRequestOptions,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { Listen, Write } from '../mcp/listen.ts';

/** The signature of the SDK's handler. */
export type Fetch = (request: Request, options?: McpHandlerRequestOptions) => Promise<Response>;

/** Opens a listen for its caller, who may follow only their own resources and tasks. */
export type OpenListenFor = (request: JSONRPCRequest, authInfo: AuthInfo | undefined) => Listen;

const METHOD = 'subscriptions/listen';

function isListen(body: unknown): body is JSONRPCRequest {
  const { id, method } = Object(body) as Partial<JSONRPCRequest>;
  return method === METHOD && (typeof id === 'string' || typeof id === 'number');
}

/** The body, which can still be read again; undefined if it is not JSON. */
async function bodyOf(request: Request): Promise<unknown> {
  return request
    .clone()
    .json()
    .catch(() => undefined);
}

/** The message in a frame of the SDK, which always is one chunk; undefined for a keep-alive comment. */
function messageIn(chunk: Uint8Array): JSONRPCMessage | undefined {
  const data = /^data: (.*)$/m.exec(new TextDecoder().decode(chunk))?.[1];
  return data === undefined ? undefined : (JSON.parse(data) as JSONRPCMessage);
}

/** The SDK's stream of a listen, with an acknowledgement of what is really followed, and with the updates. */
function relay(frames: ReadableStream<Uint8Array>, listen: Listen): ReadableStream<Uint8Array> {
  const reader = frames.getReader();
  const encoder = new TextEncoder();
  let isCancelled = false;

  /** Callers do not await this: starting to follow may take a while, and the stream may end meanwhile. */
  async function acknowledge(message: JSONRPCNotification, write: Write): Promise<void> {
    const isOpen = await listen.acknowledge(message, write);
    if (!isOpen) await reader.cancel();
  }

  /** Reads at the SDK's pace, not at the client's, so that the end of the stream is noticed at once. */
  async function pump(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const write: Write = message =>
      controller.enqueue(encoder.encode(`event: message\ndata: ${JSON.stringify(message)}\n\n`));
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const message = messageIn(value);
      if (!message || !('method' in message)) controller.enqueue(value);
      else if (message.method === 'notifications/subscriptions/acknowledged')
        void acknowledge(message, write);
      else listen.forward(message);
    }
  }

  return new ReadableStream({
    start(controller) {
      pump(controller)
        .finally(listen.close)
        .then(
          () => isCancelled || controller.close(),
          error => controller.error(error),
        );
    },
    cancel(reason) {
      isCancelled = true;
      listen.close();
      return reader.cancel(reason);
    },
  });
}

/**
 * Wraps the `fetch` of `createMcpHandler`. A body that is not parsed yet is read whole; the HTTP server bounds its length.
 */
export function createListenFetch(fetch: Fetch, openListen: OpenListenFor): Fetch {
  return async (request, options) => {
    // The header is mandatory, and the SDK refuses a header that does not match the body.
    if (request.headers.get('mcp-method') !== METHOD) return fetch(request, options);
    const body = options?.parsedBody ?? (await bodyOf(request));
    if (!isListen(body)) return fetch(request, options);

    const listen = openListen(body, options?.authInfo);
    const response = await fetch(request, { ...options, parsedBody: listen.request });
    const isStream = response.headers.get('content-type') === 'text/event-stream';
    if (!isStream || !response.body) return response;
    if (listen.refusal) {
      await response.body.cancel();
      const { code } = listen.refusal.error;
      const status = code === ProtocolErrorCode.MissingRequiredClientCapability ? 400 : 200;
      return Response.json(listen.refusal, { status });
    }
    return new Response(relay(response.body, listen), response);
  };
}

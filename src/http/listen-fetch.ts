/**
 * Listens over HTTP, a stream each: stands in front of the SDK's `fetch`, and adds to the stream of a listen
 * what its sources tell. Everything else passes as it is.
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

/** The face of the SDK's handler. */
export type Fetch = (request: Request, options?: McpHandlerRequestOptions) => Promise<Response>;

/** Takes a listen request of a caller; what they may follow is theirs alone. */
export type OpenListenFor = (request: JSONRPCRequest, authInfo: AuthInfo | undefined) => Listen;

const METHOD = 'subscriptions/listen';

function isListen(body: unknown): body is JSONRPCRequest {
  const { id, method } = Object(body) as Partial<JSONRPCRequest>;
  return method === METHOD && (typeof id === 'string' || typeof id === 'number');
}

/** The body, left to be read again; undefined where it is no JSON. */
async function bodyOf(request: Request): Promise<unknown> {
  return request
    .clone()
    .json()
    .catch(() => undefined);
}

/** The message in a frame of the SDK's, which comes as one chunk; none in a comment that keeps the stream alive. */
function messageIn(chunk: Uint8Array): JSONRPCMessage | undefined {
  const data = /^data: (.*)$/m.exec(new TextDecoder().decode(chunk))?.[1];
  return data === undefined ? undefined : (JSON.parse(data) as JSONRPCMessage);
}

/** The SDK's stream of a listen, begun with what is really followed, and with its updates among the frames. */
function relay(frames: ReadableStream<Uint8Array>, listen: Listen): ReadableStream<Uint8Array> {
  const reader = frames.getReader();
  const encoder = new TextEncoder();
  let isLeft = false;

  /** Not awaited: following may take a while, and the stream may end meanwhile. */
  async function acknowledge(message: JSONRPCNotification, write: Write): Promise<void> {
    const goesOn = await listen.acknowledge(message, write);
    if (!goesOn) await reader.cancel();
  }

  /** Reads at the SDK's pace, not at the client's: that the stream ended must be seen when it does. */
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
          () => isLeft || controller.close(),
          error => controller.error(error),
        );
    },
    cancel(reason) {
      isLeft = true;
      listen.close();
      return reader.cancel(reason);
    },
  });
}

/**
 * Wraps the `fetch` of `createMcpHandler`. A body that comes unparsed is read whole: whoever serves bounds it,
 * as `toNodeHandler` does.
 */
export function createListenFetch(fetch: Fetch, openListen: OpenListenFor): Fetch {
  return async (request, options) => {
    // The header is mandatory, and the SDK refuses one that is not the body's.
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

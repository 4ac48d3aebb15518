/** The 2026 era on the wire: complete requests, and messages as they arrive. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Json } from './child.ts';

export const TASKS = 'io.modelcontextprotocol/tasks';
export const STAMP = 'io.modelcontextprotocol/subscriptionId';

/** A request. `extensions` are the extensions that it declares. */
export function request(id: string | number, method: string, params: Json = {}, extensions: Json = {}): Json {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'wire', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': { extensions },
  };
  return { jsonrpc: '2.0', id, method, params: { ...params, _meta } };
}

export const listen = (id: string | number, notifications: unknown, extensions?: Json) =>
  request(id, 'subscriptions/listen', { notifications }, extensions);

export const notification = (method: string, params: Json = {}): Json => ({ jsonrpc: '2.0', method, params });

/** A notification as the server sends it on the stream of a `subscriptions/listen`. */
export const stamped = (id: string | number, method: string, params: Json = {}) =>
  notification(method, { ...params, _meta: { [STAMP]: id } });

export const acknowledged = (id: string | number, notifications: Json) =>
  stamped(id, 'notifications/subscriptions/acknowledged', { notifications });

export const updated = (id: string | number, uri: string) =>
  stamped(id, 'notifications/resources/updated', { uri });

/** Speaks line by line. */
export function speakLines(fromServer: Readable, toServer: Writable) {
  // If the stream breaks, the test notices the missing messages.
  const lines = createInterface(fromServer).on('error', () => undefined);
  const messages: Json[] = [];
  lines.on('line', line => void messages.push(JSON.parse(line)));
  return {
    /** Every message so far. */
    messages,
    send: (message: Json) => void toServer.write(`${JSON.stringify(message)}\n`),
    /** Resolves with the first message that has the id. */
    async answer(id: string | number): Promise<Json> {
      for (;;) {
        const found = messages.find(message => message.id === id);
        if (found) return found;
        await once(lines, 'line');
      }
    },
    /** Resolves once this number of messages has arrived. */
    async count(wanted: number): Promise<Json[]> {
      while (messages.length < wanted) await once(lines, 'line');
      return messages;
    },
  };
}

/** The messages of an SSE stream, in order; ends with the stream. */
export async function* frames(response: Response): AsyncGenerator<Json> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) yield JSON.parse(data) as Json;
    }
  }
}

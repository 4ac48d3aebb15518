/**
 * Listens on one connection that all of them share: stands between the SDK's entry and the wire, and keeps
 * who listens. On a 2025-era connection nothing is ever acknowledged, so everything passes as it is.
 */
import {
  type JSONRPCMessage,
  type JSONRPCNotification,
  type RequestId,
  SUBSCRIPTION_ID_META_KEY,
  type Transport,
} from '@modelcontextprotocol/server';
import type { Listen, OpenListen } from './listen.ts';

/** The stream that a notification is for; undefined where it is for the whole connection. */
const streamOf = ({ params }: JSONRPCNotification) =>
  params?._meta?.[SUBSCRIPTION_ID_META_KEY] as RequestId | undefined;

/**
 * Wraps the transport that is handed to the SDK's entry.
 * @param beforeClose what must end before the entry learns that the wire is closed, and aborts its calls
 */
export function createListenTransport(
  wire: Transport,
  openListen: OpenListen,
  beforeClose: () => Promise<void> = async () => undefined,
): Transport {
  const listens = new Map<RequestId | undefined, Listen>();

  const write = (message: JSONRPCMessage) =>
    void wire.send(message).catch((error: Error) => transport.onerror?.(error));

  function end(id: RequestId | undefined): void {
    listens.get(id)?.close();
    listens.delete(id);
  }

  /** What the entry is to see of a message from the client. */
  function incoming(message: JSONRPCMessage): JSONRPCMessage {
    if (!('method' in message)) return message;
    if (message.method === 'notifications/cancelled') end(message.params?.requestId as RequestId | undefined);
    if (message.method !== 'subscriptions/listen' || !('id' in message)) return message;
    // A client that uses an id twice has lost sight of the first.
    end(message.id);
    const listen = openListen(message);
    listens.set(message.id, listen);
    return listen.request;
  }

  /** Not awaited by the entry: following may take a while, and the entry would read nothing meanwhile. */
  async function acknowledge(id: RequestId, listen: Listen, message: JSONRPCNotification): Promise<void> {
    const goesOn = await listen.acknowledge(message, write);
    if (goesOn || listens.get(id) !== listen) return;
    listens.delete(id);
    // The entry believes that it goes on; the client was told that it does not.
    transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
  }

  const transport: Transport = {
    start() {
      wire.onmessage = (message, extra) => transport.onmessage?.(incoming(message), extra);
      wire.onerror = error => transport.onerror?.(error);
      wire.onclose = () => {
        for (const id of [...listens.keys()]) end(id);
        const close = () => transport.onclose?.();
        beforeClose().then(close, close);
      };
      return wire.start();
    },

    async send(message, options) {
      if (!('method' in message)) {
        // The answer to a listen is its end, whether it was refused or closed.
        end(message.id);
        return wire.send(message, options);
      }
      const id = 'id' in message ? undefined : streamOf(message);
      if (id === undefined) return wire.send(message, options);
      // None: it ended before the entry knew, and whoever ended it wants to hear no more.
      const listen = listens.get(id);
      if (message.method === 'notifications/subscriptions/acknowledged')
        void (listen && acknowledge(id, listen, message));
      else listen?.forward(message);
    },

    close: () => wire.close(),
  };
  return transport;
}

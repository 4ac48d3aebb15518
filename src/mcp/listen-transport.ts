/**
 * Serves all listens of one connection, such as stdio: wraps the transport that the SDK uses, and keeps the open listens.
 * On a connection of the 2025 era there are no listens, so all messages pass unchanged.
 */
import {
  type JSONRPCMessage,
  type JSONRPCNotification,
  type RequestId,
  SUBSCRIPTION_ID_META_KEY,
  type Transport,
} from '@modelcontextprotocol/server';
import type { Listen, OpenListen } from './listen.ts';

/** The id of the listen that a notification belongs to; undefined if it is for the whole connection. */
const streamOf = ({ params }: JSONRPCNotification) =>
  params?._meta?.[SUBSCRIPTION_ID_META_KEY] as RequestId | undefined;

/**
 * Wraps the transport for the SDK.
 * @param beforeClose runs before the SDK learns that the transport is closed and aborts its calls
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

  /** The message from the client as it is passed to the SDK. */
  function incoming(message: JSONRPCMessage): JSONRPCMessage {
    if (!('method' in message)) return message;
    if (message.method === 'notifications/cancelled') end(message.params?.requestId as RequestId | undefined);
    if (message.method !== 'subscriptions/listen' || !('id' in message)) return message;
    // A second listen with the same id replaces the first.
    end(message.id);
    const listen = openListen(message);
    listens.set(message.id, listen);
    return listen.request;
  }

  /** The SDK does not await this: starting to follow may take a while, and the SDK would read nothing meanwhile. */
  async function acknowledge(id: RequestId, listen: Listen, message: JSONRPCNotification): Promise<void> {
    const isOpen = await listen.acknowledge(message, write);
    if (isOpen || listens.get(id) !== listen) return;
    listens.delete(id);
    // The client got the listen's answer, so the SDK must end it too.
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
        // An answer to a listen ends it, whether it was refused or closed.
        end(message.id);
        return wire.send(message, options);
      }
      const id = 'id' in message ? undefined : streamOf(message);
      if (id === undefined) return wire.send(message, options);
      // There is none if the listen ended before the SDK noticed; the notification is dropped then.
      const listen = listens.get(id);
      if (message.method === 'notifications/subscriptions/acknowledged')
        void (listen && acknowledge(id, listen, message));
      else listen?.forward(message);
    },

    close: () => wire.close(),
  };
  return transport;
}

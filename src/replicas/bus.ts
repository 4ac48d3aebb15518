/**
 * Messages between replicas, over Redis's pub/sub: JSON by topic, sealed. A message reaches only the replicas that are
 * connected when it is sent. Messages that were not sealed by this server are ignored.
 */
import type { Connection } from './connection.ts';
import type { Envelopes } from './envelopes.ts';

/** Stops following. */
type Release = () => void;

export interface Bus {
  /** @param from the sender, which does not receive its own messages */
  publish(topic: string, from: string, content: unknown): void;
  /** @param self the follower, which does not receive its own messages */
  follow(topic: string, self: string, onMessage: (content: unknown) => void): Release;
}

interface Message {
  readonly topic: string;
  readonly from: string;
  readonly content: unknown;
}

/**
 * How long a message is valid: longer than its delivery takes and than clocks differ. An older message,
 * which an attacker may replay, is ignored.
 */
const MESSAGE_LIFE_MS = 60_000;

export function openBus(connection: Connection, envelopes: Envelopes, channel: string): Bus {
  const followers = new Map<string, Set<{ readonly self: string; onMessage(content: unknown): void }>>();
  // ioredis subscribes again by itself when Redis is back.
  const listener = connection.open();
  listener.on('message', (_, sealed) => {
    const text = envelopes.open(['message'], sealed);
    if (text === undefined) return;
    const { topic, from, content } = JSON.parse(text) as Message;
    for (const { self, onMessage } of [...(followers.get(topic) ?? [])])
      if (self !== from) onMessage(content);
  });
  listener.subscribe(channel).catch(() => undefined);

  return {
    publish(topic, from, content) {
      const message: Message = { topic, from, content };
      // A lost message delays the other replicas, but harms nothing: they read the same from Redis or from AWS.
      const sealed = envelopes.seal(['message'], JSON.stringify(message), MESSAGE_LIFE_MS);
      connection.ask(redis => redis.publish(channel, sealed)).catch(() => undefined);
    },
    follow(topic, self, onMessage) {
      const follower = { self, onMessage };
      followers.set(topic, (followers.get(topic) ?? new Set()).add(follower));
      return () => {
        const all = followers.get(topic);
        all?.delete(follower);
        if (all?.size === 0) followers.delete(topic);
      };
    },
  };
}

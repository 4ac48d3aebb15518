/**
 * What replicas tell each other, over Redis's pub/sub: JSON by topics, sealed. A message reaches who is there, or
 * nobody; what nobody of ours has said is not heard.
 */
import type { Connection } from './connection.ts';
import type { Envelopes } from './envelopes.ts';

/** Ends a following. */
type Release = () => void;

/** The bus. */
export interface Bus {
  /** @param from who tells, and need not hear it */
  publish(topic: string, from: string, content: unknown): void;
  /** @param self who hears nothing of what it told */
  follow(topic: string, self: string, onTold: (content: unknown) => void): Release;
}

interface Message {
  readonly topic: string;
  readonly from: string;
  readonly content: unknown;
}

/** Longer than a message takes, and than clocks differ; of older ones that are said again, nobody takes note. */
const HEARD_MS = 60_000;

/** Joins it. */
export function openBus(connection: Connection, envelopes: Envelopes, channel: string): Bus {
  const followers = new Map<string, Set<{ readonly self: string; onTold(content: unknown): void }>>();
  // Subscribes anew by itself whenever Redis is back.
  const listener = connection.open();
  listener.on('message', (_, sealed) => {
    const text = envelopes.open(['message'], sealed);
    if (text === undefined) return;
    const { topic, from, content } = JSON.parse(text) as Message;
    for (const { self, onTold } of [...(followers.get(topic) ?? [])]) if (self !== from) onTold(content);
  });
  listener.subscribe(channel).catch(() => undefined);

  return {
    publish(topic, from, content) {
      const message: Message = { topic, from, content };
      // Whoever does not hear it finds out for themselves.
      const sealed = envelopes.seal(['message'], JSON.stringify(message), HEARD_MS);
      connection.ask(redis => redis.publish(channel, sealed)).catch(() => undefined);
    },
    follow(topic, self, onTold) {
      const follower = { self, onTold };
      followers.set(topic, (followers.get(topic) ?? new Set()).add(follower));
      return () => {
        const all = followers.get(topic);
        all?.delete(follower);
        if (all?.size === 0) followers.delete(topic);
      };
    },
  };
}

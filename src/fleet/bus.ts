/** What replicas tell each other, over Redis's pub/sub: JSON by topics. A message reaches who is there, or nobody. */
import type { Connection } from './connection.ts';

/** Ends a following. */
type Release = () => void;

/** The bus. */
export interface Bus {
  /** @param from who tells, and need not hear it */
  tell(topic: string, from: string, content: unknown): void;
  /** @param self who hears nothing of what it told */
  follow(topic: string, self: string, onTold: (content: unknown) => void): Release;
}

interface Message {
  readonly topic: string;
  readonly from: string;
  readonly content: unknown;
}

/** A message of ours; undefined for what somebody else says on the channel. */
function read(text: string): Message | undefined {
  try {
    return Object(JSON.parse(text)) as Message;
  } catch {
    return undefined;
  }
}

/** Joins it. */
export function openBus(connection: Connection, channel: string): Bus {
  const followers = new Map<string, Set<{ readonly self: string; onTold(content: unknown): void }>>();
  // Subscribes anew by itself whenever Redis is back.
  const listener = connection.open();
  listener.on('message', (_, text) => {
    const message = read(text);
    if (!message) return;
    const { topic, from, content } = message;
    for (const { self, onTold } of [...(followers.get(topic) ?? [])]) if (self !== from) onTold(content);
  });
  listener.subscribe(channel).catch(() => undefined);

  return {
    tell(topic, from, content) {
      const message: Message = { topic, from, content };
      // Whoever does not hear it finds out for themselves.
      connection.ask(redis => redis.publish(channel, JSON.stringify(message))).catch(() => undefined);
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

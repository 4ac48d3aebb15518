/**
 * Subscriptions of the 2025 era, for one server, which serves one connection: `resources/subscribe` and
 * `resources/unsubscribe`, updates to subscribers only, and the list's changes, which are told unasked.
 */
import type { McpServer, ProtocolEra } from '@modelcontextprotocol/server';
import type { Release } from '../jobs/report.ts';
import type { ListenSources } from './listen.ts';
import { toProtocolError } from './protocol-errors.ts';

/** Something that is followed, or about to be. */
interface Followed {
  /** Whether it is followed by now. @throws where it cannot be */
  readonly started: Promise<void>;
  end(): void;
}

/** Follows something until `end`, whenever that comes; nothing is told after it. */
function follow(start: (onChange: () => void) => Promise<Release>, onChange: () => void): Followed {
  let isEnded = false;
  let release: Release | undefined;
  const started = start(() => {
    if (!isEnded) onChange();
  }).then(given => {
    if (isEnded) given();
    else release = given;
  });
  return {
    started,
    end() {
      isEnded = true;
      release?.();
    },
  };
}

/**
 * Puts the verbs on a server of the 2025 era, before it is connected. In the 2026 era they do not exist, and
 * what is listened to is told elsewhere.
 */
export function serveSubscriptions(
  { server }: McpServer,
  { followResource, followList }: Pick<ListenSources, 'followResource' | 'followList'>,
  era: ProtocolEra,
): void {
  if (era === 'modern') return;
  const subscribed = new Map<string, Followed>();
  let list: Followed | undefined;
  // A connection that is gone needs no update; that it is gone releases everything.
  const lost = () => undefined;

  server.setRequestHandler('resources/subscribe', async ({ params: { uri } }) => {
    const followed =
      subscribed.get(uri) ??
      follow(
        onChange => followResource(uri, onChange),
        () => void server.sendResourceUpdated({ uri }).catch(lost),
      );
    subscribed.set(uri, followed);
    try {
      await followed.started;
    } catch (thrown) {
      followed.end();
      if (subscribed.get(uri) === followed) subscribed.delete(uri);
      throw toProtocolError(uri, thrown);
    }
    return {};
  });

  server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    subscribed.get(uri)?.end();
    subscribed.delete(uri);
    return {};
  });

  const { oninitialized, onclose } = server;
  server.oninitialized = () => {
    oninitialized?.();
    list ??= follow(followList, () => void server.sendResourceListChanged().catch(lost));
    // Whoever may not follow the list can still read it.
    list.started.catch(lost);
  };
  server.onclose = () => {
    onclose?.();
    list?.end();
    for (const followed of subscribed.values()) followed.end();
    subscribed.clear();
  };
}

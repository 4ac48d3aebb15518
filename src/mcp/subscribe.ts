/**
 * Subscriptions of the 2025 era, for the server of one connection: `resources/subscribe`, `resources/unsubscribe`, updates
 * for subscribers, and changes of the resource list, which every client gets.
 */
import type { McpServer, ProtocolEra } from '@modelcontextprotocol/server';
import type { Release } from '../jobs/report.ts';
import type { ListenSources } from './listen.ts';
import { toProtocolError } from './protocol-errors.ts';

/** A subscription, which may still be starting. */
interface Followed {
  /** Resolves once it has started; rejects if it cannot start. */
  readonly started: Promise<void>;
  end(): void;
}

/** Follows something until `end`, which may come before it has started. There are no callbacks after it. */
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
 * Adds the subscription methods to a server of the 2025 era, before it is connected. The 2026 era has
 * `subscriptions/listen` instead.
 */
export function serveSubscriptions(
  { server }: McpServer,
  { followResource, followList }: Pick<ListenSources, 'followResource' | 'followList'>,
  era: ProtocolEra,
): void {
  if (era === 'modern') return;
  const subscribed = new Map<string, Followed>();
  let list: Followed | undefined;
  // An update for a lost connection may fail: `onclose` releases everything.
  const ignore = () => undefined;

  server.setRequestHandler('resources/subscribe', async ({ params: { uri } }) => {
    const followed =
      subscribed.get(uri) ??
      follow(
        onChange => followResource(uri, onChange),
        () => void server.sendResourceUpdated({ uri }).catch(ignore),
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
    list ??= follow(followList, () => void server.sendResourceListChanged().catch(ignore));
    // A client that cannot follow the list can still read it.
    list.started.catch(ignore);
  };
  server.onclose = () => {
    onclose?.();
    list?.end();
    for (const followed of subscribed.values()) followed.end();
    subscribed.clear();
  };
}

/** `fetch` through the proxy of the environment. Loaded with a proxy. */
import { fetch, ProxyAgent } from 'undici';
import type { Env } from '../lib/env.ts';
import { findProxy } from './proxies.ts';

/** By the proxy's address. */
const dispatchers = new Map<string, ProxyAgent>();

/** As the global `fetch`, which takes no dispatcher of another version of undici. @throws UnusableProxy */
export async function proxyFetch(env: Env, url: string | URL, init: RequestInit): Promise<Response> {
  const proxy = findProxy(env, String(url));
  if (!proxy) return globalThis.fetch(url, init);
  const { href } = proxy.url;
  const dispatcher = dispatchers.get(href) ?? new ProxyAgent(href);
  dispatchers.set(href, dispatcher);
  return (await fetch(url, { ...(init as object), dispatcher })) as unknown as Response;
}

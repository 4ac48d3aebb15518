/** `fetch` through the proxy of the environment. Loaded only if there is one. */
import { fetch, ProxyAgent } from 'undici';
import type { Env } from '../lib/env.ts';
import { findProxy } from './proxies.ts';

/** By the proxy's address. */
const dispatchers = new Map<string, ProxyAgent>();

/** Replaces the global `fetch`, which accepts no dispatcher from another version of undici. @throws UnusableProxy */
export async function proxyFetch(env: Env, url: string | URL, init: RequestInit): Promise<Response> {
  const proxy = findProxy(env, String(url));
  if (!proxy) return globalThis.fetch(url, init);
  const { href } = proxy.url;
  const dispatcher = dispatchers.get(href) ?? new ProxyAgent(href);
  dispatchers.set(href, dispatcher);
  return (await fetch(url, { ...(init as object), dispatcher })) as unknown as Response;
}

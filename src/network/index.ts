/** How this process reaches other hosts: through which proxy, and whose certificates it trusts. */
import type { Agent } from 'node:http';
import type { Env } from '../lib/env.ts';
import { type CaBundle, trustBundle } from './certificates.ts';
import { type Agents, createDirectAgents } from './connections.ts';
import { hasProxy } from './proxies.ts';

export { type CaBundle, UnusableCaBundle } from './certificates.ts';
export {
  type Agents,
  type Connection,
  ConnectTimeout,
  findFailedConnection,
  onFailedConnection,
  ProxyRefusal,
} from './connections.ts';
export { findProxy, hasProxy, UnusableProxy } from './proxies.ts';

/** The agents of one client. The code for proxies is loaded only if the environment names one. @throws UnusableCaBundle */
export async function createAgents(env: Env, bundle?: CaBundle): Promise<Agents> {
  const secureContext = bundle && trustBundle(env, bundle);
  if (!hasProxy(env)) return createDirectAgents(secureContext);
  return (await import('./proxy-agent.ts')).createProxyAgents(env, secureContext);
}

/** An agent for a client that takes a single one, such as a trace exporter; undefined if Node's own is enough. */
export async function createProxyAgent(env: Env): Promise<Agent | undefined> {
  return hasProxy(env) ? (await createAgents(env)).httpsAgent : undefined;
}

/** Fetches through the proxy that the environment names for the address, if any. */
export async function fetchByProxy(env: Env, url: string | URL, init: RequestInit): Promise<Response> {
  if (!hasProxy(env)) return fetch(url, init);
  return (await import('./proxy-fetch.ts')).proxyFetch(env, url, init);
}

/** The agent that sends each request through the proxy that the environment names for its address. Loaded only if there is one. */
import type { ClientRequest } from 'node:http';
import type { SecureContext } from 'node:tls';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { Env } from '../lib/env.ts';
import {
  type Agents,
  CONNECT_MS,
  ConnectTimeout,
  connectionTo,
  createDirectAgents,
  markFailed,
  POOL,
  ProxyRefusal,
  watchConnection,
} from './connections.ts';
import { findProxy, type ProxyAddress } from './proxies.ts';

/** What the agents of a client trust. */
type Trust = { readonly secureContext?: SecureContext };

const addressOf = (options: AgentConnectOpts) => options as { host?: string; port?: number };

/** Opens a connection to a proxy, with a time limit. */
async function inTime<Result>(open: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const giveUp = new AbortController();
  const late = new ConnectTimeout(`no connection within ${CONNECT_MS} ms`);
  const timer = setTimeout(() => giveUp.abort(late), CONNECT_MS);
  try {
    return await open(giveUp.signal);
  } catch (thrown) {
    throw giveUp.signal.aborted ? late : thrown;
  } finally {
    clearTimeout(timer);
  }
}

/** Opens a tunnel. @throws ProxyRefusal if the proxy refuses, so that its answer is not taken for the target's */
async function openTunnel(
  request: ClientRequest,
  options: AgentConnectOpts,
  proxy: ProxyAddress,
  trust: Trust,
) {
  let status = 0;
  request.once('proxyConnect', (answer: { readonly statusCode: number }) => {
    status = answer.statusCode;
  });
  const socket = await inTime(signal =>
    new HttpsProxyAgent(proxy.url, { ...trust, signal }).connect(request, options),
  );
  if (status === 200) return socket;
  socket.destroy();
  throw new ProxyRefusal(status);
}

class ProxyAgent extends Agent {
  readonly #env: Env;
  readonly #trust: Trust;
  readonly #direct: Agents;
  /** By the proxy's address. */
  readonly #forHttp = new Map<string, HttpProxyAgent<string>>();

  constructor(env: Env, trust: Trust) {
    super({ ...POOL, ...trust });
    this.#env = env;
    this.#trust = trust;
    this.#direct = createDirectAgents(trust.secureContext);
  }

  override async connect(request: ClientRequest, options: AgentConnectOpts) {
    const { secureEndpoint } = options;
    const target = `${secureEndpoint ? 'https' : 'http'}://${request.getHeader('host')}`;
    const at = addressOf(options);
    let proxy: ProxyAddress | undefined;
    try {
      proxy = findProxy(this.#env, target);
      if (!proxy) return secureEndpoint ? this.#direct.httpsAgent : this.#direct.httpAgent;
      if (!secureEndpoint) return this.#forwarder(proxy);
      const socket = await openTunnel(request, options, proxy, this.#trust);
      return watchConnection(socket, connectionTo(at, secureEndpoint, proxy));
    } catch (thrown) {
      throw markFailed(thrown, { ...connectionTo(at, secureEndpoint, proxy), endedAtProxy: true });
    }
  }

  /** The agent that sends `http:` requests to the proxy itself, which needs no tunnel. */
  #forwarder(proxy: ProxyAddress): HttpProxyAgent<string> {
    const key = proxy.url.href;
    const agent = this.#forHttp.get(key) ?? new Forwarder(proxy, this.#trust);
    this.#forHttp.set(key, agent);
    return agent;
  }

  override destroy(): void {
    super.destroy();
    for (const agent of [...this.#forHttp.values(), ...Object.values(this.#direct)]) agent.destroy();
  }
}

/** Sends requests to a proxy in place of their target. */
class Forwarder extends HttpProxyAgent<string> {
  readonly #proxy: ProxyAddress;
  readonly #trust: Trust;

  constructor(proxy: ProxyAddress, trust: Trust) {
    // Each request gets its own connection. On a reused one, the agent could not rewrite a request that is already written.
    super(proxy.url.href, trust);
    this.#proxy = proxy;
    this.#trust = trust;
  }

  override async connect(
    request: Parameters<HttpProxyAgent<string>['connect']>[0],
    options: AgentConnectOpts,
  ) {
    const { href } = this.#proxy.url;
    try {
      return await inTime(signal =>
        new HttpProxyAgent(href, { ...this.#trust, signal }).connect(request, options),
      );
    } catch (thrown) {
      throw markFailed(thrown, {
        ...connectionTo(addressOf(options), false, this.#proxy),
        endedAtProxy: true,
      });
    }
  }
}

/** The agents of a client that may need a proxy. */
export function createProxyAgents(env: Env, secureContext?: SecureContext): Agents {
  const agent = new ProxyAgent(env, secureContext ? { secureContext } : {});
  return { httpAgent: agent, httpsAgent: agent };
}

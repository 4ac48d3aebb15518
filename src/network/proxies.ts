/** Which proxy a request goes through, by the variables of the environment: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`. */
import { getProxyForUrl } from 'proxy-from-env';
import type { Env } from '../lib/env.ts';
import type { ProxyName } from './connections.ts';

/** The value of a proxy variable cannot be used. */
export class UnusableProxy extends Error {
  override readonly name = 'UnusableProxy';
  readonly variable: string;

  constructor(variable: string, why: string) {
    super(why);
    this.variable = variable;
  }
}

/** The variables that name a proxy, in the order in which they count for `https:` requests and for `http:` requests. */
const variablesOf = (scheme: 'http' | 'https') =>
  [`${scheme}_proxy`, 'all_proxy'].flatMap(name => [name, name.toUpperCase()]);

const names = [...new Set([...variablesOf('https'), ...variablesOf('http')])];

/** Whether the environment names any proxy. */
export const hasProxy = (env: Env): boolean => names.some(name => Boolean(env[name]));

/** A proxy and its address, with user and password. */
export interface ProxyAddress extends ProxyName {
  readonly url: URL;
}

/** The proxy that a request to this address goes through; undefined for none. @throws UnusableProxy */
export function findProxy(env: Env, target: string): ProxyAddress | undefined {
  if (!getProxyForUrl(target)) return undefined;
  const variable = variablesOf(target.startsWith('https:') ? 'https' : 'http').find(name => env[name]);
  const value = variable === undefined ? undefined : env[variable];
  if (variable === undefined || value === undefined) return undefined;
  // As in curl, a proxy without a scheme is an HTTP proxy, whatever the scheme of the request.
  const text = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(text)) throw new UnusableProxy(variable, 'it is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new UnusableProxy(variable, `${url.protocol}// is no HTTP proxy`);
  return { variable, host: url.host, url };
}

/**
 * Splits and normalizes the raw request target. Routing and signature verification both use it, so that the path that
 * was signed is the path that is routed.
 */
import { badRequest } from './service-error.ts';

/** A request target, split but not decoded. */
export interface RequestTarget {
  /** The path as sent, without query, e.g. `/prod/backend/a%2Fb/details`. */
  readonly path: string;
  /** The query as sent, without `?`; empty when there is none. */
  readonly query: string;
}

/**
 * Splits the target of a request line. The absolute form (`POST http://host/path`), which proxies send, loses its
 * origin; a fragment never reaches a server.
 */
export function parseTarget(raw: string): RequestTarget {
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i.exec(raw)?.[0] ?? '';
  const target = raw.slice(origin.length);
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return { path: path === '' ? '/' : path, query: mark < 0 ? '' : target.slice(mark + 1) };
}

/**
 * Resolves `.`, `..` and empty segments on the raw path, exactly as SigV4 signers do before they sign
 * (botocore `remove_dot_segments`, the JavaScript signer's `getCanonicalPath`).
 */
export function normalizedSegments(path: string): string[] {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  return kept;
}

/**
 * The decoded segments, for routing. The stage `/prod`, under which the REST reference serves every path,
 * is dropped. A `%2F` inside a segment stays inside it.
 * @throws ServiceError 400 if a segment is not valid percent-encoded UTF-8
 */
export function routeSegments(path: string): string[] {
  const raw = normalizedSegments(path);
  const staged = raw[0] === 'prod' ? raw.slice(1) : raw;
  return staged.map(segment => {
    try {
      return decodeURIComponent(segment);
    } catch {
      throw badRequest('The request path is not valid percent-encoded UTF-8');
    }
  });
}

/**
 * Percent-encodes as RFC 3986 does (`A-Z a-z 0-9 - . _ ~` stay), byte by byte: the text is read as Latin-1 because
 * that is how Node hands over raw bytes of a request line.
 */
export function encodeRfc3986(text: string, encoding: BufferEncoding = 'latin1'): string {
  return Buffer.from(text, encoding)
    .toString('latin1')
    .replace(
      /[^A-Za-z0-9\-._~]/g,
      char => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}

/** SigV4's canonical URI: normalised, each raw segment percent-encoded once more (`%2F` becomes `%252F`). */
export function canonicalPath(path: string): string {
  const segments = normalizedSegments(path).map(segment => encodeRfc3986(segment));
  const trailing = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${trailing}`;
}

/** SigV4's canonical query string: each name and value decoded, encoded again, and sorted by code point. */
export function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter(part => part !== '')
    .map(part => {
      const mark = part.indexOf('=');
      const name = mark < 0 ? part : part.slice(0, mark);
      const value = mark < 0 ? '' : part.slice(mark + 1);
      return { name: recode(name), value: recode(value) };
    })
    .sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join('&');
}

function recode(text: string): string {
  try {
    return encodeRfc3986(decodeURIComponent(text), 'utf8');
  } catch {
    // No signer produces an invalid escape. It is encoded as it is, so that the signature check fails.
    return encodeRfc3986(text);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

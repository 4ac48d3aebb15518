/**
 * Pages with opaque tokens. A token names the last delivered item, so items that are added meanwhile do not shift the
 * pages. It is bound to the query for which it was issued.
 */
import { createHash } from 'node:crypto';
import { badRequest } from './service-error.ts';

/** Largest and default page size of AmplifyBackend. */
export const largestPage = 25;

export interface PageRequest<T> {
  /** Everything that matches, in order of delivery. */
  readonly items: readonly T[];
  /** A unique, unchanging key of an item. */
  readonly key: (item: T) => string;
  readonly size: number;
  readonly token: string | undefined;
  /** A token of another query is refused. */
  readonly query: readonly unknown[];
}

/**
 * @returns the page, and the next page's token if there is one
 * @throws ServiceError 400 for a token that was not issued for this query
 */
export function page<T>(request: PageRequest<T>): { items: T[]; NextToken?: string } {
  const { items, key, size, token } = request;
  const binding = createHash('sha256').update(JSON.stringify(request.query)).digest('base64url').slice(0, 16);
  const after = token === undefined ? undefined : readToken(token, binding);
  const start = after === undefined ? 0 : items.findIndex(item => key(item) === after) + 1;
  if (after !== undefined && start === 0) throw invalidToken();
  const delivered = items.slice(start, start + size);
  const last = delivered.at(-1);
  if (last === undefined || start + size >= items.length) return { items: delivered };
  return { items: delivered, NextToken: Buffer.from(`${binding}.${key(last)}`).toString('base64url') };
}

function readToken(token: string, binding: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith(`${binding}.`)) throw invalidToken();
  return text.slice(binding.length + 1);
}

function invalidToken(): Error {
  return badRequest('nextToken is not valid for this request');
}

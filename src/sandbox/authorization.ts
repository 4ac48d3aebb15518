/**
 * Parses the `Authorization` header of Signature Version 4 and refuses malformed ones. `sigv4.ts` checks the
 * signature itself.
 */
import type { RequestHeaders } from './http-server.ts';
import type { RequestTarget } from './request-target.ts';
import { forbidden } from './service-error.ts';

/** A well-formed `AWS4-HMAC-SHA256` authorization, not yet verified. */
export interface Authorization {
  readonly accessKeyId: string;
  /** `YYYYMMDD` of the credential scope. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** Lower-case header names, sorted, `host` among them. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
}

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * Parses the header; parts may be separated by `,` with or without spaces.
 * @throws ServiceError 403 `MissingAuthenticationTokenException` or `IncompleteSignatureException`
 */
export function parseAuthorization(headers: RequestHeaders, target: RequestTarget): Authorization {
  const values = headers.get('authorization');
  if (!values) {
    throw forbidden(
      'MissingAuthenticationTokenException',
      /(^|&)x-amz-(algorithm|signature|credential)=/i.test(target.query)
        ? 'Presigned (query string) authentication is not supported: sign the Authorization header.'
        : 'Missing Authentication Token',
    );
  }
  const [header = ''] = values;
  if (values.length > 1) throw incomplete('The Authorization header must be sent once.');
  const [, scheme = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(header) ?? [];
  if (scheme !== algorithm) throw incomplete(`The Authorization header must use ${algorithm}.`);

  const parts = new Map<string, string>();
  for (const part of rest.split(',')) {
    const mark = part.indexOf('=');
    if (mark > 0) parts.set(part.slice(0, mark).trim(), part.slice(mark + 1).trim());
  }
  const missing = ['Credential', 'SignedHeaders', 'Signature'].filter(name => !parts.get(name));
  if (missing.length > 0) {
    throw incomplete(missing.map(name => `Authorization header requires '${name}' parameter.`).join(' '));
  }

  const [accessKeyId = '', date = '', region = '', service = '', terminator, ...more] = (
    parts.get('Credential') ?? ''
  ).split('/');
  if (terminator !== 'aws4_request' || more.length > 0 || !accessKeyId || !/^\d{8}$/.test(date)) {
    throw incomplete('Credential must be of the form key/YYYYMMDD/region/service/aws4_request.');
  }
  const signature = parts.get('Signature') ?? '';
  if (!/^[0-9a-f]{64}$/.test(signature))
    throw incomplete('Signature must be 64 lower-case hexadecimal digits.');

  const signedHeaders = (parts.get('SignedHeaders') ?? '').split(';').sort();
  if (new Set(signedHeaders).size < signedHeaders.length) throw incomplete('SignedHeaders repeats a header.');
  if (!signedHeaders.includes('host')) throw incomplete("'Host' must be a signed header.");
  if (!signedHeaders.includes('x-amz-date') && !signedHeaders.includes('date')) {
    throw incomplete("'X-Amz-Date' or 'Date' must be a signed header.");
  }
  if (headers.has('x-amz-security-token') && !signedHeaders.includes('x-amz-security-token')) {
    throw incomplete("'X-Amz-Security-Token' must be a signed header.");
  }
  return { accessKeyId, date, region, service, signedHeaders, signature };
}

/** The access key id that a request claims, for the log. It is not verified; null if there is none. */
export function claimedAccessKeyId(headers: RequestHeaders): string | null {
  const header = headers.get('authorization')?.[0] ?? '';
  return /\bCredential=([^/,\s]{1,128})\//.exec(header)?.[1] ?? null;
}

function incomplete(message: string): Error {
  return forbidden('IncompleteSignatureException', message);
}

/**
 * A SigV4 signer written from AWS's public description, and a client that sends exactly the given bytes: no SDK, no URL
 * parser that would normalize a path. It shares no code with the verifier that it tests.
 */
import { createHash, createHmac } from 'node:crypto';
import { type RequestOptions, request } from 'node:http';

export interface Signing {
  method?: string;
  /** Raw path of the request line. */
  path: string;
  /** The path to sign, if it differs from the sent one. */
  signedPath?: string;
  /** Raw query without `?`, in the order of sending. */
  query?: string;
  /** Canonical query; default empty. */
  canonicalQuery?: string;
  body?: string;
  /** The body to sign, if it differs from the sent one. */
  signedBody?: string;
  /** Headers other than host and date; a list sends a header several times. */
  headers?: Record<string, string | string[]>;
  /** Which of these headers are signed; default all. Host and date are always signed. */
  signed?: string[];
  /** Sends `x-amz-content-sha256`; default false. */
  contentHash?: boolean | string;
  /** Signing time in epoch ms. */
  at: number;
  /** Sends the time as `date` (RFC 7231) instead of `x-amz-date`. */
  plainDate?: boolean;
  accessKeyId?: string;
  secret?: string;
  region?: string;
  service?: string;
  scopeDate?: string;
  /** Between the parts of the Authorization header. */
  separator?: string;
  /** Signs header values as Latin-1 bytes, as they are sent. */
  latin1?: boolean;
  /** Changes the finished Authorization header. */
  mangle?: (authorization: string) => string;
}

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const percentEncode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** Path as it is signed: dot and empty segments resolved, every segment encoded once more. */
function canonicalPath(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') out.pop();
    else if (part !== '' && part !== '.') out.push(percentEncode(part));
  }
  return `/${out.join('/')}${path.endsWith('/') && out.length > 0 ? '/' : ''}`;
}

type Answer = { status: number; type: string; body: string; headers: Record<string, unknown> };

/** Signs and sends. */
export function sendSigned(url: string, signing: Signing): Promise<Answer> {
  const { method = 'POST', path, body = '', at, query = '' } = signing;
  const stamp = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  const { host, port } = new URL(url);
  const headers: Record<string, string | string[]> = { host, ...signing.headers };
  if (signing.plainDate) headers.date = new Date(at).toUTCString();
  else headers['x-amz-date'] = stamp;
  const payload = sha256(signing.signedBody ?? body);
  if (signing.contentHash)
    headers['x-amz-content-sha256'] = signing.contentHash === true ? payload : signing.contentHash;

  const dateName = signing.plainDate ? 'date' : 'x-amz-date';
  const names = (signing.signed ? ['host', dateName, ...signing.signed] : Object.keys(headers))
    .map(name => name.toLowerCase())
    .sort();
  const value = (name: string) => {
    const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
    return [found]
      .flat()
      .map(item => item.replace(/ +/g, ' ').replace(/^ | $/g, ''))
      .join(',');
  };
  const canonical = [
    method,
    canonicalPath(signing.signedPath ?? path),
    signing.canonicalQuery ?? '',
    ...names.map(name => `${name}:${value(name)}`),
    '',
    names.join(';'),
    typeof signing.contentHash === 'string' ? signing.contentHash : payload,
  ].join('\n');
  const { region = 'us-east-1', service = 'amplifybackend', scopeDate = stamp.slice(0, 8) } = signing;
  const scope = `${scopeDate}/${region}/${service}/aws4_request`;
  const secret = signing.secret ?? 'sandbox-secret-access-key';
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, scopeDate), region), service), 'aws4_request');
  const signature = hmac(
    key,
    [
      'AWS4-HMAC-SHA256',
      stamp,
      scope,
      sha256(Buffer.from(canonical, signing.latin1 ? 'latin1' : 'utf8')),
    ].join('\n'),
  ).toString('hex');
  const parts = [
    `Credential=${signing.accessKeyId ?? 'AKIASANDBOX000000000'}/${scope}`,
    `SignedHeaders=${names.join(';')}`,
    `Signature=${signature}`,
  ].join(signing.separator ?? ', ');
  const authorization = signing.mangle?.(`AWS4-HMAC-SHA256 ${parts}`) ?? `AWS4-HMAC-SHA256 ${parts}`;

  return sendExactly(
    {
      host: '127.0.0.1',
      port,
      method,
      path: query === '' ? path : `${path}?${query}`,
      setHost: false,
      headers: { ...headers, authorization, 'content-length': String(Buffer.byteLength(body)) },
    },
    body,
  );
}

function sendExactly(options: RequestOptions, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(options, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: String(response.headers['x-amzn-errortype'] ?? ''),
          body: Buffer.concat(chunks).toString(),
          headers: response.headers,
        }),
      );
    });
    outgoing.on('error', reject);
    // A Buffer: with a string, Node would encode the head like the body.
    outgoing.end(Buffer.from(body));
  });
}

/**
 * Verifies AWS Signature Version 4 with node:crypto alone. It shares no code with the SDK's signer: a verifier built on
 * the signer would agree with the signer's mistakes. It supports header authentication, not presigned queries.
 * Source: "Signature Version 4 for API requests" in the AWS IAM user guide.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { BoundedMap } from '../lib/bounded-map.ts';
import { type Authorization, parseAuthorization } from './authorization.ts';
import type { RequestHeaders } from './http-server.ts';
import { sandboxRegion } from './identity.ts';
import { canonicalPath, canonicalQuery, type RequestTarget } from './request-target.ts';
import { forbidden } from './service-error.ts';
import type { Sessions, SigningKeys } from './sts/sessions.ts';

/** A request as it arrived, without any decoding. */
export interface SignedRequest {
  readonly method: string;
  readonly target: RequestTarget;
  readonly headers: RequestHeaders;
  readonly body: Buffer;
}

/** What a request is verified against. */
export interface SignaturePolicy {
  /** SigV4 service name that the credential scope must carry, e.g. `amplifybackend`. */
  readonly service: string;
  /** Current time in epoch milliseconds. */
  readonly now: number;
  /** The known keys. */
  readonly sessions: Pick<Sessions, 'find'>;
  /**
   * Accepts any access key and region. Only signatures with a known key can be checked; form, service, date and clock
   * skew are checked for all.
   */
  readonly anyCredentials: boolean;
}

const maxSkewMs = 15 * 60_000;

/**
 * @returns the keys that signed; undefined for an unknown key that `anyCredentials` accepts
 * @throws ServiceError 403 with AWS's error name: `MissingAuthenticationTokenException` (nothing signed),
 *   `IncompleteSignatureException` (malformed), `UnrecognizedClientException` (unknown key, wrong session token),
 *   `ExpiredTokenException` (expired temporary credentials), `InvalidSignatureException` (wrong signature,
 *   scope, payload hash, or clock)
 */
export function verifySignature(request: SignedRequest, policy: SignaturePolicy): SigningKeys | undefined {
  const { headers } = request;
  const auth = parseAuthorization(headers, request.target);
  const known = policy.sessions.find(auth.accessKeyId);
  if (!known && !policy.anyCredentials) throw unrecognized();
  const signedAt = checkDate(auth, headers, policy.now);
  checkScope(auth, signedAt, policy);
  const payloadHash = checkPayload(headers, request.body);
  if (!known) return undefined;
  checkSession(known, headers, policy.now);

  const canonicalHeaders = auth.signedHeaders.map(name => {
    const values = headers.get(name);
    if (!values) throw invalid(`The signed header ${JSON.stringify(name)} is missing from the request.`);
    return `${name}:${values.map(collapseSpaces).join(',')}\n`;
  });
  const canonicalRequest = [
    request.method,
    canonicalPath(request.target.path),
    canonicalQuery(request.target.query),
    canonicalHeaders.join(''),
    auth.signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  const scope = `${auth.date}/${auth.region}/${auth.service}/aws4_request`;
  // Latin-1 gives back the bytes that were on the wire.
  const stringToSign = ['AWS4-HMAC-SHA256', signedAt, scope, sha256(Buffer.from(canonicalRequest, 'latin1'))];
  const expected = hmac(signingKey(known.secretAccessKey, auth), stringToSign.join('\n'));
  const given = Buffer.from(auth.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
  return known;
}

/** Temporary credentials need their session token and expire. */
function checkSession(keys: SigningKeys, headers: RequestHeaders, now: number): void {
  if (keys.sessionToken === undefined || keys.expiresAt === undefined) return;
  if (headers.get('x-amz-security-token')?.[0]?.trim() !== keys.sessionToken) throw unrecognized();
  if (now >= keys.expiresAt)
    throw forbidden('ExpiredTokenException', 'The security token included in the request is expired');
}

/** Trims and collapses spaces and tabs. `\s` would also match 0xA0, which here is a byte of a UTF-8 character. */
function collapseSpaces(value: string): string {
  return value.replace(/[ \t]+/g, ' ').replace(/^ | $/g, '');
}

/** Returns the signing time as `YYYYMMDDTHHMMSSZ`, from `x-amz-date` or, if that is absent, from `date`. */
function checkDate(auth: Authorization, headers: RequestHeaders, now: number): string {
  const name = headers.has('x-amz-date') ? 'x-amz-date' : 'date';
  const sent = headers.get(name)?.[0]?.trim() ?? '';
  if (!auth.signedHeaders.includes(name)) throw invalid('The date header must be signed.');
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
  const at = Date.parse(basic.test(sent) ? sent.replace(basic, '$1-$2-$3T$4:$5:$6Z') : sent);
  if (Number.isNaN(at) || (name === 'x-amz-date' && !basic.test(sent))) {
    throw forbidden('IncompleteSignatureException', 'Date must be in ISO-8601 basic format.');
  }
  const stamp = basicTime(at);
  if (at < now - maxSkewMs) {
    const limit = basicTime(now - maxSkewMs);
    throw invalid(`Signature expired: ${stamp} is now earlier than ${limit} (${basicTime(now)} - 15 min.)`);
  }
  if (at > now + maxSkewMs) {
    const limit = basicTime(now + maxSkewMs);
    throw invalid(
      `Signature not yet current: ${stamp} is still later than ${limit} (${basicTime(now)} + 15 min.)`,
    );
  }
  return stamp;
}

function checkScope(auth: Authorization, signedAt: string, policy: SignaturePolicy): void {
  if (auth.date !== signedAt.slice(0, 8)) {
    throw invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${signedAt.slice(0, 8)}'.`,
    );
  }
  if (auth.region !== sandboxRegion && !policy.anyCredentials) {
    throw invalid(`Credential should be scoped to a valid region: '${sandboxRegion}'.`);
  }
  if (auth.service !== policy.service) {
    throw invalid(`Credential should be scoped to correct service: '${policy.service}'.`);
  }
}

/** Returns the payload hash for the canonical request. */
function checkPayload(headers: RequestHeaders, body: Buffer): string {
  const declared = headers.get('x-amz-content-sha256')?.[0]?.trim();
  const actual = sha256(body);
  if (declared === undefined || declared === 'UNSIGNED-PAYLOAD') return declared ?? actual;
  if (declared !== actual) throw invalid('The x-amz-content-sha256 header does not match the body.');
  return actual;
}

/** The keys of a day, which signers keep too: to derive one takes four times as long as to use it. */
const signingKeys = new BoundedMap<string, Buffer>(100);

function signingKey(secret: string, { date, region, service }: Authorization): Buffer {
  return signingKeys.getOrCreate(`${secret} ${date}/${region}/${service}`, () =>
    [date, region, service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secret}`)),
  );
}

function basicTime(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function unrecognized(): Error {
  return forbidden('UnrecognizedClientException', 'The security token included in the request is invalid.');
}

function invalid(message: string): Error {
  return forbidden('InvalidSignatureException', message);
}

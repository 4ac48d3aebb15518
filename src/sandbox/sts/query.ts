/**
 * The AWS query protocol as STS speaks it: parameters from a form in the body, answers and errors in XML. Errors
 * are named as the query services name them, without the `Exception` of the JSON services.
 */
import { randomUUID } from 'node:crypto';
import type { Reply } from '../http-reply.ts';
import type { ServiceError } from '../service-error.ts';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Text, or elements by name in the order in which they are written. */
export type Xml = string | { readonly [name: string]: Xml };

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text as it may stand inside an element; what XML 1.0 cannot hold at all is dropped. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"]/g, character => entities[character] ?? character);
}

function writeXml(value: Xml): string {
  if (typeof value === 'string') return escapeXml(value);
  return Object.entries(value)
    .map(([name, inner]) => `<${name}>${writeXml(inner)}</${name}>`)
    .join('');
}

function xmlReply(status: number, root: string, content: Xml, requestId: string, now: number): Reply {
  const body = `<${root} xmlns="${namespace}">${writeXml(content)}</${root}>\n`;
  return {
    status,
    headers: {
      'content-type': 'text/xml',
      'content-length': String(Buffer.byteLength(body)),
      'x-amzn-RequestId': requestId,
      date: new Date(now).toUTCString(),
    },
    body,
  };
}

/** The parameters of a request; of a repeated one, the first. */
export function readForm(body: Buffer): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body.toString('utf8')))
    if (!parameters.has(name)) parameters.set(name, value);
  return parameters;
}

/** An action's answer. */
export function resultReply(action: string, result: Xml, now: number): Reply {
  const requestId = randomUUID();
  const content = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  return xmlReply(200, `${action}Response`, content, requestId, now);
}

const queryNames: Readonly<Record<string, string>> = {
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
};

/** What a query service calls an error. */
export function queryName({ name }: ServiceError): string {
  return queryNames[name] ?? name.replace(/Exception$/, '');
}

/** A refusal. */
export function refusalReply(error: ServiceError, now: number): Reply {
  const requestId = randomUUID();
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  const content = {
    Error: { Type: type, Code: queryName(error), Message: error.message },
    RequestId: requestId,
  };
  return xmlReply(error.status, 'ErrorResponse', content, requestId, now);
}

/**
 * The AWS query protocol of STS and CloudFormation: parameters in a form, answers and errors in XML. Error names lack
 * the suffix `Exception` of the JSON services.
 */
import { randomUUID } from 'node:crypto';
import type { Reply } from './http-reply.ts';
import type { ServiceError } from './service-error.ts';

/** Text, a list, or elements by name, in the order in which they are written. Undefined elements are left out. */
export type Xml = string | readonly Xml[] | { readonly [name: string]: Xml | undefined };

/** A time in XML. @param at epoch milliseconds */
export const xmlTime = (at: number): string => new Date(at).toISOString();

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Escapes text, and drops characters that XML 1.0 cannot contain. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"]/g, character => entities[character] ?? character);
}

function writeXml(value: Xml): string {
  if (typeof value === 'string') return escapeXml(value);
  const elements = isList(value)
    ? value.map(item => ['member', item] as const)
    : Object.entries(value).filter((entry): entry is [string, Xml] => entry[1] !== undefined);
  return elements.map(([name, inner]) => `<${name}>${writeXml(inner)}</${name}>`).join('');
}

/** `Array.isArray` as a type guard that accepts read-only lists. */
const isList = (value: Xml): value is readonly Xml[] => Array.isArray(value);

interface Envelope {
  readonly status: number;
  readonly root: string;
  readonly namespace: string;
  readonly requestId: string;
}

function xmlReply({ status, root, namespace, requestId }: Envelope, content: Xml, now: number): Reply {
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

/** The parameters of a request. The first value of a repeated parameter counts. */
export function readForm(body: Buffer): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body.toString('utf8')))
    if (!parameters.has(name)) parameters.set(name, value);
  return parameters;
}

/** An action's answer. @param namespace XML namespace of the service */
export function resultReply(namespace: string, action: string, result: Xml, now: number): Reply {
  const requestId = randomUUID();
  const content = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  return xmlReply({ status: 200, root: `${action}Response`, namespace, requestId }, content, now);
}

const queryNames: Readonly<Record<string, string>> = {
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
};

/** The name of an error in a query service. */
export function queryName({ name }: ServiceError): string {
  return queryNames[name] ?? name.replace(/Exception$/, '');
}

export function refusalReply(namespace: string, error: ServiceError, now: number): Reply {
  const requestId = randomUUID();
  const content = {
    Error: {
      Type: error.status < 500 ? 'Sender' : 'Receiver',
      Code: queryName(error),
      Message: error.message,
    },
    RequestId: requestId,
  };
  return xmlReply({ status: error.status, root: 'ErrorResponse', namespace, requestId }, content, now);
}

/**
 * Detects answers that the service did not write: HTML pages of Express, a proxy or a sign-in portal. The SDK would fail on
 * such a page with its parser's message, and take the status for the service's own: a 404 from a proxy would mean that an
 * environment is gone. Here the page becomes an error of its own, with a short excerpt.
 */
import type { DeserializeMiddleware, Pluggable } from '@smithy/types';
import { waitForTurn } from '../lib/event-loop.ts';
import { quote, quoteName } from '../lib/quote.ts';
import { redactText } from '../secrets/redaction.ts';

/** How much of a page is read. */
const READ_BYTES = 16_384;

/**
 * From this size on, an answer is parsed in a turn of the event loop of its own. Several that arrive together would
 * otherwise be parsed and searched for secrets in one turn, at about 40 ms a megabyte.
 */
const LONG_BYTES = 65_536;

/** The parts of the SDK's HTTP response that are read here. */
interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  body?: unknown;
}

/** The form of a service's bodies. */
export type BodyFormat = 'json' | 'xml';

/** Who answered in place of the service, as far as the answer says. The texts may be long and contain secrets. */
export interface Answerer {
  /** The host that was asked. */
  readonly host: string;
  /** The headers `server` and `via`. */
  readonly server?: string | undefined;
  readonly via?: string | undefined;
  /** The type that the body is declared as. */
  readonly type?: string | undefined;
}

/** An answer that is not in the service's form. */
export class ForeignAnswer extends Error {
  /** The same member as in the SDK's errors. */
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string | undefined };
  /** Marks the error as retryable for the SDK. The retry strategy then decides. */
  readonly $retryable: { readonly throttling: boolean };
  /** The words at the beginning of the page, without its markup; may be empty or long, and may contain secrets. */
  readonly excerpt: string;
  readonly answerer: Answerer;

  constructor({ statusCode, headers }: HttpAnswer, host: string, excerpt: string) {
    super(`HTTP ${statusCode} with a page`);
    this.name = 'ForeignAnswer';
    this.$metadata = { httpStatusCode: statusCode, requestId: headers['x-amzn-requestid'] };
    this.$retryable = { throttling: statusCode === 429 };
    this.excerpt = excerpt;
    this.answerer = { host, server: headers.server, via: headers.via, type: headers['content-type'] };
  }
}

/** The most characters that are shown of a page, and of a header. */
const LONGEST_EXCERPT = 120;
const LONGEST_HEADER = 60;

/** A sentence on who seems to have answered, with the status and the first words of the page. @param secrets texts to withhold */
export function whoAnswered(
  { $metadata, excerpt, answerer }: ForeignAnswer,
  secrets: readonly string[] = [],
): string {
  const { host, server, via, type } = answerer;
  const shown = (text: string, longest: number) => quote(redactText(text, secrets), longest);
  const words = excerpt === '' ? '' : `: ${shown(excerpt, LONGEST_EXCERPT)}`;
  const signs = [
    ['server', server],
    ['via', via],
    ['content-type', type],
  ].flatMap(([name, value]) => (value ? [`${name} ${shown(value, LONGEST_HEADER)}`] : []));
  const who = signs.length === 0 ? '' : ` (${signs.join(', ')})`;
  return `What answered at ${quoteName(host)}${who} was not the service (HTTP ${$metadata.httpStatusCode}${words}).`;
}

/** The words that a page shows. */
function wordsOf(page: string): string {
  return page
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Whether a body begins like one of the service; undefined if it is blank so far. */
function beginsAsOwn(text: string, format: BodyFormat): boolean | undefined {
  const start = text.trimStart().toLowerCase();
  if (start === '') return undefined;
  return format === 'json' ? /^[[{"]|^null/.test(start) : /^<(?!!doctype html|html)/.test(start);
}

/** Reads the whole body if it may be the service's, else only its beginning. */
async function readBody(
  body: AsyncIterable<Uint8Array>,
  format: BodyFormat,
): Promise<{ readonly bytes: Buffer; readonly isOwn: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isOwn: boolean | undefined;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    isOwn ??= beginsAsOwn(Buffer.from(chunk).toString('latin1'), format);
    if (isOwn !== true && size >= READ_BYTES) break;
  }
  // An empty answer counts as the service's own.
  return { bytes: Buffer.concat(chunks), isOwn: isOwn ?? size === 0 };
}

const isBody = (body: unknown): body is AsyncIterable<Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

/** Makes a client throw {@link ForeignAnswer} for what its service did not write. */
export const refuseForeignAnswers = <Input extends object, Output extends object>(
  format: BodyFormat,
): Pluggable<Input, Output> => ({
  applyToStack(stack) {
    const middleware: DeserializeMiddleware<Input, Output> = next => async args => {
      const result = await next(args);
      const response = result.response as HttpAnswer;
      if (!isBody(response.body)) return result;
      const { bytes, isOwn } = await readBody(response.body, format);
      const { hostname = '' } = args.request as { hostname?: string };
      if (!isOwn) throw new ForeignAnswer(response, hostname, wordsOf(bytes.toString('utf8', 0, READ_BYTES)));
      if (bytes.length >= LONG_BYTES) await waitForTurn();
      response.body = bytes;
      return result;
    };
    // Nearest to the wire: the body is read before the SDK reads it.
    stack.add(middleware, { step: 'deserialize', priority: 'low', name: 'refuseForeignAnswers' });
  },
});

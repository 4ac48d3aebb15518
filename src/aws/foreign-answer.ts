/**
 * Answers that the asked service did not write: the HTML pages of Express, of a proxy or of a sign-in portal. The SDK
 * would fail on such a page with its parser's message, and treat the status as the service's own: a 404 from a proxy
 * would mean that an environment is gone. Here the page becomes an error of its own, with a short excerpt.
 */
import type { DeserializeMiddleware, Pluggable } from '@smithy/types';

/** How much of a page is read. */
const READ_BYTES = 16_384;

/** The parts of the SDK's HTTP response that are read here. */
interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  body?: unknown;
}

/** An answer that is not in the service's form. */
export class ForeignAnswer extends Error {
  /** As the SDK's own errors have it. */
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string | undefined };
  /** Tells the SDK's classification that sending again can help, which is then up to the retry strategy. */
  readonly $retryable: { readonly throttling: boolean };
  /** The words at the beginning of the page, without its markup; may be empty or long, and may contain secrets. */
  readonly excerpt: string;

  constructor({ statusCode, headers }: HttpAnswer, excerpt: string) {
    super(`HTTP ${statusCode} with a page`);
    this.name = 'ForeignAnswer';
    this.$metadata = { httpStatusCode: statusCode, requestId: headers['x-amzn-requestid'] };
    this.$retryable = { throttling: statusCode === 429 };
    this.excerpt = excerpt;
  }
}

/** The words that a page shows. */
function wordsOf(page: string): string {
  return page
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Whether a body of an undeclared or another type begins as one of the service does; undefined while it is blank. */
function beginsAsOwn(text: string, type: string): boolean | undefined {
  const start = text.trimStart().toLowerCase();
  if (start === '') return undefined;
  const isXml = type === '' && start.startsWith('<') && !/^<(?:!doctype html|html)/.test(start);
  return /^[[{]/.test(start) || isXml;
}

/** Reads a body to its end where it may be the service's, else only its beginning. */
async function readBody(
  body: AsyncIterable<Uint8Array>,
  type: string,
): Promise<{ readonly bytes: Buffer; readonly isOwn: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isOwn: boolean | undefined;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    isOwn ??= beginsAsOwn(Buffer.from(chunk).toString('latin1'), type);
    if (isOwn !== true && size >= READ_BYTES) break;
  }
  // An answer may be empty.
  return { bytes: Buffer.concat(chunks), isOwn: isOwn ?? size === 0 };
}

const isBody = (body: unknown): body is AsyncIterable<Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

/** Makes a client throw {@link ForeignAnswer} for what its service did not write. */
export const refuseForeignAnswers = <Input extends object, Output extends object>(): Pluggable<
  Input,
  Output
> => ({
  applyToStack(stack) {
    const middleware: DeserializeMiddleware<Input, Output> = next => async args => {
      const result = await next(args);
      const response = result.response as HttpAnswer;
      const type = response.headers['content-type'] ?? '';
      // All services that are asked here answer in JSON or XML, and say so.
      if ((/json|xml/.test(type) && !/html/.test(type)) || !isBody(response.body)) return result;
      const { bytes, isOwn } = await readBody(response.body, type);
      if (!isOwn) throw new ForeignAnswer(response, wordsOf(bytes.toString('utf8', 0, READ_BYTES)));
      response.body = bytes;
      return result;
    };
    // Nearest to the wire: the body is read before the SDK reads it.
    stack.add(middleware, { step: 'deserialize', priority: 'low', name: 'refuseForeignAnswers' });
  },
});

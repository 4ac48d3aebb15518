/**
 * One request to AWS, judged: sends an operation, and answers with AWS's members under the REST API's names
 * or throws what went wrong. A 200 that carries an error is a failure here, and so is one that says nothing.
 */
import { RegisteredError } from '../errors.ts';
import type { Operation } from '../operations/define.ts';
import { fromSdk, toSdk } from '../operations/wire.ts';
import type { Send } from './client.ts';
import { quote, toRegistered } from './failures.ts';
import { secretsOf } from './redact.ts';

/** What AWS answered; nothing is withheld yet. */
export interface Answered {
  readonly answer: Record<string, unknown>;
  readonly requestId: string | undefined;
}

/** Sends checked arguments. @throws RegisteredError */
export type Request = (
  operation: Operation,
  args: Record<string, unknown>,
  signal?: AbortSignal,
) => Promise<Answered>;

/** Throws where a 200 is no success. */
function judge(operation: Operation, { answer, requestId }: Answered, secrets: readonly string[]): void {
  if (!operation.answersJob && typeof answer.error === 'string' && answer.error !== '') {
    const message = `AWS answered 200, but the answer carries an error: ${operation.name} failed. ${quote(answer.error, secrets)}`;
    throw new RegisteredError('service_reported_error', { message, requestId });
  }
  if (operation.startsJob && answer.jobId === undefined && answer.status === undefined) {
    const message = `AWS answered 200 to ${operation.name}, but named no job: it may have been started or not.`;
    throw new RegisteredError('outcome_unknown', { message, requestId });
  }
}

/** Makes requests over a sender. */
export function createRequest(send: Send): Request {
  return async (operation, args, signal) => {
    const secrets = secretsOf(operation.sdkInput, args);
    let response: { readonly $metadata?: { readonly requestId?: string } };
    try {
      response = await send(operation, operation.createCommand(toSdk(operation.sdkInput, args)), signal);
    } catch (thrown) {
      throw toRegistered(thrown, operation, secrets);
    }
    const answered = {
      answer: fromSdk(operation.sdkOutput, response),
      requestId: response.$metadata?.requestId,
    };
    judge(operation, answered, secrets);
    return answered;
  };
}

/**
 * Reads a listing from its cursor on.
 * @param maxPages how many pages at most; what is left then is said
 * @returns the items in one answer, the cursor where more are left, and a note that says so
 */
export async function readPages(
  request: Request,
  operation: Operation,
  member: string,
  query: Record<string, unknown>,
  maxPages: number,
  signal?: AbortSignal,
): Promise<Answered & { notes: string[] }> {
  const items: unknown[] = [];
  let cursor = query.nextToken;
  let requestId: string | undefined;
  let pages = 0;
  do {
    const page = await request(operation, { ...query, nextToken: cursor }, signal);
    items.push(...((page.answer[member] as unknown[] | undefined) ?? []));
    cursor = page.answer.nextToken;
    requestId = page.requestId;
    pages++;
  } while (cursor !== undefined && pages < maxPages);
  if (cursor === undefined) return { answer: { [member]: items }, requestId, notes: [] };
  const goOn = `call again with this nextToken${maxPages > 1 ? '' : ', or with all: true'}`;
  return {
    answer: { [member]: items, nextToken: cursor },
    requestId,
    notes: [`More ${member} are left out after these ${items.length}: ${goOn}.`],
  };
}

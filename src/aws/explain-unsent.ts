/**
 * Distinguishes a request that was not sent from one whose answer is missing. A client that uses `explainUnsent` throws
 * `not_sent` for the former: the caller then knows that nothing was done.
 */
import type {
  DeserializeMiddleware,
  FinalizeRequestMiddleware,
  InitializeMiddleware,
  Pluggable,
} from '@smithy/types';
import { ServerError } from '../errors.ts';
import { quote } from '../lib/quote.ts';
import { findFailedConnection } from '../network/index.ts';
import { explainConnection } from './connection-failures.ts';
import type { ConnectionSettings } from './network.ts';
import { notSent } from './not-sent.ts';

/** The client whose requests are followed. */
export interface Client extends ConnectionSettings {
  readonly region?: string | undefined;
}

/** Node's error codes for an invalid header, address or port. Node checks these before it writes anything. */
const refusedByNode = /^ERR_(INVALID|HTTP_INVALID|UNESCAPED|SOCKET_BAD_PORT)/;

const isOwnError = (thrown: unknown) =>
  thrown instanceof ServerError ||
  /^(AbortError|CredentialsProviderError|TokenProviderError)$/.test(
    (thrown as Error | undefined)?.name ?? '',
  );

/** The error for a request that the SDK or Node could not prepare. */
function explainPreparation(thrown: unknown): ServerError {
  const { message = '', code } = (thrown ?? {}) as { message?: string; code?: string };
  if (/region is missing/i.test(message)) return new ServerError('region_missing', { cause: thrown });
  const header = /header content \["([\w-]+)"\]/.exec(message)?.[1];
  if (code === 'ERR_INVALID_CHAR' && header !== undefined)
    return notSent(
      `the header ${quote(header)} would hold a character that HTTP does not allow`,
      'check the access key, the session token and the region for line breaks and blanks.',
      { cause: thrown },
    );
  return notSent(
    `the request could not be prepared. The AWS SDK says (quoted data): ${quote(message)}`,
    'check the settings that this names: the region, AWS_ENDPOINT_URL, AWS_USE_FIPS_ENDPOINT, the AWS profile. If it names none, this is a defect of the server.',
    { cause: thrown },
  );
}

/** Makes a client throw `not_sent` for what it did not send. @param service as the SDK names it */
export const explainUnsent = <Input extends object, Output extends object>(
  client: Client,
  service: string,
): Pluggable<Input, Output> => ({
  applyToStack(stack) {
    /** The inputs of the commands whose last attempt was handed to the connection. */
    const handedOver = new WeakSet<object>();
    const explain: InitializeMiddleware<Input, Output> = next => async args => {
      try {
        return await next(args);
      } catch (thrown) {
        if (isOwnError(thrown)) throw thrown;
        const connection = findFailedConnection(thrown);
        if (connection) throw await explainConnection(thrown, connection, client, service);
        const { code = '' } = (thrown ?? {}) as { code?: string };
        throw handedOver.has(args.input) && !refusedByNode.test(code) ? thrown : explainPreparation(thrown);
      }
    };
    const handOver: DeserializeMiddleware<Input, Output> = next => args => {
      handedOver.add(args.input);
      return next(args);
    };
    stack.add(explain, { step: 'initialize', priority: 'high', name: 'explainUnsent' });
    // First in its step: the request is signed by now, and the next handler writes it.
    stack.add(handOver, { step: 'deserialize', priority: 'high', name: 'handOver' });
    // Each further attempt may again fail before it is sent.
    const beginAttempt: FinalizeRequestMiddleware<Input, Output> = next => args => {
      handedOver.delete(args.input);
      return next(args);
    };
    stack.addRelativeTo(beginAttempt, {
      relation: 'after',
      toMiddleware: 'retryMiddleware',
      name: 'beginAttempt',
    });
  },
});

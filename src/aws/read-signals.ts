/**
 * Ends reads by a signal. The SDK puts the middleware of a command together once (`cacheMiddleware`), which is a third of a
 * read's time, but not where `send` has options, even empty ones: so the signal goes with the command's input.
 */
import { setMaxListeners } from 'node:events';
import type { DeserializeMiddleware, HttpRequest, MiddlewareStack } from '@smithy/types';

const signals = new WeakMap<object, AbortSignal>();

/** Has the request of a command end with a signal, if there is one. Its client needs {@link useReadSignals}. @returns the command */
export function endWith<Command extends { readonly input: object }>(
  command: Command,
  signal: AbortSignal | undefined,
): Command {
  if (!signal) return command;
  // One signal ends all requests of a call, however many are under way. Node would warn of the eleventh listener.
  setMaxListeners(0, signal);
  signals.set(command.input, signal);
  return command;
}

/** The settings of a pagination whose requests end with a signal. */
export const pagesOf = <Client>(client: Client, signal: AbortSignal | undefined) => ({
  client,
  withCommand: <Command extends { readonly input: object }>(command: Command) => endWith(command, signal),
});

/** The parts of an SDK's client that its plugins need. */
export interface ReadingClient<Input extends object, Output extends object> {
  readonly middlewareStack: Pick<MiddlewareStack<Input, Output>, 'add' | 'remove' | 'use'>;
  readonly config: {
    readonly requestHandler: {
      handle(
        request: HttpRequest,
        options: { readonly abortSignal: AbortSignal },
      ): Promise<{ response: unknown }>;
    };
  };
}

/** Has the requests of a client end with the signals of their commands. */
export function useReadSignals<Input extends object, Output extends object>({
  middlewareStack,
  config,
}: ReadingClient<Input, Output>): void {
  const middleware: DeserializeMiddleware<Input, Output> = next => async args => {
    const abortSignal = signals.get(args.input);
    if (!abortSignal) return next(args);
    return config.requestHandler.handle(args.request as HttpRequest, { abortSignal });
  };
  middlewareStack.add(middleware, { step: 'deserialize', priority: 'low', name: 'abortRead' });
}

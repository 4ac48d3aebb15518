/**
 * Aborts reads by a signal. With `cacheMiddleware` the SDK builds the middleware of a command only once, which saves a third of
 * a read's time, but not if `send` gets options, even empty ones. So the signal is kept by the command's input instead.
 */
import { setMaxListeners } from 'node:events';
import type { DeserializeMiddleware, HttpRequest, MiddlewareStack } from '@smithy/types';

const signals = new WeakMap<object, AbortSignal>();

/** Lets a signal, if there is one, abort the request of a command. Its client needs {@link useReadSignals}. @returns the command */
export function withSignal<Command extends { readonly input: object }>(
  command: Command,
  signal: AbortSignal | undefined,
): Command {
  if (!signal) return command;
  // One signal serves all pending requests of a call. Without this, Node warns of the eleventh listener.
  setMaxListeners(0, signal);
  signals.set(command.input, signal);
  return command;
}

/** The configuration of an SDK paginator whose requests a signal can abort. */
export const paginationOf = <Client>(client: Client, signal: AbortSignal | undefined) => ({
  client,
  withCommand: <Command extends { readonly input: object }>(command: Command) => withSignal(command, signal),
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

/** Lets the signals of its commands abort the requests of a client. */
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

/** The error for a request that was not sent: what is wrong, which setting it comes from, and what to type. */
import { ServerError } from '../errors.ts';
import type { Env } from '../lib/env.ts';

interface NotSentOptions {
  readonly cause?: unknown;
  /** Whether the same call may succeed later without a change of the settings, as after a network failure. */
  readonly mayPass?: boolean;
}

/** @param what a clause without its end @param toDo what the person is asked to do */
export const notSent = (what: string, toDo: string, { cause, mayPass = false }: NotSentOptions = {}) =>
  new ServerError('not_sent', {
    message: `Nothing was sent to AWS: ${what}.`,
    hint: `Ask the person to ${toDo}`,
    retryable: mayPass,
    cause,
  });

/** What a person types to set an environment variable. Values are ours, or quoted. */
export const exportLine = (name: keyof Env & string, value: string) =>
  `type: export ${name}=${value} (or to set it where the host starts this server), and to restart this server.`;

/** A profile's name or a path, quoted for a shell where needed. */
export const shellWord = (word: string): string =>
  /^[\w.@+=:/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** Whether a value is a placeholder that no program has replaced: `${AWS_PROFILE}`, `<region>`. */
export const isPlaceholder = (value: string) =>
  /\$\{[^{}]*\}|\{\{[^{}]*\}\}|^\$\w+$|^%\w+%$|^<[^<>]*>$/.test(value.trim());

/** The end of a sentence that begins with the name of such a setting. */
export const placeholderFault = 'is still a placeholder, not a value';

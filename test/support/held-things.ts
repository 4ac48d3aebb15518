/** What a resource holds, as tests expect it. */
import { type HeldThing, namesOfThing } from '../../src/environment/index.ts';
import { account } from './metas.ts';

/** What is held, as `kind: names`; what is guessed with a question mark. */
export const told = (holds: readonly HeldThing[]) =>
  holds.map(one => `${one.kind}${one.isGuess ? '?' : ''}: ${namesOfThing(one).join(' ')}`.trim());

/** An ARN of the invented project's account. */
export const arn = (service: string, resource: string) =>
  `arn:aws:${service}:eu-west-1:${account}:${resource}`;

/** What a resource holds (tables, pools, buckets), as text for expectations. */
import { type HeldThing, namesOfThing } from '../../src/environment/index.ts';
import { account } from './metas.ts';

/** Each held thing as `kind: names`, with a question mark if it is a guess. */
export const heldTexts = (holds: readonly HeldThing[]) =>
  holds.map(one => `${one.kind}${one.isGuess ? '?' : ''}: ${namesOfThing(one).join(' ')}`.trim());

/** An ARN of the invented project's account. */
export const arn = (service: string, resource: string) =>
  `arn:aws:${service}:eu-west-1:${account}:${resource}`;

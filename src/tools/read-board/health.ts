/** The health of an environment and of its resources, by its stack and the jobs that run. Pure. */
import type { Stack } from '../../aws/stacks.ts';
import { type Resource, stackStateOf } from '../../environment/index.ts';
import type { Job } from '../../jobs/job.ts';
import { wentWrong } from '../shared/texts.ts';
import type { Health } from './output.ts';

/** The facts from which the health follows. */
export interface HealthFacts {
  readonly state: 'deployed' | 'registered';
  /** Undefined where it could not be read, or there is none. */
  readonly stack: Stack | undefined;
  /** The environment's jobs that have not ended. */
  readonly running: readonly Pick<Job, 'operation' | 'state'>[];
}

function stackHealth(stack: Stack | undefined): Health {
  if (!stack) return 'unknown';
  const { condition } = stackStateOf(stack);
  if (condition === 'at work') return 'changing';
  if (condition === 'stuck' || condition === 'gone') return 'failed';
  return wentWrong(stack) ? 'unknown' : 'ok';
}

export function environmentHealth({ state, stack, running }: HealthFacts): Health {
  if (running.some(job => job.state === 'stalled')) return 'failed';
  if (running.length > 0) return 'changing';
  return state === 'registered' ? 'not deployed' : stackHealth(stack);
}

const categories = ['auth', 'api', 'storage'];

/** The only category that an operation changes; undefined where it may change all. */
const categoryOf = (operation: string) =>
  categories.find(category => operation.toLowerCase().includes(`backend${category}`));

/** The health of one resource. Of a stack in trouble it is unknown which resource is affected. */
export function resourceHealth({ category, state }: Resource, facts: HealthFacts): Health {
  const changing = facts.running.some(({ operation }) =>
    [undefined, category].includes(categoryOf(operation)),
  );
  if (changing) return 'changing';
  if (state === 'declared') return 'not deployed';
  const whole = stackHealth(facts.stack);
  return whole === 'failed' || (whole === 'changing' && facts.running.length > 0) ? 'unknown' : whole;
}

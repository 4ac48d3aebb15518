/** The jobs, environments and operations that a plan and its answer name. */
import type { Decommission, Plan } from '../answers.ts';

/** The unfinished jobs that an answer names. */
export function openJobs(answer: Partial<Decommission>) {
  const { environment, environments = [], job } = answer;
  return [{ environment, job }, ...environments].flatMap(one =>
    one.job?.state === 'running' || one.job?.state === 'stalled'
      ? [{ environment: job?.backendEnvironmentName ?? one.environment, ...one.job }]
      : [],
  );
}

/** The environments that a plan is about. */
export const environmentsOf = ({ environment, confirmation }: Plan) =>
  new Set([...(environment === undefined ? [] : [environment]), ...Object.keys(confirmation?.goes ?? {})]);

/** The operations that start the plan's jobs; empty, for any operation, if the plan has several steps. */
export function operationsOf({ request, requests = [], steps = [] }: Plan): ReadonlySet<string> {
  const all = [request, ...requests].flatMap(one => (one?.operation === undefined ? [] : [one.operation]));
  return new Set(steps.length > 0 ? [] : all);
}

/** The jobs and environments that a plan and its answer name. */
import type { Decommission, Plan } from '../answers.ts';

/** The jobs that an answer names and that go on. */
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

/** The operations whose jobs come of a plan; all of them where it goes in several steps. */
export function operationsOf({ request, requests = [], steps = [] }: Plan): ReadonlySet<string> {
  const all = [request, ...requests].flatMap(one => (one?.operation === undefined ? [] : [one.operation]));
  return new Set(steps.length > 0 ? [] : all);
}

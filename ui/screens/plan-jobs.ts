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

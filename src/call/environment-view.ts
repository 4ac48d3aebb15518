/** The view of an app or an environment: AWS's answer, and those of its jobs that this server knows. Pure. */
import { type AppRef, appUri, type EnvironmentRef, environmentUri, isEnded, type Job } from '../jobs/job.ts';
import type { JobReport } from '../jobs/report.ts';
import { whereWithheld } from '../secrets/where-withheld.ts';
import type { ToolAnswer } from './read-across-targets.ts';

/** An app, or one of its environments. */
export type AppOrEnvironmentRef = AppRef | EnvironmentRef;

/**
 * A job in a view, with the members that do not change at every read. `updatedAt` is present once the job has ended. The job's
 * URI serves the rest.
 */
export type BriefJob = Omit<Job, 'appId' | 'error'>;

/** The view of an app. */
export interface AppView extends AppRef {
  readonly uri: string;
  readonly appName?: string;
  readonly environments: readonly { readonly name: string; readonly uri: string }[];
  readonly jobs: readonly BriefJob[];
}

/** The view of an environment. */
export interface EnvironmentView extends EnvironmentRef {
  readonly uri: string;
  /** The answer of `get_backend`. */
  readonly backend: ToolAnswer['answer'];
  /** Notes of that answer, and where a person gets what is withheld in it. */
  readonly notes?: readonly string[];
  readonly jobs: readonly BriefJob[];
}

export type AppOrEnvironmentView = AppView | EnvironmentView;

const isEnvironment = (ref: AppOrEnvironmentRef): ref is EnvironmentRef => 'backendEnvironmentName' in ref;

/** The URI of an app or an environment. */
export function refUri(ref: AppOrEnvironmentRef): string {
  return isEnvironment(ref) ? environmentUri(ref) : appUri(ref);
}

/** The jobs of an app or an environment among those that are known, in their order. */
export function jobsAt(ref: AppOrEnvironmentRef, known: readonly JobReport[]): BriefJob[] {
  return known.flatMap(({ job }) => {
    const { appId, backendEnvironmentName, jobId, operation, status, state, uri, createdAt, updatedAt } = job;
    const isHere =
      appId === ref.appId && (!isEnvironment(ref) || backendEnvironmentName === ref.backendEnvironmentName);
    if (!isHere) return [];
    return [
      {
        ...{ backendEnvironmentName, jobId, operation, status, state, uri },
        ...(createdAt !== undefined && { createdAt }),
        ...(updatedAt !== undefined && isEnded(job) && { updatedAt }),
      },
    ];
  });
}

/** The view, from the answer of `get_backend` for a ref. */
export function viewOf(
  ref: AppOrEnvironmentRef,
  { answer, notes }: ToolAnswer,
  jobs: readonly BriefJob[],
): AppOrEnvironmentView {
  const uri = refUri(ref);
  const { appId } = ref;
  if (isEnvironment(ref)) {
    const { backendEnvironmentName } = ref;
    const about = { appId, environment: backendEnvironmentName };
    const all = [...notes, ...whereWithheld(answer, about)];
    return {
      ...{ appId, backendEnvironmentName, uri, backend: answer },
      ...(all.length > 0 && { notes: all }),
      jobs,
    };
  }
  const { appName, backendEnvironmentList } = answer;
  // AWS promises no order. The names are sorted, so that another order does not count as a change.
  const names = [...((backendEnvironmentList as string[] | undefined) ?? [])].sort();
  return {
    appId,
    uri,
    ...(typeof appName === 'string' && { appName }),
    environments: names.map(name => ({ name, uri: environmentUri({ appId, backendEnvironmentName: name }) })),
    jobs,
  };
}

/**
 * What an app or an environment reads as: AWS's answer, and the jobs there that this server knows. Pure.
 */
import { type AppRef, appUri, type EnvironmentRef, environmentUri, type Job } from '../jobs/job.ts';
import type { JobReport } from '../jobs/report.ts';
import type { ToolAnswer } from './read-across-targets.ts';

/** An app, or one of its environments. */
export type AppOrEnvironmentRef = AppRef | EnvironmentRef;

/** A job in its place's view: what does not change from look to look; all else is under its URI. */
export type BriefJob = Pick<
  Job,
  'backendEnvironmentName' | 'jobId' | 'operation' | 'status' | 'state' | 'uri'
>;

/** What an app reads as. */
export interface AppView extends AppRef {
  readonly uri: string;
  readonly appName?: string;
  readonly environments: readonly { readonly name: string; readonly uri: string }[];
  readonly jobs: readonly BriefJob[];
}

/** What an environment reads as. */
export interface EnvironmentView extends EnvironmentRef {
  readonly uri: string;
  /** The answer of `get_backend`. */
  readonly backend: ToolAnswer['answer'];
  readonly notes?: readonly string[];
  readonly jobs: readonly BriefJob[];
}

export type AppOrEnvironmentView = AppView | EnvironmentView;

const isEnvironment = (address: AppOrEnvironmentRef): address is EnvironmentRef =>
  'backendEnvironmentName' in address;

/** The URI of an app or an environment. */
export function refUri(address: AppOrEnvironmentRef): string {
  return isEnvironment(address) ? environmentUri(address) : appUri(address);
}

/** The jobs of an app or an environment among those that are known, in their order. */
export function jobsAt(address: AppOrEnvironmentRef, known: readonly JobReport[]): BriefJob[] {
  return known.flatMap(({ job }) => {
    const { appId, backendEnvironmentName, jobId, operation, status, state, uri } = job;
    const isHere =
      appId === address.appId &&
      (!isEnvironment(address) || backendEnvironmentName === address.backendEnvironmentName);
    return isHere ? [{ backendEnvironmentName, jobId, operation, status, state, uri }] : [];
  });
}

/** The view, of what `get_backend` answered for that address. */
export function viewOf(
  address: AppOrEnvironmentRef,
  { answer, notes }: ToolAnswer,
  jobs: readonly BriefJob[],
): AppOrEnvironmentView {
  const uri = refUri(address);
  const { appId } = address;
  if (isEnvironment(address)) {
    const { backendEnvironmentName } = address;
    return { appId, backendEnvironmentName, uri, backend: answer, ...(notes.length > 0 && { notes }), jobs };
  }
  const { appName, backendEnvironmentList } = answer;
  // AWS promises no order; whoever compares two views must not be told of a change that is none.
  const names = [...((backendEnvironmentList as string[] | undefined) ?? [])].sort();
  return {
    appId,
    uri,
    ...(typeof appName === 'string' && { appName }),
    environments: names.map(name => ({ name, uri: environmentUri({ appId, backendEnvironmentName: name }) })),
    jobs,
  };
}

/**
 * The names for completions: apps, environments and jobs, as this process knows them and as AWS lists them. A client may
 * ask for completions at each key press, so AWS's answers are kept for some seconds.
 */
import type { ReadTool, ToolAnswer } from '../call/read-across-targets.ts';
import type { AppRef, EnvironmentRef } from '../jobs/job.ts';
import type { JobReport } from '../jobs/report.ts';
import { isAppId } from '../lib/app-id.ts';
import { isoTime } from '../lib/aws-time.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { monotonicNow } from '../lib/clock.ts';

/** Names, best first. */
export interface Names {
  readonly values: readonly string[];
  /** Whether there are more, in an unknown number. */
  readonly isPartial: boolean;
}

/** The names for completions. If AWS cannot be asked, the names are empty: completions are optional help. */
export interface Directory {
  apps(caller: string): Promise<Names>;
  /** The names of the apps, then their ids. */
  appNames(caller: string): Promise<Names>;
  /** Every app once. An app that AWS did not list has an empty name. */
  allApps(caller: string): Promise<readonly ListedName[]>;
  /** The app id where there is exactly one app. */
  soleApp(caller: string): Promise<string | undefined>;
  /** The app id for an id or a name; undefined if no app or several apps fit. */
  appIdOf(app: string, caller: string): Promise<string | undefined>;
  environments(app: AppRef, caller: string): Promise<Names>;
  /** Job ids: first the jobs that this process knows, then those that AWS lists, newest first. */
  jobs(environment: EnvironmentRef, caller: string): Promise<Names>;
}

/** A listed app. */
export interface ListedName extends AppRef {
  readonly name: string;
}

/** The sources of the names. */
export interface DirectorySources {
  readonly readTool: ReadTool;
  /** The known jobs of a caller, newest first. Does not ask AWS. */
  readonly knownJobs: (caller: string) => readonly JobReport[];
  /** The apps of the configuration and of the caller's known jobs that the policy allows. Does not ask AWS. */
  readonly knownApps: (caller: string) => readonly string[] | Promise<readonly string[]>;
  /** All apps that a caller may touch, as AWS lists them. */
  readonly listApps: (caller: string) => Promise<readonly ListedName[]>;
  /** Milliseconds on the monotonic clock. */
  readonly now?: () => number;
}

const FRESH_MS = 10_000;
const MOST_CACHED = 200;
/** The most jobs of one page of ListBackendJobs. */
const PAGE = 25;

const distinct = (values: readonly string[]) => [...new Set(values)];

const environmentsOf = ({ answer }: ToolAnswer): Names => ({
  values: (answer.backendEnvironmentList as string[] | undefined) ?? [],
  isPartial: false,
});

/** Newest first; AWS documents no order. */
function jobsOf({ answer }: ToolAnswer): Names {
  const jobs = (answer.jobs ?? []) as Record<string, unknown>[];
  const values = jobs
    .map(({ jobId, createTime }) => ({ jobId: String(jobId), createdAt: isoTime(createTime) ?? '' }))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    .map(({ jobId }) => jobId);
  return { values, isPartial: answer.nextToken !== undefined };
}

export function createDirectory(sources: DirectorySources): Directory {
  const { readTool, knownJobs, knownApps, listApps, now = monotonicNow } = sources;
  const cache = new BoundedMap<string, { readonly askedAt: number; readonly answer: Promise<unknown> }>(
    MOST_CACHED,
  );

  /** Asks AWS, or repeats its latest answer for some seconds; a failure counts as an empty answer. */
  function askCached<Answer>(key: string, ask: () => Promise<Answer>, fallback: Answer): Promise<Answer> {
    const cached = cache.get(key);
    // The key names the question, so the cached answer has its type.
    if (cached && now() - cached.askedAt < FRESH_MS) return cached.answer as Promise<Answer>;
    const answer = ask().catch(() => fallback);
    cache.set(key, { askedAt: now(), answer });
    return answer;
  }

  const ask = <Args extends AppRef>(
    tool: string,
    args: Args,
    caller: string,
    namesOf: (answered: ToolAnswer) => Names,
  ) =>
    askCached(JSON.stringify([caller, tool, args]), () => readTool(tool, args, { caller }).then(namesOf), {
      values: [],
      isPartial: false,
    });

  const listed = (caller: string) => askCached(JSON.stringify([caller, 'apps']), () => listApps(caller), []);

  async function ids(caller: string): Promise<string[]> {
    const all = (await listed(caller)).map(({ appId }) => appId);
    return distinct([...(await knownApps(caller)), ...all]);
  }

  return {
    apps: async caller => ({ values: await ids(caller), isPartial: false }),

    async allApps(caller) {
      const byId = new Map((await listed(caller)).map(app => [app.appId, app]));
      return (await ids(caller)).map(appId => byId.get(appId) ?? { appId, name: '' });
    },

    async soleApp(caller) {
      const [only, ...more] = await ids(caller);
      return more.length === 0 ? only : undefined;
    },

    async appNames(caller) {
      const all = await listed(caller);
      const names = all.map(({ name }) => name).filter(name => name !== '');
      return { values: distinct([...names, ...(await ids(caller))]), isPartial: false };
    },

    async appIdOf(app, caller) {
      const all = await listed(caller);
      const named = all.filter(({ appId, name }) => appId === app || name === app);
      if (named.length > 0) return named.length === 1 ? named[0]?.appId : undefined;
      return isAppId(app) ? app : undefined;
    },

    environments: ({ appId }, caller) => ask('get_backend', { appId }, caller, environmentsOf),

    async jobs({ appId, backendEnvironmentName }, caller) {
      const args = { appId, backendEnvironmentName, maxResults: PAGE };
      const listed = await ask('list_backend_jobs', args, caller, jobsOf);
      const knownIds = knownJobs(caller)
        .filter(({ job }) => job.appId === appId && job.backendEnvironmentName === backendEnvironmentName)
        .map(({ job }) => job.jobId);
      return { values: distinct([...knownIds, ...listed.values]), isPartial: listed.isPartial };
    },
  };
}

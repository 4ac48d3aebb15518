/**
 * The names that complete a URI: apps, environments and jobs, as this process knows them and as AWS says. Made
 * once for a process: completions come with each key that is pressed, and AWS is asked once for many.
 */
import type { ReadTool, ToolAnswer } from '../call/read-across-targets.ts';
import type { AppRef, EnvironmentRef } from '../jobs/job.ts';
import type { JobReport } from '../jobs/report.ts';
import { isoTime } from '../lib/aws-time.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { monotonicNow } from '../lib/clock.ts';

/** Names, best first. */
export interface Names {
  readonly values: readonly string[];
  /** Whether there are more, whose number is not known. */
  readonly isPartial: boolean;
}

/** The names of a process. What cannot be had is empty: a completion is help, and no help is no failure. */
export interface Directory {
  apps(caller: string): Promise<Names>;
  /** The apps as people say them: their names, then their ids. */
  appNames(caller: string): Promise<Names>;
  /** The id that is meant by an id or a name; undefined where none or several are. */
  appIdOf(app: string, caller: string): Promise<string | undefined>;
  environments(address: AppRef, caller: string): Promise<Names>;
  /** Job ids: those that the caller has met first, then what AWS lists, newest first. */
  jobs(address: EnvironmentRef, caller: string): Promise<Names>;
}

/** An app as it is listed. */
export interface ListedName extends AppRef {
  readonly name: string;
}

/** Where the names come from. */
export interface DirectorySources {
  readonly readTool: ReadTool;
  /** The jobs that a caller has met, newest first; asks nobody. */
  readonly known: (caller: string) => readonly JobReport[];
  /** The apps that the configuration names or a caller has met; asks nobody. */
  readonly knownApps: (caller: string) => readonly string[] | Promise<readonly string[]>;
  /** All apps that a caller may touch, as AWS lists them. */
  readonly listApps: (caller: string) => Promise<readonly ListedName[]>;
  /** Milliseconds on the monotonic clock. */
  readonly now?: () => number;
}

const GOOD_MS = 10_000;
const MOST_MEMOS = 200;
/** What one page of ListBackendJobs holds at most. */
const PAGE = 25;

const distinct = (values: readonly string[]) => [...new Set(values)];

const environmentsOf = ({ answer }: ToolAnswer): Names => ({
  values: (answer.backendEnvironmentList as string[] | undefined) ?? [],
  isPartial: false,
});

/** AWS promises no order. */
function jobsOf({ answer }: ToolAnswer): Names {
  const jobs = (answer.jobs ?? []) as Record<string, unknown>[];
  const values = jobs
    .map(({ jobId, createTime }) => ({ jobId: String(jobId), createdAt: isoTime(createTime) ?? '' }))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    .map(({ jobId }) => jobId);
  return { values, isPartial: answer.nextToken !== undefined };
}

/** Makes it. */
export function createDirectory(sources: DirectorySources): Directory {
  const { readTool, known, knownApps, listApps, now = monotonicNow } = sources;
  const memos = new BoundedMap<string, { readonly askedAt: number; readonly answer: Promise<unknown> }>(
    MOST_MEMOS,
  );

  /** Asks, or answers what was answered of late, a failure too. Whoever gives up leaves it to the others. */
  function remember<Answer>(key: string, ask: () => Promise<Answer>, none: Answer): Promise<Answer> {
    const memo = memos.get(key);
    // What is kept under a key is what was asked under it.
    if (memo && now() - memo.askedAt < GOOD_MS) return memo.answer as Promise<Answer>;
    const answer = ask().catch(() => none);
    memos.set(key, { askedAt: now(), answer });
    return answer;
  }

  const ask = <Args extends AppRef>(
    tool: string,
    args: Args,
    caller: string,
    namesOf: (answered: ToolAnswer) => Names,
  ) =>
    remember(JSON.stringify([caller, tool, args]), () => readTool(tool, args, { caller }).then(namesOf), {
      values: [],
      isPartial: false,
    });

  const listed = (caller: string) => remember(JSON.stringify([caller, 'apps']), () => listApps(caller), []);

  return {
    async apps(caller) {
      const ids = (await listed(caller)).map(({ appId }) => appId);
      return { values: distinct([...(await knownApps(caller)), ...ids]), isPartial: false };
    },

    async appNames(caller) {
      const all = await listed(caller);
      const names = all.map(({ name }) => name).filter(name => name !== '');
      const ids = all.map(({ appId }) => appId);
      return { values: distinct([...names, ...(await knownApps(caller)), ...ids]), isPartial: false };
    },

    async appIdOf(app, caller) {
      const all = await listed(caller);
      const named = all.filter(({ appId, name }) => appId === app || name === app);
      if (named.length > 0) return named.length === 1 ? named[0]?.appId : undefined;
      return /^d[a-z0-9]{1,19}$/.test(app) ? app : undefined;
    },

    environments: ({ appId }, caller) => ask('get_backend', { appId }, caller, environmentsOf),

    async jobs({ appId, backendEnvironmentName }, caller) {
      const args = { appId, backendEnvironmentName, maxResults: PAGE };
      const listed = await ask('list_backend_jobs', args, caller, jobsOf);
      const met = known(caller)
        .filter(({ job }) => job.appId === appId && job.backendEnvironmentName === backendEnvironmentName)
        .map(({ job }) => job.jobId);
      return { values: distinct([...met, ...listed.values]), isPartial: listed.isPartial };
    },
  };
}

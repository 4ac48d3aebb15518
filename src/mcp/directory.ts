/**
 * The names that complete a URI: apps, environments and jobs, as this process knows them and as AWS says. Made
 * once for a process: completions come with each key that is pressed, and AWS is asked once for many.
 */
import type { ReadTool, ToolAnswer } from '../execute/anywhere.ts';
import { type AppAddress, type EnvironmentAddress, isoTime } from '../jobs/job.ts';
import type { JobReport } from '../jobs/report.ts';

/** Names, best first. */
export interface Names {
  readonly values: readonly string[];
  /** Whether there are more, whose number is not known. */
  readonly isPartial: boolean;
}

/** The names of a process. What cannot be had is empty: a completion is help, and no help is no failure. */
export interface Directory {
  apps(caller: string): Promise<Names>;
  environments(address: AppAddress, caller: string): Promise<Names>;
  /** Job ids: those that the caller has met first, then what AWS lists, newest first. */
  jobs(address: EnvironmentAddress, caller: string): Promise<Names>;
}

/** Where the names come from. */
export interface DirectorySources {
  readonly readTool: ReadTool;
  /** The jobs that a caller has met, newest first; asks nobody. */
  readonly known: (caller: string) => readonly JobReport[];
  /** The apps that the configuration names or a caller has met; asks nobody. */
  readonly knownApps: (caller: string) => readonly string[] | Promise<readonly string[]>;
  /** The ids of all apps that a caller may touch, as AWS lists them. */
  readonly listApps: (caller: string) => Promise<readonly string[]>;
  /** Epoch milliseconds; default `Date.now`. */
  readonly now?: () => number;
}

const GOOD_MS = 10_000;
const MOST_MEMOS = 200;
/** What one page of ListBackendJobs holds at most. */
const PAGE = 25;

const none: Names = { values: [], isPartial: false };

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
  const { readTool, known, knownApps, listApps, now = Date.now } = sources;
  const memos = new Map<string, { readonly askedAt: number; readonly names: Promise<Names> }>();

  /** Asks, or answers what was answered of late, a failure too. Whoever gives up leaves it to the others. */
  function remember(key: string, ask: () => Promise<Names>): Promise<Names> {
    const memo = memos.get(key);
    if (memo && now() - memo.askedAt < GOOD_MS) return memo.names;
    memos.delete(key);
    const [oldest] = memos.keys();
    if (memos.size >= MOST_MEMOS && oldest !== undefined) memos.delete(oldest);
    const names = ask().catch(() => none);
    memos.set(key, { askedAt: now(), names });
    return names;
  }

  const ask = <Args extends AppAddress>(
    tool: string,
    args: Args,
    caller: string,
    namesOf: (answered: ToolAnswer) => Names,
  ) => remember(JSON.stringify([caller, tool, args]), () => readTool(tool, args, { caller }).then(namesOf));

  return {
    async apps(caller) {
      const listed = await remember(JSON.stringify([caller, 'apps']), async () => ({
        values: await listApps(caller),
        isPartial: false,
      }));
      return { values: distinct([...(await knownApps(caller)), ...listed.values]), isPartial: false };
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

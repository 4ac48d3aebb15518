/**
 * The composition root: what lives as long as the process. A start loads only the protocol and the tool
 * list; AWS's client, the schemas, the sandbox and the log are loaded by the first call that needs them.
 */

import catalog from 'virtual:tool-catalog';
import type { McpServer, ProtocolEra } from '@modelcontextprotocol/server';
import type { Audit } from '../call/audit/index.ts';
import type { OpenConfirmations } from '../call/authorize/confirmation.ts';
import type { Execute, Person } from '../call/dispatch.ts';
import type { SharedFacts, SharedState } from '../call/shared-state.ts';
import type { LocatedJob, Polled } from '../jobs/watched.ts';
import type { Env } from '../lib/env.ts';
import { createDirectory } from '../mcp/directory.ts';
import { jobTaskKind } from '../mcp/job-task.ts';
import { createListens, type OpenListen } from '../mcp/listen.ts';
import { createServer, listenSources, type ServerParts } from '../mcp/server.ts';
import type { Surface } from '../mcp/surface.ts';
import { callsAsResults, callsAsTasks, type TaskDatas } from '../mcp/task-calls.ts';
import { createTasks, TASK_LIFE_MS, type TaskHandle } from '../mcp/tasks.ts';
import { createWorkflowTasks } from '../mcp/workflow-task.ts';
import type { Observer } from '../observability/observer.ts';
import type { OwnConfig } from './callers.ts';
import { lazy, lazyJobs } from './lazy.ts';
import type { Lease } from './lease.ts';
import { createServedTools, type ServedToolsFor } from './served-tools.ts';
import type { Config } from './settings.ts';

/** A process's application, whatever transport serves it. */
export interface Application {
  /** A server for one connection or one request. */
  createServer(era: ProtocolEra): McpServer;
  /** How many jobs are known to run. */
  readonly runningJobs: number;
  /** Knows what the other replicas of this server know of the caller. */
  ready(): Promise<void>;
  /** Asks AWS for a job, whichever replica wants to know. @throws RegisteredError */
  poll(ref: LocatedJob): Promise<Polled>;
  /** Takes a listen of the 2026 era. */
  readonly openListen: OpenListen;
  /** The tools as they are seen; the same for all applications that see the same. */
  readonly surface: Surface;
  /** Gives back what can be made again: nobody asks for anything just now. */
  rest(): void;
  /** Ends what lives in the process. */
  close(): Promise<void>;
}

/** What is around an application. */
export interface ApplicationDeps {
  /** Who is on the other side, whose alone is all that is known, asked and followed. */
  readonly caller?: string;
  /** Who sees the calls and what goes to AWS. */
  readonly observer?: Observer | undefined;
  /** What is shared with the other replicas of this server. */
  readonly shared?: SharedState | undefined;
  /** Whether many callers share this server. Their confirmations are then not written to the operator's state folder. */
  readonly isHosted?: boolean;
  /** What the caller's applications tell each other, where there are several but no replicas. */
  readonly callerFacts?: SharedFacts | undefined;
  /** For how long it may act; left out where nobody needs a token. */
  readonly lease?: Lease | undefined;
  /** Gives the tools; left out where there is no other application to share them with. */
  readonly servedToolsFor?: ServedToolsFor | undefined;
  /** Records writes; must be there where the configuration names a file. Whoever opened it ends it. */
  readonly audit?: Audit | undefined;
  /** Who the caller is, for the audit; left out, the one whose process this is. */
  readonly person?: Person | undefined;
}

/** One person's host, on this machine. */
const STDIO = 'stdio';

/** What finding the key of task ids and confirmations takes. */
async function sealKeyOptions({ sealKey, logLevel }: Config, env: Env) {
  const { createLog } = await import('../observability/log.ts');
  return { sealKey, env, warn: (line: string) => createLog(logLevel).warn(line) };
}

/** What seals task ids; the first task asks for it. */
async function openTaskSealer(config: Config, env: Env, shared: SharedState | undefined) {
  const [{ createSealer }, { openSealKeys }] = await Promise.all([
    import('../secrets/seal.ts'),
    import('../secrets/seal-key.ts'),
  ]);
  const keys = shared?.confirmations.keys ?? (await openSealKeys(await sealKeyOptions(config, env)));
  return createSealer<TaskHandle>({ keys, purpose: 'task', lifeMs: TASK_LIFE_MS });
}

/** Where used confirmations are noted: in Redis for replicas, in the state folder for one user, else in memory alone. */
function confirmationsOf(
  config: Config,
  env: Env,
  { shared, isHosted = false }: ApplicationDeps,
): OpenConfirmations {
  return async () => {
    if (shared || isHosted) return shared?.confirmations;
    const { openUserConfirmations } = await import('./used-confirmations.ts');
    return openUserConfirmations(await sealKeyOptions(config, env));
  };
}

const kinds = new Map(catalog.map(entry => [entry.tool.name, entry]));

/** Puts the application together; nothing is started before it is needed. */
export function createApplication(
  config: OwnConfig,
  env: Env,
  version: string,
  { caller = STDIO, ...beside }: ApplicationDeps = {},
): Application {
  if (config.auditFile !== undefined && !beside.audit)
    throw new Error('auditFile is set, and no audit was opened for it');
  const { shared, servedToolsFor = createServedTools(), callerFacts = shared?.callerFacts } = beside;
  const names = config.sandbox ? [] : Object.keys(config.targets);
  const { surface, instructions, findTools } = servedToolsFor(config, names);
  const backend = lazy(async () => {
    const { loadBackend } = await import('./backend.ts');
    const openConfirmations = confirmationsOf(config, env, beside);
    return loadBackend(config, env, version, { ...beside, findTools, openConfirmations });
  });
  const jobs = lazyJobs(backend);
  const knownApps = (caller: string) => [
    ...config.apps,
    ...Object.values(config.targets).flatMap(({ apps = [] }) => apps),
    ...jobs.known(caller).map(({ job }) => job.appId),
  ];
  const execute: Execute = async (...call) => (await backend.get()).execute(...call);
  const runFacts = callerFacts && { own: shared?.facts, caller: callerFacts };
  const workflowTasks = createWorkflowTasks(execute, jobs, runFacts);
  const tasks = createTasks<TaskDatas>({
    kinds: { job: jobTaskKind(jobs, callerFacts), workflow: workflowTasks.kind },
    openSealer: () => openTaskSealer(config, env, shared),
  });
  const parts: ServerParts = {
    version,
    ...{ surface, instructions, caller },
    calls: {
      asResults: callsAsResults(execute),
      asTasks: callsAsTasks({
        ...{ execute, tasks, workflowTasks },
        startsJob: name => kinds.get(name)?.startsJob === true,
        waitsForJobs: name => kinds.get(name)?.waitsForJobs === true,
      }),
    },
    tasks,
    jobs,
    readSnapshot: async (...look) => (await backend.get()).readSnapshot(...look),
    places: {
      read: async (...look) => (await backend.get()).environmentFeed.read(...look),
      follow: async (...look) => (await backend.get()).environmentFeed.follow(...look),
    },
    directory: createDirectory({
      readTool: async (...call) => (await backend.get()).readTool(...call),
      known: jobs.known,
      knownApps,
      listApps: async () => (await backend.get()).listAllApps(),
    }),
  };
  return {
    createServer: era => createServer(parts, era),
    get runningJobs() {
      return jobs.known(caller).filter(({ job }) => job.state === 'running').length;
    },
    openListen: createListens(listenSources(parts)),
    surface,
    rest: () => backend.loaded?.rest(),
    async ready() {
      if (shared) await backend.get();
    },
    poll: async ref => (await backend.get()).jobs.poll(ref),
    close: async () => {
      workflowTasks.close();
      // What could not be loaded has nothing to end.
      const loaded = await backend.pending?.catch(() => undefined);
      await loaded?.close();
    },
  };
}

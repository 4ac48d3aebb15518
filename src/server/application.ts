/**
 * Composes the application of one caller. A start loads only the protocol and the tool list; the AWS clients, the
 * schemas, the sandbox and the log are loaded by the first call that needs them.
 */

import catalog from 'virtual:tool-catalog';
import type { McpServer, ProtocolEra } from '@modelcontextprotocol/server';
import type { Audit } from '../call/audit/index.ts';
import type { Person } from '../call/audit/line.ts';
import type { OpenConfirmations } from '../call/authorize/confirmation-store.ts';
import type { SharedFacts, SharedState } from '../call/shared-state.ts';
import type { LocatedJob, PolledJob } from '../jobs/job.ts';
import type { Env } from '../lib/env.ts';
import { lazy } from '../lib/lazy.ts';
import { createDirectory } from '../mcp/directory.ts';
import { JobTaskKind } from '../mcp/job-task.ts';
import { createListens, type OpenListen } from '../mcp/listen.ts';
import { createServer, listenSources, type ServerParts } from '../mcp/server.ts';
import type { Surface } from '../mcp/surface.ts';
import { callsAsResults, callsAsTasks, type TaskDataByKind } from '../mcp/task-calls.ts';
import { createTasks, TASK_LIFE_MS, type TaskHandle } from '../mcp/tasks.ts';
import { WorkflowTasks } from '../mcp/workflow-task.ts';
import type { Observer } from '../observability/observer.ts';
import type { CallTool } from '../tools/call-tool.ts';
import type { CallerConfig } from './callers.ts';
import { knownAppsOf } from './known-apps.ts';
import { lazyJobs } from './lazy-jobs.ts';
import type { Lease } from './lease.ts';
import { createServedTools, type ServedToolsFor } from './served-tools.ts';
import type { Config } from './settings.ts';

/** The application of one caller, whatever transport serves it. */
export interface Application {
  /** Creates a server for one connection or one request. */
  createServer(era: ProtocolEra): McpServer;
  /** How many jobs are known to run. */
  readonly runningJobs: number;
  /** Resolves once the application has the jobs of the caller that other replicas know. */
  ready(): Promise<void>;
  /** Polls AWS for a job on behalf of any replica. @throws ServerError */
  poll(ref: LocatedJob): Promise<PolledJob>;
  /** Accepts `subscriptions/listen` of the 2026-07-28 protocol. */
  readonly openListen: OpenListen;
  /** The tools that the policy serves; applications with the same policy share it. */
  readonly surface: Surface;
  /** Releases what can be recreated, such as AWS clients, while no request needs it. */
  releaseIdle(): void;
  /** Stops tasks, watched jobs and clients. */
  close(): Promise<void>;
}

/** What an application needs from the process. */
export interface ApplicationDeps {
  /** Names the caller; jobs, tasks and confirmations belong to this caller alone. */
  readonly caller?: string;
  /** Observes the calls and the requests to AWS. */
  readonly observer?: Observer | undefined;
  /** Shared with the other replicas of this server. */
  readonly shared?: SharedState | undefined;
  /** Whether many callers share this server; their confirmations then stay out of the operator's state folder. */
  readonly isHosted?: boolean;
  /** Shared by the caller's applications in this process, where there are no replicas. */
  readonly callerFacts?: SharedFacts | undefined;
  /** How long the application may act; left out where no token is needed. */
  readonly lease?: Lease | undefined;
  /** Creates the served tools; left out where no other application shares them. */
  readonly servedToolsFor?: ServedToolsFor | undefined;
  /** Records writes; required where the configuration names an audit file. The opener closes it. */
  readonly audit?: Audit | undefined;
  /** The person behind the caller, for the audit; default: the user of this process. */
  readonly person?: Person | undefined;
}

/** The caller over stdio: the host on this machine. */
const STDIO = 'stdio';

/** Options for reading or creating the key that seals task ids and confirmations. */
async function sealKeyOptions({ sealKey, logLevel }: Config, env: Env) {
  const { createLog } = await import('../observability/log.ts');
  return { sealKey, env, warn: (line: string) => createLog(logLevel).warn(line) };
}

/** Opens the sealer of task ids, for the first task. */
async function openTaskSealer(config: Config, env: Env, shared: SharedState | undefined) {
  const [{ createSealer }, { openSealKeys }] = await Promise.all([
    import('../secrets/seal.ts'),
    import('../secrets/seal-key.ts'),
  ]);
  const keys = shared?.confirmations.keys ?? (await openSealKeys(await sealKeyOptions(config, env)));
  return createSealer<TaskHandle>({ keys, purpose: 'task', lifeMs: TASK_LIFE_MS });
}

/** Where used confirmations are recorded: in Redis for replicas, in the state folder for one user, else in memory. */
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

/** Composes the application; nothing starts before a call needs it. */
export function createApplication(
  config: CallerConfig,
  env: Env,
  version: string,
  { caller = STDIO, ...deps }: ApplicationDeps = {},
): Application {
  if (config.auditFile !== undefined && !deps.audit)
    throw new Error('auditFile is set, but no audit was opened for it');
  const { shared, servedToolsFor = createServedTools(), callerFacts = shared?.callerFacts } = deps;
  const names = config.sandbox ? [] : Object.keys(config.targets);
  const { surface, toolsWithPages, instructions, findTools } = servedToolsFor(config, names);
  const backend = lazy(async () => {
    const { loadBackend } = await import('./backend.ts');
    const openConfirmations = confirmationsOf(config, env, deps);
    return loadBackend(config, env, version, { ...deps, findTools, openConfirmations });
  });
  const jobs = lazyJobs(backend);
  const callTool: CallTool = async (...call) => (await backend.get()).callTool(...call);
  const runFacts = callerFacts && { own: shared?.facts, caller: callerFacts };
  const workflowTasks = new WorkflowTasks(callTool, jobs, runFacts);
  const tasks = createTasks<TaskDataByKind>({
    kinds: { job: new JobTaskKind(jobs, callerFacts), workflow: workflowTasks.kind },
    openSealer: () => openTaskSealer(config, env, shared),
  });
  const parts: ServerParts = {
    version,
    ...{ surface, toolsWithPages, instructions, caller },
    calls: {
      asResults: callsAsResults(callTool),
      asTasks: callsAsTasks({
        ...{ callTool, tasks, workflowTasks },
        startsJob: name => kinds.get(name)?.startsJob === true,
        waitsForJobs: name => kinds.get(name)?.waitsForJobs === true,
      }),
    },
    planQuestions: {
      read: async (...question) => (await backend.get()).planQuestions.read(...question),
      close: async (...question) => (await backend.get()).planQuestions.close(...question),
    },
    tasks,
    jobs,
    readSnapshot: async (...args) => (await backend.get()).readSnapshot(...args),
    planMigration: async (...args) => (await backend.get()).planMigration(...args),
    environmentFeed: {
      read: async (...args) => (await backend.get()).environmentFeed.read(...args),
      follow: async (...args) => (await backend.get()).environmentFeed.follow(...args),
    },
    directory: createDirectory({
      readTool: async (...call) => (await backend.get()).readTool(...call),
      knownJobs: jobs.known,
      knownApps: knownAppsOf(config, jobs),
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
    releaseIdle: () => backend.loaded?.releaseIdle(),
    async ready() {
      if (shared) await backend.get();
    },
    poll: async ref => (await backend.get()).jobs.poll(ref),
    close: async () => {
      workflowTasks.close();
      // A backend that failed to load has nothing to close.
      const loaded = await backend.pending?.catch(() => undefined);
      await loaded?.close();
    },
  };
}

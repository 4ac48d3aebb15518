/** The part of an application that needs AWS; the first call loads it. */
import { userInfo } from 'node:os';
import type { VisibleApp } from '../call/apps.ts';
import type { Audit } from '../call/audit/index.ts';
import type { Person } from '../call/audit/line.ts';
import type { OpenConfirmations } from '../call/authorize/confirmation-store.ts';
import { createCallPath } from '../call/call-path.ts';
import { EnvironmentFeed } from '../call/environment-feed.ts';
import type { JobService } from '../call/job-service.ts';
import { createReadAcrossTargets, type Reader, type ReadTool } from '../call/read-across-targets.ts';
import type { Recorder } from '../call/record.ts';
import type { SharedState } from '../call/shared-state.ts';
import { getWriteLedger } from '../call/write-ledger.ts';
import type { EnvironmentRef } from '../jobs/job.ts';
import type { Env } from '../lib/env.ts';
import { createLog, recordCall } from '../observability/log.ts';
import type { Observer } from '../observability/observer.ts';
import type { FindTools } from '../tool-search/index.ts';
import { createPlanQuestions, type PlanQuestions } from '../tools/approve-plan/questions.ts';
import { type CallTool, createCallTool } from '../tools/call-tool.ts';
import type { Snapshot } from '../tools/shared/snapshot/index.ts';
import { openAwsAccess } from './access.ts';
import type { CallerConfig } from './callers.ts';
import { createExclusively, noLock } from './exclusive.ts';
import type { Lease } from './lease.ts';

/** Everything that a call needs, for as long as the application lives. */
export interface Backend {
  readonly callTool: CallTool;
  readonly planQuestions: PlanQuestions;
  readonly jobs: JobService;
  readonly environmentFeed: EnvironmentFeed;
  /** All settings of an environment as one document. @throws ServerError */
  readSnapshot(environment: EnvironmentRef, reader: Reader): Promise<Snapshot>;
  /** The runbook of an environment's migration to Gen 2, with the step where it stands. */
  planMigration(environment: EnvironmentRef, branch: string | undefined, reader: Reader): Promise<string>;
  /** Reads from the target that a reference names, or from all targets where it names none. */
  readonly readTool: ReadTool;
  /** The apps that the policy allows, on all targets. */
  listAllApps(): Promise<readonly VisibleApp[]>;
  /** Releases what can be recreated, such as AWS clients. */
  releaseIdle(): void;
  close(): Promise<void>;
}

/** What a backend needs from its application. */
interface BackendDeps {
  readonly findTools: FindTools;
  readonly observer?: Observer | undefined;
  readonly shared?: SharedState | undefined;
  readonly openConfirmations: OpenConfirmations;
  readonly lease?: Lease | undefined;
  readonly audit?: Audit | undefined;
  /** The person behind the caller; default: the user of this process. */
  readonly person?: Person | undefined;
}

/** The user of this process. */
function systemUser(env: Env): Person {
  try {
    return { who: userInfo().username };
  } catch {
    // In a container a user may have no name.
    return { who: env.USER ?? env.LOGNAME ?? 'unknown' };
  }
}

/** Loads the backend. @throws ServerError vault_unusable where the vault's key cannot be used */
export async function loadBackend(
  config: CallerConfig,
  env: Env,
  version: string,
  { findTools, observer, shared, lease, audit, person = systemUser(env), openConfirmations }: BackendDeps,
): Promise<Backend> {
  const log = observer?.log ?? createLog(config.logLevel);
  const access = await openAwsAccess(config, env, `amplify-backend-mcp/${version}`, {
    watch: observer?.aws,
    permit: lease,
  });
  const { targets, resolveSecrets, secretNames, endpoint } = access;
  const recorder: Recorder = {
    trace: observer?.trace,
    called(call, failure) {
      recordCall(log, call, failure);
      observer?.called(call);
    },
  };
  const callPath = createCallPath({
    targets,
    policy: config,
    targetApps: name => (name === undefined ? undefined : config.targets[name]?.apps),
    ...{ resolveSecrets, secretNames },
    audit: audit && { begin: attempt => audit.begin(attempt), person },
    revealSecrets: config.revealSecrets,
    recorder,
    ledger: getWriteLedger(endpoint, shared?.writes),
    shared,
    openConfirmations,
  });
  const exclusively = createExclusively({
    ...{ env, endpoint, lock: config.sandbox ? noLock : shared?.lock },
    warn: line => log.warn(line),
  });
  const { jobs, listApps } = callPath;
  await jobs.ready;
  const names = targets.names.length === 0 ? [undefined] : targets.names;
  const readTool = createReadAcrossTargets(
    (tool, args, reader) => callPath.callOperation(tool, args, { ...reader, via: 'step' }),
    targets.names,
  );
  const environmentFeed = new EnvironmentFeed({ readTool, jobs });
  const readSnapshot: Backend['readSnapshot'] = async (environment, reader) => {
    const { takeSnapshot } = await import('../tools/shared/snapshot/index.ts');
    return takeSnapshot(async (tool, args) => (await readTool(tool, args, reader)).answer, environment);
  };
  const planMigration: Backend['planMigration'] = async (...asked) => {
    const { readRunbook } = await import('../tools/shared/migration-runbook.ts');
    return readRunbook(callPath, names, ...asked);
  };
  return {
    callTool: createCallTool(
      { ...callPath, policy: config, findTools, exclusively },
      targets.names,
      recorder,
    ),
    planQuestions: createPlanQuestions(callPath.approvals, recorder),
    jobs,
    environmentFeed,
    readSnapshot,
    planMigration,
    readTool,
    listAllApps: async () =>
      (await Promise.all(names.map(name => listApps(name)))).flatMap(({ apps }) => apps),
    releaseIdle: () => targets.releaseIdle(),
    close: async () => {
      environmentFeed.close();
      jobs.close();
      await access.close();
    },
  };
}

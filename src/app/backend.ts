/** The AWS side of the application, put together: loaded by the first call that needs it. */
import { userInfo } from 'node:os';
import { ledgerOf } from '../aws/ledger.ts';
import { createReadAnywhere, type Reader, type ReadTool } from '../execute/anywhere.ts';
import type { VisibleApp } from '../execute/apps.ts';
import type { Audit } from '../execute/audit.ts';
import type { OpenConfirmations } from '../execute/confirmation.ts';
import type { OwnJobs } from '../execute/jobs.ts';
import { createPlaces, type Places } from '../execute/places.ts';
import type { Recorder } from '../execute/record.ts';
import type { Shared } from '../execute/shared.ts';
import { createExecute, type Execute, type Person } from '../execute.ts';
import type { EnvironmentAddress } from '../jobs/job.ts';
import { createLog, recordCall } from '../log.ts';
import type { FindTools } from '../tool-search/index.ts';
import { createCall } from '../workflows/call.ts';
import { type Snapshot, takeSnapshot } from '../workflows/snapshot.ts';
import { type Env, openAccess } from './access.ts';
import type { OwnConfig } from './callers.ts';
import { createExclusively, noLock } from './exclusive.ts';
import type { Lease } from './lease.ts';
import type { Observer } from './observer.ts';

/** What lives as long as the process, once there is a call. */
export interface Backend {
  readonly execute: Execute;
  readonly jobs: OwnJobs;
  readonly places: Places;
  /** All settings of an environment as one document. @throws RegisteredError */
  readSnapshot(address: EnvironmentAddress, reader: Reader): Promise<Snapshot>;
  /** Reads where no target is named. */
  readonly readTool: ReadTool;
  /** The apps that may be touched, on all targets. */
  listAllApps(): Promise<readonly VisibleApp[]>;
  /** Gives back what can be made again. */
  rest(): void;
  close(): Promise<void>;
}

/** What comes from the process around it. */
interface Beside {
  readonly findTools: FindTools;
  readonly observer?: Observer | undefined;
  readonly shared?: Shared | undefined;
  readonly openConfirmations: OpenConfirmations;
  readonly lease?: Lease | undefined;
  readonly audit?: Audit | undefined;
  /** Who calls; left out, the one whose process this is. */
  readonly person?: Person | undefined;
}

/** The person whose process this is, by the system's name of them. */
function systemUser(env: Env): Person {
  try {
    return { who: userInfo().username };
  } catch {
    // In a container, a user may have no name.
    return { who: env.USER ?? env.LOGNAME ?? 'unknown' };
  }
}

/**
 * Puts it together.
 * @param beside the search among the tools, who sees the calls and what goes to AWS, what is shared with replicas, and
 *   for how long it may act
 * @throws RegisteredError vault_unusable where the vault's key is none
 */
export async function loadBackend(
  config: OwnConfig,
  env: Env,
  version: string,
  { findTools, observer, shared, lease, audit, person = systemUser(env), openConfirmations }: Beside,
): Promise<Backend> {
  const log = observer?.log ?? createLog(config.logLevel);
  const access = await openAccess(config, env, `amplify-backend-mcp/${version}`, {
    watch: observer?.aws,
    permit: lease,
  });
  const { targets, resolveSecrets, endpoint } = access;
  const recorder: Recorder = {
    around: observer?.around,
    called(call, failure) {
      recordCall(log, call, failure);
      observer?.called(call);
    },
  };
  const path = createExecute({
    targets,
    policy: config,
    targetApps: name => (name === undefined ? undefined : config.targets[name]?.apps),
    resolveSecrets,
    audit: audit && { begin: attempt => audit.begin(attempt), person },
    revealSecrets: config.revealSecrets,
    recorder,
    ledger: ledgerOf(endpoint, shared?.writes),
    shared,
    openConfirmations,
  });
  const exclusively = createExclusively({
    ...{ env, endpoint, lock: config.sandbox ? noLock : shared?.lock },
    warn: line => log.warn(line),
  });
  const { jobs, listApps } = path;
  await jobs.ready;
  const names = targets.names.length === 0 ? [undefined] : targets.names;
  const readTool = createReadAnywhere(
    (tool, args, reader) => path.execute(tool, args, { ...reader, via: 'step' }),
    targets.names,
  );
  const places = createPlaces({ readTool, jobs });
  const readSnapshot: Backend['readSnapshot'] = (address, reader) =>
    takeSnapshot((tool, args) => readTool(tool, args, reader), address);
  return {
    execute: createCall({ ...path, policy: config, findTools, exclusively }, targets.names, recorder),
    jobs,
    places,
    readSnapshot,
    readTool,
    listAllApps: async () =>
      (await Promise.all(names.map(name => listApps(name)))).flatMap(({ apps }) => apps),
    rest: () => targets.rest(),
    close: async () => {
      places.close();
      jobs.close();
      await access.close();
    },
  };
}

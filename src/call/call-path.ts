/**
 * Composes the path of calls to AWS: the dispatch of operations, and what else tools read (jobs, apps, stacks, targets). All
 * of them apply the same policy.
 */
import {
  type AllowedApps,
  createFindApp,
  createListVisibleApps,
  type FindApp,
  type ListVisibleApps,
} from './apps.ts';
import type { Authorizer } from './authorize/authorize.ts';
import { describeTarget, type TargetDescription } from './authorize/plan.ts';
import type { CallOperation } from './call-operation.ts';
import { createDispatch, type DispatchOptions } from './dispatch.ts';
import { JobService } from './job-service.ts';
import { createReadMigrationFacts, type ReadMigrationFacts } from './migration-reads.ts';
import { createAllowedApps, createRefuseApp } from './refuse-app.ts';
import type { SharedState } from './shared-state.ts';
import { createStacks, type Stacks } from './stacks.ts';
import { type AreStored, createAreStored } from './stored-values.ts';

/** The account, region and identity of a target. @throws ServerError */
export type DescribeTarget = (target: string | undefined) => Promise<TargetDescription>;

/** The names of the secrets that arguments may refer to on a target, never their values. @throws ServerError */
export type ListSecretNames = (target: string | undefined) => Promise<readonly string[]>;

/** Epoch milliseconds on AWS's clock, by a target's last answer. */
export type AwsClock = (target: string | undefined) => number;

/** What calls need from the process. */
export interface CallPathOptions extends DispatchOptions {
  /** The names of the secrets that may be used with a target. */
  readonly secretNames?: ListSecretNames;
  /** State that replicas of this server share. */
  readonly shared?: SharedState | undefined;
}

/** Creates the function that calls operations, and the other reads that tools need. */
export function createCallPath(options: CallPathOptions): {
  callOperation: CallOperation;
  approvals: Authorizer['approvals'];
  areStored: AreStored;
  jobs: JobService;
  listApps: ListVisibleApps;
  findApp: FindApp;
  allowedApps: AllowedApps;
  secretNames: ListSecretNames;
  stacks: Stacks;
  describeTarget: DescribeTarget;
  awsNow: AwsClock;
  readMigrationFacts: ReadMigrationFacts;
} {
  const { targets, policy, shared } = options;
  const { targetApps = () => undefined, secretNames = async () => [] } = options;
  const refuseApp = createRefuseApp(policy, targetApps);
  const allowedOn = createAllowedApps(policy, targetApps);
  const allowedApps: AllowedApps = name => allowedOn(targets.get(name).name);
  const jobs = new JobService({ targets, refuseApp, shared: shared?.jobs });
  const listApps = createListVisibleApps(targets, refuseApp);
  const readMigrationFacts = createReadMigrationFacts(targets, refuseApp);
  return {
    ...createDispatch(options, jobs, readMigrationFacts),
    ...{ jobs, listApps },
    areStored: createAreStored(options),
    findApp: createFindApp(listApps, allowedApps),
    ...{ allowedApps, secretNames },
    stacks: createStacks(targets, refuseApp),
    readMigrationFacts,
    async describeTarget(name) {
      const target = targets.get(name);
      // `whoami` and other readers of the account alone need the reason why it is unknown, so the failure is thrown.
      await target.identity();
      return describeTarget(target);
    },
    awsNow: name => targets.get(name).awsNow(),
  };
}

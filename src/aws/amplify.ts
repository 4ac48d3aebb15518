/**
 * Reads of the Amplify service: the apps of an account with their names (AmplifyBackend knows only their ids), Amplify's
 * records of environments, and the branches that use them.
 */
import type { App, Branch as AwsBranch } from '@aws-sdk/client-amplify';
import { clientSettings, useCommonPlugins } from './client.ts';
import { paginationOf, withSignal } from './read-signals.ts';
import { createReadService, readAll, type ServiceTarget } from './service-reads.ts';

/** An app as it is listed. */
export interface ListedApp {
  readonly appId: string;
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
  /** Whether its hosting builds from a Git repository. */
  readonly hasRepository?: true;
  /**
   * The environment that `amplify gen2-migration lock` was run for, by the app's variable; null where it is not set,
   * absent where AWS lists no variables. Foreign text.
   */
  readonly migratingEnvironment?: string | null;
}

/** Amplify's record of an environment. */
export interface RecordedEnvironment {
  readonly name: string;
  /** Absent where it was never deployed. */
  readonly stackName?: string;
}

/** A branch of the app's hosting, and the environment that its builds use. */
export interface Branch {
  readonly name: string;
  readonly backendEnvironmentName?: string;
  /** Of the Gen 1 environment that its builds use. */
  readonly backendEnvironmentArn?: string;
  /** Of the root stack of the Gen 2 backend that its builds deploy. */
  readonly backendStackArn?: string;
  /** ISO 8601. */
  readonly updatedAt?: string;
}

/** What the Amplify service says of an app itself. */
export interface AppDetails {
  readonly appId: string;
  readonly name?: string;
  /** Whether its hosting builds from a repository; otherwise it is deployed by hand. */
  readonly isConnected: boolean;
  /** The app's variables that AWS's migration tool writes. All others may be secrets and are not kept. */
  readonly migrationVariables: Readonly<Record<string, string>>;
}

/** Reads of Amplify. All throw ServerError. */
export interface AmplifyReads {
  /** The apps of the account and region, at most ten thousand. */
  listApps(signal?: AbortSignal): Promise<readonly ListedApp[]>;
  listEnvironments(appId: string, signal?: AbortSignal): Promise<readonly RecordedEnvironment[]>;
  listBranches(appId: string, signal?: AbortSignal): Promise<readonly Branch[]>;
  getApp(appId: string, signal?: AbortSignal): Promise<AppDetails>;
}

const PAGE_SIZE = 100;
/** The service's largest page of environments and branches. */
const SMALL_PAGE = 50;
const MAX_PAGES = 100;

/** Set by `amplify gen2-migration lock` (aws-amplify/amplify-cli, `commands/gen2-migration/lock.ts`). */
const LOCKED_ENVIRONMENT = 'GEN2_MIGRATION_ENVIRONMENT_NAME';

function toListed({ appId, name, createTime, updateTime, repository, environmentVariables }: App): ListedApp {
  return {
    appId: appId ?? '',
    name: name ?? '',
    ...(createTime && { createdAt: createTime.toISOString() }),
    ...(updateTime && { updatedAt: updateTime.toISOString() }),
    ...(repository && { hasRepository: true as const }),
    ...(environmentVariables && {
      migratingEnvironment: environmentVariables[LOCKED_ENVIRONMENT]?.slice(0, LONGEST_VALUE) ?? null,
    }),
  };
}

/** `arn:aws:amplify:REGION:ACCOUNT:apps/APP/backendenvironments/NAME` */
const environmentOf = (arn: string | undefined) => /\/backendenvironments\/([^/]+)$/.exec(arn ?? '')?.[1];

const MIGRATION_VARIABLE = /^GEN2_MIGRATION_/;
/** The longest value of a variable that is kept. */
const LONGEST_VALUE = 256;

function toDetails(appId: string, app: App | undefined): AppDetails {
  const { name, repository, environmentVariables = {} } = app ?? {};
  const ours = Object.entries(environmentVariables).filter(([variable]) => MIGRATION_VARIABLE.test(variable));
  return {
    appId,
    ...(name && { name }),
    isConnected: Boolean(repository),
    migrationVariables: Object.fromEntries(
      ours.map(([variable, value]) => [variable, value.slice(0, LONGEST_VALUE)]),
    ),
  };
}

function toBranch({ branchName = '', backendEnvironmentArn, backend, updateTime }: AwsBranch): Branch {
  // `backend.stackArn` may also name a Gen 1 environment.
  const gen1 = [backendEnvironmentArn, backend?.stackArn].find(arn => environmentOf(arn) !== undefined);
  const stack = backend?.stackArn;
  const environment = environmentOf(gen1);
  return {
    name: branchName,
    ...(environment && { backendEnvironmentName: environment }),
    ...(gen1 && { backendEnvironmentArn: gen1 }),
    ...(stack && stack !== gen1 && { backendStackArn: stack }),
    ...(updateTime && { updatedAt: updateTime.toISOString() }),
  };
}

/** Creates the reads of a target. */
export function createAmplifyReads(target: ServiceTarget): AmplifyReads {
  const read = createReadService(target, async where => {
    const sdk = await import('@aws-sdk/client-amplify');
    const client = new sdk.AmplifyClient(await clientSettings(where, 'reads', 'Amplify'));
    useCommonPlugins(client, where, 'Amplify', 'json');
    return { client, sdk, exception: sdk.AmplifyServiceException };
  });

  return {
    listApps: signal =>
      read('amplify:ListApps', async (client, { paginateListApps }) => {
        const pages = paginateListApps({ ...paginationOf(client, signal), pageSize: PAGE_SIZE }, {});
        return (await readAll(pages, ({ apps }) => apps, MAX_PAGES)).map(toListed);
      }),

    listEnvironments: (appId, signal) =>
      read('amplify:ListBackendEnvironments', async (client, { ListBackendEnvironmentsCommand }) => {
        const found: RecordedEnvironment[] = [];
        let nextToken: string | undefined;
        do {
          const command = new ListBackendEnvironmentsCommand({ appId, nextToken, maxResults: SMALL_PAGE });
          const page = await client.send(withSignal(command, signal));
          for (const { environmentName = '', stackName } of page.backendEnvironments ?? [])
            found.push({ name: environmentName, ...(stackName && { stackName }) });
          ({ nextToken } = page);
        } while (nextToken);
        return found;
      }),

    listBranches: (appId, signal) =>
      read('amplify:ListBranches', async (client, { paginateListBranches }) => {
        const pages = paginateListBranches(
          { ...paginationOf(client, signal), pageSize: SMALL_PAGE },
          { appId },
        );
        const branches = await readAll(pages, page => page.branches, MAX_PAGES);
        return branches.map(toBranch);
      }),

    getApp: (appId, signal) =>
      read('amplify:GetApp', async (client, { GetAppCommand }) => {
        const { app } = await client.send(withSignal(new GetAppCommand({ appId }), signal));
        return toDetails(appId, app);
      }),
  };
}

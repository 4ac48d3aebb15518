/**
 * The Amplify operations that the sandbox answers, and their paths: paged lists and single records of apps, backend
 * environments and branches.
 */
import { page } from '../paging.ts';
import { badRequest, ServiceError } from '../service-error.ts';
import type { App, State } from '../state.ts';
import { describeApp, describeBranch, describeEnvironment } from './records.ts';

export interface AmplifyCall {
  readonly state: State;
  readonly query: URLSearchParams;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface AmplifyOperation {
  readonly name: string;
  /** @throws ServiceError 404 for an unknown app, environment or branch, 400 for a bad page size or token */
  readonly answer: (call: AmplifyCall) => object;
}

/** Page sizes of Amplify's API reference: at most 100 apps, at most 50 of anything else, 10 by default. */
const LARGEST_APPS = 100;
const LARGEST = 50;
const DEFAULT_PAGE = 10;

const notFound = (message: string) => new ServiceError(404, 'NotFoundException', message);

function listPage<T>(
  { query }: AmplifyCall,
  member: string,
  items: readonly T[],
  { key, largest, of }: { key: (item: T) => string; largest: number; of: readonly (string | null)[] },
  describe: (item: T) => object,
): object {
  const size = Number(query.get('maxResults') ?? DEFAULT_PAGE);
  if (!Number.isInteger(size) || size < 0 || size > largest)
    throw badRequest(`maxResults must be between 0 and ${largest}`);
  const { items: delivered, NextToken } = page({
    items,
    key,
    size: size === 0 ? DEFAULT_PAGE : size,
    token: query.get('nextToken') ?? undefined,
    query: [member, ...of],
  });
  return { [member]: delivered.map(describe), ...(NextToken && { nextToken: NextToken }) };
}

function findApp({ state }: AmplifyCall, appId: string): App {
  const app = state.apps.get(appId);
  if (!app) throw notFound(`App ${appId} not found.`);
  return app;
}

const listApps: AmplifyOperation = {
  name: 'ListApps',
  answer: call => {
    const { state, now } = call;
    const paging = { key: (id: string) => id, largest: LARGEST_APPS, of: [] };
    return listPage(call, 'apps', [...state.apps.keys()], paging, id => describeApp(state, id, now));
  },
};

const getApp = (appId: string): AmplifyOperation => ({
  name: 'GetApp',
  answer: call => {
    findApp(call, appId);
    return { app: describeApp(call.state, appId, call.now) };
  },
});

const listEnvironments = (appId: string): AmplifyOperation => ({
  name: 'ListBackendEnvironments',
  answer: call => {
    const { state, query, now } = call;
    const wanted = query.get('environmentName');
    const found = [...findApp(call, appId).environments.values()].filter(
      ({ name }) => wanted === null || name === wanted,
    );
    const paging = { key: ({ name }: { name: string }) => name, largest: LARGEST, of: [appId, wanted] };
    return listPage(call, 'backendEnvironments', found, paging, environment =>
      describeEnvironment(state, appId, environment, now),
    );
  },
});

const getEnvironment = (appId: string, name: string): AmplifyOperation => ({
  name: 'GetBackendEnvironment',
  answer: call => {
    const environment = findApp(call, appId).environments.get(name);
    if (!environment) throw notFound(`Backend environment ${name} not found for app ${appId}.`);
    return { backendEnvironment: describeEnvironment(call.state, appId, environment, call.now) };
  },
});

const listBranches = (appId: string): AmplifyOperation => ({
  name: 'ListBranches',
  answer: call => {
    const branches = [...findApp(call, appId).branches.values()];
    const paging = { key: ({ name }: { name: string }) => name, largest: LARGEST, of: [appId] };
    return listPage(call, 'branches', branches, paging, branch =>
      describeBranch(call.state, appId, branch, call.now),
    );
  },
});

const getBranch = (appId: string, name: string): AmplifyOperation => ({
  name: 'GetBranch',
  answer: call => {
    const branch = findApp(call, appId).branches.get(name);
    if (!branch) throw notFound(`Branch ${name} not found for app ${appId}.`);
    return { branch: describeBranch(call.state, appId, branch, call.now) };
  },
});

/** The operation that a path names. @param segments decoded, starting with `apps` */
export function operationOf([, appId, kind, name, ...more]: readonly string[]): AmplifyOperation | undefined {
  if (appId === undefined) return listApps;
  if (kind === undefined) return getApp(appId);
  if (more.length > 0) return undefined;
  if (kind === 'backendenvironments')
    return name === undefined ? listEnvironments(appId) : getEnvironment(appId, name);
  if (kind === 'branches') return name === undefined ? listBranches(appId) : getBranch(appId, name);
  return undefined;
}

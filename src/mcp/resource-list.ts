/**
 * `resources/list`: the jobs that the caller knows, then the apps with their environments, some apps a page. A cursor names
 * the last app of its page, so that it is good on every replica and after a restart.
 */
import {
  type ListResourcesResult,
  ProtocolError,
  ProtocolErrorCode,
  type Resource,
} from '@modelcontextprotocol/server';
import type { Jobs } from '../call/jobs.ts';
import { appUri, environmentUri, operationLabel } from '../jobs/job.ts';
import type { JobReport } from '../jobs/report.ts';
import { isAppId } from '../lib/app-id.ts';
import { quoteName } from '../lib/quote.ts';
import type { Directory, ListedName } from './directory.ts';
import { jobLine } from './results.ts';

const LIST_TTL_MS = 2_000;
/** For each app of a page, the server reads the app's environments once from AWS. */
const APPS_PER_PAGE = 10;
/** How long the first page waits for AWS. Hosts ask for it when they connect, and a slow AWS must not delay that. */
const FIRST_PAGE_MS = 3_000;

const mimeType = 'application/json';

/** A known job in the list. */
function jobResource({ job, asOf }: JobReport): Resource {
  const label = operationLabel(job);
  return {
    uri: job.uri,
    name: `${label} ${quoteName(job.jobId)}`,
    title: `${label} on ${quoteName(job.backendEnvironmentName)}`,
    description: `${jobLine(job)} As of ${asOf}.`,
    mimeType,
    annotations: { lastModified: job.updatedAt ?? job.createdAt ?? asOf },
  };
}

async function appResources(directory: Directory, app: ListedName, caller: string): Promise<Resource[]> {
  const { appId, name } = app;
  const label = quoteName(name === '' ? appId : name);
  const environments = await directory.environments(app, caller);
  return [
    {
      uri: appUri(app),
      name: label,
      title: `App ${label}`,
      description: `App ${quoteName(appId)}`,
      mimeType,
    },
    ...environments.values.map(backendEnvironmentName => ({
      uri: environmentUri({ appId, backendEnvironmentName }),
      name: `${label}/${quoteName(backendEnvironmentName)}`,
      title: `Environment ${quoteName(backendEnvironmentName)} of ${label}`,
      mimeType,
    })),
  ];
}

interface Page {
  readonly resources: readonly Resource[];
  readonly nextCursor?: string;
}

const cursorAfter = (appId: string) => Buffer.from(`apps after ${appId}`).toString('base64url');
const FIRST_APPS = cursorAfter('');

/** The last app before the page; an empty text for the first page. @throws ProtocolError */
function lastAppIn(cursor: string): string {
  const [, appId] = /^apps after (d[a-z0-9]{1,19}|)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (appId === undefined || cursorAfter(appId) !== cursor || (appId !== '' && !isAppId(appId)))
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown cursor. List again without one.');
  return appId;
}

async function appsPage(directory: Directory, caller: string, after: string): Promise<Page> {
  const apps = [...(await directory.allApps(caller))].sort((a, b) => (a.appId < b.appId ? -1 : 1));
  const rest = apps.filter(({ appId }) => appId > after);
  const page = rest.slice(0, APPS_PER_PAGE);
  const resources = await Promise.all(page.map(app => appResources(directory, app, caller)));
  const last = page.at(-1);
  return {
    resources: resources.flat(),
    ...(last && rest.length > page.length && { nextCursor: cursorAfter(last.appId) }),
  };
}

/** The first page of apps. If AWS takes too long, an empty page whose cursor leads to the first page of apps. */
async function firstPage(directory: Directory, caller: string): Promise<Page> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Page>(resolve => {
    timer = setTimeout(() => resolve({ resources: [], nextCursor: FIRST_APPS }), FIRST_PAGE_MS);
  });
  return Promise.race([appsPage(directory, caller, ''), late]).finally(() => clearTimeout(timer));
}

/** A page of the list. @throws ProtocolError for an unknown cursor */
export async function listResources(
  { jobs, directory }: { readonly jobs: Pick<Jobs, 'known'>; readonly directory: Directory },
  caller: string,
  cursor?: string,
): Promise<ListResourcesResult> {
  const { resources, nextCursor } = cursor
    ? await appsPage(directory, caller, lastAppIn(cursor))
    : await firstPage(directory, caller);
  const known = cursor ? [] : jobs.known(caller).map(jobResource);
  return {
    resources: [...known, ...resources],
    ...(nextCursor !== undefined && { nextCursor }),
    ttlMs: LIST_TTL_MS,
    cacheScope: 'private',
  };
}

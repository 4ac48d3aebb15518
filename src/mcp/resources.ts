/** The resources in the protocol: their templates, their list, reads and subscriptions. Other modules build their contents. */
import type { McpServer, ReadResourceResult } from '@modelcontextprotocol/server';
import type { EnvironmentFeed } from '../call/environment-feed.ts';
import type { Jobs } from '../call/jobs.ts';
import type { Reader } from '../call/read-across-targets.ts';
import { ServerError } from '../errors.ts';
import type { EnvironmentRef } from '../jobs/job.ts';
import type { Release } from '../jobs/report.ts';
import { jsonText } from '../lib/quote.ts';
import type { Snapshot } from '../tools/shared/snapshot/index.ts';
import type { Directory } from './directory.ts';
import { toProtocolError } from './protocol-errors.ts';
import { listResources } from './resource-list.ts';
import { clientShowsPages } from './ui-extension.ts';
import { PAGE_TYPE, pageOf, uriOf, type View, viewOf } from './ui-page.ts';
import { parseUri, uriTemplates } from './uris.ts';

/** The sources of the resources. */
export interface ResourceSources {
  readonly jobs: Pick<Jobs, 'read' | 'follow' | 'known'>;
  readonly environmentFeed: Pick<EnvironmentFeed, 'read' | 'follow'>;
  /** Exports an environment. @throws ServerError */
  readonly readSnapshot: (environment: EnvironmentRef, reader: Reader) => Promise<Snapshot>;
  readonly directory: Directory;
}

const ENVIRONMENT_TTL_MS = 5_000;

const mimeType = 'application/json';

const resourceTemplates = [
  {
    uriTemplate: uriTemplates.job.toString(),
    name: 'job',
    title: 'Backend job',
    description:
      'A job of AmplifyBackend: its state, times, progress, what it waits for, the next step, and the reason if it failed.',
    mimeType,
  },
  {
    uriTemplate: uriTemplates.environment.toString(),
    name: 'environment',
    title: 'Backend environment',
    description: 'An environment as get_backend shows it, with secrets withheld, and its recent jobs.',
    mimeType,
  },
  {
    uriTemplate: uriTemplates.app.toString(),
    name: 'app',
    title: 'Amplify app',
    description: "An app's environments and its recent jobs.",
    mimeType,
  },
  {
    uriTemplate: uriTemplates.snapshot.toString(),
    name: 'snapshot',
    title: 'Snapshot of an environment',
    description:
      "An environment's settings as one document, as export_environment writes it; provision_environment takes it by this URI.",
    mimeType,
  },
];

/** The content of a URI, and how long it is fresh. @throws ServerError */
async function read({ jobs, environmentFeed, readSnapshot }: ResourceSources, uri: string, reader: Reader) {
  const parsed = parseUri(uri);
  switch (parsed?.kind) {
    case 'app-or-environment':
      return {
        content: { ...(await environmentFeed.read(parsed.ref, reader)), ttlMs: ENVIRONMENT_TTL_MS },
        ttlMs: ENVIRONMENT_TTL_MS,
      };
    case 'job': {
      const { job, ...report } = await jobs.read(parsed.ref, reader);
      return { content: { ...job, ...report }, ttlMs: report.ttlMs };
    }
    case 'snapshot':
      return { content: await readSnapshot(parsed.ref, reader), ttlMs: ENVIRONMENT_TTL_MS };
    default:
      throw new ServerError('not_found');
  }
}

/**
 * Calls back at each change of a URI's content, until it is released.
 * @throws ServerError if the URI cannot be read, and so cannot be followed
 */
export async function followResource(
  { jobs, environmentFeed }: Pick<ResourceSources, 'jobs' | 'environmentFeed'>,
  caller: string,
  uri: string,
  onChange: () => void,
): Promise<Release> {
  const parsed = parseUri(uri);
  if (!parsed) throw new ServerError('not_found');
  // A snapshot changes when its environment changes, so its environment is followed.
  return parsed.kind === 'job'
    ? jobs.follow(parsed.ref, { caller }, () => onChange())
    : environmentFeed.follow(parsed.ref, { caller }, onChange);
}

/** The page is the same for as long as the server lives. */
const PAGE_TTL_MS = 3_600_000;

/** A page for a client that shows pages: it loads nothing from anywhere. */
async function readPage(view: View): Promise<ReadResourceResult> {
  const ui = {
    csp: { connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] },
    prefersBorder: true,
  };
  return {
    contents: [{ uri: uriOf(view), mimeType: PAGE_TYPE, text: await pageOf(view), _meta: { ui } }],
    ttlMs: PAGE_TTL_MS,
    cacheScope: 'private',
  };
}

/**
 * Puts the resources on a server.
 * @param caller as the transport identifies them
 */
export function serveResources(mcp: McpServer, sources: ResourceSources, caller: string): void {
  const { server } = mcp;
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }));

  server.setRequestHandler('resources/list', ({ params }) => listResources(sources, caller, params?.cursor));

  server.setRequestHandler('resources/read', async (request, ctx): Promise<ReadResourceResult> => {
    const { uri } = request.params;
    try {
      const view = clientShowsPages(mcp, ctx) ? viewOf(uri) : undefined;
      if (view) return await readPage(view);
      const { content, ttlMs } = await read(sources, uri, { caller, signal: ctx.mcpReq.signal });
      return {
        contents: [{ uri, mimeType, text: jsonText(content) }],
        ttlMs,
        cacheScope: 'private',
      };
    } catch (thrown) {
      throw toProtocolError(uri, thrown);
    }
  });
}

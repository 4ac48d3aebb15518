/**
 * The resources: their templates, the list of the jobs that the caller knows, reading, and following for those who
 * subscribe. Their contents are built elsewhere; this file turns them into protocol messages.
 */
import type { McpServer, ReadResourceResult, Resource } from '@modelcontextprotocol/server';
import type { EnvironmentFeed } from '../call/environment-feed.ts';
import type { Jobs } from '../call/jobs.ts';
import type { Reader } from '../call/read-across-targets.ts';
import { ServerError } from '../errors.ts';
import { type EnvironmentRef, operationLabel } from '../jobs/job.ts';
import type { JobReport, Release } from '../jobs/report.ts';
import { jsonText, quoteName } from '../lib/quote.ts';
import type { Snapshot } from '../tools/shared/snapshot/index.ts';
import { toProtocolError } from './protocol-errors.ts';
import { jobLine } from './results.ts';
import { parseUri, uriTemplates } from './uris.ts';

/** The sources of the resources. */
export interface ResourceSources {
  readonly jobs: Pick<Jobs, 'read' | 'follow' | 'known'>;
  readonly places: Pick<EnvironmentFeed, 'read' | 'follow'>;
  /** Exports an environment. @throws ServerError */
  readonly readSnapshot: (address: EnvironmentRef, reader: Reader) => Promise<Snapshot>;
}

const LIST_TTL_MS = 2_000;
const PLACE_TTL_MS = 5_000;

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

/** A known job in the list. */
function toResource({ job, asOf }: JobReport): Resource {
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

/** The content of a URI, and how long it is fresh. @throws ServerError */
async function read({ jobs, places, readSnapshot }: ResourceSources, uri: string, reader: Reader) {
  const named = parseUri(uri);
  switch (named?.kind) {
    case 'place':
      return {
        content: { ...(await places.read(named.address, reader)), ttlMs: PLACE_TTL_MS },
        ttlMs: PLACE_TTL_MS,
      };
    case 'job': {
      const { job, ...told } = await jobs.read(named.address, reader);
      return { content: { ...job, ...told }, ttlMs: told.ttlMs };
    }
    case 'snapshot':
      return { content: await readSnapshot(named.address, reader), ttlMs: PLACE_TTL_MS };
    default:
      throw new ServerError('not_found');
  }
}

/**
 * Calls back at each change of a URI's content, until it is released.
 * @throws ServerError if the URI cannot be read, and so cannot be followed
 */
export async function followResource(
  { jobs, places }: Pick<ResourceSources, 'jobs' | 'places'>,
  caller: string,
  uri: string,
  onChange: () => void,
): Promise<Release> {
  const named = parseUri(uri);
  if (!named) throw new ServerError('not_found');
  // A snapshot changes when its environment changes, so its environment is followed.
  return named.kind === 'job'
    ? jobs.follow(named.address, { caller }, () => onChange())
    : places.follow(named.address, { caller }, onChange);
}

/**
 * Puts the resources on a server.
 * @param caller as the transport identifies them
 */
export function serveResources({ server }: McpServer, sources: ResourceSources, caller: string): void {
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }));

  server.setRequestHandler('resources/list', () => ({
    resources: sources.jobs.known(caller).map(toResource),
    ttlMs: LIST_TTL_MS,
    cacheScope: 'private' as const,
  }));

  server.setRequestHandler('resources/read', async (request, ctx): Promise<ReadResourceResult> => {
    const { uri } = request.params;
    try {
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

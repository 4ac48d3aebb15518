/** Jobs as resources: one template, read live from AWS. */
import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
  UriTemplate,
} from '@modelcontextprotocol/server';
import { asRegistered } from '../errors.ts';
import { JOB_URI_TEMPLATE, type Job, type JobAddress } from '../jobs/job.ts';
import { failureText } from './results.ts';

/** Reads a job. @throws RegisteredError */
export type ReadJob = (address: JobAddress, signal?: AbortSignal) => Promise<Job>;

const RUNNING_TTL_MS = 1_000;
const ENDED_TTL_MS = 3_600_000;

const jobTemplate = new UriTemplate(JOB_URI_TEMPLATE);

const resourceTemplates = [
  {
    uriTemplate: JOB_URI_TEMPLATE,
    name: 'job',
    title: 'Backend job',
    description: 'A job of AmplifyBackend, read live: its state, times and the reason if it failed.',
    mimeType: 'application/json',
  },
];

/** The three ids of a job's URI, unchecked, or undefined where the URI is not one. */
function matchJob(uri: string): JobAddress | undefined {
  const id = (value: unknown) => decodeURIComponent(String(value));
  try {
    const variables = jobTemplate.match(uri);
    if (!variables) return undefined;
    const { appId, backendEnvironmentName, jobId } = variables;
    return { appId: id(appId), backendEnvironmentName: id(backendEnvironmentName), jobId: id(jobId) };
  } catch (thrown) {
    if (thrown instanceof URIError) return undefined;
    throw thrown;
  }
}

/** Puts the resources on a server. */
export function serveResources({ server }: McpServer, readJob: ReadJob): void {
  server.setRequestHandler('resources/list', () => ({ resources: [] }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }));

  server.setRequestHandler('resources/read', async (request, ctx): Promise<ReadResourceResult> => {
    const { uri } = request.params;
    const address = matchJob(uri);
    if (!address) throw new ResourceNotFoundError(uri);
    try {
      const job = await readJob(address, ctx.mcpReq.signal);
      return {
        contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(job, null, 2) }],
        ttlMs: job.state === 'running' ? RUNNING_TTL_MS : ENDED_TTL_MS,
        cacheScope: 'private',
      };
    } catch (thrown) {
      const failure = asRegistered(thrown);
      if (failure.code === 'not_found') throw new ResourceNotFoundError(uri);
      const code =
        failure.code === 'invalid_arguments'
          ? ProtocolErrorCode.InvalidParams
          : ProtocolErrorCode.InternalError;
      throw new ProtocolError(code, failureText(failure), { error: failure.facts() });
    }
  });
}

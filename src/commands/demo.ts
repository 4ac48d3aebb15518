/**
 * `demo`: the main job, watched. Starts a sandbox, connects a real MCP client to a real stdio child, clones
 * `dev` to `qa`, follows the job as a resource to its end, and verifies the clone before it says so.
 */
import { devNull } from 'node:os';
import type { Client } from '@modelcontextprotocol/client';
import { ConfigError, ENV_PREFIX } from '../config.ts';
import type { Job } from '../jobs/job.ts';
import {
  faultKinds,
  sandboxAppId,
  sandboxCredentials,
  sandboxRegion,
  startSandbox,
} from '../sandbox/index.ts';
import type { Io } from './io.ts';
import { connectChild } from './mcp-client.ts';

const SOURCE = 'dev';
const TARGET = 'qa';
const LOOK_EVERY_MS = 500;

/** How a difference is told of source and target. */
const words: Readonly<Record<string, string>> = {
  'only left': `missing in ${TARGET}`,
  'only right': `only in ${TARGET}`,
};

/** How the demonstration is run. */
export interface DemoOptions {
  readonly jobMs: number;
  /** A fault of the sandbox that befalls the clone, to watch what is said then. */
  readonly fault?: string | undefined;
}

/** The environment of a server that knows the sandbox, and neither an AWS account nor a setting of the person's own. */
function sandboxOnly(env: Io['env'], url: string): Io['env'] {
  const own = Object.entries(env).filter(
    ([name]) => !name.startsWith('AWS_') && !name.startsWith(ENV_PREFIX),
  );
  return {
    ...Object.fromEntries(own),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
    AWS_REGION: sandboxRegion,
  };
}

async function orderFault(url: string, kind: string): Promise<void> {
  const response = await fetch(`${url}/_sandbox/faults`, {
    method: 'POST',
    body: JSON.stringify({ operation: 'CloneBackend', kind, times: 1 }),
  });
  if (!response.ok) throw new Error(`the sandbox refused the fault with status ${response.status}`);
}

/** Calls a tool. @throws with the error text of the tool */
function reader(client: Client) {
  return async (name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const result = await client.callTool({ name, arguments: args });
    const [first] = result.content;
    if (result.isError) throw new Error(first?.type === 'text' ? first.text : `${name} failed`);
    return result.structuredContent as Record<string, unknown>;
  };
}

/** Reads the job's resource until it ends, and shows each change of AWS's word; in a terminal each second too. */
async function follow(io: Io, client: Client, uri: string): Promise<Job> {
  const startedAt = performance.now();
  let shown = '';
  for (;;) {
    const { contents } = await client.readResource({ uri }, { cacheMode: 'bypass' });
    const [content] = contents;
    const job = JSON.parse(content && 'text' in content ? content.text : '{}') as Job;
    const line = `  ${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s  ${job.status}`;
    if (io.isTerminal) io.draw(`\r\u001b[K${line}`);
    else if (job.status !== shown) io.out(line);
    shown = job.status;
    if (job.state !== 'running') {
      if (io.isTerminal) io.draw('\n');
      return job;
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function cloneAndVerify(io: Io, client: Client): Promise<boolean> {
  const read = reader(client);
  const appId = sandboxAppId;
  const app = await read('get_backend', { appId });
  io.out(
    `get_backend    app ${app.appName} (${appId}) has ${(app.backendEnvironmentList as string[]).join(', ')}`,
  );

  const started = await read('clone_backend', {
    appId,
    backendEnvironmentName: SOURCE,
    targetEnvironmentName: TARGET,
  });
  const { uri, jobId } = started.job as Job;
  io.out(`clone_backend  started job ${jobId}`);
  io.out(`               ${uri}`);
  const job = await follow(io, client, uri);
  if (job.state !== 'succeeded') {
    io.out(
      `The clone failed. ${job.error ? `AWS says: ${JSON.stringify(job.error)}` : 'AWS gives no reason.'}`,
    );
    return false;
  }

  io.out(`The job has ended; that alone proves nothing. Comparing ${TARGET} with ${SOURCE}:`);
  const compared = await read('compare_environments', { app: appId, left: SOURCE, right: TARGET });
  const same = compared.same as string[];
  const differences = compared.differences as { path: string; is: string }[];
  for (const label of same) io.out(`  same      ${label}`);
  for (const { path, is } of differences) io.out(`  DIFFERS   ${path} is ${words[is] ?? is}`);
  io.out(
    compared.identical
      ? `Verified: ${TARGET} is a complete clone of ${SOURCE} (${same.length} resources).`
      : `Not verified: ${TARGET} is no complete clone of ${SOURCE}.`,
  );
  return compared.identical === true;
}

/**
 * @returns the exit code: 0 only if the clone was verified
 * @throws ConfigError where there is no such fault
 */
export async function demo(io: Io, options: DemoOptions): Promise<number> {
  const { fault } = options;
  if (fault !== undefined && !faultKinds.some(kind => kind === fault))
    throw new ConfigError(`flag --fault: ${fault} is none of ${faultKinds.join(', ')}`);
  const sandbox = await startSandbox({ jobMs: options.jobMs });
  io.out(`sandbox on ${sandbox.url} (no AWS account, no network)`);
  try {
    if (fault) await orderFault(sandbox.url, fault);
    const client = await connectChild(io, ['--log-level', 'error'], sandboxOnly(io.env, sandbox.url));
    try {
      const { tools } = await client.listTools();
      io.out(
        `MCP client on a stdio child: protocol ${client.getNegotiatedProtocolVersion()}, ${tools.length} tools`,
      );
      io.out(`> clone ${SOURCE} to ${TARGET}`);
      return (await cloneAndVerify(io, client)) ? 0 : 1;
    } catch (thrown) {
      io.out(`Failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      return 1;
    } finally {
      await client.close();
    }
  } finally {
    await sandbox.close();
  }
}

/**
 * `demo`: starts a sandbox, connects a real MCP client to a real stdio child, clones `dev` to `qa` with one call, and
 * prints the progress and the verdict.
 */
import { devNull } from 'node:os';
import type { Client } from '@modelcontextprotocol/client';
import { quote, quoteName, quoteNames } from '../lib/quote.ts';
import {
  faultKinds,
  sandboxAppName,
  sandboxCredentials,
  sandboxRegion,
  startSandbox,
} from '../sandbox/index.ts';
import { ConfigError } from '../server/settings.ts';
import type { Io } from './io.ts';
import { connectChild } from './mcp-client.ts';
import type { ProgressLine } from './progress-line.ts';

const SOURCE = 'dev';
const TARGET = 'qa';

/** How a difference between source and target is printed. */
const words: Readonly<Record<string, string>> = {
  'only left': `missing in ${TARGET}`,
  'only right': `only in ${TARGET}`,
};

/** Options of the command. */
export interface DemoOptions {
  readonly jobMs: number;
  /** A fault that the sandbox injects into the clone. */
  readonly fault?: string | undefined;
}

/** The environment of a server that reaches the sandbox, and no AWS account of the person. */
function sandboxOnly(env: Io['env'], url: string): Io['env'] {
  const own = Object.entries(env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(own),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
    AWS_REGION: sandboxRegion,
    NO_PROXY: new URL(url).hostname,
    no_proxy: new URL(url).hostname,
  };
}

async function injectFault(url: string, kind: string): Promise<void> {
  const response = await fetch(`${url}/_sandbox/faults`, {
    method: 'POST',
    body: JSON.stringify({ operation: 'CloneBackend', kind, times: 1 }),
  });
  if (!response.ok) throw new Error(`the sandbox refused the fault with status ${response.status}`);
}

/** The members of the answer that are printed. */
interface Answer {
  readonly verdict?: string;
  readonly same?: readonly string[];
  readonly resources?: readonly { readonly resource: string; readonly comparedBy: string }[];
  readonly differences?: readonly { readonly path: string; readonly is: string }[];
  readonly nextSteps?: readonly string[];
  readonly job?: { readonly error?: string };
}

/** Shows steps as lines with the time since the start, each message once. */
function createProgressLog({ out }: Io): ProgressLine {
  const startedAt = performance.now();
  let shown = '';
  return {
    show({ message = '' }) {
      if (message === shown) return;
      shown = message;
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
      out(`  ${seconds} s  ${message}`);
    },
    clear: () => {},
    end: () => {},
  };
}

/** Calls clone_environment until it returns a verdict. Its progress is a bar in a terminal, and lines in a pipe. */
async function clone(io: Io, client: Client, jobMs: number): Promise<Answer> {
  const call = { name: 'clone_environment', arguments: { app: sandboxAppName, from: SOURCE, to: TARGET } };
  const title = `clone ${SOURCE} to ${TARGET}`;
  // A pipe has no screen, and need not load what draws on one.
  const progress = io.screen
    ? (await import('./progress-line.ts')).createProgressLine(io.screen, { title, expectedMs: jobMs })
    : createProgressLog(io);
  try {
    for (;;) {
      const result = await client.callTool(call, { onprogress: step => progress.show(step) });
      const [first] = result.content;
      if (result.isError) throw new Error(first?.type === 'text' ? first.text : `${call.name} failed`);
      const answer = result.structuredContent as Answer;
      if (answer.verdict !== undefined) return answer;
    }
  } finally {
    progress.end();
  }
}

/** What is the same in both, and how each was compared. */
function showSame(io: Io, { same = [], resources = [] }: Answer): void {
  const alike = resources.filter(({ resource }) => same.includes(resource));
  for (const way of new Set(alike.map(({ comparedBy }) => comparedBy))) {
    const labels = alike.flatMap(({ resource, comparedBy }) => (comparedBy === way ? [resource] : []));
    io.out(`  same by ${way.padEnd(8)}  ${quoteNames(labels, labels.length)}`);
  }
}

function show(io: Io, answer: Answer): void {
  const { verdict, same = [], differences = [], nextSteps = [], job } = answer;
  showSame(io, answer);
  for (const { path, is } of differences)
    io.out(`  DIFFERS   ${quoteName(path)} is ${words[is] ?? is}`, { style: 'warning' });
  if (verdict === 'complete')
    io.out(`Verified: ${TARGET} is a complete clone of ${SOURCE} (${same.length} resources).`, {
      style: 'good',
    });
  else io.out(`Not verified: the clone is ${verdict}.`, { style: 'bad' });
  if (job?.error) io.out(`AWS says: ${quote(job.error)}`);
  for (const step of nextSteps) io.out(`Next: ${step}`);
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
    if (fault) await injectFault(sandbox.url, fault);
    const client = await connectChild(io, { logLevel: 'error' }, sandboxOnly(io.env, sandbox.url));
    try {
      const { tools } = await client.listTools();
      io.out(
        `MCP client on a stdio child: protocol ${client.getNegotiatedProtocolVersion()}, ${tools.length} tools`,
      );
      io.out(`> clone ${SOURCE} to ${TARGET}`);
      const answer = await clone(io, client, options.jobMs);
      show(io, answer);
      return answer.verdict === 'complete' ? 0 : 1;
    } catch (thrown) {
      io.out(`Failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { style: 'bad' });
      return 1;
    } finally {
      await client.close();
    }
  } finally {
    await sandbox.close();
  }
}

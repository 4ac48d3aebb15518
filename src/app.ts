/**
 * The composition root: what lives as long as the process. A start loads only the protocol and the tool
 * list; AWS's client, the schemas, the sandbox and the log are loaded by the first call that needs them.
 */

import catalog from 'virtual:tool-catalog';
import type { McpServer } from '@modelcontextprotocol/server';
import type { Env } from './app/access.ts';
import type { Config } from './config.ts';
import type { Jobs } from './execute/jobs.ts';
import type { Execute } from './execute.ts';
import { servedTools } from './mcp/served.ts';
import { createServer } from './mcp/server.ts';

/** A process's application, whatever transport serves it. */
export interface App {
  /** A server for one connection or one request. */
  createServer(): McpServer;
  /** Ends what lives in the process. */
  close(): Promise<void>;
}

interface Backend {
  readonly execute: Execute;
  readonly jobs: Jobs;
  close(): Promise<void>;
}

async function loadBackend(config: Config, env: Env, version: string): Promise<Backend> {
  const [{ createExecute }, { createCall }, { openAccess }, { createLog, recordCall }] = await Promise.all([
    import('./execute.ts'),
    import('./workflows/index.ts'),
    import('./app/access.ts'),
    import('./log.ts'),
  ]);
  const { auditFile, revealSecrets } = config;
  const log = createLog(config.logLevel);
  const { targets, resolveSecrets, close } = await openAccess(config, env, `amplify-backend-mcp/${version}`);
  const lost = () => log.error({ auditFile }, 'audit line lost: a write has happened that is not recorded');
  const path = createExecute({
    targets,
    policy: config,
    targetApps: name => (name === undefined ? undefined : config.targets[name]?.apps),
    resolveSecrets,
    audit: auditFile ? (await import('./execute/audit.ts')).createAudit(auditFile, lost) : undefined,
    revealSecrets,
    record: (call, failure) => recordCall(log, call, failure),
  });
  const execute = createCall({ ...path, policy: config }, targets.names);
  return {
    execute,
    jobs: path.jobs,
    close: async () => {
      path.jobs.close();
      await close();
    },
  };
}

/** Puts the application together; nothing is started before it is needed. */
export function createApp(config: Config, env: Env, version: string): App {
  let loading: Promise<Backend> | undefined;
  const backend = () => {
    loading ??= loadBackend(config, env, version);
    return loading;
  };
  const known = new Set(catalog.map(({ tool }) => tool.name));
  const parts = {
    version,
    tools: servedTools(catalog, config, config.sandbox ? [] : Object.keys(config.targets)),
    isKnown: name => known.has(name),
    // One person's host, on this machine.
    caller: 'stdio',
    execute: async (...call) => (await backend()).execute(...call),
    readJob: async (address, signal) =>
      (await (await backend()).jobs.read(address, { caller: 'stdio', signal })).job,
  } satisfies Parameters<typeof createServer>[0];
  return {
    createServer: () => createServer(parts),
    close: async () => (await loading)?.close(),
  };
}

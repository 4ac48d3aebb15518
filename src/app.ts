/**
 * The composition root: what lives as long as the process. A start loads only the protocol and the tool
 * list; AWS's client, the schemas, the sandbox and the log are loaded by the first call that needs them.
 */

import tools from 'virtual:tool-catalog';
import type { McpServer } from '@modelcontextprotocol/server';
import type { AwsSettings } from './aws/client.ts';
import type { Config } from './config.ts';
import type { Execute, ReadJob } from './execute.ts';
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
  readonly readJob: ReadJob;
  close(): Promise<void>;
}

/** Whom to call: AWS as the configuration and the SDK's chain say, or a sandbox of this process's own. */
interface Target {
  readonly settings: Omit<AwsSettings, 'userAgent'>;
  close(): Promise<void>;
}

async function openTarget(config: Config): Promise<Target> {
  const { region, profile } = config;
  if (!config.sandbox) return { settings: { region, profile }, close: async () => {} };
  const { sandboxCredentials, sandboxRegion, startSandbox } = await import('./sandbox/index.ts');
  const sandbox = await startSandbox({ jobMs: config.jobMs });
  return {
    settings: { endpoint: sandbox.url, region: sandboxRegion, credentials: sandboxCredentials },
    close: () => sandbox.close(),
  };
}

async function loadBackend(config: Config, version: string): Promise<Backend> {
  const [{ createExecute }, { createSend }, { createLog, recordCall }, target] = await Promise.all([
    import('./execute.ts'),
    import('./aws/client.ts'),
    import('./log.ts'),
    openTarget(config),
  ]);
  const log = createLog(config.logLevel);
  const send = createSend({ ...target.settings, userAgent: `amplify-backend-mcp/${version}` });
  const { revealSecrets } = config;
  return {
    ...createExecute({ send, revealSecrets, record: (call, failure) => recordCall(log, call, failure) }),
    close: target.close,
  };
}

/** Puts the application together; nothing is started before it is needed. */
export function createApp(config: Config, version: string): App {
  let loading: Promise<Backend> | undefined;
  const backend = () => {
    loading ??= loadBackend(config, version);
    return loading;
  };
  const parts = {
    version,
    tools,
    execute: async (...call) => (await backend()).execute(...call),
    readJob: async (...call) => (await backend()).readJob(...call),
  } satisfies Parameters<typeof createServer>[0];
  return {
    createServer: () => createServer(parts),
    close: async () => (await loading)?.close(),
  };
}

/** A server in this process for each request, with a real MCP client. */
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv';
import { parseConfig } from '../../src/cli/config.ts';
import { createApplication } from '../../src/server/application.ts';
import { compileOnce } from '../support/compile-once.ts';
import type { Connect } from './play.ts';

/** Each client compiles the output schemas of all tools; these share them. */
const jsonSchemaValidator = compileOnce(new AjvJsonSchemaValidator());

/** Sets variables of this process, where the AWS SDK looks. @returns what sets them back */
function setVariables(env: Readonly<Record<string, string | undefined>>): () => void {
  const before = Object.keys(env).map(name => [name, process.env[name]] as const);
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  return () => void setVariables(Object.fromEntries(before));
}

/** Opens a server. All servers that are open at the same time use the AWS variables of the last one. */
export const connectInProcess: Connect = async (env, settings) => {
  const setBack = setVariables(env);
  const app = createApplication(parseConfig({ file: { logLevel: 'silent', ...settings } }), env, 'test');
  const client = new Client({ name: 'agents', version: '1.0.0' }, { jsonSchemaValidator });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([app.createServer('legacy').connect(far), client.connect(near)]);
  return {
    client,
    async close() {
      await client.close();
      await app.close();
      setBack();
    },
  };
};

/** Shares one server among all who want the same settings, since its first call costs more CPU than the others. */
export function shareConnections(): { readonly connect: Connect; close(): Promise<void> } {
  const opened = new Map<string, ReturnType<Connect>>();
  return {
    async connect(env, settings) {
      const key = JSON.stringify([env, settings]);
      const connection = opened.get(key) ?? connectInProcess(env, settings);
      opened.set(key, connection);
      const { client } = await connection;
      return { client, close: async () => undefined };
    },
    async close() {
      for (const connection of opened.values()) await (await connection).close();
    },
  };
}

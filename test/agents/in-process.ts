/** A server in this process, for each request one of its own, with a real MCP client. */
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { parseConfig } from '../../src/cli/config.ts';
import { createApplication } from '../../src/server/application.ts';
import type { Connect } from './play.ts';

/** The AWS SDK reads where AWS is from the environment of the whole process: the caller sets it. */
export const connectInProcess: Connect = async (env, settings) => {
  const app = createApplication(parseConfig({ file: { logLevel: 'silent', ...settings } }), env, 'test');
  const client = new Client({ name: 'agents', version: '1.0.0' });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([app.createServer('legacy').connect(far), client.connect(near)]);
  return {
    client,
    async close() {
      await client.close();
      await app.close();
    },
  };
};

/** The product's own application with a client in the test's process, for tests that count what a call costs. */
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { parseConfig } from '../../src/cli/config.ts';
import { createApplication } from '../../src/server/application.ts';
import { openAudit } from '../../src/server/open-audit.ts';
import { checkAnswer } from './answers.ts';
import type { Env } from './child.ts';

export interface AppInMemory {
  readonly client: Client;
  close(): Promise<void>;
}

/** Connects. @param env the variables that lead to AWS, which the AWS SDK reads from the environment of the whole process */
export async function connectToApp(env: Env, flags: Record<string, unknown> = {}): Promise<AppInMemory> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  const config = parseConfig({ flags: { logLevel: 'silent', ...flags } });
  const audit = await openAudit(config, () => undefined);
  const app = createApplication(config, env, 'test', { audit });
  const client = new Client({ name: 'in-memory', version: '1.0.0' });
  const callTool = client.callTool.bind(client);
  client.callTool = async (request, options) => {
    const result = await callTool(request, options);
    checkAnswer(request.name, request.arguments ?? {}, result);
    return result;
  };
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([app.createServer('legacy').connect(far), client.connect(near)]);
  return {
    client,
    async close() {
      await client.close();
      await app.close();
      for (const name of Object.keys(env)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    },
  };
}

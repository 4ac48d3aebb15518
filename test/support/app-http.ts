/** The product's own application over loopback HTTP, for tests that need many clients of one process. */
import { onTestFinished } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import { createApplication } from '../../src/server/application.ts';
import type { Env } from './child.ts';
import { serveHttp, type TestHttp } from './http.ts';

/** Serves it for one test. @param env the variables that lead to AWS; the key of task ids is in the home of the test */
export async function serveApp(env: Env, flags: Record<string, unknown> = {}): Promise<TestHttp> {
  const config = parseConfig({ flags: { logLevel: 'silent', ...flags } });
  const before = { ...process.env };
  // The AWS SDK reads the process's own environment; a child has one of its own.
  Object.assign(process.env, env);
  onTestFinished(() => {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  const app = createApplication(config, env, 'test');
  const http = await serveHttp(app.createServer, app.openListen);
  onTestFinished(async () => {
    await http.close();
    await app.close();
  });
  return http;
}

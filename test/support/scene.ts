/** What most scenarios play on: a sandbox of their own, put back before each test, and a client on a stdio child. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Generation, McpClient } from './clients.ts';
import { startTestSandbox, type TestSandbox, type TestSandboxOptions } from './sandbox.ts';

export interface Scene {
  sandbox: TestSandbox;
  client: McpClient;
}

/** Sets a scene up for the tests of the enclosing `describe`; its members are there once these run. */
export function setScene(
  connect: Generation['connect'],
  flags: readonly string[] = [],
  options: TestSandboxOptions = {},
): Scene {
  const scene = {} as Scene;
  beforeAll(async () => {
    scene.sandbox = await startTestSandbox(options);
    scene.client = await connect(scene.sandbox.env, flags);
  });
  beforeEach(() => scene.sandbox.reset());
  afterAll(async () => {
    await scene.client.close();
    await scene.sandbox.close();
  });
  return scene;
}

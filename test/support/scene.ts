/** The setting of most scenarios: a sandbox that is reset before each test, and a client on a stdio child. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Env } from './child.ts';
import type { Generation, McpClient, Person } from './clients.ts';
import { startTestSandbox, type TestSandbox, type TestSandboxOptions } from './sandbox.ts';

export interface Scene {
  sandbox: TestSandbox;
  client: McpClient;
}

/** Sets up a scene for the tests of the enclosing `describe`. Its members are set once these tests run. */
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

/**
 * Opens clients that the tests of the enclosing `describe` share: one for each environment and set of flags, with
 * forms or without. The person of the latest call answers its forms.
 * @param connect opens the first client
 * @param connectMore opens the others, which can do without a child process
 */
export function shareClients(
  connect: Generation['connect'],
  connectMore = connect,
): (env: Env, flags?: readonly string[], person?: Person) => Promise<McpClient> {
  const shared = new Map<string, { readonly client: Promise<McpClient>; person: Person | undefined }>();
  afterAll(async () => {
    for (const { client } of shared.values()) await (await client).close();
  });
  return (env, flags = [], person) => {
    const key = JSON.stringify([env, flags, person !== undefined]);
    const known = shared.get(key);
    if (known) {
      known.person = person;
      return known.client;
    }
    const answer: Person = question => {
      const now = shared.get(key)?.person;
      if (!now) throw new Error(`nobody is there to answer: ${question}`);
      return now(question);
    };
    const client = (shared.size === 0 ? connect : connectMore)(env, flags, person && answer);
    shared.set(key, { client, person });
    return client;
  };
}

/** Calls of writes on a sandbox that is set to states of a migration, on one server for each group of settings. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type AppInMemory, connectToApp } from './app-memory.ts';
import type { Json } from './child.ts';
import { startTestSandbox, type TestSandbox } from './sandbox.ts';

export type Write = readonly [tool: string, args: Json];
export type Settings = Readonly<Record<string, unknown>>;

export interface Answered {
  readonly isError?: boolean;
  readonly text: string;
  readonly content: Json;
  /** The error of the answer; empty where it has none. */
  readonly error: Json;
}

const isWrite = (operation: string) => /^(Create|Update|Delete|Remove|Import|Generate|Clone)/.test(operation);

/** Starts the sandbox before the tests of a file, resets it before each, and closes the servers after all. */
export function setGuardedWrites() {
  let sandbox: TestSandbox | undefined;
  const servers = new Map<string, Promise<AppInMemory>>();
  const started = () => {
    if (!sandbox) throw new Error('the sandbox starts before the tests');
    return sandbox;
  };
  beforeAll(async () => {
    sandbox = await startTestSandbox({ jobMs: 1 });
  });
  beforeEach(() => started().reset());
  afterAll(async () => {
    for (const server of servers.values()) await (await server).close();
    await sandbox?.close();
  });

  function serverWith(settings: Settings = {}): Promise<AppInMemory> {
    const key = JSON.stringify(settings);
    const server = servers.get(key) ?? connectToApp(started().env, settings);
    servers.set(key, server);
    return server;
  }
  async function call([name, args]: Write, settings?: Settings): Promise<Answered> {
    const { client } = await serverWith(settings);
    const { isError, structuredContent, content } = (await client.callTool({ name, arguments: args })) as {
      isError?: boolean;
      structuredContent: Json;
      content: { text?: string }[];
    };
    return {
      ...(isError && { isError }),
      text: content.map(({ text }) => text).join('\n'),
      content: structuredContent,
      error: (structuredContent.error ?? {}) as Json,
    };
  }
  const sent = async () => (await started().requests()).map(({ operation }) => operation ?? '');

  return {
    get sandbox() {
      return started();
    },
    serverWith,
    call,
    /** Makes several calls at the same time, none of which sends a write, so that they share their reads. @returns the answer of each */
    async callAtOnce(calls: readonly (readonly [write: Write, settings?: Settings])[]) {
      const keyOf = (write: Write, settings: Settings = {}) => JSON.stringify([write, settings]);
      const answers = new Map<string, Answered>();
      await Promise.all(calls.map(async each => answers.set(keyOf(...each), await call(...each))));
      return (write: Write, settings?: Settings): Answered => {
        const answer = answers.get(keyOf(write, settings));
        if (!answer) throw new Error(`${write[0]} was not called`);
        return answer;
      };
    },
    /** The operations that reached AWS. */
    sent,
    writesSent: async () => (await sent()).filter(isWrite),
  };
}

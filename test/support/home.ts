/** A sandbox that is reset before each test of a file, and a temporary home folder where keys can be stored. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Env } from './child.ts';
import { startTestSandbox, type TestSandbox, type TestSandboxOptions } from './sandbox.ts';

export interface Home {
  sandbox: TestSandbox;
  /** The variables that lead to the sandbox and to the home. */
  env(): Env;
}

/** Sets it up for the tests of the enclosing file or `describe`; its members are there once these run. */
export function setHome(options: TestSandboxOptions): Home {
  let folder = '';
  const home = {} as Home;
  home.env = () => ({ ...home.sandbox.env, HOME: folder });
  beforeAll(async () => {
    home.sandbox = await startTestSandbox(options);
    folder = await mkdtemp(join(tmpdir(), 'home-'));
  });
  beforeEach(() => home.sandbox.reset());
  afterAll(async () => {
    await home.sandbox.close();
    await rm(folder, { recursive: true });
  });
  return home;
}

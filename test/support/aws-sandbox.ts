/** A sandbox for the tests of a file, with its region and keys as environment variables. */
import { afterAll, beforeAll } from 'vitest';
import { type Sandbox, sandboxCredentials, sandboxRegion, startSandbox } from '../../src/sandbox/index.ts';

export const sandboxKeys = {
  AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
};

/** The keys and the region. */
export const sandboxEnvironment = { AWS_REGION: sandboxRegion, ...sandboxKeys };

/** Starts it before the tests of the enclosing file, which find its address in `url`, and closes it after them. */
export function setSandbox(): { readonly url: string } {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ jobMs: 0 });
  });
  afterAll(() => sandbox.close());
  return {
    get url() {
      return sandbox.url;
    },
  };
}

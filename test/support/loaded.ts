/** Environments of a test's own in a sandbox, beside or in the place of those of the seed. */
import type { Json } from './child.ts';
import type { TestSandbox } from './sandbox.ts';

/** Loads an environment, or stacks alone. */
export const loadInto = (sandbox: TestSandbox, body: Json) => sandbox.control('POST', 'environments', body);

/** Sets how the sandbox behaves where nobody knows how AWS does. */
export const setSandbox = (sandbox: TestSandbox, settings: Json) =>
  sandbox.control('PUT', 'settings', settings);

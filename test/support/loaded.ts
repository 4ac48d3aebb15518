/** Environments of a test's own in a sandbox, beside or in the place of those of the seed. */
import type { Json } from './child.ts';
import type { TestSandbox } from './sandbox.ts';

/** Loads an environment, or stacks alone. */
export const loadInto = (sandbox: TestSandbox, body: Json) => sandbox.control('POST', 'environments', body);

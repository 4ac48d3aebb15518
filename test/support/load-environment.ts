/** Loads a test's own environments into a sandbox, in addition to those of the seed or in place of them. */
import type { Json } from './child.ts';
import type { TestSandbox } from './sandbox.ts';

/** Loads an environment, or only stacks. */
export const loadInto = (sandbox: TestSandbox, body: Json) => sandbox.control('POST', 'environments', body);

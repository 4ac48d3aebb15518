/** Environments of a test's own in a sandbox, beside or in the place of those of the seed. */
import type { Json } from './child.ts';
import type { TestSandbox } from './sandbox.ts';

async function control(sandbox: TestSandbox, method: string, path: string, body: Json): Promise<void> {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, { method, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`the sandbox refused ${method} ${path}: ${await response.text()}`);
}

/** Loads an environment, or stacks alone. */
export const loadInto = (sandbox: TestSandbox, body: Json) => control(sandbox, 'POST', 'environments', body);

/** Sets how the sandbox behaves where nobody knows how AWS does. */
export const setSandbox = (sandbox: TestSandbox, settings: Json) =>
  control(sandbox, 'PUT', 'settings', settings);

/**
 * The machine's clock is set between the send of a clone, whose answer is lost, and the check for it: no
 * second clone is started.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generations, type McpClient, textOf } from '../support/clients.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { on } from './cases/case.ts';

const [{ connect }] = generations as [(typeof generations)[number]];
const preload = new URL('../support/clock-step.mjs', import.meta.url).href;

describe('a clock that is set between send and check', () => {
  let sandbox: TestSandbox;
  let client: McpClient;
  const folder = mkdtempSync(join(tmpdir(), 'clock-'));
  const stepFile = join(folder, 'step');
  beforeAll(async () => {
    sandbox = await startTestSandbox();
    client = await connect({
      ...sandbox.env,
      ...{ NODE_OPTIONS: `--import=${preload}`, CLOCK_STEP_FILE: stepFile },
    });
  });
  beforeEach(() => sandbox.reset());
  afterAll(async () => {
    await client.close();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  it.each([-10_000, -60_000, 10_000, 60_000])(
    'by %i ms loses no job and starts no second clone',
    async stepMs => {
      writeFileSync(stepFile, `${stepMs}`);
      // Resets the clock.
      await client.callTool('list_s3_buckets');
      await sandbox.order('CloneBackend', 'reset-after');
      const result = await client.callTool('clone_backend', on('dev', { targetEnvironmentName: 'qa' }));
      expect(result.structuredContent.job).toMatchObject({ operation: 'CloneBackend' });
      expect(textOf(result)).toContain('was found by ListBackendJobs');
      expect(await sandbox.verdicts('CloneBackend')).toEqual(['fault:reset-after']);
    },
  );
});

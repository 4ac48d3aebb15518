/** Runs `doctor` against a sandbox for each test, whose clock can be set. */
import { afterEach, beforeEach } from 'vitest';
import { createTargets, type TargetSettings } from '../../src/aws/targets.ts';
import { type DoctorInput, doctor } from '../../src/cli/doctor.ts';
import type { Io } from '../../src/cli/io.ts';
import { operations } from '../../src/operations/index.ts';
import { type Sandbox, sandboxCredentials, sandboxRegion, startSandbox } from '../../src/sandbox/index.ts';

/** Starts a sandbox before each test of the file. */
export function setDoctor() {
  const scene = {
    sandbox: {} as Sandbox,
    /** How far AWS's clock is ahead of the machine's. */
    ahead: 0,
    environment: () => ({
      AWS_ENDPOINT_URL: scene.sandbox.url,
      AWS_REGION: sandboxRegion,
      AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
    }),
  };
  beforeEach(async () => {
    scene.ahead = 0;
    scene.sandbox = await startSandbox({ now: () => Date.now() + scene.ahead });
  });
  afterEach(() => scene.sandbox.close());
  return scene;
}

export const served = operations.filter(({ access }) => access === 'read');

/** Runs `doctor`, which may use only `out`. */
export async function run(
  targets: Record<string, TargetSettings> = {},
  tools: typeof operations = served,
  more: Partial<DoctorInput> = {},
) {
  const lines: string[] = [];
  const io = { out: (line: string) => void lines.push(line) } as Partial<Io> as Io;
  const made = createTargets({ targets, fallback: {}, userAgent: 'test/1' });
  const code = await doctor(io, { targets: made, served: tools, configPath: 'settings.yaml', ...more });
  return { code, lines, text: lines.join('\n') };
}

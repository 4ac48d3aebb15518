/** `sandbox`: runs the embedded AmplifyBackend alone, for any AWS client. */

import {
  type SandboxOptions,
  ServiceError,
  sandboxCredentials,
  sandboxRegion,
  startSandbox,
} from '../sandbox/index.ts';
import { ConfigError } from '../server/settings.ts';
import type { Io } from './io.ts';
import { readEnvironmentFiles } from './load-files.ts';

async function start(options: SandboxOptions) {
  try {
    return await startSandbox(options);
  } catch (thrown) {
    if (thrown instanceof ServiceError) throw new ConfigError(`flag --load: ${thrown.message}`);
    throw thrown;
  }
}

/**
 * Serves until interrupted. The first line and the `export` lines can be pasted into a shell.
 * @param load files and folders of environments to start with
 * @throws ConfigError where one of them cannot be loaded
 */
export async function runSandbox(
  io: Io,
  options: SandboxOptions,
  load: readonly string[] = [],
): Promise<number> {
  const environments = readEnvironmentFiles(load);
  const sandbox = await start({ ...options, environments });
  const say = (line: string) => io.out(line, { isVerbatim: true });
  say(`sandbox on ${sandbox.url}`);
  say(`export AWS_ENDPOINT_URL=${sandbox.url}`);
  say(`export AWS_ACCESS_KEY_ID=${sandboxCredentials.accessKeyId}`);
  say(`export AWS_SECRET_ACCESS_KEY=${sandboxCredentials.secretAccessKey}`);
  // The AWS CLI and most SDKs read AWS_REGION, boto3 only AWS_DEFAULT_REGION.
  say(`export AWS_REGION=${sandboxRegion} AWS_DEFAULT_REGION=${sandboxRegion}`);
  for (const { appId, environment } of environments)
    say(`# loaded ${JSON.stringify(environment ?? 'stacks alone')} of app ${appId}`);
  await io.interrupted();
  await sandbox.close();
  return 0;
}

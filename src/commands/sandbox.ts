/** `sandbox`: the embedded AmplifyBackend alone, so that any AWS client can use it. */
import { type SandboxOptions, sandboxCredentials, sandboxRegion, startSandbox } from '../sandbox/index.ts';
import type { Io } from './io.ts';

/** Serves until interrupted. The first line and the `export` lines can be pasted into a shell. */
export async function runSandbox(io: Io, options: SandboxOptions): Promise<number> {
  const sandbox = await startSandbox(options);
  io.out(`sandbox on ${sandbox.url}`);
  io.out(`export AWS_ENDPOINT_URL=${sandbox.url}`);
  io.out(`export AWS_ACCESS_KEY_ID=${sandboxCredentials.accessKeyId}`);
  io.out(`export AWS_SECRET_ACCESS_KEY=${sandboxCredentials.secretAccessKey}`);
  // The AWS CLI and most SDKs read AWS_REGION, boto3 only AWS_DEFAULT_REGION.
  io.out(`export AWS_REGION=${sandboxRegion} AWS_DEFAULT_REGION=${sandboxRegion}`);
  await io.interrupted();
  await sandbox.close();
  return 0;
}

/** What the tests of credentials share: a home of AWS files that a test writes, and the environment that names it. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

export interface AwsHome {
  /** Writes `~/.aws/credentials`, or rewrites it. */
  credentials(text: string): void;
  /** Writes `~/.aws/config`, or rewrites it. */
  config(text: string): void;
  /** Writes what `aws sso login` leaves behind for a session. */
  ssoToken(session: string, token: object): void;
}

/** Leaves this process with nothing of the developer's own AWS set-up, and with files that the test writes. */
export function startAwsHome(env: Readonly<Record<string, string>> = {}): AwsHome {
  const folder = mkdtempSync(join(tmpdir(), 'aws-home-'));
  const [credentials, config] = [join(folder, 'credentials'), join(folder, 'config')];
  for (const name of Object.keys(process.env).filter(key => key.startsWith('AWS_')))
    vi.stubEnv(name, undefined);
  const variables = {
    HOME: folder,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_CONFIG_FILE: config,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...env,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  return {
    credentials: text => writeFileSync(credentials, text),
    config: text => writeFileSync(config, text),
    ssoToken(session, token) {
      const cache = join(folder, '.aws', 'sso', 'cache');
      mkdirSync(cache, { recursive: true });
      const name = createHash('sha1').update(session).digest('hex');
      writeFileSync(join(cache, `${name}.json`), JSON.stringify(token));
    },
  };
}

/** A profile with keys. */
export function keysOf(
  profile: string,
  accessKeyId: string,
  secretAccessKey = 'sandbox-secret-access-key',
): string {
  return `[${profile}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
}

/** Access to AWS as configured: targets, the vault, or the embedded sandbox in place of AWS. Loaded on first use. */

import { kmsSettings } from '../aws/network.ts';
import { createTargets, type InspectableTargets, type TargetsOptions } from '../aws/targets.ts';
import type { CallPathOptions, ListSecretNames } from '../call/call-path.ts';
import type { Env } from '../lib/env.ts';
import { type Operation, operations, toolsetOf } from '../operations/index.ts';
import { decide } from '../policy/decide.ts';
import { nameableSecrets } from '../policy/secrets.ts';
import { createLookup, listSecretNames, resolveSecretRefs } from '../secrets/references.ts';
import { Vault } from '../secrets/vault.ts';
import { parseVaultKey } from '../secrets/vault-key.ts';
import type { CallerConfig } from './callers.ts';
import type { Config } from './settings.ts';

/** The targets that a configuration can reach. */
export interface AwsAccess {
  readonly targets: InspectableTargets;
  readonly resolveSecrets: NonNullable<CallPathOptions['resolveSecrets']>;
  readonly secretNames: ListSecretNames;
  /** Where calls go in place of AWS's own endpoints. */
  readonly endpoint: string | undefined;
  close(): Promise<void>;
}

function vaultOf({ vaultFile, vaultKey }: Config, env: Env, userAgent: string): Vault | undefined {
  if (vaultFile === undefined || vaultKey === undefined) return undefined;
  return new Vault({
    file: vaultFile,
    key: parseVaultKey(vaultKey, { env, kmsSettings: kmsSettings(userAgent) }),
  });
}

/** The AWS settings of the configuration, or an embedded sandbox that starts here. */
async function openAws({ sandbox, jobMs, region, profile }: Config) {
  if (!sandbox) return { settings: { region, profile, endpoint: undefined }, close: async () => {} };
  const { sandboxCredentials, sandboxRegion, startSandbox } = await import('../sandbox/index.ts');
  const server = await startSandbox({ jobMs });
  return {
    settings: { endpoint: server.url, region: sandboxRegion, credentials: sandboxCredentials },
    close: () => server.close(),
  };
}

/** Opens the access. @throws ServerError vault_unusable where the vault's key cannot be used */
export async function openAwsAccess(
  config: CallerConfig,
  env: Env,
  userAgent: string,
  hooks: Pick<TargetsOptions, 'watch' | 'permit'> = {},
): Promise<AwsAccess> {
  const vault = vaultOf(config, env, userAgent);
  const { settings, close } = await openAws(config);
  const targets = createTargets({
    // The sandbox takes the place of every account, so that no real key is ever used against it.
    targets: config.sandbox ? {} : config.targets,
    fallback: settings,
    userAgent,
    ...hooks,
    ...(vault && { readVault: name => vault.readAws(name) }),
  });
  const resolveSecrets: AwsAccess['resolveSecrets'] = (operation, args, target) => {
    const lookup = createLookup({ env, vault, mayName: nameableSecrets(config, target) });
    return resolveSecretRefs(operation, args, lookup);
  };
  const secretNames: AwsAccess['secretNames'] = target =>
    listSecretNames({ env, vault, mayName: nameableSecrets(config, targets.get(target).name) });
  return {
    ...{ targets, close, resolveSecrets, secretNames },
    endpoint: settings.endpoint ?? env.AWS_ENDPOINT_URL_AMPLIFYBACKEND ?? env.AWS_ENDPOINT_URL,
  };
}

/** The operations that a configuration serves, by their own names or through run_operation. */
export function servedOperations(config: Config): Operation[] {
  const full = { ...config, surface: 'full' as const };
  return operations.filter(
    operation => decide({ ...operation, toolset: toolsetOf(operation) }, full).kind !== 'deny',
  );
}

/** `vault put|list|remove|rotate`: manages the vault. A secret is read from a prompt or from stdin. */

import { kmsSettings } from '../aws/network.ts';
import { Vault, type VaultEntry } from '../secrets/vault.ts';
import { ENTRY_NAME } from '../secrets/vault-entry.ts';
import { parseVaultKey } from '../secrets/vault-key.ts';
import { ConfigError } from '../server/settings.ts';
import { packageName, version } from './command-line.ts';
import type { Io } from './io.ts';
import type { SecretInput } from './secret-input.ts';

/** The command line, not yet checked. */
export interface VaultOptions {
  /** `put`, `list`, `remove` or `rotate`. */
  readonly action: string;
  /** The entry, for `put` and `remove`. */
  readonly name?: string | undefined;
  /** `aws` or `secret`, for `put`; without it, the input decides. */
  readonly kind?: string | undefined;
  /** The key to seal with from now on, for `rotate`. */
  readonly newKey?: string | undefined;
  /** Whether more arguments were given than a name. */
  readonly hasMore?: boolean;
  /** The settings. */
  readonly vaultFile: string | undefined;
  readonly vaultKey: string | undefined;
  readonly input: SecretInput;
}

/** The arguments of each action. */
const takes: Record<string, readonly ('name' | 'kind' | 'newKey')[]> = {
  put: ['name', 'kind'],
  list: [],
  remove: ['name'],
  rotate: ['newKey'],
};
const spelled = { name: 'a name', kind: '--kind', newKey: '--new-key' } as const;

/** Checks that the arguments fit the action. @throws ConfigError without any value: one may be a misplaced secret */
function check(options: VaultOptions): void {
  const { action, name, kind, hasMore } = options;
  const taken = Object.hasOwn(takes, action) ? takes[action] : undefined;
  if (!taken) throw new ConfigError(`unknown action of vault; there are ${Object.keys(takes).join(', ')}`);
  if (hasMore)
    throw new ConfigError(
      `vault ${action}: too many arguments; a secret is read from a prompt or from stdin, never from an argument`,
    );
  for (const option of ['name', 'kind', 'newKey'] as const) {
    const isGiven = options[option] !== undefined;
    if (isGiven && !taken.includes(option))
      throw new ConfigError(`vault ${action} does not take ${spelled[option]}`);
    if (!isGiven && taken.includes(option) && option !== 'kind')
      throw new ConfigError(`vault ${action} needs ${spelled[option]}`);
  }
  if (name !== undefined && !ENTRY_NAME.test(name))
    throw new ConfigError(`vault ${action}: a name is 1 to 64 letters, digits, _ and - long`);
  if (kind !== undefined && kind !== 'aws' && kind !== 'secret')
    throw new ConfigError('flag --kind: expected aws or secret');
}

function setting(value: string | undefined, name: string): string {
  if (value !== undefined) return value;
  const flag = name.replace(/[A-Z]/, letter => `-${letter.toLowerCase()}`);
  throw new ConfigError(`vault needs the setting ${name}: flag --${flag}, its variable, or the file`);
}

/** The key that a text names. @throws ConfigError where it names none */
function keyOf(text: string, { env }: Io) {
  try {
    return parseVaultKey(text, { env, kmsSettings: kmsSettings(`${packageName}/${version}`) });
  } catch (thrown) {
    throw new ConfigError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** The AWS keys in a JSON object, also as the AWS CLI spells them, or undefined where it holds none. */
function awsKeysIn(text: string): VaultEntry | undefined {
  let value: Record<string, unknown>;
  try {
    value = Object(JSON.parse(text));
  } catch {
    return undefined;
  }
  const member = (name: string) => value[name] ?? value[name.charAt(0).toUpperCase() + name.slice(1)];
  const [accessKeyId, secretAccessKey] = [member('accessKeyId'), member('secretAccessKey')];
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  return awsEntry(accessKeyId, secretAccessKey, member('sessionToken') || undefined);
}

function awsEntry(accessKeyId: unknown, secretAccessKey: unknown, sessionToken: unknown): VaultEntry {
  if (typeof accessKeyId !== 'string' || !/^[A-Z0-9]{16,128}$/.test(accessKeyId))
    throw new Error('nothing was stored: accessKeyId is not an AWS access key id');
  if (typeof secretAccessKey !== 'string' || !/^\S{16,}$/.test(secretAccessKey))
    throw new Error('nothing was stored: secretAccessKey is not an AWS secret access key');
  if (sessionToken === undefined) return { kind: 'aws', accessKeyId, secretAccessKey };
  if (typeof sessionToken !== 'string' || !/^\S+$/.test(sessionToken))
    throw new Error('nothing was stored: sessionToken is not an AWS session token');
  return { kind: 'aws', accessKeyId, secretAccessKey, sessionToken };
}

/** The entry that a text holds. */
function entryFrom(text: string, kind: string | undefined): VaultEntry {
  if (text.trim() === '') throw new Error('nothing was stored: the secret is empty');
  const keys = kind === 'secret' ? undefined : awsKeysIn(text);
  if (keys) return keys;
  if (kind === 'aws')
    throw new Error('nothing was stored: AWS keys are JSON with accessKeyId and secretAccessKey');
  return { kind: 'secret', secret: text };
}

async function readEntry(input: SecretInput, kind: string | undefined): Promise<VaultEntry> {
  if (!input.isTerminal) return entryFrom(await input.readAll(), kind);
  if (kind === 'aws') {
    const prompts = ['Access key id: ', 'Secret access key: ', 'Session token (none: just Enter): '];
    const [id, secret, token] = (await input.ask(prompts)).map(line => line.trim());
    return awsEntry(id, secret, token || undefined);
  }
  const [text = ''] = await input.ask(['Secret (not shown): ']);
  if (/^-----BEGIN [A-Z ]+-----$/.test(text.trim()))
    throw new Error(
      'nothing was stored: a secret of several lines must be piped in, as in vault put NAME < FILE',
    );
  return entryFrom(text, kind);
}

/**
 * Carries out one action on the vault of the settings.
 * @returns the exit code, 1 where there is no entry to remove
 * @throws ConfigError for options that do not go together; ServerError vault_unusable
 */
export async function vault(io: Io, options: VaultOptions): Promise<number> {
  check(options);
  const { action, name = '', kind, newKey = '', vaultFile, vaultKey, input } = options;
  const file = setting(vaultFile, 'vaultFile');
  const key = keyOf(setting(vaultKey, 'vaultKey'), io);
  const opened = new Vault({ file, key });
  if (action === 'put') {
    const entry = await readEntry(input, kind);
    await opened.put(name, entry);
    io.out(`stored ${name} (${entry.kind}) in ${file}`);
  } else if (action === 'list') {
    for (const entry of await opened.list()) io.out(`${entry.name}  ${entry.kind}  ${entry.updatedAt}`);
  } else if (action === 'remove') {
    const removed = await opened.remove(name);
    io.out(removed ? `removed ${name} from ${file}` : `${file} has no entry of that name`);
    return removed ? 0 : 1;
  } else {
    const count = await opened.rotate(keyOf(newKey, io));
    io.out(`sealed ${count} entries of ${file} with the new key; from now on set vaultKey to ${newKey}`);
  }
  return 0;
}

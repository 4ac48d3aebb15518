/**
 * The key that seals the vault: 32 bytes from a file or an environment variable, or a data key of AWS KMS, of which the
 * vault file keeps only the ciphertext. A failure names the source, never the key.
 */
import type { KMSClient, KMSClientConfig } from '@aws-sdk/client-kms';
import { ServerError } from '../errors.ts';
import { readPrivate, vaultUnusable } from './private-file.ts';
import { SECRET_PREFIX } from './references.ts';

const KEY_BYTES = 32;
const MAKE_KEY = 'openssl rand -base64 32';

/** A key, with what the vault file must keep to open it again. */
export interface OpenedKey {
  readonly bytes: Uint8Array;
  /** The data key's ciphertext, in base64; only KMS has one. */
  readonly wrapped?: string | undefined;
}

/** The source of a key. Nothing is read before a key is requested. */
export interface VaultKey {
  /** As the person named it: `file:PATH`, `env:NAME` or `kms:ARN`. */
  readonly source: string;
  /** A key for sealing new entries. @throws ServerError vault_unusable */
  create(): Promise<OpenedKey>;
  /** The key that sealed a vault. @param wrapped the ciphertext in the vault file @throws ServerError vault_unusable */
  open(wrapped: string | undefined): Promise<OpenedKey>;
}

/** What opening a key needs from the process. */
export interface KeyDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Creates the KMS client of a region. Without it, the SDK's own, with the SDK's chain of credentials. */
  readonly createKms?: (region: string) => KMSClient;
  /** How KMS is reached, and under which name, for the SDK's own client. @throws ServerError not_sent */
  readonly kmsSettings?: (() => Promise<KMSClientConfig>) | undefined;
}

/** The 32 bytes of a text in hex, base64 or base64url, or undefined. */
function fromText(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  // Node reads both alphabets as base64; 43 digits and an optional pad are exactly 32 bytes.
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed) ? Buffer.from(trimmed, 'base64') : undefined;
}

/** The key in a file: its bytes, or their text form. 32 printable characters are a passphrase, which is too weak. */
function fromBytes(bytes: Buffer): Uint8Array | undefined {
  const isText = bytes.every(byte => byte >= 0x20 && byte < 0x7f);
  return bytes.length === KEY_BYTES && !isText ? bytes : fromText(bytes.toString('latin1'));
}

/** A key that does not depend on the vault. */
function fixedKey(source: string, read: () => Promise<Uint8Array | undefined>): VaultKey {
  const get = async () => {
    const bytes = await read();
    if (bytes) return { bytes };
    throw vaultUnusable(
      `The vault key ${source} is not 32 bytes (raw, hex or base64); create one: ${MAKE_KEY}`,
    );
  };
  return { source, create: get, open: get };
}

function fileKey(source: string, path: string): VaultKey {
  return fixedKey(source, async () => {
    // The group may read the file: Kubernetes mounts secrets that way for a process that is not root.
    const bytes = await readPrivate(path, 'The vault key', 0o027);
    if (!bytes)
      throw vaultUnusable(
        `The vault key ${path} does not exist; create one: (umask 077; ${MAKE_KEY} > ${path})`,
      );
    return fromBytes(bytes);
  });
}

function envKey(source: string, name: string, env: KeyDeps['env']): VaultKey {
  return fixedKey(source, async () => {
    const text = env[name];
    if (!text)
      throw vaultUnusable(
        `The vault key's variable ${name} is not set; set it to what this prints: ${MAKE_KEY}`,
      );
    return fromText(text);
  });
}

/** The context that KMS binds a data key to. CloudTrail shows it. */
const EncryptionContext = { purpose: 'amplify-backend-mcp vault' };

function kmsKey(
  source: string,
  KeyId: string,
  region: string,
  { createKms, kmsSettings }: Omit<KeyDeps, 'env'>,
): VaultKey {
  /** Asks KMS. The error keeps only the name of KMS's failure, since its words may be foreign text. */
  async function ask(
    action: string,
    request: (kms: typeof import('@aws-sdk/client-kms'), client: KMSClient) => Promise<OpenedKey>,
  ): Promise<OpenedKey> {
    try {
      const kms = await import('@aws-sdk/client-kms');
      const key = await request(
        kms,
        createKms?.(region) ?? new kms.KMSClient({ region, ...(await kmsSettings?.()) }),
      );
      if (key.bytes.length !== KEY_BYTES) throw new TypeError('not a data key');
      return key;
    } catch (thrown) {
      if (thrown instanceof ServerError) throw vaultUnusable(`KMS was not asked. ${thrown.message}`, thrown);
      const { code, name } = Object(thrown) as { code?: string; name?: string };
      throw vaultUnusable(
        `KMS did not return the vault key ${source} (${code ?? name}): it must be enabled, and the server's identity needs kms:${action}.`,
        thrown,
      );
    }
  }
  return {
    source,
    create: () =>
      ask('GenerateDataKey', async ({ GenerateDataKeyCommand }, client) => {
        const command = new GenerateDataKeyCommand({ KeyId, EncryptionContext, KeySpec: 'AES_256' });
        const { Plaintext, CiphertextBlob } = await client.send(command);
        if (!Plaintext || !CiphertextBlob) throw new TypeError('no data key');
        return { bytes: Plaintext, wrapped: Buffer.from(CiphertextBlob).toString('base64') };
      }),
    async open(wrapped) {
      if (wrapped === undefined)
        throw vaultUnusable(`The vault was not sealed with a key of KMS, but its key is given as ${source}.`);
      return ask('Decrypt', async ({ DecryptCommand }, client) => {
        const CiphertextBlob = Buffer.from(wrapped, 'base64');
        const { Plaintext } = await client.send(
          new DecryptCommand({ KeyId, EncryptionContext, CiphertextBlob }),
        );
        if (!Plaintext) throw new TypeError('no data key');
        return { bytes: Plaintext, wrapped };
      });
    },
  };
}

/**
 * The key that a setting names.
 * @param text `file:PATH`, `env:NAME` or `kms:ARN`
 * @throws ServerError vault_unusable with one line that names the offender
 */
export function parseVaultKey(text: string, { env, ...kms }: KeyDeps): VaultKey {
  const [, kind, rest = ''] = /^(file|env|kms):(.+)$/s.exec(text) ?? [];
  if (kind === 'file') return fileKey(text, rest);
  if (kind === 'env' && /^[A-Za-z_]\w*$/.test(rest)) {
    // An agent can name variables with this prefix, whose values are then sent to AWS.
    if (rest.startsWith(SECRET_PREFIX))
      throw vaultUnusable(`The vault key cannot be in a variable that starts with ${SECRET_PREFIX}: ${rest}`);
    return envKey(text, rest, env);
  }
  const [, region] = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:(?:key|alias)\/[\w/-]+$/.exec(rest) ?? [];
  if (kind === 'kms' && region) return kmsKey(text, rest, region, kms);
  // The text is not shown: it may be the key itself, set by mistake in place of its name.
  const form =
    kind === 'env' ? 'env:NAME' : kind === 'kms' ? 'kms:ARN of a key' : 'file:PATH, env:NAME or kms:ARN';
  throw vaultUnusable(`The vault key is not of the form ${form}.`);
}

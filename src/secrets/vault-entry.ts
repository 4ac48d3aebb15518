/**
 * One entry of the vault, sealed by itself: a JWE with a direct key and A256GCM. Its name, kind and time are
 * in the protected header, so that a change of any of them, or a move to another name, is detected.
 */
import { CompactEncrypt, compactDecrypt } from 'jose';
import { vaultUnusable } from './private-file.ts';
import type { OpenedKey } from './vault-key.ts';

/** AWS keys, temporary ones with their session token. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The content of an entry. */
export type VaultEntry =
  | ({ readonly kind: 'aws' } & AwsKeys)
  | { readonly kind: 'secret'; readonly secret: string };

/** What may be shown of an entry. */
export interface VaultListing {
  readonly name: string;
  readonly kind: VaultEntry['kind'];
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** What an entry may be called. */
export const ENTRY_NAME = /^[A-Za-z0-9_-]{1,64}$/;

const ALG = 'dir';
const ENC = 'A256GCM';

/** Seals an entry. */
export async function seal(listing: VaultListing, plaintext: Uint8Array, key: OpenedKey): Promise<string> {
  return new CompactEncrypt(plaintext)
    .setProtectedHeader({ alg: ALG, enc: ENC, ...listing })
    .encrypt(key.bytes);
}

/** An entry that was opened and checked. */
export interface Unsealed {
  readonly listing: VaultListing;
  readonly plaintext: Uint8Array;
}

/** Opens an entry that must be the one of that name. @throws ServerError vault_unusable */
export async function unseal(file: string, name: string, sealed: string, key: OpenedKey): Promise<Unsealed> {
  try {
    const options = { keyManagementAlgorithms: [ALG], contentEncryptionAlgorithms: [ENC] };
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, key.bytes, options);
    const { kind, updatedAt, name: sealedName } = protectedHeader;
    if (sealedName === name && (kind === 'aws' || kind === 'secret') && typeof updatedAt === 'string')
      return { listing: { name, kind, updatedAt }, plaintext };
  } catch (thrown) {
    throw vaultUnusable(
      `The entry ${name} of the vault ${file} was altered or damaged; put it again.`,
      thrown,
    );
  }
  throw vaultUnusable(`The entry ${name} of the vault ${file} was sealed under another name; put it again.`);
}

/** The bytes of an entry, for sealing. */
export const encode = (entry: VaultEntry): Uint8Array => Buffer.from(JSON.stringify(entry));

/** The entry of opened bytes. They were authenticated, so `encode` wrote them. */
export const decode = ({ plaintext }: Unsealed) =>
  JSON.parse(Buffer.from(plaintext).toString()) as VaultEntry;

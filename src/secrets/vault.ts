/**
 * The vault: a file of named AWS keys and secret texts, each sealed by itself, for a server that must store them. A
 * change replaces the whole file, and all entries are sealed with one key.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { quote } from '../lib/quote.ts';
import { readPrivate, replacePrivate, vaultUnusable } from './private-file.ts';
import {
  type AwsKeys,
  decode,
  ENTRY_NAME,
  encode,
  seal,
  unseal,
  type VaultEntry,
  type VaultListing,
} from './vault-entry.ts';
import type { OpenedKey, VaultKey } from './vault-key.ts';

export type { AwsKeys, VaultEntry, VaultListing };

/** The content of the file: sealed entries by name, and a check that recognizes the key. */
interface VaultFile {
  readonly wrappedKey?: string | undefined;
  readonly keyCheck: string;
  readonly entries: ReadonlyMap<string, string>;
}

const VERSION = 1;
const WHAT = 'The vault';
const PURPOSE = 'amplify-backend-mcp vault';

/** A check value of the key, which does not reveal the key. */
const checkOf = ({ bytes }: OpenedKey) => createHmac('sha256', bytes).update(PURPOSE).digest('base64url');

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function parseFile(file: string, text: string): VaultFile {
  try {
    const { version, wrappedKey, keyCheck, entries } = JSON.parse(text);
    const sealed = new Map(Object.entries(entries as Record<string, string>));
    const isWhole = [...sealed].every(([name, jwe]) => ENTRY_NAME.test(name) && typeof jwe === 'string');
    if (version === VERSION && typeof keyCheck === 'string' && isWhole)
      return {
        wrappedKey: wrappedKey === undefined ? undefined : String(wrappedKey),
        keyCheck,
        entries: sealed,
      };
  } catch {
    // The error gets no cause: the parser's message quotes the text.
  }
  throw vaultUnusable(
    `The vault ${file} is not a vault of this version, or is damaged; restore it from a backup.`,
  );
}

interface OpenedVault {
  readonly content: VaultFile;
  readonly opened: OpenedKey;
}

/** The text of a file with these entries. */
function fileText(entries: ReadonlyMap<string, string>, opened: OpenedKey): string {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const content = {
    version: VERSION,
    wrappedKey: opened.wrapped,
    keyCheck: checkOf(opened),
    entries: Object.fromEntries(sorted),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** The vault of a file. The file is read for each call. Every method throws ServerError vault_unusable. */
export class Vault {
  readonly #file: string;
  readonly #key: VaultKey;

  constructor({ file, key }: { readonly file: string; readonly key: VaultKey }) {
    this.#file = file;
    this.#key = key;
  }

  /** Every entry, opened and checked, by name. */
  async list(): Promise<VaultListing[]> {
    return (await this.#unsealAll()).map(({ listing }) => listing);
  }

  /** Adds or replaces an entry. The first entry creates the file. */
  async put(name: string, entry: VaultEntry): Promise<void> {
    if (!ENTRY_NAME.test(name))
      throw vaultUnusable('The name of a vault entry is 1 to 64 letters, digits, _ and - long.');
    await replacePrivate(this.#file, WHAT, async () => {
      const found = await this.#readIfThere();
      const opened = found?.opened ?? (await this.#key.create());
      const listing = { name, kind: entry.kind, updatedAt: new Date().toISOString() };
      const sealed = await seal(listing, encode(entry), opened);
      return fileText(new Map([...(found?.content.entries ?? []), [name, sealed]]), opened);
    });
  }

  /** @returns whether there was such an entry */
  async remove(name: string): Promise<boolean> {
    let had = false;
    await replacePrivate(this.#file, WHAT, async () => {
      const { content, opened } = await this.#read();
      const entries = new Map(content.entries);
      had = entries.delete(name);
      return fileText(entries, opened);
    });
    return had;
  }

  /** An entry, or undefined where there is none of that name. */
  async find(name: string): Promise<VaultEntry | undefined> {
    const { content, opened } = await this.#read();
    const sealed = content.entries.get(name);
    return sealed === undefined ? undefined : decode(await unseal(this.#file, name, sealed, opened));
  }

  async readAws(name: string): Promise<AwsKeys> {
    const { kind: _, ...keys } = await this.#require(name, 'aws');
    return keys;
  }

  async readSecret(name: string): Promise<string> {
    return (await this.#require(name, 'secret')).secret;
  }

  /** Seals every entry with another key. @returns how many */
  async rotate(newKey: VaultKey): Promise<number> {
    let count = 0;
    await replacePrivate(this.#file, WHAT, async () => {
      const all = await this.#unsealAll();
      const opened = await newKey.create();
      const entries = all.map(
        async ({ listing, plaintext }) => [listing.name, await seal(listing, plaintext, opened)] as const,
      );
      count = all.length;
      return fileText(new Map(await Promise.all(entries)), opened);
    });
    return count;
  }

  /** The file's content with its key, or undefined where there is no file yet. */
  async #readIfThere(): Promise<OpenedVault | undefined> {
    const bytes = await readPrivate(this.#file, WHAT, 0o077);
    if (!bytes) return undefined;
    const content = parseFile(this.#file, bytes.toString('utf8'));
    const opened = await this.#key.open(content.wrappedKey);
    // Without this check, a new entry could be sealed with a key that does not open the other entries.
    if (!isSame(content.keyCheck, checkOf(opened)))
      throw vaultUnusable(`The vault ${this.#file} was not sealed with the key ${this.#key.source}.`);
    return { content, opened };
  }

  async #read(): Promise<OpenedVault> {
    const found = await this.#readIfThere();
    if (found) return found;
    throw vaultUnusable(
      `The vault ${this.#file} does not exist; its first entry creates it: amplify-backend-mcp vault put NAME`,
    );
  }

  async #unsealAll() {
    const { content, opened } = await this.#read();
    return Promise.all(
      [...content.entries].map(([name, sealed]) => unseal(this.#file, name, sealed, opened)),
    );
  }

  async #require<Kind extends VaultEntry['kind']>(name: string, kind: Kind) {
    const entry = await this.find(name);
    if (entry?.kind === kind) return entry as Extract<VaultEntry, { kind: Kind }>;
    const why = entry ? `is of kind ${entry.kind}, not ${kind}` : 'is not there';
    throw vaultUnusable(
      `The entry ${quote(name, 64)} of the vault ${this.#file} ${why}; put it: amplify-backend-mcp vault put NAME --kind ${kind}`,
    );
  }
}

/**
 * The vault: a file of named AWS keys and secret texts, each sealed by itself, for a server that must store
 * them. Read anew for each call, replaced as a whole, and only ever with the one key that sealed it.
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

/** A vault; the file is read anew for each call. Every method throws RegisteredError vault_unusable. */
export interface Vault {
  /** Every entry, opened and checked, by name. */
  list(): Promise<VaultListing[]>;
  /** Adds or replaces an entry; the first one makes the file. */
  put(name: string, entry: VaultEntry): Promise<void>;
  /** @returns whether there was such an entry */
  remove(name: string): Promise<boolean>;
  /** An entry, or undefined where there is none of that name. */
  find(name: string): Promise<VaultEntry | undefined>;
  readAws(name: string): Promise<AwsKeys>;
  readSecret(name: string): Promise<string>;
  /** Seals every entry with another key. @returns how many */
  rotate(newKey: VaultKey): Promise<number>;
}

/** The file: sealed entries by name, and what tells the right key from a wrong one. */
interface VaultFile {
  readonly wrappedKey?: string | undefined;
  readonly keyCheck: string;
  readonly entries: ReadonlyMap<string, string>;
}

const VERSION = 1;
const WHAT = 'The vault';
const PURPOSE = 'amplify-backend-mcp vault';

/** A mark of the key that tells nothing of it. */
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
    // Falls through without a cause: the parser's words quote the text.
  }
  throw vaultUnusable(
    `The vault ${file} is no vault of this version, or is damaged; restore it from a backup.`,
  );
}

/** Opens a vault; nothing is read before the first call. */
export function openVault({ file, key }: { readonly file: string; readonly key: VaultKey }): Vault {
  /** The vault as it stands with its key, or undefined where there is no file yet. */
  async function readIfThere(): Promise<{ content: VaultFile; opened: OpenedKey } | undefined> {
    const bytes = await readPrivate(file, WHAT, 0o077);
    if (!bytes) return undefined;
    const content = parseFile(file, bytes.toString('utf8'));
    const opened = await key.open(content.wrappedKey);
    // Not left to the entries: with a wrong key, a new entry would be sealed apart from the others.
    if (!isSame(content.keyCheck, checkOf(opened)))
      throw vaultUnusable(`The vault ${file} was not sealed with the key ${key.source}.`);
    return { content, opened };
  }

  async function read() {
    const found = await readIfThere();
    if (found) return found;
    throw vaultUnusable(
      `The vault ${file} is not there; its first entry makes it: amplify-backend-mcp vault put NAME`,
    );
  }

  function write(entries: ReadonlyMap<string, string>, opened: OpenedKey): string {
    const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    const content = {
      version: VERSION,
      wrappedKey: opened.wrapped,
      keyCheck: checkOf(opened),
      entries: Object.fromEntries(sorted),
    };
    return `${JSON.stringify(content, null, 2)}\n`;
  }

  async function find(name: string): Promise<VaultEntry | undefined> {
    const { content, opened } = await read();
    const sealed = content.entries.get(name);
    return sealed === undefined ? undefined : decode(await unseal(file, name, sealed, opened));
  }

  async function demand<Kind extends VaultEntry['kind']>(name: string, kind: Kind) {
    const entry = await find(name);
    if (entry?.kind === kind) return entry as Extract<VaultEntry, { kind: Kind }>;
    const why = entry ? `is of kind ${entry.kind}, not ${kind}` : 'is not there';
    throw vaultUnusable(
      `The entry ${quote(name, 64)} of the vault ${file} ${why}; put it: amplify-backend-mcp vault put NAME --kind ${kind}`,
    );
  }

  const unsealAll = ({ content, opened }: Awaited<ReturnType<typeof read>>) =>
    Promise.all([...content.entries].map(([name, sealed]) => unseal(file, name, sealed, opened)));

  return {
    find,
    list: async () => (await unsealAll(await read())).map(({ listing }) => listing),
    async put(name, entry) {
      if (!ENTRY_NAME.test(name))
        throw vaultUnusable('The name of a vault entry is 1 to 64 letters, digits, _ and - long.');
      await replacePrivate(file, WHAT, async () => {
        const found = await readIfThere();
        const opened = found?.opened ?? (await key.create());
        const listing = { name, kind: entry.kind, updatedAt: new Date().toISOString() };
        const sealed = await seal(listing, encode(entry), opened);
        return write(new Map([...(found?.content.entries ?? []), [name, sealed]]), opened);
      });
    },
    async remove(name) {
      let had = false;
      await replacePrivate(file, WHAT, async () => {
        const { content, opened } = await read();
        const entries = new Map(content.entries);
        had = entries.delete(name);
        return write(entries, opened);
      });
      return had;
    },
    async readAws(name) {
      const { kind: _, ...keys } = await demand(name, 'aws');
      return keys;
    },
    readSecret: async name => (await demand(name, 'secret')).secret,
    async rotate(newKey) {
      let count = 0;
      await replacePrivate(file, WHAT, async () => {
        const all = await unsealAll(await read());
        const opened = await newKey.create();
        const entries = all.map(
          async ({ listing, plaintext }) => [listing.name, await seal(listing, plaintext, opened)] as const,
        );
        count = all.length;
        return write(new Map(await Promise.all(entries)), opened);
      });
      return count;
    },
  };
}

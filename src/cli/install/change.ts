/** Plans how `install` and `uninstall` change the text of a host's file. Nothing is written here. */
import { isObject, type Json, memberOf, objectOf } from '../../lib/json.ts';
import { quote, quoteName } from '../../lib/quote.ts';
import { blockOf, describeBlock, type Launch, renewed, startsThisProgram } from './block.ts';
import { FormatError } from './format-error.ts';
import type { Host } from './hosts.ts';
import { parseJson, removeJson, setJson } from './json-edit.ts';
import { isSameValue } from './same-value.ts';
import { parseToml, removeToml, setToml } from './toml-edit.ts';

/** The block of the server in a file before and after the change, and the text after it. */
export interface Change {
  readonly existing: Json | undefined;
  /** Undefined if the block is removed. */
  readonly wanted: Json | undefined;
  readonly after: string;
  /** Whether to remove the file, because it holds nothing but what `install` puts into a new one. */
  readonly removesFile?: boolean;
}

/** The entry of one server in a host's file. */
export interface ServerEntry {
  readonly file: string;
  readonly host: Host;
  readonly name: string;
  /** The path of the program that runs now. */
  readonly self: string | undefined;
}

/** What `uninstall` knows about earlier versions of a file. */
export interface History {
  /** The texts of the backups, the newest first. */
  readonly copies: readonly string[];
  /** Whether the file can be removed; a link cannot, since `install` makes none. */
  readonly isRemovable: boolean;
}

/** How deep a document may be nested: far deeper than any host's settings, and far from a stack overflow. */
const DEEPEST = 200;

const formats = {
  json: { name: 'JSON', structure: 'an object', parse: parseJson, set: setJson, remove: removeJson },
  toml: { name: 'TOML', structure: 'a table', parse: parseToml, set: setToml, remove: removeToml },
} as const;

/** Whether a value has more than so many structures inside each other. It does not recurse. */
function isDeeperThan(value: unknown, depth: number): boolean {
  let level = [value];
  for (let at = 0; level.length > 0; at++) {
    if (at > depth) return true;
    level = level.flatMap(item =>
      item !== null && typeof item === 'object' && !(item instanceof Date) ? Object.values(item) : [],
    );
  }
  return false;
}

/** What the text holds. @throws FormatError */
function readDocument(text: string, host: Host): Json {
  let document: unknown;
  try {
    document = formats[host.format].parse(text);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
  }
  // A parser that ran out of stack has returned nothing.
  if (document === undefined || isDeeperThan(document, DEEPEST))
    throw new FormatError(`more than ${DEEPEST} structures are nested inside each other`);
  if (!isObject(document)) throw new FormatError('the file holds no object');
  return document;
}

/** The document. @throws Error with one line that names the place of the mistake */
function parse(file: string, text: string, host: Host): Json {
  try {
    return readDocument(text, host);
  } catch (thrown) {
    if (!(thrown instanceof FormatError)) throw thrown;
    const { position, message } = thrown;
    const place = position ? `line ${position.line}, column ${position.column}: ` : '';
    const { name } = formats[host.format];
    throw new Error(
      `${file} is not valid ${name} (${place}${message}); nothing was written. Correct it and run this again.`,
    );
  }
}

/** The path of the member that holds the servers. In opencode 2 it is one level deeper; it reads that of opencode 1 too. */
function serversPath(document: Json, host: Host): readonly string[] {
  const servers = objectOf(memberOf(memberOf(document, host.member), 'servers'));
  const isSecondVersion =
    host.shape === 'opencode' && Object.keys(servers).length > 0 && typeof servers.type !== 'string';
  return isSecondVersion ? [host.member, 'servers'] : [host.member];
}

const valueAt = (document: unknown, path: readonly string[]) =>
  path.reduce<unknown>((value, name) => memberOf(value, name), document);

/** The document without the server, and without each structure that would then be empty. */
function withoutServer(document: Json, [member = '', ...rest]: readonly string[]): Json {
  const { [member]: value, ...without } = document;
  if (rest.length === 0) return without;
  const inner = isObject(value) ? withoutServer(value, rest) : value;
  return inner === undefined || (isObject(inner) && Object.keys(inner).length === 0)
    ? without
    : { ...document, [member]: inner };
}

/** Parses the new text as the host would. @throws Error if anything but the server has changed */
function check(
  file: string,
  before: Json,
  after: string,
  path: readonly string[],
  wanted: unknown,
  host: Host,
): void {
  const document = parse(file, after, host);
  if (
    isSameValue(valueAt(document, path), wanted) &&
    isSameValue(withoutServer(document, path), withoutServer(before, path))
  )
    return;
  throw new Error(
    `${file} has ${path[0]} in a form that cannot be changed safely, such as twice; nothing was written.`,
  );
}

/** How a message names a value that holds no servers. */
const kindOf = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;

/** The block under a name. */
function blockIn({ file, host, name }: ServerEntry, text: string) {
  const document = parse(file, text, host);
  const place = serversPath(document, host);
  const servers = valueAt(document, place);
  if (servers !== undefined && !isObject(servers))
    throw new Error(
      `${file}: ${place.join('.')} is ${kindOf(servers)}, where servers by their names are expected; nothing was written. Make it ${formats[host.format].structure}, or remove it, and run this again.`,
    );
  const block = memberOf(servers, name);
  return { document, path: [...place, name], block };
}

/** @throws Error with one line where the file cannot be read or the name is another server's */
export function planInstall(entry: ServerEntry, text: string, launch: Launch): Change {
  const { file, host, name, self } = entry;
  const { document, path, block } = blockIn(entry, text);
  if (block !== undefined && !startsThisProgram(block, self))
    throw new Error(
      `${file} has another server called ${name} (${quote(describeBlock(block))}); nothing was written. Give this one another name: --name NAME.`,
    );
  const existing = isObject(block) ? block : undefined;
  const fresh = blockOf(launch, host.shape);
  const wanted = existing ? renewed(existing, fresh) : fresh;
  if (isSameValue(existing, wanted)) return { existing, wanted, after: text };
  let after = text;
  if (existing && host.format === 'json') {
    for (const [member, value] of Object.entries(wanted))
      if (!isSameValue(existing[member], value)) after = setJson(after, [...path, member], value);
    for (const member of Object.keys(existing))
      if (!(member in wanted)) after = removeJson(after, [...path, member]);
  } else after = formats[host.format].set(text, path, wanted);
  check(file, document, after, path, wanted, host);
  return { existing, wanted, after };
}

/** Whether adding the block to the text `before` gives exactly this text. */
function isMadeFrom(before: string, text: string, path: readonly string[], block: Json, host: Host): boolean {
  if (before.length >= text.length) return false;
  try {
    return (
      valueAt(readDocument(before, host), path) === undefined &&
      formats[host.format].set(before, path, block) === text
    );
  } catch {
    // This text was not made from a copy that cannot be parsed.
    return false;
  }
}

/**
 * Restores every byte if the text is exactly what `install` makes of a backup copy, or of no file at all. If the file was
 * changed since, only the block is cut out.
 * @throws Error with one line where the file cannot be read or the name is another server's
 */
export function planUninstall(entry: ServerEntry, text: string, { copies, isRemovable }: History): Change {
  const { file, host, name, self } = entry;
  const { document, path, block } = blockIn(entry, text);
  if (block === undefined) return { existing: undefined, wanted: undefined, after: text };
  if (!isObject(block) || !startsThisProgram(block, self)) {
    const own = ownServers(file, text, host, self).map(([other]) => `--name ${quoteName(other)}`);
    throw new Error(
      `${file}: the server ${name} starts another program (${quote(describeBlock(block))}); nothing was removed. ${
        own.length > 0
          ? `For this program type ${own.join(' or ')}.`
          : 'This program is not in that file; remove the other server in its host.'
      }`,
    );
  }
  const change = { existing: block, wanted: undefined };
  const original = copies.find(copy => isMadeFrom(copy, text, path, block, host));
  if (original !== undefined) return { ...change, after: original };
  if (isRemovable && isMadeFrom('', text, path, block, host))
    return { ...change, after: '', removesFile: true };
  const after = formats[host.format].remove(text, path);
  check(file, document, after, path, undefined, host);
  return { ...change, after };
}

/** The servers of a file that start this program, by their names. @throws Error with one line where it cannot be read */
export function ownServers(
  file: string,
  text: string,
  host: Host,
  self: string | undefined,
): [name: string, block: unknown][] {
  const document = parse(file, text, host);
  const servers = objectOf(valueAt(document, serversPath(document, host)));
  return Object.entries(servers).filter(([, block]) => startsThisProgram(block, self));
}

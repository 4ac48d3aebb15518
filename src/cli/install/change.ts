/** What `install` and `uninstall` make of a host's file, as texts. Nothing is written here. */
import { isObject, type Json, memberOf, objectOf } from '../../lib/json.ts';
import { quote } from '../../lib/quote.ts';
import { blockOf, describeBlock, type Launch, renewed, startsThisProgram } from './block.ts';
import { FormatError } from './format-error.ts';
import type { Host } from './hosts.ts';
import { parseJson, removeJson, setJson } from './json-edit.ts';
import { isSameValue } from './same-value.ts';
import { parseToml, removeToml, setToml } from './toml-edit.ts';

/** What stands in a file under the name of the server, before and after. */
export interface Change {
  readonly existing: Json | undefined;
  /** Undefined where the block is taken out. */
  readonly wanted: Json | undefined;
  readonly after: string;
}

const formats = {
  json: { name: 'JSON', parse: parseJson, set: setJson, remove: removeJson },
  toml: { name: 'TOML', parse: parseToml, set: setToml, remove: removeToml },
} as const;

/** The document. @throws Error with one line that names the place of the mistake */
function parse(file: string, text: string, host: Host): Json {
  const { name, parse: read } = formats[host.format];
  try {
    const document = read(text);
    if (!isObject(document)) throw new FormatError('it holds no object');
    return document;
  } catch (thrown) {
    if (!(thrown instanceof FormatError)) throw thrown;
    const { position, message } = thrown;
    const place = position ? `line ${position.line}, column ${position.column}: ` : '';
    throw new Error(
      `${file} is not valid ${name} (${place}${quote(message)}); nothing was written. Mend it and run this again.`,
    );
  }
}

/** Where the servers stand. opencode 2 has them one level deeper, and reads the place of opencode 1 too. */
function placeOf(document: Json, host: Host): readonly string[] {
  const servers = objectOf(memberOf(memberOf(document, host.member), 'servers'));
  const isSecondVersion =
    host.shape === 'opencode' && Object.keys(servers).length > 0 && typeof servers.type !== 'string';
  return isSecondVersion ? [host.member, 'servers'] : [host.member];
}

const at = (document: unknown, path: readonly string[]) =>
  path.reduce<unknown>((value, name) => memberOf(value, name), document);

/** The document without the server, and without the structure around it where nothing else is in it. */
function others(document: Json, [member = '', ...rest]: readonly string[]): Json {
  const { [member]: value, ...without } = document;
  if (rest.length === 0) return without;
  const inner = isObject(value) ? others(value, rest) : value;
  return inner === undefined || (isObject(inner) && Object.keys(inner).length === 0)
    ? without
    : { ...document, [member]: inner };
}

/** Reads what was made as the host would. @throws Error where anything but the server is not as it was */
function check(
  file: string,
  before: Json,
  after: string,
  path: readonly string[],
  wanted: unknown,
  host: Host,
): void {
  const document = parse(file, after, host);
  if (isSameValue(at(document, path), wanted) && isSameValue(others(document, path), others(before, path)))
    return;
  throw new Error(
    `${file} has ${path[0]} in a form that cannot be changed safely, such as twice; nothing was written.`,
  );
}

/** The block under a name. */
function blockIn(file: string, text: string, host: Host, name: string) {
  const document = parse(file, text, host);
  const place = placeOf(document, host);
  const servers = at(document, place);
  if (servers !== undefined && !isObject(servers))
    throw new Error(
      `${file}: ${place.join('.')} holds no servers by name; nothing was written. Mend it and run this again.`,
    );
  const block = memberOf(servers, name);
  return { document, path: [...place, name], block };
}

/** @throws Error with one line where the file cannot be read or the name is another server's */
export function planInstall(file: string, text: string, host: Host, name: string, launch: Launch): Change {
  const { document, path, block } = blockIn(file, text, host, name);
  if (block !== undefined && !startsThisProgram(block))
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

/** @throws Error with one line where the file cannot be read or the name is another server's */
export function planUninstall(file: string, text: string, host: Host, name: string): Change {
  const { document, path, block } = blockIn(file, text, host, name);
  if (block === undefined) return { existing: undefined, wanted: undefined, after: text };
  if (!startsThisProgram(block))
    throw new Error(
      `${file}: the server ${name} starts another program (${quote(describeBlock(block))}); nothing was removed.`,
    );
  const after = formats[host.format].remove(text, path);
  check(file, document, after, path, undefined, host);
  return { existing: objectOf(block), wanted: undefined, after };
}

/** The servers of a file that start this program, by their names. @throws Error with one line where it cannot be read */
export function ownServers(file: string, text: string, host: Host): [name: string, block: unknown][] {
  const document = parse(file, text, host);
  const servers = objectOf(at(document, placeOf(document, host)));
  return Object.entries(servers).filter(([, block]) => startsThisProgram(block));
}

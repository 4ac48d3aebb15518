/**
 * What each client does with the server: it lists the tools, reads, fails, reads a resource, and clones. Run as a program
 * of its own in the folder where the clients are installed: `node steps.mjs ADAPTER SERVER`, prints what was observed.
 *
 * @typedef {{ readonly kind: 'stdio', readonly command: string, readonly args: readonly string[],
 *   readonly env: Readonly<Record<string, string>> } | { readonly kind: 'http', readonly url: string }} Server
 * @typedef {{ readonly name: string, readonly schema?: unknown, readonly isStrict?: boolean }} HostTool
 *
 * A client, connected to the server. `call` answers what the client hands to its model.
 * @typedef {{
 *   tools(): Promise<readonly HostTool[]>,
 *   call(name: string, args: Record<string, unknown>): Promise<unknown>,
 *   read?(uri: string): Promise<unknown>,
 *   progress?(): number,
 *   close?(): Promise<void>,
 * }} HostClient
 *
 * What was observed; a step that failed is told by its message.
 * @typedef {{
 *   tools: string, untyped?: number, strict?: string, read: string, failure: string, resource?: string,
 *   clone: string, progress?: number, sees: string,
 * }} Observed
 */
import { pathToFileURL } from 'node:url';

/** How the prose of a result starts, which stands in the text, and in `summary` of the structured content. */
const PROSE = /clone of dev to qa/i;

/** @param {unknown} value */
const isObject = value => value !== null && typeof value === 'object';

/**
 * All that a value holds, with JSON inside of texts read.
 * @param {unknown} value
 * @param {string} key
 * @returns {Generator<{ key: string, value: unknown }>}
 */
function* parts(value, key = '') {
  yield { key, value };
  if (typeof value === 'string') {
    try {
      const inner = JSON.parse(value);
      if (isObject(inner)) yield* parts(inner, key);
    } catch {
      // A text that is not JSON.
    }
  } else if (isObject(value))
    for (const [name, member] of Object.entries(/** @type {object} */ (value))) yield* parts(member, name);
}

/**
 * Which of the two forms of a result reached the model.
 * @param {unknown} shown
 */
function formsIn(shown) {
  const all = [...parts(shown)];
  const hasStructure = all.some(({ value }) => isObject(value) && 'verdict' in /** @type {object} */ (value));
  const hasText = all.some(
    ({ key, value }) =>
      key !== 'summary' &&
      typeof value === 'string' &&
      PROSE.test(value) &&
      !value.trimStart().startsWith('{'),
  );
  return (
    [...(hasText ? ['text'] : []), ...(hasStructure ? ['structuredContent'] : [])].join(' and ') || 'neither'
  );
}

/**
 * Members of a schema without a type, which OpenAI's strict mode refuses.
 * @param {unknown} schema
 * @returns {number}
 */
function untypedIn(schema) {
  if (!isObject(schema)) return 0;
  const { properties = {}, items, anyOf, oneOf } = /** @type {Record<string, unknown>} */ (schema);
  const inner = [...Object.values(/** @type {object} */ (properties)), ...(isObject(items) ? [items] : [])];
  const isTyped = ['type', 'enum', 'const', '$ref', 'anyOf', 'oneOf', 'allOf'].some(
    word => word in /** @type {object} */ (schema),
  );
  const choices = [anyOf, oneOf].flatMap(list => (Array.isArray(list) ? list : []));
  return [...inner, ...choices].reduce(
    (/** @type {number} */ sum, one) => sum + untypedIn(one),
    isTyped ? 0 : 1,
  );
}

/**
 * Runs a step; what went wrong is an observation.
 * @param {() => Promise<string>} run
 */
async function tried(run) {
  try {
    return await run();
  } catch (thrown) {
    return `fails: ${String(thrown instanceof Error ? thrown.message : thrown)
      .split('\n')[0]
      ?.slice(0, 200)}`;
  }
}

/**
 * What a call gives, or the error that the client makes of a failure: a model is shown either.
 * @param {HostClient} client
 * @param {string} name
 * @param {Record<string, unknown>} args
 */
const shownBy = (client, name, args) =>
  client
    .call(name, args)
    .catch((/** @type {unknown} */ thrown) => (thrown instanceof Error ? thrown.message : thrown));

/** @param {unknown} shown @param {RegExp} pattern */
const holds = (shown, pattern) => pattern.test(typeof shown === 'string' ? shown : JSON.stringify(shown));

/**
 * @param {HostClient} client
 * @returns {Promise<Observed>}
 */
async function observe(client) {
  /** @type {readonly HostTool[]} */
  let listed = [];
  const tools = await tried(async () => {
    listed = await client.tools();
    return String(listed.length);
  });
  const read = await tried(async () =>
    holds(await client.call('get_backend', { appId: 'd1sandboxshop' }), /shop/) ? 'yes' : 'no',
  );
  const failed = await shownBy(client, 'get_backend', { appId: 'd1missing' });
  const failure =
    holds(failed, /no such app/) && holds(failed, /get_backend lists/)
      ? 'what happened and what to do'
      : 'lost';
  const uri = 'amplify-backend://apps/d1sandboxshop';
  const resource =
    client.read && (await tried(async () => (holds(await client.read?.(uri), /dev/) ? 'yes' : 'no')));
  /** @type {unknown} */
  let cloned;
  const clone = await tried(async () => {
    cloned = await client.call('clone_environment', { app: 'shop', from: 'dev', to: 'qa' });
    return holds(cloned, /complete/) ? 'yes' : 'no';
  });
  const strict = listed.some(tool => tool.isStrict !== undefined)
    ? { strict: `${listed.filter(tool => tool.isStrict).length} of ${listed.length}` }
    : {};
  const schemas = listed.flatMap(({ schema }) => (schema === undefined ? [] : [schema]));
  /** @type {(sum: number, schema: unknown) => number} */
  const add = (sum, schema) => sum + untypedIn(schema);
  return {
    tools,
    ...(schemas.length > 0 ? { untyped: schemas.reduce(add, 0) } : {}),
    ...strict,
    read,
    failure,
    ...(resource ? { resource } : {}),
    clone,
    ...(client.progress ? { progress: client.progress() } : {}),
    sees: formsIn(cloned),
  };
}

const [adapter = '', server = ''] = process.argv.slice(2);
/** @type {{ connect(server: Server): Promise<HostClient> }} */
const { connect } = await import(pathToFileURL(adapter).href);
const client = await connect(JSON.parse(server));
const observed = await observe(client);
await client.close?.().catch(() => undefined);
// A client may leave something open.
process.stdout.write(`\nOBSERVED ${JSON.stringify(observed)}\n`, () => process.exit(0));

/**
 * Runs the same steps with one client: it lists the tools, reads, makes a call that fails, reads a resource, and clones.
 * `node steps.mjs ADAPTER SERVER` runs in the folder where the clients are installed, and prints what was observed.
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
 * What was observed; for a step that failed, its message.
 * @typedef {{
 *   tools: string, untyped?: number, strict?: string, read: string, failure: string, resource?: string,
 *   clone: string, progress?: number, sees: string,
 * }} Observed
 */
import { pathToFileURL } from 'node:url';

/** The beginning of a result's prose, which is in the text, and in `summary` of the structured content. */
const PROSE = /clone of dev to qa/i;

/** @param {unknown} value */
const isObject = value => value !== null && typeof value === 'object';

/**
 * A value and all values inside it. JSON in texts is parsed.
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
 * Finds which of the two forms of a result reached the model.
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
 * Counts the parts of a schema without a type, which OpenAI's strict mode refuses.
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
 * Runs a step. @returns its result, or the message of its failure
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
 * What the client shows a model: the result of a call, or the error that it makes of a failure.
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
// A client may leave a handle open, which would keep the process alive.
process.stdout.write(`\nOBSERVED ${JSON.stringify(observed)}\n`, () => process.exit(0));

/**
 * Measures the longest delay of the server's event loop while a client sends input that is slow for regular expressions and
 * parsers: each text of each tool at its bounds and beyond, schemas of the greatest length, and thousands of arguments at
 * once. The sandbox runs in a process of its own, so that only the server's work is measured.
 */
import { appId, startSandbox } from './child.mjs';
import { objectWithText, textsIn } from './schema-texts.mjs';
import { startServer } from './stdio-server.mjs';

/** @typedef {import('./stdio-server.mjs').StdioServer} StdioServer */
/** @typedef {import('./stdio-server.mjs').ListedTool} ListedTool */

const fillings = [' ', '\n', '([{', '"\'`', '@', '.', 'x', 'type x ', '#\n', 'type A @model {a:B}'];
const lengths = [255, 20_000];
const LONGEST = 1_000_000;

/** @type {(filling: string, length: number) => string} */
const filled = (filling, length) => filling.repeat(Math.ceil(length / filling.length)).slice(0, length);

/**
 * @param {StdioServer} server
 * @param {ListedTool} tool
 */
async function attackTool({ call }, { name, inputSchema }) {
  const texts = textsIn(inputSchema);
  const plan = 'dryRun' in (inputSchema.properties ?? {}) ? { dryRun: true } : {};
  for (const filling of fillings) {
    for (const path of texts) {
      const [member, ...rest] = path;
      if (typeof member !== 'string') throw new Error(`${name} takes no object`);
      const isLong = /schema/i.test(String(path.at(-1))) || path === texts[0];
      for (const length of isLong ? [...lengths, LONGEST] : lengths)
        await call(name, { ...objectWithText(inputSchema, member, rest, filled(filling, length)), ...plan });
    }
  }
}

/** @type {(types: number, field: string) => string} */
const schemaOf = (types, field) =>
  Array.from(
    { length: types },
    (_, at) => `type T${at} @model { id: ID! name: String @index ${field}: Int }`,
  ).join('\n');

/**
 * Calls whose input or answer is long.
 * @param {StdioServer} server
 * @returns {[what: string, run: () => Promise<unknown>][]}
 */
function attacks({ ask, call }) {
  /** @type {(backendEnvironmentName: string, transformSchema: string) => Promise<unknown>} */
  const api = (backendEnvironmentName, transformSchema) =>
    call('create_backend_api', {
      ...{ appId, backendEnvironmentName, resourceName: 'longapi' },
      resourceConfig: { transformSchema },
    });
  /** @type {(name: string, schema: string) => Promise<void>} */
  const make = async (name, schema) => {
    await call('create_backend', { appId, appName: 'shop', backendEnvironmentName: name });
    await call('list_backend_jobs', { appId, backendEnvironmentName: name });
    await api(name, schema);
    await call('list_backend_jobs', { appId, backendEnvironmentName: name });
  };
  const [left, right] = [schemaOf(11_000, 'left'), schemaOf(11_000, 'right')];
  const kilobytes = Math.round(left.length / 1_000);
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`k${at}`, at]));
  return [
    [
      `sending two schemas of ${kilobytes} KB`,
      async () => [await make('longa', left), await make('longb', right)],
    ],
    ['comparing them', () => call('compare_environments', { app: 'shop', left: 'longa', right: 'longb' })],
    ['exporting one', () => call('export_environment', { app: 'shop', environment: 'longa' })],
    [
      'the plan of deleting it',
      () => call('delete_backend', { appId, backendEnvironmentName: 'longa', dryRun: true }),
    ],
    [
      'ten such plans at once',
      () =>
        Promise.all(
          Array.from({ length: 10 }, () =>
            call('delete_backend', { appId, backendEnvironmentName: 'longa', dryRun: true }),
          ),
        ),
    ],
    ['100,000 arguments', () => call('get_backend', many)],
    ['a list of 100,000', () => call('create_backend_auth', { resourceConfig: Array(100_000).fill(1) })],
    [
      'a request of 500 words',
      () => call('find_operation', { query: filled('frobnicate xyzzyx deplyo ', 500) }),
    ],
    ['a word of 500 letters', () => call('find_operation', { query: filled('abcdefghij', 500) })],
    ['a URI of a megabyte', () => ask('resources/read', { uri: filled('amplify-backend://apps/', LONGEST) })],
    [
      'a prompt of a megabyte',
      () =>
        ask('prompts/get', { name: 'status', arguments: { app: filled('{', LONGEST), environment: 'dev' } }),
    ],
  ];
}

/** Measures the longest delay, in milliseconds, of each tool and of each long call. */
export async function measureDelays() {
  const sandbox = await startSandbox('--job-ms', '1');
  const server = await startServer(sandbox.url);
  try {
    // The first call loads and compiles code, which `startup.mjs` measures.
    await server.call('get_backend', { appId });
    await server.call('find_operation', { query: 'clone an environment' });
    const { result } = await server.ask('tools/list');
    if (!result?.tools) throw new Error('the server lists no tools');
    const tools = [];
    for (const tool of result.tools.filter(({ inputSchema }) => textsIn(inputSchema).length > 0))
      tools.push({ what: tool.name, longestMs: await server.longestDuring(() => attackTool(server, tool)) });
    const long = [];
    for (const [what, run] of attacks(server))
      long.push({ what, longestMs: await server.longestDuring(run) });
    return { tools, long };
  } finally {
    server.stop();
    await sandbox.stop();
  }
}

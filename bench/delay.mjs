/**
 * The longest delay of the server's event loop while a client sends what makes patterns and parsers slow: each text of
 * each tool at its bounds and beyond, schemas as long as they may be, and much of everything at once. The sandbox is a
 * process of its own, so that only the server's own work is counted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const path = relative => fileURLToPath(new URL(relative, import.meta.url));
const bin = path('../dist/cli.js');
const appId = 'd1sandboxshop';

const fillings = [' ', '\n', '([{', '"\'`', '@', '.', 'x', 'type x ', '#\n', 'type A @model {a:B}'];
const lengths = [255, 20_000];
const LONGEST = 1_000_000;

const { NODE_EXTRA_CA_CERTS: _, ...surroundings } = process.env;

/** The sandbox as a process of its own. */
export async function startSandbox() {
  const child = spawn(process.execPath, [bin, 'sandbox', '--port', '0', '--job-ms', '1'], {
    env: surroundings,
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  child.stderr.resume();
  return { url: /http:\S+/.exec(line)[0], stop: () => child.kill() };
}

/** The server over stdio, with what asks it for the longest delay. */
export async function startServer(url) {
  const env = {
    ...surroundings,
    ...{ AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000000', AWS_REGION: 'us-east-1' },
    AWS_SECRET_ACCESS_KEY: 'sandbox-secret-access-key',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  const args = ['--import', path('loop-delay.mjs'), bin, 'stdio', '--log-level', 'silent'];
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'ignore', 'ipc'] });
  const answers = new Map();
  createInterface({ input: child.stdout }).on('line', line => {
    const message = JSON.parse(line);
    answers.get(message.id)?.(message);
    answers.delete(message.id);
  });
  let lastId = 0;
  const ask = (method, params = {}) => {
    const id = ++lastId;
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return new Promise(resolve => answers.set(id, resolve));
  };
  await ask('initialize', {
    ...{ protocolVersion: '2025-11-25', capabilities: {} },
    clientInfo: { name: 'bench', version: '1' },
  });
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  return {
    ask,
    call: (name, args) => ask('tools/call', { name, arguments: args }),
    /** The longest delay while that runs, in milliseconds. */
    async longestDuring(run) {
      const next = async () => {
        child.send('next');
        return (await once(child, 'message'))[0].longestMs;
      };
      await next();
      await run();
      return next();
    },
    stop: () => child.stdin.end(),
  };
}

/** The ways to the texts of a listed schema. */
function textsIn({ type, enum: values, properties = {}, items }, way = []) {
  if (type === 'string' && !values) return [way];
  if (items) return textsIn(items, [...way, 0]);
  return Object.entries(properties).flatMap(([name, inner]) => textsIn(inner, [...way, name]));
}

const samples = {
  appId,
  app: 'shop',
  backendEnvironmentName: 'dev',
  environment: 'dev',
  targetEnvironmentName: 'qa',
};

/** The least that a schema asks for. */
function least({ type, enum: values, properties = {}, required = [] }, name) {
  if (values) return values[0];
  if (type === 'string') return samples[name] ?? 'dev';
  if (type === 'array') return [];
  if (type === 'boolean') return true;
  if (type !== 'object') return 7;
  return Object.fromEntries(required.map(member => [member, least(properties[member], member)]));
}

/** The same with a text at that way. */
function withText(schema, [step, ...rest], text) {
  if (step === undefined) return text;
  if (step === 0) return [withText(schema.items, rest, text)];
  return { ...least(schema), [step]: withText(schema.properties[step], rest, text) };
}

const filled = (filling, length) => filling.repeat(Math.ceil(length / filling.length)).slice(0, length);

async function attackTool({ call }, { name, inputSchema }) {
  const texts = textsIn(inputSchema);
  const plan = 'dryRun' in inputSchema.properties ? { dryRun: true } : {};
  for (const filling of fillings) {
    for (const way of texts) {
      const isLong = /schema/i.test(way.at(-1)) || way === texts[0];
      for (const length of isLong ? [...lengths, LONGEST] : lengths)
        await call(name, { ...withText(inputSchema, way, filled(filling, length)), ...plan });
    }
  }
}

const schemaOf = (types, field) =>
  Array.from(
    { length: types },
    (_, at) => `type T${at} @model { id: ID! name: String @index ${field}: Int }`,
  ).join('\n');

/** What is long by nature. */
function attacks({ ask, call }) {
  const api = (backendEnvironmentName, transformSchema) =>
    call('create_backend_api', {
      ...{ appId, backendEnvironmentName, resourceName: 'longapi' },
      resourceConfig: { transformSchema },
    });
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
    [
      'a list of 100,000',
      () => call('create_backend_auth', { resourceConfig: Array(100_000).fill(many.k1) }),
    ],
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

/** The longest delays, in milliseconds: of each tool, and of what is long by nature. */
export async function measureDelays() {
  const sandbox = await startSandbox();
  const server = await startServer(sandbox.url);
  try {
    // The first call loads and compiles code: that is start-up, and is measured elsewhere.
    await server.call('get_backend', { appId });
    await server.call('find_operation', { query: 'clone an environment' });
    const { result } = await server.ask('tools/list');
    const tools = [];
    for (const tool of result.tools.filter(({ inputSchema }) => textsIn(inputSchema).length > 0))
      tools.push({ what: tool.name, longestMs: await server.longestDuring(() => attackTool(server, tool)) });
    const long = [];
    for (const [what, run] of attacks(server))
      long.push({ what, longestMs: await server.longestDuring(run) });
    return { tools, long };
  } finally {
    server.stop();
    sandbox.stop();
  }
}

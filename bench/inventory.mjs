/**
 * Measures an inventory of a hundred apps: the time compared with that of the bare reads, and the most concurrent calls to
 * AWS. The sandbox runs in a process of its own; a proxy in front of it counts the calls.
 */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { sandboxEnv, spawnNode, startSandbox } from './child.mjs';
import { median } from './statistics.mjs';
import { startServer } from './stdio-server.mjs';

const bare = fileURLToPath(new URL('./inventory-bare.mjs', import.meta.url));
const APPS = 100;
const RUNS = 5;

/** @param {number} at */
function environmentOf(at) {
  const [appId, name] = [`d1inventory${at}`, `app${at}`];
  const stack = `amplify-${name}-main-10000`;
  const body = {
    ...{ appId, appName: name, environment: 'main' },
    meta: {
      providers: { awscloudformation: { Region: 'us-east-1', StackName: stack, AmplifyAppId: appId } },
      auth: { [`${name}auth`]: { service: 'Cognito', output: { UserPoolId: `us-east-1_Pool${at}` } } },
      api: { [`${name}api`]: { service: 'AppSync', output: { GraphQLAPIIdOutput: `graph${at}` } } },
      storage: { [`${name}files`]: { service: 'S3', output: { BucketName: `${name}files-main` } } },
    },
    schema: 'type Post @model { id: ID! }\ntype Comment @model { id: ID! }',
  };
  return { body, read: { appId, environment: 'main', api: `${name}api`, stack } };
}

/**
 * Starts a proxy that counts calls and how many of them are concurrent.
 * @param {string} to
 */
async function startCounter(to) {
  const { hostname, port } = new URL(to);
  const counts = { running: 0, most: 0, calls: 0 };
  const server = createServer((incoming, outgoing) => {
    counts.running += 1;
    counts.calls += 1;
    counts.most = Math.max(counts.most, counts.running);
    outgoing.on('close', () => {
      counts.running -= 1;
    });
    const { method, url: path, headers } = incoming;
    const passed = request({ hostname, port, method, path, headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the counter does not listen');
  return { counts, server, url: `http://127.0.0.1:${address.port}` };
}

/**
 * Measures how long the bare reads take, in milliseconds.
 * @param {string} url
 * @param {readonly object[]} reads
 */
async function measureBare(url, reads) {
  const { child, stdout } = spawnNode([bare, JSON.stringify(reads)], sandboxEnv(url));
  const chunks = [];
  for await (const chunk of stdout) chunks.push(chunk);
  if (child.exitCode === null) await once(child, 'exit');
  const took = Number(Buffer.concat(chunks).toString());
  if (!(took > 0)) throw new Error('the bare reads failed');
  return took;
}

/** Measures the inventory and the bare reads alternately, both through the same proxy. */
export async function measureInventory() {
  const sandbox = await startSandbox('--job-ms', '1');
  const counter = await startCounter(sandbox.url);
  const server = await startServer(counter.url);
  try {
    const environments = Array.from({ length: APPS - 1 }, (_, at) => environmentOf(at));
    for (const { body } of environments) {
      const path = `${sandbox.url}/_sandbox/environments`;
      const loaded = await fetch(path, { method: 'POST', body: JSON.stringify(body) });
      if (!loaded.ok) throw new Error(`an environment was not loaded: ${await loaded.text()}`);
    }
    // The first call loads and compiles code.
    await server.call('take_inventory', {});
    Object.assign(counter.counts, { most: 0, calls: 0 });
    /** @type {number[]} */
    const ours = [];
    /** @type {number[]} */
    const others = [];
    let [most, calls] = [0, 0];
    for (let run = 0; run < RUNS; run += 1) {
      Object.assign(counter.counts, { most: 0, calls: 0 });
      const begin = performance.now();
      const { result } = await server.call('take_inventory', {});
      ours.push(performance.now() - begin);
      const content = /** @type {{ totals?: { apps: number } } | undefined} */ (result?.structuredContent);
      if (content?.totals?.apps !== APPS)
        throw new Error(`the inventory has ${content?.totals?.apps} of ${APPS} apps`);
      most = Math.max(most, counter.counts.most);
      calls = counter.counts.calls;
      others.push(
        await measureBare(
          counter.url,
          environments.map(({ read }) => read),
        ),
      );
    }
    return { apps: APPS, oursMs: median(ours), bareMs: median(others), most, calls };
  } finally {
    server.stop();
    counter.server.close();
    counter.server.closeAllConnections();
    await sandbox.stop();
  }
}

/**
 * The same workflow twice at the same time on one environment: in one process, in two processes of one user,
 * and on two replicas. One starts each piece of work, the other continues from there.
 */
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { lazy } from '../../src/lib/lazy.ts';
import type { Json } from '../support/child.ts';
import { generations, httpGenerations, type McpClient } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { sentence, writes } from '../support/provision.ts';
import { hasRedis } from '../support/redis.ts';
import { setReplicas } from '../support/replicas.ts';

const home = setHome({ jobMs: 300 });
const [{ connect }] = generations as [(typeof generations)[number]];
const [overHttp] = httpGenerations as [(typeof httpGenerations)[number]];

/** Calls one tool, whatever makes the call. */
type Call = (name: string, args: Json) => Promise<Json>;

const callOf =
  (client: McpClient): Call =>
  async (name, args) =>
    (await client.callTool(name, args)).structuredContent;

const started: McpClient[] = [];
afterAll(() => Promise.all(started.map(client => client.close())));

async function start(count: number, env = home.env()): Promise<Call[]> {
  const clients = await Promise.all(Array.from({ length: count }, () => connect(env)));
  started.push(...clients);
  return clients.map(callOf);
}

/** The same processes for every test of a setting. */
function once(open: () => Promise<Call[]>): () => Promise<[Call, Call]> {
  const calls = lazy(open);
  return async () => (await calls.get()) as [Call, Call];
}

const cluster = setReplicas(home);

type Setting = readonly [name: string, open: () => Promise<[Call, Call]>];

const settings: readonly Setting[] = [
  ['in one process', once(async () => (await start(1)).flatMap(call => [call, call]))],
  ['in two processes of one user', once(() => start(2))],
  ['in two processes of one user without a home', once(() => start(2, home.sandbox.env))],
  ...(hasRedis
    ? [
        [
          'on two replicas',
          async () => {
            const { urls } = await cluster.start();
            const clients = await Promise.all(urls.map(url => overHttp.connect(url)));
            onTestFinished(async () => void (await Promise.all(clients.map(client => client.close()))));
            return clients.map(callOf) as [Call, Call];
          },
        ] as const,
      ]
    : []),
];

const RUNS = 3;

describe.each(settings)('%s', (_, open) => {
  const sent = async (operation: string) => (await home.sandbox.verdicts(operation)).length;

  it('provision_environment creates each resource once', async () => {
    const [one, two] = await open();
    for (let run = 0; run < RUNS; run++) {
      await home.sandbox.reset();
      const answers = await Promise.all([one, two].map(call => call('provision_environment', sentence)));
      expect(answers, JSON.stringify(answers)).toMatchObject([
        { verdict: 'complete' },
        { verdict: 'complete' },
      ]);
      expect(await Promise.all(writes.map(sent))).toEqual([1, 1, 1, 1]);
    }
  });

  it('clone_environment starts one clone', async () => {
    const [one, two] = await open();
    for (let run = 0; run < RUNS; run++) {
      await home.sandbox.reset();
      const args = { app: 'shop', from: 'dev', to: 'qa' };
      const answers = await Promise.all([one, two].map(call => call('clone_environment', args)));
      expect(answers).toMatchObject([{ verdict: 'complete' }, { verdict: 'complete' }]);
      expect(await sent('CloneBackend')).toBe(1);
    }
  });

  it('decommission_environment sends one deletion', async () => {
    const [one, two] = await open();
    const args = { app: 'shop', environment: 'prod' };
    const asked = await Promise.all([one, two].map(call => call('decommission_environment', args)));
    const answers = await Promise.all(
      [one, two].map((call, index) =>
        call('decommission_environment', { ...args, confirmationToken: asked[index]?.confirmationToken }),
      ),
    );
    expect(answers).toMatchObject([{ verdict: 'gone' }, { verdict: 'gone' }]);
    expect(await sent('DeleteBackend')).toBe(1);
  });
});

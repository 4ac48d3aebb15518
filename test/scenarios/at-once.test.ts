/**
 * Two calls of the same workflow at the same time on one environment: in one process, in two processes of one user,
 * and on two replicas. One call starts each job, and the other continues with it.
 */
import { describe, expect, it } from 'vitest';
import type { Env, Json } from '../support/child.ts';
import { httpGenerations, type McpClient, stdioGenerations, today } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { sentence, writes } from '../support/provision.ts';
import { hasRedis } from '../support/redis.ts';
import { setReplicas } from '../support/replicas.ts';
import { type AtEnd, share } from '../support/share.ts';

const home = setHome({ jobMs: 300 });
const [{ connect }] = stdioGenerations;
const [overHttp] = httpGenerations as [(typeof httpGenerations)[number]];
const cluster = setReplicas(home);

/** Calls a tool by any client. */
type Call = (name: string, args: Json) => Promise<Json>;

const callOf =
  (client: McpClient): Call =>
  async (name, args) =>
    (await client.callTool(name, args)).structuredContent;

/** A server in a child process, and one in the test's own process. */
const inTwoProcesses = (env: Env) => Promise.all([connect(env), today.connect(env)]);

type Setting = readonly [name: string, open: (atEnd: AtEnd) => Promise<readonly McpClient[]>];

const settings: readonly Setting[] = [
  [
    'in one process',
    async () => {
      const client = await today.connect(home.env());
      return [client, client];
    },
  ],
  ['in two processes of one user', () => inTwoProcesses(home.env())],
  ['in two processes of one user without a home', () => inTwoProcesses(home.sandbox.env)],
  ...(hasRedis
    ? [
        [
          'on two replicas',
          async (atEnd: AtEnd) => {
            const { urls } = await cluster.start({ atEnd });
            return Promise.all(urls.map(url => overHttp.connect(url)));
          },
        ] as const,
      ]
    : []),
];

const RUNS = 3;

describe.each(settings)('%s', (_, open) => {
  const callers = share(async atEnd => {
    const clients = await open(atEnd);
    atEnd(async () => void (await Promise.all([...new Set(clients)].map(client => client.close()))));
    return clients.map(callOf) as [Call, Call];
  });
  const sent = async (operation: string) => (await home.sandbox.verdicts(operation)).length;

  it('provision_environment creates each resource once', async () => {
    const [one, two] = await callers();
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
    const [one, two] = await callers();
    for (let run = 0; run < RUNS; run++) {
      await home.sandbox.reset();
      const args = { app: 'shop', from: 'dev', to: 'qa' };
      const answers = await Promise.all([one, two].map(call => call('clone_environment', args)));
      expect(answers).toMatchObject([{ verdict: 'complete' }, { verdict: 'complete' }]);
      expect(await sent('CloneBackend')).toBe(1);
    }
  });

  it('decommission_environment sends one deletion', async () => {
    const [one, two] = await callers();
    const args = { app: 'shop', environment: 'prod' };
    const asked = await Promise.all([one, two].map(call => call('decommission_environment', args)));
    const answers = await Promise.all(
      [one, two].map((call, index) =>
        call('decommission_environment', { ...args, confirmationToken: asked[index]?.confirmationToken }),
      ),
    );
    expect(answers, JSON.stringify(answers)).toMatchObject([{ verdict: 'gone' }, { verdict: 'gone' }]);
    expect(await sent('DeleteBackend')).toBe(1);
  });
});

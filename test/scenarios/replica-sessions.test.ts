/**
 * Sessions of the 2025 era on two replicas behind a proxy that alternates between them, with the clients of
 * both SDKs: a session works on either replica, and outlives its replica.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpGenerations, type Person } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { hasRedis } from '../support/redis.ts';
import { setReplicas } from '../support/replicas.ts';
import { share } from '../support/share.ts';
import { appId, on } from './cases/case.ts';

const home = setHome({ jobMs: 4_000 });
const cluster = setReplicas(home);

const clone = on('dev', { targetEnvironmentName: 'qa' });
const withSessions = httpGenerations.filter(({ protocol }) => protocol.startsWith('2025'));

describe.runIf(hasRedis).each(withSessions)('$name (where redis-server is installed)', ({ connect }) => {
  async function open(person?: Person, start = () => cluster.start()) {
    const replicas = await start();
    const client = await connect(replicas.proxy.url, person);
    onTestFinished(() => client.close().catch(() => undefined));
    return { ...replicas, client };
  }

  describe('while both serve', () => {
    // The tests below hand sessions over from a child process.
    const both = share(atEnd => cluster.start({ where: ['in memory', 'in memory'], atEnd }));

    it('is served by either replica', async () => {
      const { client, proxy } = await open(undefined, both);
      for (let asked = 0; asked < 4; asked += 1)
        expect((await client.callTool('get_backend', { appId })).isError ?? false).toBe(false);
      expect(new Set(proxy.served).size).toBe(2);
    });

    it('asks a person through one replica, and gets the answer through the other', async () => {
      const { client } = await open(() => ({ action: 'accept', content: { name: 'dev' } }), both);
      const result = await client.callTool('delete_backend', on('dev'));
      expect(result.structuredContent.job).toMatchObject({ operation: 'DeleteBackend' });
      expect(await home.sandbox.verdicts('DeleteBackend')).toEqual(['ok']);
    });
  });

  it('continues when its replica is killed: calls, subscriptions, missed messages', async () => {
    const { client, proxy, kill } = await open();
    const { structuredContent } = await client.callTool('clone_backend', clone);
    const { uri } = structuredContent.job as { uri: string };
    const watch = await client.subscribe(uri);
    const [owner = 0] = proxy.served;
    await kill(owner);
    expect((await client.callTool('get_backend', { appId })).isError ?? false).toBe(false);
    const stateOf = async () =>
      (JSON.parse((await client.readResource(uri)).contents[0]?.text ?? '') as { state: string }).state;
    for (;;) {
      await watch.next();
      if ((await stateOf()) === 'succeeded') break;
    }
    expect(await home.sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('is handed over when its replica shuts down', async () => {
    const { client, proxy, children } = await open();
    const [owner = 0] = proxy.served;
    children[owner]?.kill('SIGTERM');
    expect((await children[owner]?.ended)?.code).toBe(0);
    expect((await client.callTool('get_backend', { appId })).isError ?? false).toBe(false);
  });

  it('says at once that a call was lost with its replica, and starts nothing twice', async () => {
    const { client, proxy, kill } = await open();
    const [owner = 0] = proxy.served;
    const call = client.callTool('clone_environment', { app: 'shop', from: 'dev', to: 'qa' });
    const failed = expect(call).rejects.toThrow(/send the same call again/);
    await home.sandbox.arrival('CloneBackend');
    await kill(owner);
    await failed;
    const again = await client.callTool('clone_environment', { app: 'shop', from: 'dev', to: 'qa' });
    expect(again.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(await home.sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });
});

/**
 * Two callers of one server change the same API at the same moment, and the first request is lost before AWS:
 * the first caller is never told that it was done. In one process, and on two replicas.
 */
import { describe, expect, it } from 'vitest';
import { sandboxRoles } from '../../src/sandbox/index.ts';
import { settingValues } from '../../src/sandbox/settings.ts';
import type { Json } from '../support/child.ts';
import { httpGenerations, textOf } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { hostInProcess } from '../support/in-process.ts';
import { startIssuer } from '../support/issuer.ts';
import { hasRedis } from '../support/redis.ts';
import { type ReplicaOptions, setReplicas } from '../support/replicas.ts';
import { on } from './cases/case.ts';

const resource = 'https://mcp.example/mcp';
const home = setHome({ jobMs: 60_000 });
const cluster = setReplicas(home);
const [{ connect }] = httpGenerations as [(typeof httpGenerations)[number]];

const targets = { shop: { roleArn: sandboxRoles.admin.arn, region: 'us-east-1' } };
const callers = { shoppers: { when: { tenant: 'acme' }, target: 'shop' } };

/** The servers of ann and ben: one process for both, or a replica for each. */
type Place = readonly [
  name: string,
  open: (flags: string[], where?: ReplicaOptions['where']) => Promise<readonly string[]>,
];

const places: readonly Place[] = [
  [
    'one process',
    async flags => {
      const { url } = await hostInProcess(home.env(), flags);
      return [url, url];
    },
  ],
  ...(hasRedis
    ? [['two replicas', async (flags, where) => (await cluster.start({ flags, where })).urls] satisfies Place]
    : []),
];

describe.each(places)('callers of %s', (_, open) => {
  async function enter(where?: ReplicaOptions['where']) {
    const issuer = await startIssuer();
    const sign = await issuer.addKey('one');
    const flags = [
      // Each update deletes the other's tables. Confirmations are not the subject here.
      ...['--confirm', 'never'],
      ...['--issuer', issuer.issuer, '--public-url', resource],
      ...['--targets', JSON.stringify(targets), '--callers', JSON.stringify(callers)],
    ];
    const urls = await open(flags, where);
    const clients = ['ann', 'ben'].map(async (sub, index) => {
      const claims = { iss: issuer.issuer, aud: resource, sub, tenant: 'acme' };
      const scope = 'amplify:read amplify:write amplify:destroy';
      const token = await sign({ ...claims, scope, exp: Math.floor(Date.now() / 1000) + 600 });
      return connect(String(urls[index]), undefined, token);
    });
    const [ann, ben] = await Promise.all(clients);
    if (!ann || !ben) throw new Error('there are two callers');
    return { ann, ben };
  }

  const update = (transformSchema: string) => ({
    ...on('dev', { resourceName: 'shopapi' }),
    resourceConfig: { transformSchema },
  });

  it.each(settingValues.showsChanges)(
    'each get the result of their own write, with changes shown %s',
    async shown => {
      // The test below uses replicas in child processes.
      const { ann, ben } = await enter(['in memory', 'in memory']);
      await fetch(`${home.sandbox.url}/_sandbox/settings`, {
        method: 'PUT',
        body: JSON.stringify({ showsChanges: shown }),
      });
      await home.sandbox.order('UpdateBackendAPI', 'timeout-before');
      const lost = ann.callTool('update_backend_api', update('type Anns @model { id: ID! }'));
      await home.sandbox.arrival('UpdateBackendAPI');
      const done = await ben.callTool('update_backend_api', update('type Bens @model { id: ID! }'));
      const { jobId } = done.structuredContent.job as Json;
      const result = await lost;
      expect(result.structuredContent.error).toMatchObject({ code: 'outcome_unknown', retryable: false });
      expect(textOf(result)).toContain(`${jobId} (UpdateBackendAPI)`);
      expect(await home.sandbox.verdicts('UpdateBackendAPI')).toEqual(['fault:timeout-before', 'ok']);
      await Promise.all([ann.close(), ben.close()]);
    },
  );

  it('each get their own job, if only jobs are visible', async () => {
    const { ann, ben } = await enter();
    const models = on('dev', { resourceName: 'shopapi' });
    await home.sandbox.order('GenerateBackendAPIModels', 'timeout-before');
    const lost = ann.callTool('generate_backend_api_models', models);
    await home.sandbox.arrival('GenerateBackendAPIModels');
    const done = await ben.callTool('generate_backend_api_models', models);
    const { jobId } = done.structuredContent.job as Json;
    const result = await lost;
    expect(result.structuredContent.error).toMatchObject({ code: 'outcome_unknown' });
    expect(textOf(result)).toContain('another call started the same meanwhile');
    expect(textOf(result)).toContain(String(jobId));
    expect(await home.sandbox.verdicts('GenerateBackendAPIModels')).toEqual(['fault:timeout-before', 'ok']);
    await Promise.all([ann.close(), ben.close()]);
  });
});

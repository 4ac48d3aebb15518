/**
 * Callers with tokens on two replicas with one Redis: a job is polled under the identity of a caller who
 * follows it, on any replica; limits count together; and callers stay separate.
 */
import { describe, expect, it } from 'vitest';
import { sandboxRoles } from '../../src/sandbox/index.ts';
import { setHome } from '../support/home.ts';
import { startIssuer } from '../support/issuer.ts';
import { overHttp } from '../support/message-client.ts';
import { hasRedis } from '../support/redis.ts';
import { type ReplicaOptions, setReplicas } from '../support/replicas.ts';
import { on } from './cases/case.ts';

const resource = 'https://mcp.example/mcp';
const home = setHome({ jobMs: 3_000 });
const cluster = setReplicas(home);

const targets = {
  shop: { roleArn: sandboxRoles.admin.arn, region: 'us-east-1' },
  other: { roleArn: sandboxRoles.otherAdmin.arn, region: 'us-east-1' },
};
const callers = {
  shoppers: { when: { tenant: 'acme' }, target: 'shop' },
  others: { when: { tenant: 'umbrella' }, target: 'other' },
};

/** Two replicas that trust one issuer, and tokens for them. */
async function setUp(more: readonly string[] = [], where?: ReplicaOptions['where']) {
  const issuer = await startIssuer();
  const sign = await issuer.addKey('one');
  const flags = [
    ...['--issuer', issuer.issuer, '--public-url', resource],
    ...['--targets', JSON.stringify(targets), '--callers', JSON.stringify(callers), ...more],
  ];
  const { urls } = await cluster.start({ flags, where });
  const tokenOf = (sub: string, tenant: string) =>
    sign({
      ...{ iss: issuer.issuer, aud: resource, sub, tenant, scope: 'amplify:read amplify:write' },
      exp: Math.floor(Date.now() / 1000) + 600,
    });
  return { urls: urls as [string, string], tokenOf };
}

describe.runIf(hasRedis)('callers of two replicas (where redis-server is installed)', () => {
  it('follow only their own jobs, on either replica', async () => {
    const { urls, tokenOf } = await setUp();
    const [ann, ben] = [await tokenOf('ann', 'acme'), await tokenOf('ben', 'umbrella')];
    const of = (replica: 0 | 1, token: string) => overHttp(urls[replica], token);
    const call = { name: 'clone_backend', arguments: on('dev', { targetEnvironmentName: 'qa' }) };
    const { taskId } = (await of(0, ann).ask('tools/call', call)).result;
    for await (const { params } of of(1, ann).listen({ taskIds: [String(taskId)] }))
      if ((params as { status?: string }).status === 'completed') break;
    const list = async (replica: 0 | 1, token: string) => {
      const { resources } = (await of(replica, token).ask('resources/list', {})).result;
      return (resources as { uri: string }[]).filter(({ uri }) => uri.includes('/jobs/'));
    };
    expect(await list(1, ann)).toHaveLength(1);
    for (const replica of [0, 1] as const) {
      expect(await list(replica, ben)).toEqual([]);
      const { error } = await of(replica, ben).ask('tasks/get', { taskId: String(taskId) });
      expect(error).toMatchObject({ code: -32602 });
    }
    const polls = (await home.sandbox.requests()).filter(({ operation }) => operation === 'GetBackendJob');
    expect(polls.length).toBeGreaterThan(0);
    expect(polls.map(({ verdict }) => verdict)).toEqual(polls.map(() => 'ok'));
  });

  it('have one limit for all replicas together', async () => {
    const limited = ['--caller-requests-per-minute', '4'];
    const { urls, tokenOf } = await setUp(limited, ['in memory', 'in memory']);
    const token = await tokenOf('ann', 'acme');
    // A forwarded request is already counted, and no caller can claim that theirs is one.
    const spoofed = { 'x-amplify-backend-mcp-forwarded': '1' };
    const statuses: number[] = [];
    for (const url of [...urls, ...urls, ...urls])
      statuses.push(
        (await fetch(url, { method: 'POST', headers: { ...spoofed, authorization: `Bearer ${token}` } }))
          .status,
      );
    expect(statuses.map(status => status === 429)).toEqual([false, false, false, false, true, true]);
  });
});

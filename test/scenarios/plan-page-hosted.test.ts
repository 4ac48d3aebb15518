/** The plan's page over HTTP: lists by client, one caller's approvals alone, and approvals on any replica. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Json } from '../support/child.ts';
import { httpGenerations, type McpClient, type ToolResult, withPages } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { hostInProcess } from '../support/in-process.ts';
import { overHttp } from '../support/message-client.ts';
import { hasRedis } from '../support/redis.ts';
import { setReplicas } from '../support/replicas.ts';
import { startTokenServer } from '../support/token-server.ts';
import { on } from './cases/case.ts';

const home = setHome({ jobMs: 4_000 });
const cluster = setReplicas(home);
const dev = on('dev');

/** The arguments of the button that approves a question. */
function buttonOf({ _meta }: ToolResult): Json {
  const question = { ...(_meta?.['amplify-backend-mcp/approval'] as Json | undefined) };
  const { tool, arguments: args, approval, type } = question;
  return { tool, arguments: args, approval, decision: 'approve', name: type };
}

const deleted = () => home.sandbox.verdicts('DeleteBackend');
const namesOf = async (client: McpClient) => (await client.listTools()).map(({ name }) => name);
const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error;

describe.each(httpGenerations)('$name', ({ connect }) => {
  it("lists the pages' tools only for clients that show pages, and accepts one answer from its own caller", async () => {
    const { url, tokenOf } = await startTokenServer(home.env(), {
      shoppers: { when: { groups: 'shop' }, target: 'shop' },
    });
    const open = async (sub: string, pages: boolean) => {
      const client = await connect(url, undefined, await tokenOf({ sub, groups: ['shop'] }), pages);
      onTestFinished(() => client.close());
      return client;
    };
    const [ann, plain, ben] = [await open('ann', true), await open('ann', false), await open('ben', true)];
    const lists = [await namesOf(ann), await namesOf(plain), await namesOf(ben)];
    expect(lists.map(names => names.includes('approve_plan'))).toEqual([true, false, true]);
    const { contents } = await ann.readResource('ui://amplify-backend/board');
    expect(contents[0]?.text).toContain('data-view="board"');

    const button = buttonOf(await ann.callTool('delete_backend', dev));
    expect(errorOf(await ben.callTool('approve_plan', button))).toMatchObject({
      code: 'confirmation_invalid',
    });
    await expect(plain.callTool('approve_plan', button)).rejects.toThrow(/Unknown tool/);
    expect(await deleted()).toEqual([]);
    expect((await ann.callTool('approve_plan', button)).structuredContent.job).toBeDefined();
    expect(await deleted()).toEqual(['ok']);
  });

  it("refuses on the page what the token's rights do not allow", async () => {
    const { url, tokenOf } = await startTokenServer(home.env(), {
      shoppers: { when: { groups: 'shop' }, target: 'shop' },
    });
    const open = async (scope: string) => {
      const client = await connect(
        url,
        undefined,
        await tokenOf({ sub: 'ann', groups: ['shop'], scope }),
        true,
      );
      onTestFinished(() => client.close());
      return client;
    };
    const button = buttonOf(
      await (await open('amplify:read amplify:destroy')).callTool('delete_backend', dev),
    );
    const reader = await open('amplify:read');
    expect(await namesOf(reader)).not.toContain('approve_plan');
    expect(errorOf(await reader.callTool('approve_plan', button))).toMatchObject({ code: 'policy_denied' });
    expect(await deleted()).toEqual([]);
  });
});

it('a workflow that asks before it would become a task is approved on the page, which gets a result and no task', async () => {
  const { url } = await hostInProcess(home.env());
  const extensions = { 'io.modelcontextprotocol/tasks': {}, ...withPages.extensions };
  const _meta = { 'io.modelcontextprotocol/clientCapabilities': { extensions } };
  const { ask } = overHttp(url);
  const call = async (name: string, args: Json) =>
    (await ask('tools/call', { name, arguments: args, _meta })).result;
  const args = { app: 'shop', environment: 'dev', timeoutSeconds: 1 };
  const asked = await call('decommission_environment', args);
  expect(asked).toMatchObject({
    resultType: 'complete',
    structuredContent: { error: { code: 'confirmation_required' } },
  });
  const button = buttonOf(asked as unknown as ToolResult);
  expect(JSON.stringify([asked.content, asked.structuredContent])).not.toContain(button.approval);
  const done = await call('approve_plan', button);
  expect(done).toMatchObject({
    resultType: 'complete',
    structuredContent: { job: { operation: 'DeleteBackend', state: 'running' } },
  });
  home.sandbox.finishJobs();
  const again = await call('decommission_environment', args);
  expect(again).toMatchObject({ structuredContent: { verdict: 'gone' } });
  expect(await deleted()).toEqual(['ok']);
});

describe.runIf(hasRedis).each(httpGenerations)('$name (where redis-server is installed)', ({ connect }) => {
  it('asks through one replica, approves through the other once, and outlives its replica', async () => {
    const { urls, proxy, kill } = await cluster.start();
    const client = await connect(proxy.url, undefined, undefined, true);
    onTestFinished(() => client.close().catch(() => undefined));
    const button = buttonOf(await client.callTool('delete_backend', dev));
    const others = await Promise.all(urls.map(url => connect(url, undefined, undefined, true)));
    onTestFinished(async () => {
      for (const other of others) await other.close().catch(() => undefined);
    });
    const answers: ToolResult[] = [];
    for (const other of others) answers.push(await other.callTool('approve_plan', button));
    expect(answers.filter(({ structuredContent }) => structuredContent.job !== undefined)).toHaveLength(1);
    expect(await deleted()).toEqual(['ok']);
    const { decision: _, name: __, ...question } = button;
    for (const other of others) {
      const kept = await other.callTool('approve_plan', { ...question, decision: 'keep' });
      expect(errorOf(kept)).toMatchObject({ code: 'confirmation_used' });
      expect((await other.callTool('read_approval', question)).structuredContent.state).toBe('approved');
    }
    await kill(0);
    expect(await namesOf(client)).toContain('approve_plan');
  });
});

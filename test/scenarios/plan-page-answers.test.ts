/** Questions on the plan's page: declined without AWS, answered before, and asked about by a page that is shown again. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type ToolResult, textOf, today, withPages } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { hostInProcess } from '../support/in-process.ts';
import { overHttp } from '../support/message-client.ts';
import { shareClients } from '../support/scene.ts';
import { storageOf } from '../support/storage-meta.ts';
import { appId, on } from './cases/case.ts';

const dev = on('dev');
const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;

/** What the page sends to ask how a question stands, and the name that approves it. */
function questionOf({ _meta }: ToolResult) {
  const found = { ...(_meta?.['amplify-backend-mcp/approval'] as Json | undefined) };
  const { tool, arguments: args, approval, type } = found;
  return { question: { tool, arguments: args, approval }, name: String(type) };
}

describe.each(generations)('$name', ({ connect }) => {
  const scene = setHome({});
  const share = shareClients((env, flags, person) => connect(env, flags, person, true));
  const ask = async (tool = 'delete_backend', args: Json = dev) => {
    const host = await share(scene.sandbox.env);
    const { question, name } = questionOf(await host.callTool(tool, args));
    return {
      approve: (typed = name) =>
        host.callTool('approve_plan', { ...question, decision: 'approve', name: typed }),
      keep: () => host.callTool('approve_plan', { ...question, decision: 'keep' }),
      read: async () => (await host.callTool('read_approval', question)).structuredContent,
      question,
      host,
    };
  };
  const deleted = async () => (await scene.sandbox.verdicts('DeleteBackend')).length;
  const sent = async () => (await scene.sandbox.requests()).length;

  it('can be declined while AWS fails, without a request to AWS', async () => {
    const { keep, approve, read } = await ask();
    await scene.sandbox.order('*', 'server-error', { times: 1_000 });
    const before = await sent();
    expect(errorOf(await keep())).toMatchObject({ code: 'confirmation_declined' });
    expect(await sent()).toBe(before);
    await scene.sandbox.reset();
    expect(errorOf(await approve())).toMatchObject({
      code: 'confirmation_used',
      message: expect.stringContaining('already decided against this'),
    });
    expect(await read()).toMatchObject({ state: 'kept' });
    expect(await deleted()).toBe(0);
  });

  it('stays declined even if the plan changes and changes back', async () => {
    const bucket = (name: string) => ({ environment: 'st', meta: storageOf(name) });
    await scene.sandbox.load(bucket('one'));
    const { keep, approve } = await ask('delete_backend', on('st'));
    await scene.sandbox.load(bucket('two'));
    expect(errorOf(await keep())).toMatchObject({ code: 'confirmation_declined' });
    await scene.sandbox.load(bucket('one'));
    expect(errorOf(await approve())).toMatchObject({ code: 'confirmation_used' });
    expect(await deleted()).toBe(0);
  });

  it('is reported as approved, not as kept, once it was approved', async () => {
    const { keep, approve, read } = await ask();
    expect((await approve()).structuredContent.job).toBeDefined();
    for (const again of [await keep(), await approve()]) {
      expect(errorOf(again)).toMatchObject({ code: 'confirmation_used' });
      expect(textOf(again)).toMatch(/^A person has already approved this: the call was made/);
    }
    expect(await read()).toMatchObject({ state: 'approved' });
    expect(await deleted()).toBe(1);
  });

  it('counts one of two simultaneous answers, and tells the other so', async () => {
    const { keep, approve, read } = await ask();
    const [approved, kept] = await Promise.all([approve(), keep()]);
    const isSent = approved.structuredContent.job !== undefined;
    expect(errorOf(isSent ? kept : approved)).toMatchObject({ code: 'confirmation_used' });
    expect(await read()).toMatchObject({ state: isSent ? 'approved' : 'kept' });
    expect(await deleted()).toBe(isSent ? 1 : 0);
  });

  it('tells how long it can be answered, without a request to AWS', async () => {
    const { read, approve, question, host } = await ask();
    const before = await sent();
    const { state, leftMs } = await read();
    expect(state).toBe('open');
    expect(leftMs).toBeGreaterThan(8 * 60_000);
    expect(leftMs).toBeLessThanOrEqual(10 * 60_000);
    for (const other of [{ arguments: on('prod') }, { tool: 'delete_backend_api' }, { approval: 'forged' }])
      expect(errorOf(await host.callTool('read_approval', { ...question, ...other }))).toMatchObject({
        code: 'confirmation_invalid',
      });
    expect(await sent()).toBe(before);
    expect(errorOf(await approve('prod'))).toMatchObject({ code: 'confirmation_mismatch' });
    expect(await read()).toMatchObject({ state: 'open' });
  });
});

describe('what a person asks for on a page of their own, under confirm: never', () => {
  const home = setHome({});
  const open = async (...flags: string[]) => {
    const { url } = await hostInProcess(home.env(), ['--confirm', 'never', ...flags]);
    const { ask } = overHttp(url);
    return async (name: string, args: Json, meta: Json = { 'amplify-backend-mcp/asks': true }) =>
      (
        await ask('tools/call', {
          ...{ name, arguments: args },
          _meta: { ...meta, 'io.modelcontextprotocol/clientCapabilities': withPages },
        })
      ).result as unknown as ToolResult;
  };
  const deleted = () => home.sandbox.verdicts('DeleteBackend');

  it('is deleted after its plan was shown and its name was typed', async () => {
    const call = await open();
    const args = { app: appId, environment: 'dev', timeoutSeconds: 1 };
    const asked = await call('decommission_environment', args);
    expect(errorOf(asked)).toMatchObject({ code: 'confirmation_required' });
    expect(asked.structuredContent.plan).toMatchObject({
      confirmation: { type: 'dev', goes: { dev: expect.any(Array) } },
    });
    const { question, name } = questionOf(asked);
    expect(await deleted()).toEqual([]);
    const button = { ...question, decision: 'approve' };
    expect(errorOf(await call('approve_plan', { ...button, name: 'prod' }))).toMatchObject({
      code: 'confirmation_mismatch',
    });
    expect((await call('approve_plan', { ...button, name })).structuredContent.job).toBeDefined();
    expect(await deleted()).toEqual(['ok']);
  });

  it('is sent at once if an agent calls the tool', async () => {
    const call = await open();
    expect((await call('delete_backend', dev, {})).structuredContent.job).toBeDefined();
    expect(await deleted()).toEqual(['ok']);
  });

  it.each(['form', 'token'])(
    'is not sent if no page may confirm it, under confirmBy: %s',
    async confirmBy => {
      const call = await open('--confirm-by', confirmBy);
      const asked = await call('delete_backend', dev);
      expect(errorOf(asked).code).toMatch(/^confirmation_(unavailable|required)$/);
      expect(asked._meta?.['amplify-backend-mcp/approval']).toBeUndefined();
      expect(await deleted()).toEqual([]);
    },
  );

  it('is sent at once for a client that shows no pages', async () => {
    const host = await today.connect(home.sandbox.env, ['--confirm', 'never']);
    expect((await host.callTool('delete_backend', dev)).structuredContent.job).toBeDefined();
    await host.close();
  });
});

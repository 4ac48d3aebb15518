/**
 * The plan's page as the confirmation, with clients that show pages and have no forms: the approval stands where the
 * model does not see it, and holds for one call, once.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type Person, textOf, today } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { approvalOf, approve, errorOf, seenByModel } from '../support/plan-approvals.ts';
import { shareClients } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const dev = on('dev');

describe.each(generations)('$name', ({ connect }) => {
  const scene = setHome({});
  /** The newest client starts the built command as a child only without flags and forms, and otherwise uses this process. */
  const connectOtherwise = connect === generations[0].connect ? today.connect : connect;
  const share = shareClients((env, flags = [], person) =>
    (flags.length === 0 && !person ? connect : connectOtherwise)(env, flags, person, true),
  );
  const shareWithout = shareClients(connectOtherwise);
  const open = (flags: readonly string[] = [], person?: Person) => share(scene.sandbox.env, flags, person);
  const deleted = async () => (await scene.sandbox.verdicts('DeleteBackend')).length;

  it.each([[], ['--confirm-by', 'person']])('approves a deletion on the page under %j', async (...flags) => {
    const host = await open(flags);
    const asked = await host.callTool('delete_backend', dev);
    const question = approvalOf(asked);
    expect(asked.isError).toBeFalsy();
    expect(errorOf(asked)).toMatchObject({ code: 'confirmation_required' });
    expect(asked.structuredContent.plan).toMatchObject({ confirmation: { type: 'dev' } });
    expect(textOf(asked)).toMatch(
      /^Nothing was sent to AWS yet[\s\S]*on the page[\s\S]*You cannot approve it[\s\S]*confirmBy/,
    );
    expect(question).toMatchObject({ tool: 'delete_backend', arguments: dev, type: 'dev' });
    const left = Date.parse(String(question.expiresAt)) - Date.now();
    expect(left).toBeGreaterThan(8 * 60_000);
    expect(left).toBeLessThanOrEqual(10 * 60_000);
    expect(seenByModel(asked)).not.toContain(question.approval);
    expect(seenByModel(asked)).not.toContain('"confirmationToken"');

    expect(errorOf(await host.callTool('approve_plan', approve(question, { name: 'prod' })))).toMatchObject({
      code: 'confirmation_mismatch',
    });
    expect(await deleted()).toBe(0);
    const done = await host.callTool('approve_plan', approve(question));
    expect(done.structuredContent.job).toMatchObject({ operation: 'DeleteBackend' });
    expect(await deleted()).toBe(1);
    await scene.sandbox.reset();
    expect(errorOf(await host.callTool('approve_plan', approve(question)))).toMatchObject({
      code: 'confirmation_used',
    });
    expect(await deleted()).toBe(0);
  });

  it('accepts no approval as a token, and no token as an approval', async () => {
    const host = await open();
    const question = approvalOf(await host.callTool('delete_backend', dev));
    const confirmationToken = question.approval;
    expect(errorOf(await host.callTool('delete_backend', { ...dev, confirmationToken }))).toMatchObject({
      code: 'confirmation_invalid',
    });
    const plain = await shareWithout(scene.sandbox.env, []);
    expect(errorOf(await plain.callTool('delete_backend', { ...dev, confirmationToken }))).toMatchObject({
      code: 'confirmation_invalid',
    });
    const asked = await plain.callTool('delete_backend', dev);
    const { confirmationToken: token } = asked.structuredContent as { confirmationToken: string };
    expect(token).toMatch(/^[\w-]{40,80}$/);
    const other = await host.callTool('approve_plan', approve(question, { approval: token }));
    expect(errorOf(other)).toMatchObject({ code: 'confirmation_invalid' });
    expect(await deleted()).toBe(0);
  });

  it('sends nothing if the person declines, and accepts no approval afterwards', async () => {
    const host = await open();
    const question = approvalOf(await host.callTool('delete_backend', dev));
    const kept = await host.callTool(
      'approve_plan',
      approve(question, { decision: 'keep', name: undefined }),
    );
    expect(errorOf(kept)).toMatchObject({ code: 'confirmation_declined' });
    expect(errorOf(await host.callTool('approve_plan', approve(question)))).toMatchObject({
      code: 'confirmation_used',
    });
    expect(await deleted()).toBe(0);
  });

  it('approves only the call whose plan was shown', async () => {
    const host = await open();
    const question = approvalOf(await host.callTool('delete_backend', dev));
    for (const more of [
      { arguments: on('prod'), name: 'prod' },
      { tool: 'decommission_environment', arguments: { app: appId, environment: 'dev' } },
      { approval: 'forged' },
    ])
      expect(errorOf(await host.callTool('approve_plan', approve(question, more)))).toMatchObject({
        code: 'confirmation_invalid',
      });
    const withToken = { arguments: { ...dev, confirmationToken: 'x' } };
    expect(errorOf(await host.callTool('approve_plan', approve(question, withToken)))).toMatchObject({
      code: 'invalid_arguments',
    });
    const unknown = host.callTool('approve_plan', approve(question, { tool: 'no_such_tool' }));
    await expect(unknown).rejects.toThrow(/Unknown tool/);
    expect(await deleted()).toBe(0);
  });

  it.each<[string, string, Json, string]>([
    ['a forged one', 'whoami', {}, 'forged'],
    ['one of another call', 'whoami', {}, ''],
    ['one of another call', 'list_apps', {}, ''],
    ['one of another call', 'get_backend', { appId }, ''],
    ['one of another call', 'delete_backend', { ...dev, dryRun: true }, ''],
    ['one of another call', 'clone_environment', { app: appId, from: 'dev', to: 'qa', dryRun: true }, ''],
    ['one of another call', 'read_board', {}, ''],
  ])('runs nothing for %s: %s %j', async (_, tool, args, forged) => {
    // Only these cases use these flags, so that their server follows no job of another test.
    const host = await open(['--confirm', 'destructive']);
    const question = approvalOf(await host.callTool('delete_backend', dev));
    const sent = async () => (await scene.sandbox.requests()).length;
    const before = await sent();
    for (const decision of ['approve', 'keep']) {
      const more = { tool, arguments: args, decision, ...(forged !== '' && { approval: forged }) };
      const answered = host.callTool('approve_plan', approve(question, more));
      if (tool === 'read_board') await expect(answered).rejects.toThrow(/Unknown tool/);
      else expect(errorOf(await answered)).toMatchObject({ code: 'confirmation_invalid' });
    }
    expect(await sent()).toBe(before);
  });

  it('reads the plan again, and asks again if it differs from the approved one', async () => {
    const host = await open();
    const storage = { ...dev, resourceName: 'shopmedia', serviceName: 'S3' };
    const question = approvalOf(await host.callTool('delete_backend', dev));
    const other = approvalOf(await host.callTool('delete_backend_storage', storage));
    expect((await host.callTool('approve_plan', approve(other))).structuredContent.job).toBeDefined();
    scene.sandbox.finishJobs();
    const asked = await host.callTool('approve_plan', approve(question));
    expect(asked.isError).toBeFalsy();
    expect(textOf(asked)).toMatch(
      /^What this would do has changed since the person approved it\. Nothing was sent/,
    );
    expect(JSON.stringify(asked.structuredContent.plan)).not.toContain('shopmedia');
    const again = approvalOf(asked);
    expect(again).toMatchObject({ ...question, approval: expect.any(String), expiresAt: expect.any(String) });
    expect(again.approval).not.toBe(question.approval);
    expect(seenByModel(asked)).not.toContain(again.approval);
    expect(await deleted()).toBe(0);
    for (const decision of ['approve', 'keep'])
      expect(errorOf(await host.callTool('approve_plan', approve(question, { decision })))).toMatchObject({
        code: 'confirmation_used',
        message: expect.stringContaining('a new question replaces this one'),
      });
    expect((await host.callTool('approve_plan', approve(again))).structuredContent.job).toBeDefined();
    expect(await deleted()).toBe(1);
  });

  it('says in whoami who confirms', async () => {
    const words = async (flags: readonly string[]) => textOf(await (await open(flags)).callTool('whoami'));
    expect(await words([])).toMatch(/on the page with the plan\. The agent gets no token/);
    expect(await words(['--confirm-by', 'person'])).toMatch(/confirmBy: person\)\. .* and by nothing else/);
    expect(await words(['--confirm-by', 'token'])).toMatch(/does not prove that a person agreed/);
  });

  it('asks in a form first, and on the page if the client answers forms by itself', async () => {
    const typed = await open([], () => ({ action: 'accept', content: { name: 'dev' } }));
    expect((await typed.callTool('delete_backend', dev)).structuredContent.job).toBeDefined();
    await scene.sandbox.reset();
    const byItself = await open([], () => ({ action: 'cancel' }));
    const asked = await byItself.callTool('delete_backend', dev);
    expect(textOf(asked)).toMatch(/^Your client answered the question with cancel by itself/);
    expect(seenByModel(asked)).not.toContain(approvalOf(asked).approval);
    expect(await deleted()).toBe(0);
  });

  it('shows no page under confirmBy: form and token', async () => {
    const form = await (await open(['--confirm-by', 'form'])).callTool('delete_backend', dev);
    expect(errorOf(form)).toMatchObject({ code: 'confirmation_unavailable' });
    const token = await (await open(['--confirm-by', 'token'])).callTool('delete_backend', dev);
    expect(token.structuredContent.confirmationToken).toBeDefined();
    for (const { _meta } of [form, token]) expect(_meta?.['amplify-backend-mcp/approval']).toBeUndefined();
  });

  it('lists the pages and their tools only for clients that show pages', async () => {
    const [plain, paged] = await Promise.all([shareWithout(scene.sandbox.env, []), open()]);
    const [without, withPages] = [await plain.listTools(), await paged.listTools()];
    expect(without.filter(tool => '_meta' in tool)).toEqual([]);
    const isForPages = ({ _meta }: Json) => (_meta as { ui: Json }).ui.visibility !== undefined;
    const added = withPages.filter(tool => '_meta' in tool && isForPages(tool));
    expect(added.map(({ name, _meta }) => [name, _meta])).toEqual([
      ['read_board', { ui: { visibility: ['app'] } }],
      ['read_approval', { ui: { visibility: ['app'] } }],
      ['approve_plan', { ui: { visibility: ['app'] } }],
    ]);
    const ofModel = withPages.filter(tool => !added.includes(tool));
    expect(ofModel.map(({ _meta: _, ...tool }) => tool)).toEqual(without);
    const pages = new Map(
      ofModel.flatMap(({ name, _meta }) =>
        _meta ? [[name, (_meta as { ui: Json }).ui.resourceUri] as const] : [],
      ),
    );
    expect(Object.fromEntries(pages)).toMatchObject({
      describe_environment: 'ui://amplify-backend/board',
      clone_environment: 'ui://amplify-backend/clone',
      delete_backend: 'ui://amplify-backend/plan',
      update_backend_api: 'ui://amplify-backend/plan',
      compare_environments: 'ui://amplify-backend/difference',
    });
    expect(pages.has('get_backend')).toBe(false);
    for (const tool of ['read_board', 'read_approval', 'approve_plan'])
      await expect(plain.callTool(tool)).rejects.toThrow(/Unknown tool/);
  });

  it('serves the pages to clients that show them, and nothing else under their URIs', async () => {
    const paged = await open();
    const { contents } = await paged.readResource('ui://amplify-backend/plan');
    expect(contents).toMatchObject([
      {
        uri: 'ui://amplify-backend/plan',
        mimeType: 'text/html;profile=mcp-app',
        text: expect.stringMatching(/^<!doctype html>[\s\S]*data-view="plan"/i),
        _meta: { ui: { csp: { connectDomains: [], resourceDomains: [] }, prefersBorder: true } },
      },
    ]);
    for (const uri of ['ui://amplify-backend/none', 'ui://other/plan', 'ui://amplify-backend/'])
      await expect(paged.readResource(uri)).rejects.toMatchObject({ code: -32602 });
    const plain = await shareWithout(scene.sandbox.env, []);
    await expect(plain.readResource('ui://amplify-backend/plan')).rejects.toMatchObject({ code: -32602 });
  });
});

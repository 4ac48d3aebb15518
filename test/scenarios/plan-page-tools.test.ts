/**
 * The plan's page as the confirmation of every tool that asks, and what the audit says of it; an approval counts for all
 * processes of one user.
 */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { auditLines, ownFolder } from '../support/audit.ts';
import type { Json } from '../support/child.ts';
import { today } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { approvalOf, approve, errorOf, seenByModel } from '../support/plan-approvals.ts';
import { shareClients } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const dev = on('dev');

describe('each tool that asks', () => {
  const scene = setHome({});
  const share = shareClients((env, flags, person) => today.connect(env, flags, person, true));

  it.each<[string, Json, Json?]>([
    ['decommission_environment', { app: 'shop', environment: 'dev', timeoutSeconds: 1 }],
    ['decommission_environment', { app: 'shop', environments: ['dev', 'partner'], timeoutSeconds: 1 }],
    ['delete_backend_api', on('dev', { resourceName: 'shopapi' })],
    ['clone_environment', { app: 'shop', from: 'dev', to: 'qa', timeoutSeconds: 1 }],
    ['create_backend', { appId, appName: 'shop', backendEnvironmentName: 'qa' }],
    ['remove_all_backends', { appId, cleanAmplifyApp: false }],
  ])('%s shows the model no approval: %j', async (tool, args) => {
    const host = await share(scene.sandbox.env, ['--confirm', 'writes']);
    const asked = await host.callTool(tool, args);
    const question = approvalOf(asked);
    expect(question).toMatchObject({ tool, arguments: args });
    expect(seenByModel(asked)).not.toContain(question.approval);
    expect(asked.structuredContent.plan).toBeDefined();
    const done = await host.callTool('approve_plan', approve(question));
    expect(done.structuredContent.error).toBeUndefined();
    expect(done.structuredContent.summary).not.toMatch(/^Nothing was sent/);
  });

  it('on the compact surface, run_operation asks on the page for what it runs', async () => {
    const host = await share(scene.sandbox.env, ['--surface', 'compact']);
    const listed = await host.listTools();
    expect(listed.find(({ name }) => name === 'run_operation')).toMatchObject({
      _meta: { ui: { resourceUri: 'ui://amplify-backend/plan' } },
    });
    expect(listed.slice(-3).map(({ name }) => name)).toEqual(['read_board', 'read_approval', 'approve_plan']);
    const asked = await host.callTool('run_operation', { tool: 'delete_backend', arguments: dev });
    const question = approvalOf(asked);
    expect(seenByModel(asked)).not.toContain(question.approval);
    const done = await host.callTool('approve_plan', approve(question));
    expect(done.structuredContent.job).toMatchObject({ operation: 'DeleteBackend' });
  });

  it('the audit says that the person approved the call on the page', async () => {
    const file = join(ownFolder(), 'audit.jsonl');
    const host = await today.connect(scene.sandbox.env, ['--audit-file', file], undefined, true);
    onTestFinished(() => host.close());
    await host.callTool('approve_plan', approve(approvalOf(await host.callTool('delete_backend', dev))));
    expect(auditLines(file)).toMatchObject([
      { phase: 'attempt', tool: 'delete_backend', decision: 'approved on the page by a typed name' },
      { phase: 'result', outcome: 'ok' },
    ]);
  });
});

describe('after all other clients have gone', () => {
  const home = setHome({});

  it("processes of one user take each other's approvals, once", async () => {
    const folder = ownFolder();
    const callOnce = async (tool: string, args: Json, env: Json = { HOME: folder }) => {
      const host = await today.connect(
        { ...home.sandbox.env, ...env } as Record<string, string>,
        [],
        undefined,
        true,
      );
      const result = await host.callTool(tool, args);
      await host.close();
      return result;
    };
    const button = approve(approvalOf(await callOnce('delete_backend', dev)));
    const strange = await callOnce('approve_plan', button, { HOME: ownFolder() });
    expect(errorOf(strange)).toMatchObject({ code: 'confirmation_invalid' });
    expect((await callOnce('approve_plan', button)).structuredContent.job).toBeDefined();
    await home.sandbox.reset();
    const kept = approve(approvalOf(await callOnce('delete_backend', dev)), { decision: 'keep' });
    await callOnce('approve_plan', kept);
    for (const used of [button, { ...button, approval: kept.approval }, kept])
      expect(errorOf(await callOnce('approve_plan', used))).toMatchObject({ code: 'confirmation_used' });
    expect(await home.sandbox.verdicts('DeleteBackend')).toEqual([]);
  });
});

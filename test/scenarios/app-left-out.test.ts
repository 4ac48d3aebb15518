/** Calls without `app`: they mean the only app, and ask for one if there are several. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { declaredTools } from '../../src/tools/index.ts';
import type { Json } from '../support/child.ts';
import { textOf, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { appId } from './cases/case.ts';

const { connect } = today;

/** Arguments, without `app`, of every tool that takes one. */
const calls: Readonly<Record<string, Json>> = {
  describe_environment: { environment: 'dev' },
  compare_environments: { left: 'dev', right: 'prod' },
  clone_environment: { from: 'dev', to: 'qa', dryRun: true },
  provision_environment: { environment: 'qa', auth: {}, dryRun: true },
  decommission_environment: { environment: 'dev', dryRun: true },
  export_environment: { environment: 'dev' },
  list_recent_jobs: {},
  assess_migration: { environment: 'dev' },
  verify_migration: { environment: 'dev', branch: 'gen2-main' },
  change_environment: {
    environment: 'dev',
    auth: { userPoolConfigs: { passwordPolicy: { minimumLength: 12 } } },
    dryRun: true,
  },
};

describe('app left out', () => {
  const scene = setScene(connect);
  const writes = async () =>
    (await scene.sandbox.requests()).filter(
      ({ operation }) => !/^(\w+:)?(Get|List|Describe)/.test(operation ?? ''),
    );

  it('is possible for every tool that takes app', async () => {
    const taking = declaredTools
      .filter(({ toolInput }) => 'app' in toolInput.shape)
      .map(tool => tool.toolName);
    expect(Object.keys(calls).sort()).toEqual(taking.sort());
    const listed = new Map((await scene.client.listTools()).map(tool => [tool.name, tool]));
    for (const name of taking) {
      const schema = listed.get(name)?.inputSchema as { required?: string[] } | undefined;
      expect(schema?.required ?? [], name).not.toContain('app');
    }
  });

  it.each(Object.entries(calls))('%s uses the only app, and says which one', async (tool, args) => {
    if (tool === 'verify_migration') await scene.sandbox.migrate({ state: 'deployed-adopted' });
    const result = await scene.client.callTool(tool, args);
    expect(result.isError).not.toBe(true);
    expect(textOf(result)).toContain(`app was left out: shop, ${appId}, is the only one here.`);
    expect(result.structuredContent.summary).toContain(appId);
  });

  it.each(Object.entries(calls))('%s asks which app is meant if there are two', async (tool, args) => {
    await scene.client.callTool('create_backend', {
      appId: 'd2zoo',
      appName: 'zoo',
      backendEnvironmentName: 'dev',
    });
    const before = await writes();
    const { isError, structuredContent } = await scene.client.callTool(tool, args);
    expect(isError).toBe(true);
    expect(structuredContent.error).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining(`there are 2 apps: shop (${appId}), zoo (d2zoo).`),
      hint: expect.stringContaining('Ask the person'),
    });
    expect(await writes()).toEqual(before);
  });

  it('uses the one app of two that the policy allows', async () => {
    await scene.client.callTool('create_backend', {
      appId: 'd2zoo',
      appName: 'zoo',
      backendEnvironmentName: 'dev',
    });
    const client = await connect(scene.sandbox.env, ['--apps', 'd2zoo']);
    onTestFinished(() => client.close());
    const { structuredContent } = await client.callTool('describe_environment', { environment: 'dev' });
    expect(structuredContent).toMatchObject({ appId: 'd2zoo', appName: 'zoo' });
  });

  it('confirms a deletion of the app that the plan names', async () => {
    const call = { environment: 'dev' };
    const asked = await scene.client.callTool('decommission_environment', call);
    const { plan, confirmationToken } = asked.structuredContent as { plan: Json; confirmationToken: string };
    expect(plan).toMatchObject({ request: { path: `/backend/${appId}/environments/dev/remove` } });
    const scenes = scene.client.callTool('decommission_environment', { ...call, confirmationToken });
    await scene.sandbox.arrival('DeleteBackend');
    scene.sandbox.finishJobs();
    expect((await scenes).structuredContent).toMatchObject({ appId, verdict: expect.any(String) });
  });
});

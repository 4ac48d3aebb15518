/** `decommission_environment` for several environments: one plan, one question, and a proof for each. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type ToolResult, textOf, today } from '../support/clients.ts';
import { setScene, shareClients } from '../support/scene.ts';
import { appId } from './cases/case.ts';

const two = { app: 'shop', environments: ['dev', 'partner', 'dev'] };
const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect, [], { jobMs: 4_000 });
  /** With the newest client, only the connection without flags and forms starts the built command as a child. */
  const open = shareClients(connect === generations[0].connect ? today.connect : connect);
  const call = (more: Json = {}) => scene.client.callTool('decommission_environment', { ...two, ...more });
  const deletions = () => scene.sandbox.verdicts('DeleteBackend');

  /** Lets the jobs end once the server has asked for both. */
  async function finish(answer: Promise<ToolResult>): Promise<ToolResult> {
    await expect.poll(deletions, { interval: 50 }).toEqual(['ok', 'ok']);
    await scene.sandbox.arrival('GetBackendJob');
    scene.sandbox.finishJobs();
    return answer;
  }

  it('shows one plan of all, asks once, deletes each and proves each', async () => {
    const asked = await call();
    expect(asked.isError).toBeFalsy();
    const { plan, confirmationToken } = asked.structuredContent as { plan: Json; confirmationToken: string };
    expect(plan).toMatchObject({
      app: { id: appId },
      requests: [{ operation: 'DeleteBackend' }, { operation: 'DeleteBackend' }],
      confirmation: { type: 'dev partner', goes: { dev: expect.any(Array), partner: expect.any(Array) } },
      remarks: expect.arrayContaining([expect.stringMatching(/^dev: The builds of branch develop/)]),
    });
    expect(textOf(asked)).toMatch(/Environment dev:[\s\S]*Environment partner:/);
    expect(textOf(asked).match(/What CloudFormation keeps/g)).toHaveLength(1);
    expect((await call({ dryRun: true })).structuredContent.plan).toMatchObject({
      confirmation: plan.confirmation,
    });
    expect(await deletions()).toEqual([]);

    const result = await finish(call({ confirmationToken }));
    expect(result.structuredContent).toMatchObject({
      verdict: 'gone',
      environments: [
        { environment: 'dev', verdict: 'gone', job: { state: 'succeeded' } },
        { environment: 'partner', verdict: 'gone', job: { state: 'succeeded' } },
      ],
    });
    expect(textOf(result)).toMatch(/dev is gone[\s\S]*partner is gone/);
    for (const once of [/^Checked: /gm, /^Not covered: /gm])
      expect(textOf(result).match(once)).toHaveLength(1);
    expect(await deletions()).toEqual(['ok', 'ok']);
    expect((await call()).structuredContent).toMatchObject({ verdict: 'gone' });
  });

  it('takes one confirmation for exactly these environments, once', async () => {
    const { confirmationToken } = (await call()).structuredContent;
    const others = [{ environments: ['dev', 'prod'] }, { environments: ['dev', 'partner', 'prod'] }];
    for (const more of others)
      expect(errorOf(await call({ ...more, confirmationToken }))).toMatchObject({
        code: 'confirmation_invalid',
      });
    const alone = { app: 'shop', environment: 'dev', confirmationToken };
    const ofOne = await scene.client.callTool('decommission_environment', alone);
    expect(errorOf(ofOne)).toMatchObject({ code: 'confirmation_invalid' });
    expect(await deletions()).toEqual([]);
  });

  it('asks a person with one form, in which all names are typed', async () => {
    const questions: string[] = [];
    const host = await open(scene.sandbox.env, [], question => {
      questions.push(question);
      return { action: 'accept', content: { name: 'dev partner' } };
    });
    const result = await finish(host.callTool('decommission_environment', two));
    expect(result.structuredContent).toMatchObject({ verdict: 'gone' });
    expect(questions).toHaveLength(1);
  });

  it('sends nothing if one of them is protected', async () => {
    const client = await open(scene.sandbox.env, ['--protected', 'partner']);
    const result = await client.callTool('decommission_environment', two);
    expect(errorOf(result)).toMatchObject({ code: 'policy_denied' });
    expect(await deletions()).toEqual([]);
  });

  it('proves each that is gone already, and requires either environment or environments', async () => {
    const asked = await call({ environments: ['dev', 'nobody'] });
    const planned = await call({ environments: ['dev', 'nobody'], dryRun: true });
    for (const result of [asked, planned])
      expect(textOf(result)).toMatch(
        /nobody does not exist, so nothing of it is deleted\. The app has dev, prod, partner/,
      );
    const { confirmationToken } = asked.structuredContent;
    const answer = call({ environments: ['dev', 'nobody'], confirmationToken });
    await scene.sandbox.arrival('GetBackendJob');
    scene.sandbox.finishJobs();
    expect((await answer).structuredContent.environments).toMatchObject([
      { environment: 'dev', verdict: 'gone' },
      { environment: 'nobody', verdict: 'gone', went: [] },
    ]);
    expect(errorOf(await call({ environment: 'dev' }))).toMatchObject({ code: 'invalid_arguments' });
    const none = await scene.client.callTool('decommission_environment', { app: 'shop' });
    expect(errorOf(none)).toMatchObject({ code: 'invalid_arguments' });
  });
});

/**
 * A person's confirmation before a deletion: with a form if the client has forms, else with a plan and a
 * token; every kind of refusal, and every call that a confirmation does not cover.
 */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type McpClient, type Person, textOf } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { shareClients } from '../support/scene.ts';

const READING_MS = 1_050;
const dev = { appId: 'd1sandboxshop', backendEnvironmentName: 'dev' };
const home = setHome({});

describe.each(generations)('$name', ({ connect, connectHere }) => {
  const share = shareClients(connect, connectHere);
  const open = (person?: Person, flags: readonly string[] = []) => share(home.sandbox.env, flags, person);
  const deleted = async () => (await home.sandbox.verdicts('DeleteBackend')).length;

  describe('with a client that shows forms', () => {
    it('shows what is deleted, and deletes when the name is typed', async () => {
      const questions: string[] = [];
      const host = await open(question => {
        questions.push(question);
        return { action: 'accept', content: { name: 'dev' } };
      });
      const result = await host.callTool('delete_backend', dev);
      expect(result.isError ?? false).toBe(false);
      expect(result.structuredContent.job).toMatchObject({ operation: 'DeleteBackend' });
      expect(await deleted()).toBe(1);
      expect(questions).toHaveLength(1);
      for (const part of ['dev', 'us-east-1', 'shopmedia101530-dev', 'us-east-1_ShopDev01', 'Product-'])
        expect(questions[0]).toContain(part);
    });

    it.each([
      ['a wrong name', { action: 'accept', content: { name: 'prod' } }, 'confirmation_mismatch'],
      ['a decline', { action: 'decline' }, 'confirmation_declined'],
      ['a cancel', { action: 'cancel' }, 'confirmation_cancelled'],
    ] as const)('reports %s with its own error, and deletes nothing', async (_, answer, code) => {
      const host = await open(async () => {
        // Nobody can read a plan in less time than this, so the server would take the refusal for a program's.
        await setTimeout(READING_MS);
        return answer;
      });
      const result = await host.callTool('delete_backend', dev);
      expect(result).toMatchObject({ isError: true, structuredContent: { error: { code } } });
      expect(await deleted()).toBe(0);
    });
  });

  describe('with a client without forms', () => {
    const planned = async (host: McpClient, args: Json = dev, tool = 'delete_backend') => {
      const result = await host.callTool(tool, args);
      expect(result).toMatchObject({
        isError: true,
        structuredContent: { error: { code: 'confirmation_required' }, plan: { region: 'us-east-1' } },
      });
      return { result, token: result.structuredContent.confirmationToken as string };
    };
    const refused = { isError: true, structuredContent: { error: { code: 'confirmation_invalid' } } };

    it('answers with the plan and a token, and a second call with the token deletes, once', async () => {
      const host = await open();
      const { result, token } = await planned(host);
      expect(textOf(result)).toContain('shopmedia101530-dev');
      expect(await deleted()).toBe(0);
      const second = await host.callTool('delete_backend', { ...dev, confirmationToken: token });
      expect(second.structuredContent.job).toMatchObject({ operation: 'DeleteBackend' });
      await home.sandbox.reset();
      expect(await host.callTool('delete_backend', { ...dev, confirmationToken: token })).toMatchObject(
        refused,
      );
      expect(await deleted()).toBe(0);
    });

    it('refuses the token for another environment or tool, and a forged or missing one', async () => {
      const host = await open();
      const { token } = await planned(host);
      const attempts: [string, Json][] = [
        ['delete_backend', { ...dev, backendEnvironmentName: 'prod', confirmationToken: token }],
        ['delete_backend_auth', { ...dev, resourceName: 'shopauth', confirmationToken: token }],
        ['delete_backend', { ...dev, confirmationToken: `${token.slice(0, -4)}AAAA` }],
        ['delete_backend', { ...dev, confirmationToken: 'yes' }],
      ];
      for (const [tool, args] of attempts)
        expect(await host.callTool(tool, args), tool).toMatchObject(refused);
      expect(
        (await home.sandbox.requests()).filter(({ operation }) => operation?.startsWith('Delete')),
      ).toEqual([]);
    });

    it('reads the inventory again: it must equal what was confirmed', async () => {
      const host = await open();
      const { token } = await planned(host);
      const storage = { ...dev, resourceName: 'shopmedia', serviceName: 'S3' };
      const { token: other } = await planned(host, storage, 'delete_backend_storage');
      await host.callTool('delete_backend_storage', { ...storage, confirmationToken: other });
      home.sandbox.finishJobs();
      expect(await host.callTool('delete_backend', { ...dev, confirmationToken: token })).toMatchObject(
        refused,
      );
      expect(await deleted()).toBe(0);
    });
  });

  it('asks about the calls that the setting names', async () => {
    const clone = { ...dev, targetEnvironmentName: 'qa' };
    const writes = await open(undefined, ['--confirm', 'writes']);
    expect((await writes.callTool('clone_backend', clone)).structuredContent).toMatchObject({
      error: { code: 'confirmation_required' },
      plan: { confirmation: { type: 'qa' } },
    });
    const never = await open(undefined, ['--confirm', 'never']);
    expect((await never.callTool('delete_backend', dev)).structuredContent.job).toBeDefined();
  });

  it('shows in a dry run what would be sent and asked, and sends nothing', async () => {
    const host = await open();
    const { structuredContent } = await host.callTool('delete_backend', { ...dev, dryRun: true });
    expect(structuredContent.plan).toMatchObject({
      region: 'us-east-1',
      request: { operation: 'DeleteBackend', path: '/backend/d1sandboxshop/environments/dev/remove' },
      confirmation: { type: 'dev', goes: { dev: expect.any(Array) } },
    });
    expect(await deleted()).toBe(0);
  });
});

/** `provision_environment` while other work runs, with confirmations, and in a read-only server. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, today } from '../support/clients.ts';
import { allLeft, callOn, didOf, errorOf, sent, stepsText, writes } from '../support/provision.ts';
import { setScene } from '../support/scene.ts';
import { on } from './cases/case.ts';

describe('running work', () => {
  const { connect } = today;
  const scene = setScene(connect, [], { jobMs: 60_000 });
  const call = callOn(scene);

  it('is followed by the next call, step by step, and nothing is sent twice', async () => {
    // The first call loads modules, which must not count towards the time that each call has.
    await call({ dryRun: true });
    for (const [index, operation] of writes.entries()) {
      for (let time = 0; time < 2; time++) {
        const result = await call({ timeoutSeconds: 2 });
        expect(result.structuredContent).toMatchObject({ verdict: 'unfinished', job: { operation } });
        expect(didOf(result).filter(line => line.endsWith('left alone'))).toHaveLength(index);
        expect(stepsText(result)).toContain('again with the same arguments');
      }
      scene.sandbox.finishJobs();
    }
    expect(didOf(await call())).toEqual(allLeft);
    expect(await sent(scene)).toEqual([1, 1, 1, 1]);
  });

  it('is named if it blocks a step', async () => {
    const { structuredContent } = await scene.client.callTool(
      'generate_backend_api_models',
      on('prod', { resourceName: 'shopapi' }),
    );
    const { jobId } = structuredContent.job as Json;
    const result = await call(
      { overwrite: true },
      { app: 'shop', environment: 'prod', auth: { mfa: 'OFF' } },
    );
    expect(errorOf(result)).toMatchObject({
      code: 'pending_job',
      message: expect.stringContaining(String(jobId)),
    });
    expect(await scene.sandbox.verdicts('UpdateBackendAuth')).toEqual([]);
  });
});

/** provision.test.ts uses a child process. */
describe.each([today, ...generations.slice(1)])('with confirmed writes: $name', ({ connect }) => {
  const scene = setScene(connect, ['--confirm', 'writes'], { jobMs: 300 });

  it('asks for each write, and a confirmation covers one', async () => {
    const call = callOn(scene);
    const asked: unknown[] = [];
    let confirmation: Json = {};
    let result = await call();
    while (result.isError && asked.length < 10) {
      const { plan, confirmationToken } = result.structuredContent as {
        plan: Json;
        confirmationToken: string;
      };
      expect(errorOf(result)).toMatchObject({ code: 'confirmation_required' });
      asked.push((plan.request as Json).operation);
      confirmation = { confirmationToken };
      result = await call(confirmation);
    }
    expect(asked).toEqual(writes);
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(await sent(scene)).toEqual([1, 1, 1, 1]);
  });
});

describe('with a person who answers forms', () => {
  const asked: string[] = [];
  const scene = setScene(
    (env, flags) =>
      today.connect(env, flags, question => {
        asked.push(question.split(' ')[0] ?? '');
        return { action: 'accept', content: { name: 'qa' } };
      }),
    ['--confirm', 'writes'],
    { jobMs: 300 },
  );

  it('each write is a separate question within one call', async () => {
    const result = await callOn(scene)();
    expect(asked).toEqual(writes);
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
  });
});

describe('in a read-only server', () => {
  const { connect } = today;
  const scene = setScene(connect, ['--read-only']);

  it('is not served', async () => {
    const names = (await scene.client.listTools()).map(({ name }) => name);
    expect(names).toContain('export_environment');
    expect(names).not.toContain('provision_environment');
    expect(errorOf(await callOn(scene)())).toMatchObject({ code: 'policy_denied' });
  });
});

/** `clone_environment` for environments with unmanaged resources, or that cannot be read. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { textOf, today } from '../support/clients.ts';
import { errorOf, sentence } from '../support/clone.ts';
import { entries, metaOf } from '../support/metas.ts';
import { setScene } from '../support/scene.ts';

describe('environments with unmanaged resources', () => {
  const { connect } = today;
  const scene = setScene(connect, [], { jobMs: 4_000 });
  const load = (meta: unknown) => scene.sandbox.load({ environment: 'old', meta });
  const meta = metaOf(
    {
      auth: { bakeryauth: entries.auth, userPoolGroups: entries.groups },
      api: { ovens: entries.rest },
      storage: { orders: entries.table },
      function: { bake: entries.lambda, idle: { service: 'Lambda' } },
    },
    'old',
  );
  const call = (more: Json = {}) =>
    scene.client.callTool('clone_environment', { ...sentence, from: 'old', ...more });

  it.each(['not-found', 'bad-request', 'empty'])(
    'are planned and cloned if AmplifyBackend answers %s for these; the verdict names what was not compared',
    async unmanaged => {
      await scene.sandbox.set({ unmanaged });
      await load(meta);
      expect((await call({ dryRun: true })).isError).toBeFalsy();
      const answer = call();
      await scene.sandbox.arrival('GetBackendJob');
      scene.sandbox.finishJobs();
      const result = await answer;
      expect(result.structuredContent).toMatchObject({
        verdict: 'complete',
        counts: { resources: 6, same: 6, differences: 0 },
        notCompared: expect.arrayContaining([
          expect.objectContaining({ what: expect.stringMatching(/code/) }),
        ]),
      });
      const text = textOf(result);
      expect(text).toContain('No difference was found in 6 resources, as far as they were compared.');
      expect(text).toContain('- by name, service, origin and state alone: function/idle');
      expect(text).toMatch(/- its code[^:]*: function\/bake, function\/idle/);
      expect(text).toContain('Next: To use it, type: amplify pull');
    },
  );

  it('have no complete clone if the clone cannot be read', async () => {
    await load(meta);
    const answer = call();
    await scene.sandbox.arrival('GetBackendJob');
    scene.sandbox.finishJobs();
    expect((await answer).structuredContent).toMatchObject({ verdict: 'complete' });
    await scene.sandbox.load({ environment: 'qa', meta: '{"auth": {},}' });
    const result = await call();
    expect(result.structuredContent).toMatchObject({
      verdict: 'partial',
      unreadable: [expect.stringMatching(/^qa cannot be read: its amplifyMetaConfig .*comma too many/)],
    });
    expect(textOf(result)).toContain('qa cannot be read');
    expect(textOf(result)).toContain('it is unknown whether qa is a full copy of old');
  });

  it('that cannot be read are not cloned, with the reason', async () => {
    await load('<<<<<<< HEAD\n{}');
    expect(errorOf(await call())).toMatchObject({
      message: expect.stringMatching(
        /^Environment old cannot be read: its amplifyMetaConfig .*merge conflict/,
      ),
    });
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual([]);
  });
});

/** `clone_environment` in one call: a verified clone or the reason why not, and another call after each. */
import { describe, expect, it } from 'vitest';
import { generations, textOf, today } from '../support/clients.ts';
import { callOn, cloneOn, errorOf } from '../support/clone.ts';
import { setScene } from '../support/scene.ts';
import { seededLabels } from '../support/seed.ts';
import { appId } from './cases/case.ts';

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect, [], { jobMs: 4_000 });
  const call = callOn(scene);
  const clone = cloneOn(scene);

  it('ends in a verified clone', async () => {
    const result = await clone();
    expect(result.isError).toBeFalsy();
    expect(result.structuredContent).toMatchObject({
      ...{ verdict: 'complete', appId, from: 'dev', to: 'qa', differences: [] },
      job: { state: 'succeeded', operation: 'CloneBackend' },
      nextSteps: [expect.stringContaining('amplify pull')],
    });
    expect(result.structuredContent.same).toEqual(seededLabels('dev'));
    expect(textOf(result)).toContain('The clone of dev to qa is complete.');
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('says that it has not ended, continues when called again, and starts nothing twice', async () => {
    const first = await call({ timeoutSeconds: 1 });
    expect(first.structuredContent).toMatchObject({ job: { state: 'running' } });
    expect(first.structuredContent).not.toHaveProperty('verdict');
    expect(textOf(first)).toContain('call clone_environment again');
    scene.sandbox.finishJobs();
    const second = await call();
    expect(second.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(textOf(second)).toContain('No new clone was started');
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('finds the clone whose answer was lost', async () => {
    await scene.sandbox.order('CloneBackend', 'timeout-after');
    const result = await clone();
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(textOf(result)).toContain('The answer to CloneBackend was lost');
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['fault:timeout-after']);
  });
});

// The newest client has the built command as its child above.
describe.each([today, ...generations.slice(1)])('with confirmed writes: $name', ({ connect }) => {
  const scene = setScene(connect, ['--confirm', 'writes'], { jobMs: 4_000 });

  it('asks first, and clones with the token of the approved plan', async () => {
    const call = callOn(scene);
    const asked = await call();
    expect(errorOf(asked)).toMatchObject({ code: 'confirmation_required' });
    const { confirmationToken } = asked.structuredContent;
    const cloned = call({ confirmationToken });
    await scene.sandbox.arrival('GetBackendJob');
    scene.sandbox.finishJobs();
    expect((await cloned).structuredContent).toMatchObject({ verdict: 'complete' });
  });
});

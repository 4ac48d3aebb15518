/**
 * Every environment of the seed, with what real apps have: described within bounds, cloned completely, and
 * deleted by name.
 */
import { describe, expect, it } from 'vitest';
import { textOf, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { seededEnvironments, seededLabels } from '../support/seed.ts';
import { on } from './cases/case.ts';

/** Characters of an answer's text. */
const BOUND = 12_000;

describe.each(seededEnvironments)('%s', environment => {
  const scene = setScene(today.connect, ['--confirm', 'never'], { jobMs: 100 });
  const labels = seededLabels(environment);
  // These resources are only declared, so nothing can be deleted.
  const deployed = labels.filter(label => !label.startsWith('hosting/'));
  const app = 'shop';

  it('is described within bounds, with every resource', async () => {
    const { client } = scene;
    const exported = await client.callTool('export_environment', { app, environment });
    const { snapshot } = exported.structuredContent;
    const told = [
      exported,
      await client.callTool('describe_environment', { app, environment }),
      await client.callTool('get_backend', on(environment)),
    ];
    const plans = [
      await client.callTool('compare_environments', { app, left: 'dev', right: environment }),
      await client.callTool('clone_environment', { app, from: environment, to: 'qa', dryRun: true }),
      await client.callTool('decommission_environment', { app, environment, dryRun: true }),
      await client.callTool('provision_environment', { app, environment: 'qa', snapshot, dryRun: true }),
    ];
    for (const answer of [...told, ...plans]) {
      expect(answer.isError, textOf(answer)).toBeFalsy();
      expect(textOf(answer).length).toBeLessThanOrEqual(BOUND);
    }
    for (const answer of told)
      for (const label of labels) expect(textOf(answer)).toContain(label.split('/')[1]);
  });

  it('is cloned completely', async () => {
    const result = await scene.client.callTool('clone_environment', { app, from: environment, to: 'qa' });
    expect(result.structuredContent).toMatchObject({ verdict: 'complete', same: labels, differences: [] });
    expect(textOf(result).length).toBeLessThanOrEqual(BOUND);
  });

  it('is deleted with everything of its own; imported resources stay', async () => {
    const { structuredContent } = await scene.client.callTool('decommission_environment', {
      app,
      environment,
    });
    expect(structuredContent).toMatchObject({ verdict: 'gone', leftovers: [] });
    const { went, stays } = structuredContent as { went: string[]; stays: { what: string }[] };
    const stayed = stays.map(({ what }) => what.split(':')[0]);
    expect([...went, ...stayed].sort()).toEqual([...deployed].sort());
    expect(stayed).toEqual(environment === 'partner' ? ['auth/shopauth'] : []);
  });
});

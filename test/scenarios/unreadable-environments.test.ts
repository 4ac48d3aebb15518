/**
 * Environments that cannot be read or whose stack blocks changes: what the tools say about them and advise to
 * do.
 */
import { describe, expect, it } from 'vitest';
import { type ToolResult, textOf, today } from '../support/clients.ts';
import { entries, metaOf } from '../support/metas.ts';
import { setScene } from '../support/scene.ts';
import { dev, environmentUri, showOn } from '../support/show-environment.ts';

const { connect } = today;
const scene = setScene(connect);
const { call, load, read, show } = showOn(scene);

describe('unreadable documents', () => {
  const unreadable = {
    'a merge conflict': [
      '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x',
      'holds an unresolved merge conflict (line 1)',
    ],
    'an encrypted one': ['\0GITCRYPT\0abc', 'is encrypted (git-crypt)'],
    'a comma too many': ['{"storage": {},}', 'has a comma too many'],
  } as const;

  it.each(Object.entries(unreadable))('%s is reported by every tool', async (_, [meta, why]) => {
    await load({ meta });
    expect(textOf(await show.get_backend())).toContain(why);
    const described = await show.describe_environment();
    expect(described.structuredContent).toMatchObject({
      state: 'unreadable',
      unreadable: expect.stringContaining(why),
      nextSteps: [expect.stringContaining('It may have resources and data')],
    });
    expect(described.structuredContent).not.toHaveProperty('resources');
    expect(textOf(described)).toContain('listed but unreadable');
    const provisioned = await call('provision_environment', { ...dev, auth: {}, dryRun: true });
    for (const refused of [await show.export_environment(), await show.provision_environment(), provisioned])
      expect(refused.structuredContent.error).toMatchObject({ message: expect.stringContaining(why) });
    expect(JSON.parse(await read(environmentUri)).notes).toEqual([expect.stringContaining(why)]);
    await expect(read(`${environmentUri}/snapshot`)).rejects.toThrow(why);
  });

  it('a byte order mark and comments in flags are accepted', async () => {
    const meta = `\ufeff${JSON.stringify(metaOf({ storage: { photos: entries.bucket } }))}`;
    await load({ meta, flags: '{\n  // kept for the old app\n  "features": { "version": 1 }\n}' });
    const backend = (await show.get_backend()).structuredContent;
    expect(backend).toMatchObject({ amplifyFeatureFlags: { features: { version: 1 } } });
    expect(backend).not.toHaveProperty('notes');
    expect((await show.describe_environment()).structuredContent).toMatchObject({ state: 'deployed' });
    expect((await show.export_environment()).structuredContent.snapshot).toMatchObject({
      featureFlags: { features: { version: 1 } },
      storage: { resourceName: 'photos' },
    });
  });

  it('a resource that is named twice is reported', async () => {
    const photos = JSON.stringify(entries.bucket);
    await load({ meta: `{"storage": {"photos": ${photos}, "photos": ${photos}}}` });
    for (const ask of [show.get_backend, show.describe_environment, show.export_environment])
      expect(textOf(await ask())).toContain('storage/photos, named twice');
  });

  it('unreadable flags are reported', async () => {
    await load({ meta: metaOf({}), flags: '{ features' });
    for (const ask of [show.get_backend, show.describe_environment, show.export_environment])
      expect(textOf(await ask())).toMatch(/amplifyFeatureFlags is not JSON/);
  });
});

describe('an environment that AWS lists and refuses to read', () => {
  it.each([400, 404, 500])('with %i: AWS’s words, and what to do', async status => {
    const words = 'The specified bucket amplify-bakery-deployment does not exist';
    await load({ ghost: { message: words, status } });
    const result: ToolResult = await show.describe_environment();
    expect(result.isError).toBeFalsy();
    expect(textOf(result)).toContain('dev of app "shop" (d1sandboxshop) is listed but unreadable');
    expect(textOf(result)).toContain(words);
    expect((result.structuredContent.nextSteps as string[]).join()).toMatch(
      /decommission_environment .* aws amplify delete-backend-environment --app-id d1sandboxshop --environment-name dev/,
    );
    expect(textOf(await show.get_backend())).toContain(words);
    expect(textOf(await show.get_backend())).toContain('dev is listed but unreadable');
    for (const refused of [await show.export_environment(), await show.provision_environment()])
      expect(textOf(refused)).toContain(words);
    expect((await call('list_apps', {})).isError).toBeFalsy();
    const prod = await call('describe_environment', { app: 'shop', environment: 'prod' });
    expect(prod.structuredContent).toMatchObject({ state: 'deployed' });
  });
});

describe('a stack that blocks changes', () => {
  it.each([
    ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback --stack-name amplify-bakery-dev-40404'],
    ['ROLLBACK_COMPLETE', 'delete-stack --stack-name amplify-bakery-dev-40404'],
    ['DELETE_FAILED', 'delete-stack --stack-name amplify-bakery-dev-40404'],
    ['UPDATE_IN_PROGRESS', 'wait until CloudFormation has ended'],
  ])('in %s: its meaning, and what to do', async (status, step) => {
    const meta = metaOf({ auth: { bakers: entries.auth } });
    await load({ meta, stacks: { 'amplify-bakery-dev-40404': status } });
    const result = await show.describe_environment();
    expect(result.structuredContent).toMatchObject({ stack: { status, means: expect.any(String) } });
    expect((result.structuredContent.nextSteps as string[]).join()).toContain(step);
    expect(textOf(result)).toMatch(new RegExp(`is ${status}.*: it`));
  });

  it('is missing in a meta with resources: a disagreement', async () => {
    await load({ meta: { auth: { bakers: entries.auth } } });
    expect((await show.describe_environment()).structuredContent).toMatchObject({
      state: 'deployed',
      disagreements: [expect.stringContaining('meta names no stack')],
    });
  });
});

/** Gen 2 backends that no branch of an environment's app deploys, found by the names of their stacks. */
import { expect, it } from 'vitest';
import { findGen2Elsewhere } from '../../src/call/gen2-elsewhere.ts';
import { createTryRead } from '../../src/call/optional-reads.ts';

const sandboxName = 'amplify-shop-alice-sandbox-0123456789';
const roots = ['amplify-d2gen2-main-branch-0123456789', sandboxName].map(name => ({
  ...{ name, id: `arn:aws:cloudformation:us-east-1:123456789012:stack/${name}/1`, status: 'CREATE_COMPLETE' },
  ...{ parameters: {}, outputs: {} },
}));

async function labelsWhere(isHidden: (appId: string) => boolean): Promise<string[]> {
  const trees = {
    stacks: { existing: async () => ({ stacks: roots, isCut: false }), resources: async () => [] },
    shared: <Answer>(_: string, read: () => Promise<Answer>) => read(),
    tryRead: createTryRead([]),
    note: () => undefined,
    listed: new Map(),
    signal: undefined,
  };
  const search = { environment: '', known: [], ownNames: async () => new Set<string>(), isHidden };
  return (await findGen2Elsewhere(trees, search)).map(({ label }) => label);
}

it('are called by app and branch, and a sandbox by its stack', async () => {
  expect(await labelsWhere(() => false)).toEqual(['d2gen2/main', sandboxName]);
});

it('are not named where the configuration excludes their apps, and a sandbox does not count as an app', async () => {
  expect(await labelsWhere(appId => appId !== 'd1shop')).toEqual([
    'a backend of an app that this server does not show',
    'a personal sandbox, whose stack does not name its app',
  ]);
});

/** What a person sees after they have approved a plan: of a deletion, of several steps, and of one operation. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { hasChromium } from '../support/chromium.ts';
import { violationsIn } from '../support/page-host.ts';
import { answer, appId, setPageScene, shop, TELLS } from '../support/page-scene.ts';

describe.runIf(hasChromium)('an approved plan (where chromium is installed)', () => {
  const scene = setPageScene(['--confirm', 'writes']);

  const ask = (tool: string, args: Json) => scene.show('plan', tool, args, { capabilities: TELLS });
  const approve = async (name: string) => {
    await scene.host.view.locator('#name').fill(name);
    await scene.host.page.keyboard.press('Enter');
  };
  /** Approves, and ends the jobs of the writes that it sends. */
  const approveTo = async (name: string, operation: string, times = 1) => {
    await approve(name);
    await expect.poll(() => scene.sandbox.verdicts(operation), wait).toHaveLength(times);
    scene.sandbox.finishJobs();
  };
  const wait = { timeout: 20_000 };
  /** The cells of a table's rows, by its name. */
  const rowsOf = async (name: string): Promise<string[][]> => {
    const rows = await scene.host.view.getByRole('table', { name }).getByRole('row').all();
    return Promise.all(rows.slice(1).map(async row => (await row.innerText()).split('\t')));
  };

  const LISTED = 'What happened to what the plan listed';

  it('of a deletion accounts for each kind of the plan, with its counts', async () => {
    await ask('decommission_environment', { ...shop, environment: 'dev' });
    const { view } = scene.host;
    const figure = async (name: string) =>
      Number(await view.locator('.figures > div').filter({ hasText: name }).locator('dd').innerText());
    const listed = [await figure('resources go'), await figure('things of theirs go')];
    const total = listed.reduce((sum, one) => sum + one, 0);
    const kinds = await view.locator('.kind > summary strong').allInnerTexts();
    await approveTo('dev', 'DeleteBackend');
    await view.getByText(LISTED).first().waitFor(wait);
    const sums = `Of ${total} resources and things that the plan listed, ${total} are gone.`;
    await view.getByText(sums).waitFor();
    const rows = await rowsOf(LISTED);
    expect(rows.map(([kind]) => kind).sort()).toEqual([...new Set(kinds)].sort());
    const sum = (column: number) => rows.reduce((all, row) => all + Number(row[column]), 0);
    expect([sum(1), sum(2)]).toEqual(listed);
    expect(sum(3) + sum(4) + sum(5)).toBe(total);
    expect(await violationsIn(scene.host)).toEqual([]);
  });

  /** Expects what the page shows if only the end of the job was checked, and not each thing of the plan. */
  const checkedLater = async () => {
    await scene.becomes('subtitle', 'Approved: gone');
    await scene.host.view.getByText(/^The plan listed \d+ resources and things\./).waitFor();
    expect(await scene.text()).not.toMatch(/\b0 are gone|nothing was sent|outlasted/i);
  };

  it('of a deletion whose job outlasted the call says what was not checked', async () => {
    await ask('decommission_environment', { ...shop, environment: 'partner', timeoutSeconds: 1 });
    await approve('partner');
    await scene.becomes('subtitle', 'Approved: AWS works on it');
    scene.sandbox.finishJobs();
    await checkedLater();
  });

  it('of a deletion that is shown again while its job runs says what was checked then', async () => {
    const args = { ...shop, environment: 'dev' };
    const result = await ask('decommission_environment', args);
    await approve('dev');
    await scene.sandbox.arrival('DeleteBackend');
    await scene.begin('plan', 'decommission_environment', args, { capabilities: TELLS });
    await scene.host.result(result);
    await scene.host.view.locator('progress').waitFor(wait);
    scene.sandbox.finishJobs();
    await checkedLater();
  });

  it('of a deletion that another plan has done already says that nothing was sent', async () => {
    const args = { ...shop, environment: 'partner' };
    const first = await ask('decommission_environment', args);
    await ask('decommission_environment', args);
    await approveTo('partner', 'DeleteBackend');
    await scene.becomes('subtitle', 'Approved: gone');
    await scene.begin('plan', 'decommission_environment', args, { capabilities: TELLS });
    await scene.host.result(first);
    await approve('partner');
    await scene.becomes('subtitle', 'It was already gone: nothing was sent');
    expect(await scene.text()).not.toMatch(/\b0 are gone|outlasted|The plan listed/);
    await expect.poll(() => scene.told()).toContain('Result: it was already gone, nothing was sent.');
    expect(await scene.sandbox.verdicts('DeleteBackend')).toEqual(['ok']);
  });

  it('of several deletions shows the outcome of each', async () => {
    const { _meta } = await ask('decommission_environment', { ...shop, environments: ['dev', 'partner'] });
    const { type } = Object(_meta?.['amplify-backend-mcp/approval']) as { type: string };
    await scene.host.view.getByLabel(`Type ${type} to delete both`).waitFor();
    await scene.host.view.getByRole('button', { name: 'Delete dev and partner' }).waitFor();
    await approveTo(type, 'DeleteBackend', 2);
    for (const name of ['dev', 'partner']) {
      const card = scene.host.view.getByRole('article', { name });
      await card.waitFor(wait);
      expect(await card.innerText()).toMatch(/gone[\s\S]*Of \d+ resources and things that the plan listed/);
    }
    expect(await violationsIn(scene.host)).toEqual([]);
  });

  const parts = [
    ['delete_backend_auth', { resourceName: 'shopauth' }, 'Delete the auth shopauth of dev'],
    [
      'delete_backend_storage',
      { resourceName: 'shopmedia', serviceName: 'S3' },
      'Delete the storage shopmedia of dev',
    ],
  ] as const;
  it.each(parts)(
    'of the deletion of one resource shows what is deleted, and no more: %s',
    async (tool, args, words) => {
      await ask(tool, { appId, backendEnvironmentName: 'dev', ...args });
      const { view } = scene.host;
      await view.getByLabel('Type dev to confirm').waitFor();
      const buttons = view.locator('#page').getByRole('button');
      expect(await buttons.allInnerTexts()).toContain(words);
      expect(await scene.text()).not.toContain('to delete it');
    },
  );

  it('of an operation shows the outcome in words, and no advice for agents', async () => {
    await ask('delete_backend_auth', { appId, backendEnvironmentName: 'dev', resourceName: 'shopauth' });
    const { view } = scene.host;
    await approve('dev');
    await view.getByText('What the plan listed for deletion:').waitFor(wait);
    expect(await scene.text()).not.toMatch(/wait_for_job|backendEnvironmentName|amplify-backend:/);
    scene.sandbox.finishJobs();
    await scene.becomes('text', /Delete backend auth: ● succeeded/);
    expect(await view.getByText('shopauth').count()).toBeGreaterThan(0);
    expect(await scene.told()).toContain('plan for \\"Delete backend auth\\" of \\"dev\\"');
  });

  it('of a token deletion says that it revokes the token', async () => {
    await ask('delete_token', { appId, sessionId: 'x' });
    const { view } = scene.host;
    await view.getByLabel(`Type ${appId} to confirm`).waitFor();
    await view.getByRole('button', { name: 'Revoke the token of shop' }).waitFor();
    expect(await view.locator('.figures').count()).toBe(0);
    scene.forced.set('approve_plan', answer({ isSuccess: false }));
    await view.getByLabel(`Type ${appId} to confirm`).fill(appId);
    await view.getByRole('button', { name: 'Revoke the token of shop' }).click();
    await view.getByText('AWS answers that it failed.').waitFor();
    expect(await scene.text()).not.toContain('AWS has deleted it');
  });

  it('of all environments names the app if the app is deleted too', async () => {
    await ask('remove_all_backends', { appId, cleanAmplifyApp: true });
    await scene.host.view
      .getByRole('button', { name: 'Delete the app shop and all its environments' })
      .waitFor();
  });

  it('of a clone shows its comparison', async () => {
    await ask('clone_environment', { ...shop, from: 'dev', to: 'abc' });
    await approveTo('abc', 'CloneBackend');
    await scene.host.view.getByText('The clone has what its source has').waitFor(wait);
    expect(await scene.host.view.locator('.figures').innerText()).toMatch(/resources alike/i);
    expect(await scene.told()).toContain('Result: complete.');
  });

  it('of an environment that does not exist says so, and shows no board', async () => {
    await scene.show('plan', 'decommission_environment', { ...shop, environment: 'nope' });
    await scene.becomes('subtitle', /nope does not exist: nothing was sent/);
    expect(await scene.host.view.getByRole('article').count()).toBe(0);
    expect(await violationsIn(scene.host)).toEqual([]);
  });

  it('has no empty column in the tables of what remains', async () => {
    const stays = [{ what: 'auth/users', why: 'It was imported.' }];
    const leftovers = [{ what: 'bucket files', why: 'It still exists.', command: 'aws s3 rb s3://files' }];
    await ask('decommission_environment', { ...shop, environment: 'partner' });
    const gone = { appId, environment: 'partner', verdict: 'leftovers', stays, leftovers };
    scene.forced.set('approve_plan', answer(gone));
    await approve('partner');
    const heads = (name: string) =>
      scene.host.view.getByRole('table', { name }).getByRole('columnheader').allInnerTexts();
    await scene.host.view.getByText('What was left behind').first().waitFor();
    expect(await heads('What stays')).toEqual(['What', 'Why']);
    expect(await heads('What was left behind')).toEqual(['What', 'Why', 'What a person types']);
  });

  it('of a change is confirmed step by step, and shows the steps and what changed', async () => {
    const auth = { userPoolConfigs: { passwordPolicy: { minimumLength: 12 } } };
    const storage = { permissions: { unAuthenticated: [] } };
    await ask('change_environment', { ...shop, environment: 'dev', auth, storage });
    const { view } = scene.host;
    expect(await scene.title()).toBe('Update backend auth dev');
    await view.getByText('The same call then changes storage').waitFor();
    expect(await rowsOf('What is requested')).toContainEqual([
      'resourceConfig.userPoolConfigs.passwordPolicy.minimumLength',
      '8',
      '12',
    ]);
    await approveTo('dev', 'UpdateBackendAuth');
    await scene.becomes('title', 'Update backend storage dev');
    await view.getByText('The step before was sent. This is the next one of the same call.').waitFor();
    expect(await scene.text()).not.toContain('It was not sent');
    await approveTo('dev', 'UpdateBackendStorage');
    await scene.becomes('subtitle', 'Approved: complete');
    await view.getByText('It was read again: all of it is as asked for.').waitFor();
    const steps = await rowsOf('Steps');
    expect(steps.map(([step]) => step)).toEqual(['auth', 'storage']);
    expect(steps[1]?.[1]).toContain('updated');
    expect(await rowsOf('What was asked for')).toEqual([
      ['storage.permissions.unAuthenticated', '["READ"]', '[]'],
    ]);
    expect(await violationsIn(scene.host)).toEqual([]);
    expect(await scene.told()).toContain('Result: complete.');
  });

  it('of provision_environment says what follows each step, and at the end what an app needs', async () => {
    await ask('provision_environment', { ...shop, environment: 'qa', auth: {}, storage: {} });
    const { view } = scene.host;
    expect(await scene.title()).toBe('Create backend qa');
    await view.getByText('The same call then goes on with: auth, storage.').waitFor();
    await approveTo('qa', 'CreateBackend');
    await scene.becomes('title', 'Create backend auth qa');
    await view.getByText('This call has already done: environment.').waitFor();
    await approveTo('qa', 'CreateBackendAuth');
    await scene.becomes('title', 'Create backend storage qa');
    await approveTo('qa', 'CreateBackendStorage');
    await scene.becomes('subtitle', 'Approved: complete');
    const steps = await rowsOf('Steps');
    expect(steps.map(([step]) => step)).toEqual(['environment', 'auth', 'storage']);
    const needs = await rowsOf('What an app needs to use it');
    expect(needs.map(([name]) => name)).toContain('auth.userPoolId');
    expect(await violationsIn(scene.host)).toEqual([]);
  });

  it('of a change sends nothing if the person declines', async () => {
    const storage = { permissions: { unAuthenticated: [] } };
    await ask('change_environment', { ...shop, environment: 'dev', storage });
    await scene.host.view.getByRole('button', { name: 'Do nothing' }).click();
    await scene.host.view.getByText('Nothing was deleted or changed.').waitFor();
    expect(await scene.sandbox.verdicts('UpdateBackendStorage')).toEqual([]);
  });

  it('of one operation is sent once, and its job is followed to its end', async () => {
    const where = { appId, backendEnvironmentName: 'dev', resourceName: 'shopmedia' };
    const resourceConfig = { serviceName: 'S3', permissions: { authenticated: ['READ'] } };
    await ask('update_backend_storage', { ...where, resourceConfig });
    expect(await scene.title()).toBe('Update backend storage dev');
    await approveTo('dev', 'UpdateBackendStorage');
    await scene.host.view.getByText('Update backend storage: ').last().waitFor(wait);
    await scene.becomes('text', /Update backend storage: ● succeeded/);
    expect(await scene.sandbox.verdicts('UpdateBackendStorage')).toEqual(['ok']);
    expect(await violationsIn(scene.host)).toEqual([]);
  });
});

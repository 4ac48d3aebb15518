/**
 * The views of the page in a chat host, shown, followed and searched, in Debian's Chromium: the official bridge around a
 * sandboxed frame, over a real server and the sandbox. One browser, one server and one sandbox serve all cases.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../support/chromium.ts';
import { violationsIn } from '../support/page-host.ts';
import { answer, appId, type PageScene, setPageScene, shop } from '../support/page-scene.ts';

describe.runIf(hasChromium)('the page in a chat host (where chromium is installed)', () => {
  const scene = setPageScene();
  const { call, forced, text, widthOf } = scene;
  const show: PageScene['show'] = (...args) => scene.show(...args);
  let [host, sandbox] = [scene.host, scene.sandbox];
  beforeAll(() => {
    [host, sandbox] = [scene.host, scene.sandbox];
  });

  const six = [
    ['board', 'describe_environment', { ...shop, environment: 'dev' }, 'Environments'],
    ['difference', 'compare_environments', { ...shop, left: 'dev', right: 'prod' }, 'Differences'],
    ['clone', 'clone_environment', { ...shop, from: 'dev', to: 'qa', dryRun: true }, 'Plan of a clone'],
    ['plan', 'decommission_environment', { ...shop, environment: 'dev' }, 'What goes'],
    ['inventory', 'take_inventory', {}, 'Environments and backends'],
    ['migration', 'assess_migration', { ...shop, environment: 'dev' }, 'Blocks'],
  ] as const;

  it.each(six)('shows %s by %s, accessible in both themes and at 320 px', async (view, tool, args, words) => {
    await show(view, tool, args);
    // The host changes the theme while the page is open. The proof of a migration, below, is opened in each theme.
    for (const theme of ['light', 'dark'] as const) {
      await host.dress({ theme, width: theme === 'dark' ? 320 : 960 });
      await host.view.getByText(words).first().waitFor();
      expect(await violationsIn(host)).toEqual([]);
      expect(await widthOf()).toBeLessThanOrEqual(theme === 'dark' ? 320 : 960);
      expect(host.problems).toEqual([]);
      expect((await host.said()).errors).toEqual([]);
    }
  });

  it('watches a clone to its end', async () => {
    const args = { ...shop, from: 'dev', to: 'qa' };
    await scene.begin('clone', 'clone_environment', args);
    const cloning = call('clone_environment', args);
    await sandbox.arrival('CloneBackend');
    const step = host.view.locator('[aria-current="step"]');
    await host.view.locator('progress').waitFor();
    expect(await step.innerText()).toContain('Follow');
    expect(Number(await host.view.locator('progress').getAttribute('value'))).toBeLessThan(100);
    sandbox.finishJobs();
    await host.result(await cloning);
    await host.view.getByText('The clone has what its source has').waitFor();
    expect(await host.view.locator('.steps .done').count()).toBe(4);
    expect(await host.view.getByRole('status').innerText()).toContain('complete');
  });

  it('says that a clone failed, and why', async () => {
    await sandbox.order('CloneBackend', 'job-fails', { error: 'The pool "shop" is taken.' });
    const args = { ...shop, from: 'dev', to: 'qa' };
    await scene.begin('clone', 'clone_environment', args);
    const cloning = call('clone_environment', args);
    await sandbox.arrival('CloneBackend');
    sandbox.finishJobs();
    await host.result(await cloning);
    await host.view.getByText('The pool "shop" is taken.').first().waitFor();
    expect(await host.view.locator('.steps .failed').innerText()).toContain('Follow');
    expect(await host.view.locator('.steps .done').count()).toBe(2);
  });

  it('reports the end of a clone only once AWS reports the end of its job, even if the board no longer shows it', async () => {
    forced.set(
      'read_board',
      answer({ app: { appId }, environments: [], running: [], failures: [], ttlMs: 1000 }),
    );
    await show('clone', 'clone_environment', { ...shop, from: 'dev', to: 'qa', timeoutSeconds: 1 });
    await expect.poll(() => scene.callsOf('wait_for_job'), { timeout: 15_000 }).toBeGreaterThan(1);
    expect(await host.view.locator('[aria-current="step"]').innerText()).toContain('Follow');
    expect(scene.callsOf('compare_environments')).toBe(0);
    sandbox.finishJobs();
    await expect.poll(() => scene.callsOf('compare_environments'), { timeout: 15_000 }).toBe(1);
    await expect.poll(() => host.view.locator('.steps .done').count()).toBe(4);
  });

  it('lets a person search, fold and copy the differences', async () => {
    await show('difference', 'compare_environments', { ...shop, left: 'dev', right: 'prod' });
    const rows = host.view.locator('table.sides tbody tr:not(.group)');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(27);
    await host.view.getByRole('searchbox').fill('password');
    await expect.poll(() => rows.count()).toBe(3);
    expect(await host.view.getByRole('status').innerText()).toBe('3 rows of 27');
    const same = host.view.locator('details[data-key="same"]');
    expect(await same.getAttribute('open')).toBeNull();
    await same.locator('summary').click();
    expect(await same.innerText()).toContain('api/shopwebhooks');
    await host.view.getByText('Copy as Markdown').click();
    await host.view.locator('.row').getByText('Copied', { exact: true }).waitFor();
    await host.page.evaluate(
      "document.body.insertAdjacentHTML('beforeend', '<textarea id=paste></textarea>')",
    );
    await host.page.locator('#paste').focus();
    await host.page.keyboard.press('Control+V');
    const pasted = await host.page.locator('#paste').inputValue();
    await host.page.evaluate("document.getElementById('paste').remove()");
    expect(pasted).toContain('| `auth/shopauth/userPoolConfigs/passwordPolicy/minimumLength` | `8` | `12` |');
  });

  it('shows the types and fields of a schema side by side, under their environments', async () => {
    await show('difference', 'compare_environments', { ...shop, left: 'dev', right: 'prod' });
    const schema = host.view.getByRole('group', { name: 'Schema of api/shopapi' });
    expect(await schema.innerText()).toMatch(/type Review[\s\S]*with 4 fields/);
    const leftOf = async (cell: string) =>
      Math.round((await schema.locator(cell).first().boundingBox())?.x ?? -1);
    for (const column of [1, 2, 3])
      expect(await leftOf(`tbody tr:not(.group) > :nth-child(${column})`)).toBe(
        await leftOf(`thead th:nth-child(${column})`),
      );
    await host.page.setViewportSize({ width: 320, height: 800 });
    for (const cell of await schema.locator('tbody tr:not(.group) > *').all()) {
      const { x = 0, width = 0 } = (await cell.boundingBox()) ?? {};
      expect(x + width).toBeLessThanOrEqual(320);
    }
  });

  it('follows the board, and never says 100 % before AWS does', async () => {
    const job = { environment: 'prod', operation: 'UpdateBackendAPI', jobId: 'j1', text: 'It runs.' };
    const environments = [{ name: 'prod', status: 'deployed', health: 'changing', resources: [] }];
    const board = { app: { appId, name: 'shop' }, environments, failures: [], ttlMs: 1000 };
    const running = [{ ...job, elapsedMs: 9_000_000, expectedMs: 1000 }];
    forced.set('read_board', answer({ ...board, running }));
    await show('board', 'describe_environment', { ...shop, environment: 'dev' });
    await host.view.locator('progress').waitFor();
    expect(Number(await host.view.locator('progress').getAttribute('value'))).toBeLessThan(100);
    forced.set('read_board', answer({ ...board, running: [] }));
    await host.view.locator('progress').waitFor({ state: 'detached' });
    await scene.becomes('status', /ended/);
  });

  it('lets a person choose among several apps', async () => {
    await sandbox.load({ appId: 'd2other', environment: 'blue', meta: {} });
    await show('board', 'list_apps', {});
    await host.view.getByText('2 Amplify apps').waitFor();
    // The server's answer replaces what the model was told.
    await expect.poll(async () => (await host.said()).calls.map(({ name }) => name)).toContain('read_board');
    await host.view.getByRole('button', { name: /d2other/ }).click();
    await host.view.getByRole('article', { name: 'blue' }).waitFor();
  });

  it('shows the proof of a migration, accessible and at 320 px', async () => {
    await sandbox.migrate({ state: 'refactored', branch: 'gen2-main' });
    const args = { ...shop, environment: 'dev', branch: 'gen2-main' };
    const result = await call('verify_migration', args);
    for (const theme of ['light', 'dark'] as const) {
      await scene.begin('migration', 'verify_migration', args, {
        theme,
        width: theme === 'dark' ? 320 : 960,
      });
      await host.result(result);
      await host.view.getByText('By part').waitFor();
      expect(await violationsIn(host)).toEqual([]);
      expect(await widthOf()).toBeLessThanOrEqual(theme === 'dark' ? 320 : 960);
      expect(host.problems).toEqual([]);
    }
    expect(await text()).toContain('gen2-main');
  });

  it('draws a thousand rows in pieces', async () => {
    const rows = Array.from({ length: 1000 }, (_, at) => ({
      ...{ appId, app: `app ${at}`, generation: 'gen1', environment: 'dev', hosting: 'git' },
    }));
    forced.set('take_inventory', answer({ endOfLife: '2027-05-01', daysLeft: 100, accounts: [], rows }));
    await show('inventory', 'take_inventory', {});
    const drawn = host.view.locator('tbody tr');
    await drawn.first().waitFor();
    expect(await drawn.count()).toBe(200);
    await host.view.getByRole('searchbox').fill('app 99');
    await expect.poll(() => drawn.count()).toBe(11);
  });
});

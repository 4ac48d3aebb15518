/**
 * The page in a chat host, in Debian's Chromium: the official bridge around a sandboxed frame, over a real server and the
 * sandbox. One browser, one server and one sandbox serve all cases.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../support/chromium.ts';
import { violationsIn } from '../support/page-host.ts';
import { answer, appId, type PageScene, setPageScene, shop } from '../support/page-scene.ts';

/** Markup, directions, marks and length: what a name can do to a page. */
const hostile = [
  '<img src=x onerror="alert(1)"><script>alert(1)</script>',
  '\u202egpj.dev\u2066',
  `a${'\u0301'.repeat(200)}`,
  'x'.repeat(10_000),
  '"><b>`|*_',
];

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
    for (const theme of ['light', 'dark'] as const) {
      await show(view, tool, args, { theme, width: theme === 'dark' ? 320 : 960 });
      await host.view.getByText(words).first().waitFor();
      expect(await violationsIn(host)).toEqual([]);
      expect(await widthOf()).toBeLessThanOrEqual(theme === 'dark' ? 320 : 960);
      expect(host.problems).toEqual([]);
      expect((await host.said()).errors).toEqual([]);
    }
  });

  it('watches a clone to its end', async () => {
    const args = { ...shop, from: 'dev', to: 'qa' };
    await host.open('clone', { tool: 'clone_environment' });
    await host.input(args);
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
    await host.open('clone', { tool: 'clone_environment' });
    await host.input(args);
    const cloning = call('clone_environment', args);
    await sandbox.arrival('CloneBackend');
    sandbox.finishJobs();
    await host.result(await cloning);
    await host.view.getByText('The pool "shop" is taken.').first().waitFor();
    expect(await host.view.locator('.steps .failed').innerText()).toContain('Follow');
    expect(await host.view.locator('.steps .done').count()).toBe(2);
  });

  it("takes a clone's end from AWS's word on its job, and not from a board that does not show it", async () => {
    forced.set(
      'read_board',
      answer({ app: { appId }, environments: [], running: [], failures: [], ttlMs: 1000 }),
    );
    await show('clone', 'clone_environment', { ...shop, from: 'dev', to: 'qa', timeoutSeconds: 1 });
    await expect.poll(() => scene.callsOf('wait_for_job'), { timeout: 15_000 }).toBeGreaterThan(1);
    expect(await host.view.locator('[aria-current="step"]').innerText()).toContain('Follow');
    expect(await scene.callsOf('compare_environments')).toBe(0);
    sandbox.finishJobs();
    await expect.poll(() => scene.callsOf('compare_environments'), { timeout: 15_000 }).toBe(1);
    await expect.poll(() => host.view.locator('.steps .done').count()).toBe(4);
  });

  it('lets a difference be searched, folded and copied', async () => {
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
    await expect.poll(scene.status).toContain('ended');
  });

  it.each([
    ['difference', 'compare_environments', { left: 'dev', right: 'prod', identical: true }],
    ['migration', 'assess_migration', { environment: 'dev', verdict: 'ready', findings: [] }],
    ['migration', 'verify_migration', { environment: 'dev', branch: 'main', models: [] }],
  ] as const)(
    'says in %s by %s whose app it is, where there are several accounts',
    async (view, tool, facts) => {
      forced.set(tool, answer({ appId, ...facts }));
      await show(view, tool, { ...shop, target: 'staging' });
      await expect.poll(scene.subtitle).toContain(`${appId} · staging`);
    },
  );

  it('lets a person choose among several apps', async () => {
    await sandbox.load({ appId: 'd2other', environment: 'blue', meta: {} });
    await show('board', 'list_apps', {});
    await host.view.getByText('2 Amplify apps').waitFor();
    // The answer of the server takes the place of what the model was told.
    await expect.poll(async () => (await host.said()).calls.map(({ name }) => name)).toContain('read_board');
    await host.view.getByRole('button', { name: /d2other/ }).click();
    await host.view.getByRole('article', { name: 'blue' }).waitFor();
  });

  /** Hostile names are on the page, as text, within 320 px. */
  async function expectPlainText(): Promise<void> {
    expect(await host.view.locator('#page img, #page script, #page b').count()).toBe(0);
    expect(await text()).toContain('<img src=x onerror=');
    expect(await text()).toContain('\\u{202e}');
    expect(await text()).not.toContain('\u202e');
    expect(await widthOf()).toBeLessThanOrEqual(320);
    expect(host.problems).toEqual([]);
  }

  it('shows hostile names as text, within its width', async () => {
    const resources = hostile.map(name => ({ category: name, name, service: name, health: 'ok' }));
    const environments = hostile.map(name => ({ name, status: 'deployed', health: 'ok', resources }));
    const failures = hostile.map(reason => ({
      environment: reason,
      operation: reason,
      jobId: reason,
      reason,
    }));
    forced.set(
      'read_board',
      answer({ app: { appId, name: hostile[0] }, environments, failures, running: [], ttlMs: 60_000 }),
    );
    await show('board', 'describe_environment', { ...shop, environment: 'dev' }, { width: 320 });
    await host.view.locator('.card').nth(4).waitFor();
    await expectPlainText();
  });

  it('shows hostile names as text in a plan and a comparison too', async () => {
    const goes = hostile.map(name => ({
      resource: `${name}/${name}`,
      service: name,
      holds: [name],
      note: name,
    }));
    const confirmation = { type: hostile[0], goes: { [String(hostile[0])]: goes }, alsoGoes: hostile };
    const changes = hostile.map(path => ({ path, before: path, after: path }));
    const plan = { environment: hostile[0], request: { operation: 'DeleteBackend' }, confirmation, changes };
    const differences = hostile.map(path => ({ path, is: 'different', left: path, right: `${path}!` }));
    forced.set('delete_backend', answer({ plan: { ...plan, remarks: hostile, stays: hostile } }));
    const counts = { differences: 5, different: 5, onlyLeft: 0, onlyRight: 0, same: 0, resources: 5 };
    forced.set('compare_environments', answer({ left: hostile[0], right: hostile[1], counts, differences }));
    for (const [view, tool] of [
      ['plan', 'delete_backend'],
      ['difference', 'compare_environments'],
    ] as const) {
      await show(view, tool, {}, { width: 320 });
      await host.view.locator('th[scope="row"]').first().waitFor();
      await expectPlainText();
    }
  });

  it('shows the proof of a migration, accessible and at 320 px', async () => {
    await sandbox.migrate({ state: 'refactored', branch: 'gen2-main' });
    const args = { ...shop, environment: 'dev', branch: 'gen2-main' };
    for (const theme of ['light', 'dark'] as const) {
      await show('migration', 'verify_migration', args, { theme, width: theme === 'dark' ? 320 : 960 });
      await host.view.getByText('By part').waitFor();
      expect(await violationsIn(host)).toEqual([]);
      expect(await widthOf()).toBeLessThanOrEqual(theme === 'dark' ? 320 : 960);
      expect(host.problems).toEqual([]);
    }
    expect(await text()).toContain('gen2-main');
  });

  it('speaks to the person after a failure, and names no tool', async () => {
    const error = {
      code: 'credentials_missing',
      message: 'The server found no AWS credentials.',
      hint: 'Ask the person to give the server credentials, then call get_backend.',
    };
    const failed = { content: [{ type: 'text', text: 'x' }], structuredContent: { error }, isError: true };
    forced.set('compare_environments', failed);
    forced.set('read_board', failed);
    for (const [view, tool] of [
      ['difference', 'compare_environments'],
      ['board', 'list_recent_jobs'],
    ] as const) {
      await show(view, tool, shop);
      await expect.poll(text).toContain('type aws configure');
      expect(await text()).not.toMatch(/ask the person|get_backend/i);
    }
    forced.set(
      'assess_migration',
      answer({ findings: [], nextSteps: ['Call get_backend. Then read "my_table".'] }),
    );
    await show('migration', 'assess_migration', {});
    await host.view.getByText('Then read "my_table".').waitFor();
    expect(await text()).not.toContain('get_backend');
  });

  it("opens a failed environment's stack in the AWS console, through the host", async () => {
    const id = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/amplify-shop-dev/1a2b';
    const stack = { name: 'amplify-shop-dev', status: 'UPDATE_FAILED', means: 'the update failed' };
    const environment = { name: 'dev', status: 'deployed', health: 'failed', resources: [] };
    const showStack = async (arn: string) => {
      const environments = [{ ...environment, stack: { ...stack, id: arn } }];
      forced.set(
        'read_board',
        answer({ app: { appId }, environments, running: [], failures: [], ttlMs: 60_000 }),
      );
      await show('board', 'describe_environment', { ...shop, environment: 'dev' });
      await host.view.getByRole('article', { name: 'dev' }).waitFor();
    };
    const link = host.view.getByRole('button', { name: 'Stack of dev in the AWS console' });
    await showStack(id);
    expect(await text()).toContain('The update failed (UPDATE_FAILED)');
    await link.click();
    await expect
      .poll(async () => (await host.said()).links)
      .toEqual([
        `https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/events?stackId=${encodeURIComponent(id)}`,
      ]);
    for (const arn of [
      'https://evil.test',
      'arn:aws:cloudformation:evil.test/:123456789012:stack/a/b',
      `${id}\n`,
    ]) {
      await showStack(arn);
      expect(await link.count()).toBe(0);
    }
  });

  it('lists the jobs that were asked about, above the board', async () => {
    const job = { appId, jobId: 'j', createdAt: '2026-11-24T15:28:00Z', uri: 'x', status: 'FAILED' };
    const one = { ...job, backendEnvironmentName: '<b>prod', operation: 'UpdateBackendAuth' };
    const jobs = [
      { ...one, state: 'failed', error: 'Pool is <i>gone</i>' },
      { ...one, state: 'succeeded' },
    ];
    forced.set('list_recent_jobs', answer({ appId, jobs, more: 3 }));
    await show('board', 'list_recent_jobs', shop);
    const table = host.view.getByRole('table', { name: 'Jobs that were asked about' });
    await table.waitFor();
    const rows = await table.getByRole('row').allInnerTexts();
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatch(/24 Nov[\s\S]*<b>prod[\s\S]*Update backend auth[\s\S]*failed[\s\S]*<i>gone/);
    expect(await text()).toContain('and 3 older jobs, not shown');
    await host.view.getByRole('article', { name: 'dev' }).waitFor();
    expect(await violationsIn(host)).toEqual([]);
  });

  it('says in words what a whole resource is that only one environment has', async () => {
    const value = { service: 'Lambda', origin: 'own', state: 'deployed' };
    const differences = [{ path: 'function/hook', is: 'only left', left: value }];
    const resources = [{ resource: 'function/hook', comparedBy: 'name' }];
    const counts = { different: 0, onlyLeft: 1, onlyRight: 0, same: 0, resources: 1, differences: 1 };
    forced.set(
      'compare_environments',
      answer({ appId, left: 'dev', right: 'prod', differences, resources, counts }),
    );
    await show('difference', 'compare_environments', { ...shop, left: 'dev', right: 'prod' });
    await host.view.getByText('Lambda, deployed').waitFor();
    expect(await text()).not.toContain('"service"');
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

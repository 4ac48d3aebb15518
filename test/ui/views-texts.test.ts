/**
 * The texts of the page in a chat host: hostile names and texts, failures, accounts, stacks and jobs.
 * One browser, one server and one sandbox serve all cases.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from '../support/chromium.ts';
import { violationsIn } from '../support/page-host.ts';
import { answer, appId, type PageScene, setPageScene, shop } from '../support/page-scene.ts';

/** Names that could break a page: with markup, bidirectional controls, combining marks, or of great length. */
const hostile = [
  '<img src=x onerror="alert(1)"><script>alert(1)</script>',
  '\u202egpj.dev\u2066',
  `a${'\u0301'.repeat(200)}`,
  'x'.repeat(10_000),
  '"><b>`|*_',
];

describe.runIf(hasChromium)('the page in a chat host (where chromium is installed)', () => {
  const scene = setPageScene();
  const { forced, text, widthOf } = scene;
  const show: PageScene['show'] = (...args) => scene.show(...args);
  let { host } = scene;
  beforeAll(() => {
    host = scene.host;
  });

  it.each([
    ['difference', 'compare_environments', { left: 'dev', right: 'prod', identical: true }],
    ['migration', 'assess_migration', { environment: 'dev', verdict: 'ready', findings: [] }],
    ['migration', 'verify_migration', { environment: 'dev', branch: 'main', models: [] }],
  ] as const)(
    'names the account of the app in %s by %s if there are several accounts',
    async (view, tool, facts) => {
      forced.set(tool, answer({ appId, ...facts }));
      await show(view, tool, { ...shop, target: 'staging' });
      await scene.becomes('subtitle', new RegExp(`${appId} · staging`));
    },
  );

  /** Expects the hostile names on the page, as text, within 320 px. */
  async function expectPlainText(): Promise<void> {
    expect(await host.view.locator('#page img, #page script, #page b').count()).toBe(0);
    expect(await text()).toContain('<img src=x onerror=');
    expect(await text()).toContain('\\u{202e}');
    expect(await text()).not.toContain('\u202e');
    expect(await widthOf()).toBeLessThanOrEqual(320);
    expect(host.problems).toEqual([]);
  }

  it('shows hostile names as text, within the width of the page', async () => {
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

  it('addresses the person after a failure, and names no tool', async () => {
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
      await scene.becomes('text', /type aws configure/);
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
    const link = () => host.view.getByRole('button', { name: 'Stack of dev in the AWS console' });
    await showStack(id);
    expect(await text()).toContain('The update failed (UPDATE_FAILED)');
    await link().click();
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
      expect(await link().count()).toBe(0);
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

  it('describes in words a resource that only one environment has', async () => {
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
});

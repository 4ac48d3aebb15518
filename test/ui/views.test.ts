/**
 * The page in a chat host, in Debian's Chromium: the official bridge around a sandboxed frame, over a real server and the
 * sandbox. One browser, one server and one sandbox serve all cases.
 */
import { existsSync } from 'node:fs';
import type { Client } from '@modelcontextprotocol/client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import {
  CHROMIUM,
  connectWithPages,
  openBrowser,
  openPageHost,
  type PageHost,
  type Result,
  violationsIn,
} from '../support/page-host.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';

const shop = { app: 'shop' };
const appId = 'd1sandboxshop';
/** Markup, directions, marks and length: what a name can do to a page. */
const hostile = [
  '<img src=x onerror="alert(1)"><script>alert(1)</script>',
  '\u202egpj.dev\u2066',
  `a${'\u0301'.repeat(200)}`,
  'x'.repeat(10_000),
  '"><b>`|*_',
];

describe.runIf(existsSync(CHROMIUM))('the page in a chat host (where chromium is installed)', () => {
  let browser: Browser;
  let sandbox: TestSandbox;
  let client: Client;
  let host: PageHost;
  /** Answers in place of the server's, by tool. */
  const forced = new Map<string, Result>();
  /** All that a host shows to the model. */
  const seenByModel: unknown[] = [];

  const call = async (name: string, args: Json): Promise<Result> =>
    forced.get(name) ?? ((await client.callTool({ name, arguments: args })) as Result);

  beforeAll(async () => {
    browser = await openBrowser();
    sandbox = await startTestSandbox();
    client = await connectWithPages(sandbox.env);
    host = await openPageHost(browser, call);
  });
  beforeEach(async () => {
    forced.clear();
    seenByModel.length = 0;
    await sandbox.reset();
  });
  afterAll(async () => {
    await browser.close();
    await client.close();
    await sandbox.close();
  });

  /** Calls a tool as the model does, and shows it. */
  async function show(view: Parameters<PageHost['open']>[0], tool: string, args: Json, options: object = {}) {
    const result = await call(tool, args);
    seenByModel.push(result.content, result.structuredContent);
    await host.open(view, { tool, ...options });
    await host.input(args);
    await host.result(result);
    return result;
  }

  const answer = (structuredContent: Json): Result => ({ content: [], structuredContent });
  const text = () => host.view.locator('#page').innerText();
  const widthOf = () => host.view.locator('html').evaluate('document.documentElement.scrollWidth');

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

  it('shows the types and fields of a schema side by side', async () => {
    await show('difference', 'compare_environments', { ...shop, left: 'dev', right: 'prod' });
    expect(await host.view.getByRole('group', { name: 'Schema of api/shopapi' }).innerText()).toMatch(
      /type Review[\s\S]*with 4 fields/,
    );
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
    await expect.poll(() => host.view.getByRole('status').innerText()).toContain('ended');
  });

  it('lets a person choose among several apps', async () => {
    await sandbox.load({ appId: 'd2other', environment: 'blue', meta: {} });
    await show('board', 'list_apps', {});
    await host.view.getByText('2 Amplify apps').waitFor();
    // The answer of the server takes the place of what the model was told.
    await expect.poll(async () => (await host.said()).calls.map(({ name }) => name)).toContain('read_board');
    await host.view.getByRole('button', { name: /d2other/ }).click();
    await host.view.getByRole('article', { name: 'blue' }).waitFor();
  });

  describe('a deletion', () => {
    const ask = async () => {
      const result = await show(
        'plan',
        'decommission_environment',
        { ...shop, environment: 'dev' },
        {
          capabilities: { updateModelContext: { text: {} }, message: { text: {} } },
        },
      );
      const { approval } = Object(result._meta?.['amplify-backend-mcp/approval']) as { approval: string };
      await host.view.getByLabel('Type dev to delete it').waitFor();
      return approval;
    };
    const told = async () => {
      const { messages, modelContexts } = await host.said();
      return JSON.stringify([seenByModel, messages, modelContexts]);
    };
    const deletions = async () => (await sandbox.verdicts('DeleteBackend')).length;

    it('is refused by Keep, and the model is told', async () => {
      const token = await ask();
      await host.view.getByRole('button', { name: 'Keep' }).click();
      await host.view.getByText('Nothing was deleted or changed.').waitFor();
      await expect.poll(told).toContain('I decided against the plan');
      expect(await told()).not.toContain(token);
      expect(await deletions()).toBe(0);
    });

    it('is not sent with another name, by keyboard alone', async () => {
      await ask();
      await host.view.getByLabel('Type dev to delete it').focus();
      await host.page.keyboard.type('prod');
      await host.page.keyboard.press('Enter');
      await host.view.getByText('That is not the name').waitFor();
      expect((await host.said()).calls.map(({ name }) => name)).not.toContain('approve_plan');
      expect(await deletions()).toBe(0);
    });

    it('is approved by name and button, by keyboard alone, and the model never sees the token', async () => {
      const token = await ask();
      await host.view.getByLabel('Type dev to delete it').focus();
      await host.page.keyboard.type('dev');
      await host.page.keyboard.press('Tab');
      await host.page.keyboard.press('Enter');
      await sandbox.arrival('DeleteBackend');
      sandbox.finishJobs();
      await host.view.getByText('What went').waitFor();
      await expect.poll(told).toContain('I approved the plan');
      expect(await told()).not.toContain(token);
      expect(await deletions()).toBe(1);
    });
  });

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
    expect(await host.view.locator('#page img, #page script, #page b').count()).toBe(0);
    expect(await text()).toContain('<img src=x onerror=');
    expect(await text()).toContain('\\u{202e}');
    expect(await text()).not.toContain('\u202e');
    expect(await widthOf()).toBeLessThanOrEqual(320);
    expect(host.problems).toEqual([]);
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

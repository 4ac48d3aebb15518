/** The page in a browser leaves out what the server's settings forbid, or names the setting when a person asks for it. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { appId, callsOf, go, setBoardPages, showBoard, submit } from '../support/board-page.ts';
import { hasChromium } from '../support/chromium.ts';

const ALL = ['Board', 'Compare', 'Clone', 'Migration', 'Delete', 'Inventory'];
const without = (...left: readonly string[]) => ALL.filter(name => !left.includes(name));

describe.runIf(hasChromium)('the page under settings that forbid (where chromium is installed)', () => {
  const { home, tab, servers } = setBoardPages({
    readOnly: ['--read-only'],
    byToken: ['--confirm-by', 'token'],
    byForm: ['--confirm-by', 'form'],
    byPerson: ['--confirm-by', 'person', '--confirm', 'writes'],
    writesByToken: ['--confirm-by', 'token', '--confirm', 'writes'],
    never: ['--confirm', 'never'],
    bounded: ['--protected', 'prod,live', '--apps', appId, '--surface', 'compact'],
  });
  const open = async (name: keyof typeof servers) => showBoard(await tab(), servers[name]);
  const places = (page: Page) => page.getByRole('navigation').getByRole('button').allInnerTexts();
  const remarks = (page: Page) => page.getByRole('navigation').getByRole('paragraph').allInnerTexts();

  const cases: readonly [keyof typeof servers, string[], RegExp[]][] = [
    [
      'readOnly',
      without('Clone', 'Delete'),
      [/^Clone is not offered: the setting readOnly/, /^Delete is not offered: the setting readOnly/],
    ],
    ['byToken', without('Delete'), [/^Delete is not offered: under the setting confirmBy: token/]],
    ['byForm', without('Delete'), [/^Delete is not offered: under the setting confirmBy: form/]],
    ['byPerson', ALL, []],
    [
      'writesByToken',
      without('Clone', 'Delete'),
      [/^Clone is not offered: .*confirmBy: token/, /^Delete is not offered: .*confirmBy: token/],
    ],
    ['never', ALL, []],
    ['bounded', ALL, []],
  ];

  it.each(cases)(
    '%s: offers what the settings allow, says why the rest is missing, and shows all reads',
    async (name, offered, why) => {
      const page = await open(name);
      expect(await places(page)).toEqual(offered);
      expect(await remarks(page)).toEqual(why.map(one => expect.stringMatching(one)));
      await go(page, 'Compare');
      expect(await remarks(page)).toEqual([]);
      await submit(page);
      await page.getByRole('searchbox').waitFor();
      await go(page, 'Migration');
      // This environment has the fewest stacks to read.
      await page.locator('#environment').selectOption('partner');
      await submit(page);
      await page.getByText('Readiness').first().waitFor();
      await go(page, 'Inventory');
      await page.getByRole('searchbox').waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    },
  );

  it.each(['byPerson', 'bounded', 'never'] as const)(
    '%s: shows what would be deleted, and deletes nothing yet',
    async name => {
      const page = await open(name);
      await go(page, 'Delete');
      await submit(page);
      await page.getByLabel('Type dev to delete it').waitFor();
      expect(await home.sandbox.verdicts('DeleteBackend')).toEqual([]);
    },
  );

  it("byPerson: asks for a clone's approval on its plan, and sends it once", async () => {
    const page = await open('byPerson');
    await go(page, 'Clone');
    await page.getByLabel('to a new environment named').fill('qa');
    await submit(page);
    await page.getByLabel('Type qa to approve this').fill('qa');
    expect(await home.sandbox.verdicts('CloneBackend')).toEqual([]);
    await page.getByRole('button', { name: 'Approve' }).click();
    await home.sandbox.arrival('CloneBackend');
    home.sandbox.finishJobs();
    await page.getByText('The clone has what its source has').waitFor();
    await page.getByText('resources alike').waitFor();
    expect(await home.sandbox.verdicts('CloneBackend')).toHaveLength(1);
  });

  it.each(['byToken', 'byForm', 'never'] as const)('%s: clones without a question', async name => {
    const page = await open(name);
    await go(page, 'Clone');
    await page.getByLabel('to a new environment named').fill('qa');
    await submit(page);
    await home.sandbox.arrival('CloneBackend');
    home.sandbox.finishJobs();
    await page.getByText('The clone has what its source has').waitFor();
  });

  it('bounded: says in the form which setting refuses an environment, and shows only the allowed app', async () => {
    await home.sandbox.load({ appId: 'd2other', environment: 'blue', meta: {} });
    const page = await open('bounded');
    for (const [to, fill] of [
      ['Delete', () => page.locator('#environment').selectOption('prod')],
      ['Clone', () => page.getByLabel('to a new environment named').fill('live')],
    ] as const) {
      await go(page, to);
      await fill();
      await submit(page);
      await expect.poll(() => page.getByRole('alert').innerText()).toContain('protected');
      await page.getByRole('form', { name: to }).waitFor();
      expect(await page.getByRole('status').innerText()).toContain('protected');
    }
    expect(callsOf(servers.bounded, 'clone_environment')).toHaveLength(1);
    for (const operation of ['CloneBackend', 'DeleteBackend'])
      expect(await home.sandbox.verdicts(operation)).toEqual([]);
  });
});

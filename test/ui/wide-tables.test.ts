/** Tables on narrow screens, and sums of which a part is unknown. */
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasChromium } from '../support/chromium.ts';
import { violationsIn } from '../support/page-host.ts';
import { answer, appId, setPageScene, shop } from '../support/page-scene.ts';

/** The members of an element that a test reads. */
interface Region {
  readonly scrollLeft: number;
  readonly scrollWidth: number;
  readonly clientWidth: number;
}

const at = { appId, app: 'shop', generation: 'gen1', hosting: 'git', migration: 'none' };
const dev = { ...at, environment: 'dev', state: 'deployed', data: ['storage/files: bucket'] };
const dark = { ...at, environment: 'dark', state: 'unreadable', migration: 'unknown' };
const sums = { apps: 1, gen1: 1, gen2: 0, both: 0, neither: 0, environments: 2, gen2Backends: 0 };
const known = { holdingData: 1, importing: 0, migrating: 0, migrationUnknown: 0 };
const nothing = { unknown: 0, gen2Unknown: 0, contentUnknown: 0, unread: 0, notCounted: 0 };
const inventory = { endOfLife: '2027-05-01', daysLeft: 100, accounts: [{ account: '1', apps: 1 }] };

describe.runIf(hasChromium)('tables of a page (where chromium is installed)', () => {
  const scene = setPageScene();

  const scrolledBy = (region: Locator): Promise<number> =>
    region.evaluate(({ scrollLeft }: Region) => scrollLeft);
  const hiddenBy = (region: Locator): Promise<number> =>
    region.evaluate(({ scrollWidth, clientWidth }: Region) => scrollWidth - clientWidth);

  it.each([
    ['inventory', 'take_inventory', {}],
    ['difference', 'compare_environments', { ...shop, left: 'dev', right: 'prod' }],
    ['migration', 'verify_migration', { ...shop, environment: 'dev', branch: 'gen2-main' }],
  ] as const)('stand as cards at 320 px in the %s, each cell with its name', async (view, tool, args) => {
    await scene.sandbox.migrate({ state: 'refactored', branch: 'gen2-main' });
    await scene.show(view, tool, args, { width: 320 });
    const { view: page } = scene.host;
    await page.locator('.scroll').first().waitFor();
    for (const region of await page.locator('.scroll').all())
      if (await region.isVisible()) expect(await hiddenBy(region)).toBe(0);
    const unnamed = page.locator('td:not(:empty):not([data-side])');
    expect(await unnamed.count()).toBe(0);
  });

  it('can still be sorted by their column headers at 320 px', async () => {
    await scene.show('inventory', 'take_inventory', {}, { width: 320 });
    const { view, page } = scene.host;
    await view.getByRole('button', { name: 'Environment', exact: true }).focus();
    await page.keyboard.press('Enter');
    await scene.becomes('status', 'Sorted by Environment, ascending.');
    expect(await view.locator('tbody tr').first().innerText()).toContain('dev');
    expect(await view.getByRole('columnheader', { name: 'Environment' }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
  });

  it('wider than the page have a name, scroll by keyboard, and are shaded at the edge where more follows', async () => {
    await scene.show('inventory', 'take_inventory', {}, { width: 500 });
    const region = scene.host.view.getByRole('group', { name: 'Environments and backends' });
    expect(await hiddenBy(region)).toBeGreaterThan(0);
    await region.focus();
    await scene.host.page.keyboard.press('ArrowRight');
    await expect.poll(() => scrolledBy(region)).toBeGreaterThan(0);
    const style = 'getComputedStyle(document.querySelector(".scroll")).backgroundAttachment';
    expect(await scene.host.view.evaluate(style)).toContain('local');
  });

  it('are complete in print, with collapsed parts opened and without buttons', async () => {
    await scene.show('difference', 'compare_environments', { ...shop, left: 'dev', right: 'prod' });
    const { view, page } = scene.host;
    const same = view.locator('details[data-key="same"]');
    const closed = same.getByText('api/shopwebhooks');
    await same.waitFor();
    expect(await closed.isVisible()).toBe(false);
    const say = (event: string) => view.evaluate(`window.dispatchEvent(new Event('${event}'))`);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await say('beforeprint');
    expect(await closed.isVisible()).toBe(true);
    expect(await view.getByRole('searchbox').isVisible()).toBe(false);
    const style = 'getComputedStyle(document.documentElement)';
    expect(await view.evaluate(`${style}.colorScheme`)).toBe('light');
    for (const region of await view.locator('.scroll').all())
      expect(await region.evaluate(({ scrollWidth, clientWidth }: Region) => scrollWidth > clientWidth)).toBe(
        false,
      );
    await say('afterprint');
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
    expect(await closed.isVisible()).toBe(false);
    expect(await view.getByRole('searchbox').isVisible()).toBe(true);
  });

  it('and sums count what could not be read as unknown, not as zero', async () => {
    const totals = { ...sums, ...nothing, ...known, contentUnknown: 1, migrationUnknown: 1, unread: 1 };
    scene.forced.set('take_inventory', answer({ ...inventory, totals, rows: [dev, dark] }));
    await scene.show('inventory', 'take_inventory', {});
    const { view } = scene.host;
    const figureOf = async (name: string) =>
      (await view.locator('.figures > div').filter({ hasText: name }).locator('dd').innerText()).trim();
    await view.locator('.figures').waitFor();
    expect(await figureOf('hold data')).toBe('at least 1');
    expect(await figureOf('in migration')).toBe('unknown');
    expect(await figureOf('Gen 2 backends')).toBe('0');
    expect(await figureOf('not read')).toBe('1');
    const row = view.getByRole('row').filter({ hasText: 'dark' });
    expect(await row.innerText()).not.toContain('none');
    expect((await row.innerText()).match(/unknown/g)).toHaveLength(4);
    await view.getByRole('combobox').selectOption('data');
    await scene.becomes('status', '2 rows of 2');
    expect(await violationsIn(scene.host)).toEqual([]);
  });

  it('and sums say "at least" if an account could not be listed', async () => {
    const totals = { ...sums, ...nothing, ...known };
    const accounts = [{ target: 'one', apps: 1 }, { target: 'two' }];
    scene.forced.set('take_inventory', answer({ ...inventory, accounts, totals, rows: [dev] }));
    await scene.show('inventory', 'take_inventory', {});
    const figures = scene.host.view.locator('.figures');
    await figures.waitFor();
    expect(await figures.innerText()).toMatch(
      /apps\s+at least 1\s+Gen 1 environments\s+at least 2\s+Gen 2 backends\s+unknown/,
    );
  });
});

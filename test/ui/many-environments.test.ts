/** An app with more environments than the board shows: the board says how many there are, and each can be chosen. */
import { describe, expect, it } from 'vitest';
import { appId, callsOf, go, setBoardPages, showBoard, submit } from '../support/board-page.ts';
import { hasChromium } from '../support/chromium.ts';

describe.runIf(hasChromium)('an app of many environments (where chromium is installed)', () => {
  const { home, openPage, servers } = setBoardPages({ one: [] });

  it('shows 25 of them, and lets a person choose any in every form', async () => {
    const loaded = Array.from({ length: 30 }, (_, at) => `e${String(at).padStart(2, '0')}`);
    for (const environment of loaded) await home.sandbox.load({ environment, meta: {} });
    const all = [...loaded, 'dev', 'partner', 'prod'].sort();
    const page = await showBoard(await openPage(), servers.one);
    await page.getByText(`· 25 of ${all.length} environments ·`).waitFor();
    expect(await page.getByRole('article').count()).toBe(25);
    const shown = await page.getByRole('article').getByRole('heading').allInnerTexts();
    const last = all.filter(name => !shown.includes(name)).at(-1) ?? '';
    const optionsOf = async (id: string) => (await page.locator(`#${id} option`).allInnerTexts()).sort();

    const compare = page.getByRole('group', { name: 'Compare two environments' });
    for (const id of ['left', 'right']) expect([id, await optionsOf(id)]).toEqual([id, all]);
    await page.locator('#right').selectOption(last);
    await compare.getByRole('button').click();
    await page.getByRole('searchbox').waitFor();
    expect(callsOf(servers.one, 'compare_environments')).toMatchObject([{ app: appId, right: last }]);

    for (const [to, fields, tool, args, about] of [
      ['Compare', ['left', 'right'], 'compare_environments', { right: last }, 'Differences'],
      ['Clone', ['from'], 'clone_environment', { from: last, to: 'qa' }, 'only registered'],
      ['Migration', ['environment'], 'assess_migration', { environment: last }, 'Readiness'],
      [
        'Delete',
        ['environment'],
        'decommission_environment',
        { environment: last },
        `Type ${last} to delete it`,
      ],
    ] as const) {
      await go(page, to);
      await page.getByRole('form', { name: to }).waitFor();
      for (const id of fields) {
        expect([to, id, await optionsOf(id)]).toEqual([to, id, all]);
        if (id !== 'left') await page.locator(`#${id}`).selectOption(last);
      }
      if (to === 'Clone') await page.getByLabel('to a new environment named').fill('qa');
      await submit(page);
      await expect.poll(() => callsOf(servers.one, tool).at(-1)).toMatchObject({ app: appId, ...args });
      await page.getByText(about).first().waitFor();
    }
    // A form needs only the names from the board.
    expect(callsOf(servers.one, 'read_board').filter(({ only }) => only === 'names')).toHaveLength(4);
  });
});

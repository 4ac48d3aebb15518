/** The pictures in README: `npm run screenshots` writes them, and every other run checks that they exist. */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { CHROMIUM, openBrowser } from '../support/chromium.ts';
import { connectWithPages, openPageHost, type Result } from '../support/page-host.ts';
import { startTestSandbox } from '../support/sandbox.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const MOST_BYTES = 80_000;
const shop = { app: 'shop' };

const pictures = [
  ['board', 'describe_environment', { ...shop, environment: 'dev' }, '.card', 'light', 420],
  ['difference', 'compare_environments', { ...shop, left: 'dev', right: 'prod' }, 'table', 'dark', 520],
  ['plan', 'decommission_environment', { ...shop, environment: 'dev' }, '.decision', 'light', 620],
] as const;

it.runIf(process.env.SCREENSHOTS === 'write' && existsSync(CHROMIUM))(
  'writes the pictures (only with SCREENSHOTS=write, where chromium is installed)',
  async () => {
    const browser = await openBrowser([], CHROMIUM);
    const sandbox = await startTestSandbox();
    const client = await connectWithPages(sandbox.env);
    onTestFinished(async () => {
      await browser.close();
      await client.close();
      await sandbox.close();
    });
    const call = async (name: string, args: object) =>
      (await client.callTool({ name, arguments: { ...args } })) as Result;
    mkdirSync(`${root}docs/images`, { recursive: true });
    const host = await openPageHost(browser, call);
    for (const [view, tool, args, shown, theme, height] of pictures) {
      await host.open(view, { tool, theme });
      await host.input(args);
      await host.result(await call(tool, args));
      await host.view.locator(shown).first().waitFor();
      await host.page.setViewportSize({ width: 960, height });
      await host.page.screenshot({
        path: `${root}docs/images/${view}.png`,
        clip: { x: 0, y: 0, width: 960, height },
      });
    }
  },
);

it.each(pictures.map(([view]) => view))('README shows %s, in a small picture', view => {
  const path = `docs/images/${view}.png`;
  expect(readFileSync(`${root}README.md`, 'utf8')).toContain(`](${path})`);
  expect(statSync(`${root}${path}`).size).toBeLessThan(MOST_BYTES);
});

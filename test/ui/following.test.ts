/** What a page follows without being asked: a clone that outlasts its call and a job, but nothing while hidden. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Json } from '../support/child.ts';
import { hasChromium } from '../support/chromium.ts';
import { type Result, violationsIn } from '../support/page-host.ts';
import { answer, appId, setPageScene, shop } from '../support/page-scene.ts';

const wait = { timeout: 20_000 };
const qa = { ...shop, from: 'dev', to: 'qa' };

describe.runIf(hasChromium)('a page that follows (where chromium is installed)', () => {
  const scene = setPageScene();
  const done = () => scene.host.view.locator('.steps .done').count();

  describe('a clone', () => {
    it('that outlasts its call is followed and then compared by the page itself', async () => {
      const result = await scene.show('clone', 'clone_environment', { ...qa, timeoutSeconds: 1 });
      expect(result.structuredContent).not.toHaveProperty('verdict');
      const { view } = scene.host;
      await view.locator('progress').waitFor();
      expect(await scene.step()).toContain('Follow');
      expect(scene.callsOf('compare_environments')).toBe(0);
      scene.sandbox.finishJobs();
      await view.getByText('resources alike').waitFor();
      await expect.poll(done, wait).toBe(4);
      expect(await scene.status()).toBe('Clone of dev to qa: compared.');
      expect(await view.locator('progress').count()).toBe(0);
      expect(scene.callsOf('compare_environments')).toBe(1);
      expect(scene.callsOf('clone_environment')).toBe(0);
      expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['ok']);
      expect(await violationsIn(scene.host)).toEqual([]);
    });

    it('that becomes a task is followed, and shows the verdict once the task has ended', async () => {
      await scene.begin('clone', 'clone_environment', qa);
      const cloning = scene.call('clone_environment', qa);
      await scene.sandbox.arrival('CloneBackend');
      // This is what a host sends that leaves the task to the page.
      const task = { taskId: 'sealed', status: 'working', pollIntervalMs: 5000, ttlMs: 600_000 };
      await scene.host.result({ resultType: 'task', content: [], ...task } as Result);
      await scene.becomes('step', /Follow/);
      expect(await scene.text()).not.toContain('failed');
      scene.sandbox.finishJobs();
      await scene.host.result(await cloning);
      await scene.host.view.getByText('The clone has what its source has').waitFor();
      expect(await done()).toBe(4);
      expect(await scene.sandbox.verdicts('CloneBackend')).toEqual(['ok']);
    });
  });

  describe('a hidden page', () => {
    it('sends no requests, and sends one at once when it is shown again', async () => {
      const reads: string[] = [];
      const board = {
        app: { appId, name: 'shop' },
        environments: [],
        running: [],
        failures: [],
        ttlMs: 2_000,
      };
      scene.forced.set('read_board', () => {
        reads.push('read_board');
        return answer(board);
      });
      const host = await scene.openAnother();
      onTestFinished(() => host.close());
      const { clock } = host.page;
      await clock.install({ time: 0 });
      await clock.pauseAt(1_000);
      await host.open('board', { tool: 'list_apps' });
      await host.result(answer({ appId, apps: [{ appId, name: 'shop' }] }));
      const setHidden = (isHidden: boolean) =>
        host.view.evaluate(
          `Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} }); document.dispatchEvent(new Event('visibilitychange'))`,
        );
      await expect.poll(() => reads.length, wait).toBe(1);
      await host.view.getByText('0 environments').waitFor();
      await clock.runFor(2_100);
      await expect.poll(() => reads.length, wait).toBe(2);
      await setHidden(true);
      await clock.runFor(600_000);
      expect(reads).toHaveLength(2);
      await setHidden(false);
      await clock.runFor(10);
      await expect.poll(() => reads.length, wait).toBe(3);
      await clock.runFor(2_100);
      await expect.poll(() => reads.length, wait).toBe(4);
    });
  });

  describe('a job that was asked about', () => {
    const clone = async (fault?: Json) => {
      if (fault) await scene.sandbox.order('CloneBackend', 'job-fails', fault);
      const args = { appId, backendEnvironmentName: 'dev', targetEnvironmentName: 'qa' };
      const { structuredContent = {} } = await scene.call('clone_backend', args);
      const { jobId } = structuredContent.job as { jobId: string };
      return { appId, backendEnvironmentName: 'qa', jobId };
    };
    const part = () => scene.host.view.getByRole('region', { name: 'The job' });
    /** Waits until that region shows the words. A locator checks less often than `expect.poll`. */
    const partSays = async (words: string) => {
      await part().getByText(words).first().waitFor(wait);
      expect(await part().innerText()).toContain(words);
    };

    it('is shown above the board, as ended once AWS says so', async () => {
      const job = await clone();
      await scene.show('board', 'wait_for_job', { ...job, timeoutSeconds: 1 });
      await part().waitFor();
      expect(await part().innerText()).toContain('running');
      await scene.host.view.getByRole('region', { name: 'Running' }).waitFor();
      scene.sandbox.finishJobs();
      await partSays('succeeded');
      await scene.becomes('status', /Clone backend/);
      expect(await violationsIn(scene.host)).toEqual([]);
    });

    it('is shown as unknown once it can no longer be read', async () => {
      const job = await clone();
      await scene.show('board', 'wait_for_job', { ...job, timeoutSeconds: 1 });
      await part().waitFor();
      const board = { app: { appId }, environments: [], running: [], failures: [], ttlMs: 1_000 };
      scene.forced.set('read_board', answer(board));
      scene.forced.set('wait_for_job', { ...answer({ error: { code: 'not_found' } }), isError: true });
      await partSays('It can no longer be read.');
    });

    it('is explained if it failed, with what to do next', async () => {
      const job = await clone({ error: 'The pool "shop" <b>is taken</b>.' });
      scene.sandbox.finishJobs();
      await scene.show('board', 'explain_job', job);
      await part().waitFor();
      const text = await part().innerText();
      expect(text).toContain('failed');
      expect(text).toContain('The pool "shop" <b>is taken</b>.');
      expect(text).not.toMatch(/explain_job|get_backend_job/);
      await scene.host.view.getByRole('region', { name: 'Recent failures' }).waitFor(wait);
      expect(await violationsIn(scene.host)).toEqual([]);
      expect(scene.host.problems).toEqual([]);
    });

    it('is among the recent jobs on the board of its app', async () => {
      await clone({ error: 'Too many clones.' });
      scene.sandbox.finishJobs();
      await scene.show('board', 'list_recent_jobs', shop);
      const failures = scene.host.view.getByRole('table', { name: 'Recent failures' });
      await failures.waitFor(wait);
      expect(await failures.innerText()).toContain('Too many clones.');
      expect(await violationsIn(scene.host)).toEqual([]);
    });
  });

  describe('an app of many environments', () => {
    it('shows the environment that was asked about first, and leads to the others', async () => {
      for (let at = 10; at < 40; at += 1) await scene.sandbox.load({ environment: `en${at}`, meta: {} });
      await scene.show('board', 'describe_environment', { ...shop, environment: 'en39' });
      const { view } = scene.host;
      const cards = () => view.getByRole('article');
      await expect.poll(() => cards().count(), wait).toBe(25);
      expect(await cards().first().innerText()).toContain('en39');
      expect(await scene.subtitle()).toContain('25 of 33 environments');
      const others = view.getByRole('group', { name: 'Other environments' });
      expect(await others.locator('option').count()).toBe(8);
      await others.getByRole('combobox').selectOption('en38');
      await others.getByRole('button', { name: 'Show first' }).click();
      await expect.poll(() => cards().first().innerText(), wait).toContain('en38');
      expect(await violationsIn(scene.host)).toEqual([]);
    });
  });

  describe('the board of a host', () => {
    it('leads to a comparison and back', async () => {
      await scene.show('board', 'list_apps', {});
      const { view } = scene.host;
      await view.getByRole('article', { name: 'dev' }).waitFor();
      expect(await scene.text()).not.toContain('It was updated');
      await view.getByRole('button', { name: 'Compare' }).click();
      await view.getByRole('searchbox').waitFor();
      await view.getByRole('button', { name: 'Back to the board' }).click();
      await view.getByRole('article', { name: 'dev' }).waitFor();
      expect(await view.getByRole('searchbox').count()).toBe(0);
      expect(await violationsIn(scene.host)).toEqual([]);
    });

    it('leads from the apps to one of them, to its comparison, and all the way back', async () => {
      await scene.sandbox.load({ appId: 'd2other', environment: 'blue', meta: {} });
      await scene.show('board', 'list_apps', {});
      const { view } = scene.host;
      await view.getByRole('button', { name: /d1sandboxshop/ }).click();
      await view.getByRole('article', { name: 'dev' }).waitFor();
      await view.getByRole('button', { name: 'Compare' }).click();
      await view.getByRole('searchbox').waitFor();
      await view.getByRole('button', { name: 'Back to the board' }).click();
      await view.getByRole('button', { name: 'Back to the apps' }).click();
      await view.getByRole('button', { name: /d2other/ }).waitFor();
    });

    it('says that an app has no environments', async () => {
      const board = { app: { appId, name: 'shop' }, environments: [], running: [], failures: [] };
      scene.forced.set('read_board', answer(board));
      await scene.show('board', 'list_apps', {});
      await scene.host.view.getByText('The app has no environments.').waitFor();
    });
  });

  describe('a long comparison', () => {
    const types = (of: string, field: string) =>
      Array.from({ length: 150 }, (_, at) => `type ${of}${at} @model { id: ID! ${field}: String }`).join(
        '\n',
      );
    const api = { api: { big: { service: 'AppSync', output: { GraphQLAPIIdOutput: 'graph1' } } } };

    it('is read page by page to its end, and a failed page is reported and read again', async () => {
      await scene.sandbox.load({ environment: 'one', meta: api, schema: types('Thing', 'one') });
      await scene.sandbox.load({ environment: 'two', meta: api, schema: types('Thing', 'two') });
      const args = { ...shop, left: 'one', right: 'two' };
      const { structuredContent } = await scene.show('difference', 'compare_environments', args);
      const { counts } = structuredContent as { counts: { differences: number } };
      const { view } = scene.host;
      const next = view.getByRole('button', { name: /^Read .* more$/ });
      await next.waitFor();
      scene.forced.set('compare_environments', {
        ...answer({ error: { message: 'AWS is busy.' } }),
        isError: true,
      });
      await next.click();
      await view.locator('.badly', { hasText: 'The next page could not be read. AWS is busy.' }).waitFor();
      scene.forced.clear();
      const read = async () =>
        Number(/^(\d+) differences? read/.exec((await scene.status()).replaceAll(',', ''))?.[1] ?? 0);
      for (let before = 0; (await next.count()) > 0; before = await read()) {
        await next.click();
        await expect.poll(read, wait).toBeGreaterThan(before);
      }
      expect(await read()).toBe(counts.differences);
      const paths = new Set(
        (await scene.host.said()).calls
          .filter(({ arguments: { page } }) => page !== undefined)
          .map(one => one.arguments.page),
      );
      expect(paths.size).toBeGreaterThan(1);
      expect(await scene.text()).not.toContain('could not be read');
    });

    it('does not mix pages from before and after a change of the environments', async () => {
      const row = (path: string) => ({ path, is: 'different', left: 'a', right: 'b' });
      const counts = { differences: 2, different: 2, onlyLeft: 0, onlyRight: 0, same: 0, resources: 1 };
      const first = { left: 'dev', right: 'prod', counts, differences: [row('auth/x/one')] };
      scene.forced.set('compare_environments', ({ page }) =>
        answer(page === 2 ? { ...first, counts: { ...counts, differences: 9 } } : first),
      );
      await scene.show('difference', 'compare_environments', { ...shop, left: 'dev', right: 'prod' });
      await scene.host.view.getByRole('button', { name: 'Read 1 difference more' }).click();
      const said = { hasText: 'One of the environments has changed meanwhile' };
      await scene.host.view.locator('.badly', said).waitFor();
    });
  });
});

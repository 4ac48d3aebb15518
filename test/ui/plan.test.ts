/** The plan's page in a chat host: the question, its answer, its outcome, and what the model is told. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { hasChromium } from '../support/chromium.ts';
import { type Result, violationsIn } from '../support/page-host.ts';
import { answer, setPageScene, shop, TELLS } from '../support/page-scene.ts';
import { storageOf } from '../support/storage-meta.ts';

const KEY = 'amplify-backend-mcp/approval';

/** What a host answers in place of the server if the person denies the call. */
const denied = {
  // biome-ignore lint/suspicious/noThenProperty: awaiting it must fail
  then: (_: unknown, reject: (error: Error) => void) => reject(new Error('Denied by the user.')),
} as unknown as Result;

describe.runIf(hasChromium)("a deletion on the plan's page (where chromium is installed)", () => {
  const scene = setPageScene();
  const { text, subtitle, status } = scene;
  const told = () => scene.told();
  const field = (name = 'dev') => scene.host.view.getByLabel(`Type ${name} to delete it`);
  const press = (name: string) => scene.host.view.getByRole('button', { name, exact: true }).click();
  const buttons = () => scene.host.view.locator('main').getByRole('button').allInnerTexts();
  const deletions = async () => (await scene.sandbox.verdicts('DeleteBackend')).length;
  const focused = () => scene.host.view.evaluate('(e => e.id || e.tagName)(document.activeElement)');

  const ask = async (args: Json = {}, tool = 'decommission_environment') => {
    const all = tool === 'delete_backend' ? args : { ...shop, environment: 'dev', ...args };
    const result = await scene.show('plan', tool, all, { capabilities: TELLS });
    const question = Object(result._meta?.[KEY]) as { approval: string; type: string; arguments: Json };
    await field(question.type).waitFor();
    return { result, question };
  };
  /** Hosts do so when a person scrolls or reloads. */
  const mountAgain = async (result: Result) => {
    await scene.begin('plan', 'decommission_environment', shop, { capabilities: TELLS });
    await scene.host.result(result);
  };
  const answerOf = ({
    approval,
    type,
    arguments: args,
  }: {
    approval: string;
    type: string;
    arguments: Json;
  }) => ({ tool: 'decommission_environment', arguments: args, approval, name: type }) as const;
  const approve = async (name = 'dev') => {
    await field(name).fill(name);
    await scene.host.page.keyboard.press('Enter');
  };

  it('is declined by Keep, and the model is told', async () => {
    const { question, result } = await ask();
    await press('Keep');
    await scene.becomes('subtitle', 'Kept: nothing was sent');
    await expect.poll(told).toContain('I decided against the plan');
    expect(await told()).not.toContain(question.approval);
    expect(await text()).toContain('Nothing was deleted or changed.');
    expect(await deletions()).toBe(0);
    await mountAgain(result);
    await scene.becomes('subtitle', 'Kept: nothing was sent');
    expect(await buttons()).toEqual([]);
  });

  it('is not sent if another name is typed, and says so each time, by keyboard alone', async () => {
    await ask();
    await field().focus();
    const { view } = scene.host;
    const complaint = "document.getElementById('complaint')";
    const kinds = '{ childList: true, characterData: true, subtree: true }';
    const note = `window.heard.push(${complaint}.textContent)`;
    await view.evaluate(`new MutationObserver(() => ${note}).observe(${complaint}, ${kinds})`);
    for (const name of ['prod', 'prdo', '']) {
      await scene.host.page.keyboard.press('Control+A');
      await scene.host.page.keyboard.type(name);
      await view.evaluate('window.heard = []');
      await scene.host.page.keyboard.press('Enter');
      await expect
        .poll(async () => (await view.evaluate('window.heard')) as string[])
        .toContainEqual(expect.stringContaining('That is not the name'));
    }
    expect(scene.callsOf('approve_plan')).toBe(0);
    expect(await deletions()).toBe(0);
  });

  it('is approved by name and button, by keyboard alone, and the model never sees the token', async () => {
    const { question } = await ask();
    await field().focus();
    await scene.host.page.keyboard.type('dev ');
    await scene.host.page.keyboard.press('Tab');
    await scene.host.page.keyboard.press('Enter');
    await scene.sandbox.arrival('DeleteBackend');
    // The focus stays on the page while the call runs.
    expect(await focused()).toBe('H1');
    await scene.host.view.locator('progress').waitFor();
    scene.sandbox.finishJobs();
    await scene.host.view.getByText('What went').first().waitFor();
    await expect.poll(told).toContain('on its page. Result: gone.');
    expect(await told()).not.toContain(question.approval);
    // The call itself followed its job to the end.
    expect(await subtitle()).toBe('Approved: gone');
    expect(await scene.host.view.locator('progress').count()).toBe(0);
    expect(await deletions()).toBe(1);
  });

  it('is followed to its end if its job outlasts the call', async () => {
    await ask({ timeoutSeconds: 1 });
    await approve();
    await scene.becomes('subtitle', 'Approved: AWS works on it');
    await scene.host.view.locator('progress').waitFor();
    await expect.poll(told).toContain('Result: sent, the job runs.');
    scene.sandbox.finishJobs();
    await scene.becomes('subtitle', 'Approved: gone');
    expect(await status()).toContain('gone');
    expect(await told()).toContain('The job of the approved plan has ended. Delete backend: succeeded.');
    expect(await deletions()).toBe(1);
  });

  it('names what holds data before anything is opened', async () => {
    await ask();
    for (const kind of await scene.host.view.locator('details.kind').all())
      if (await kind.locator('.held').count()) expect(await kind.getAttribute('open')).not.toBeNull();
    expect(await scene.host.view.locator('.held li').first().isVisible()).toBe(true);
  });

  it('that was approved says so when the page is shown again, and cannot be answered again', async () => {
    const { result } = await ask({ timeoutSeconds: 1 });
    await approve();
    await scene.sandbox.arrival('DeleteBackend');
    await scene.becomes('subtitle', 'Approved: AWS works on it');
    await mountAgain(result);
    await scene.becomes('subtitle', 'Approved before');
    expect(await buttons()).toEqual([]);
    expect(await text()).toContain('may be running or done');
    await scene.host.view.locator('progress').waitFor();
    expect(await told()).not.toContain('I decided');
  });

  it.each(['Keep', 'Delete dev'])(
    'that another window has approved meanwhile is not kept or sent by %s',
    async name => {
      const { question } = await ask({ timeoutSeconds: 1 });
      await scene.call('approve_plan', { ...answerOf(question), decision: 'approve' });
      expect(await deletions()).toBe(1);
      await field().fill('dev');
      await press(name);
      await scene.becomes('subtitle', 'Approved before');
      await expect.poll(told).toContain('is closed: Approved before.');
      expect(await told()).not.toMatch(/I decided|Result: failed/);
      expect(await text()).not.toContain('Nothing was deleted or changed');
      expect(await deletions()).toBe(1);
    },
  );

  it('can be kept while AWS fails', async () => {
    const { question } = await ask();
    await scene.sandbox.order('*', 'server-error', { times: 1_000 });
    await press('Keep');
    await scene.becomes('subtitle', 'Kept: nothing was sent');
    await scene.sandbox.reset();
    const { structuredContent } = await scene.call('approve_plan', {
      ...answerOf(question),
      decision: 'approve',
    });
    expect(structuredContent?.error).toMatchObject({ code: 'confirmation_used' });
    expect(await deletions()).toBe(0);
  });

  it('whose answer was lost is shown as unknown, not as failed', async () => {
    await ask({ appId: 'd1sandboxshop', backendEnvironmentName: 'prod' }, 'delete_backend');
    await scene.sandbox.order('DeleteBackend', 'timeout-before', { times: 9 });
    await approve('prod');
    await scene.becomes('subtitle', 'Whether it was done is unknown', 80_000);
    await expect.poll(told).toContain('Result: unknown.');
    expect(await told()).not.toContain('Result: failed');
  }, 90_000);

  it('is asked about again if its plan has changed, with what changed', async () => {
    await scene.sandbox.load({ environment: 'st', meta: storageOf('first-bucket') });
    const { question } = await ask({ environment: 'st' });
    await scene.sandbox.load({ environment: 'st', meta: storageOf('second-bucket') });
    await approve('st');
    await scene.host.view.getByText('has changed since the plan was read').first().waitFor();
    const changed = scene.host.view.getByRole('region', { name: 'What has changed since you approved it' });
    expect(await changed.innerText()).toMatch(
      /Now in the plan[\s\S]*second-bucket[\s\S]*No longer[\s\S]*first-bucket/,
    );
    await expect.poll(told).toContain('what it would do has changed');
    expect(await told()).not.toContain('Result: failed');
    expect(await field('st').inputValue()).toBe('');
    expect(await deletions()).toBe(0);
    expect(await violationsIn(scene.host)).toEqual([]);
    await approve('st');
    await scene.sandbox.arrival('DeleteBackend');
    expect(await told()).not.toContain(question.approval);
  });

  it('can be decided again after the host refused it, and keeps the typed name', async () => {
    await ask();
    scene.forced.set('approve_plan', denied);
    await approve();
    await scene.host.view.getByText('Denied by the user.').first().waitFor();
    expect(await text()).toContain('Nothing was sent. You can decide again.');
    expect(await subtitle()).toBe('A person decides: nothing was sent yet');
    expect(await field().inputValue()).toBe('dev');
    await expect.poll(focused).toBe('name');
    await expect.poll(told).toContain('Result: refused, nothing was sent.');
    expect(await told()).not.toMatch(/Result: (failed|unknown)/);
    scene.forced.delete('approve_plan');
    await press('Delete dev');
    await scene.sandbox.arrival('DeleteBackend');
  });

  it('whose outcome is unknown shows its own job, and no others', async () => {
    const args = { appId: 'd1sandboxshop', backendEnvironmentName: 'prod' };
    await ask(args, 'delete_backend');
    scene.forced.set('approve_plan', denied);
    scene.forced.set('read_approval', answer({ state: 'approved' }));
    await approve('prod');
    await scene.becomes('subtitle', 'Whether it was sent is unknown');
    const job = { environment: 'prod', state: 'running', elapsedMs: 0 };
    const running = [
      { ...job, operation: 'UpdateBackendAuth', jobId: 'other' },
      { ...job, operation: 'DeleteBackend', jobId: 'before', elapsedMs: 600_000 },
      { ...job, operation: 'DeleteBackend', jobId: 'own' },
    ];
    const app = { appId: 'd1sandboxshop' };
    scene.forced.set('read_board', answer({ app, environments: [], running, failures: [], ttlMs: 1_000 }));
    await scene.host.view.locator('progress').waitFor();
    expect(
      await scene.host.view.locator('.job').evaluateAll(all => all.map(one => one.getAttribute('data-key'))),
    ).toEqual(['own']);
    expect(await text()).not.toContain('Update backend auth');
  });

  it('can no longer be answered once the server says that the time is over', async () => {
    scene.forced.set('read_approval', answer({ state: 'open', leftMs: 300 }));
    await ask();
    scene.forced.set('read_approval', answer({ state: 'expired' }));
    await scene.becomes('subtitle', 'The time to answer has passed: nothing was sent');
    expect(await buttons()).toEqual([]);
    expect(await status()).toContain('The time to answer has passed');
  });

  it('counts all that is deleted, not only what is shown', async () => {
    const storage = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, at) => [
        `t${at}`,
        {
          service: 'DynamoDB',
          output: {
            Name: `table${at}`,
            Arn: `arn:aws:dynamodb:us-east-1:123456789012:table/table${at}`,
            Region: 'us-east-1',
          },
        },
      ]),
    );
    const functions = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, at) => [`f${at}`, { service: 'Lambda', output: { Name: `f${at}` } }]),
    );
    await scene.sandbox.load({ environment: 'big', meta: { storage, function: functions } });
    await ask({ environment: 'big' });
    const figures = await scene.host.view.locator('.figures').innerText();
    expect(figures).toMatch(/resources go\s*2,00[01]/i);
    expect(figures).toMatch(/things of theirs go\s*[12],000/i);
    const body = await text();
    expect(body).toMatch(/1,9\d\d resources of these are not shown below/);
    expect(body).toMatch(
      /storage: 9\d\d resources with 9\d\d things; |; storage: 9\d\d resources with 9\d\d things/,
    );
    expect(body).toMatch(
      /storage\s*1,000 resources, 1,000 things of their own; 9\d\d resources with 9\d\d things not shown/,
    );
    expect(body).toMatch(/function 1,000 resources.*, none of them shown/);
    await scene.host.page.setViewportSize({ width: 320, height: 800 });
    expect(await scene.widthOf()).toBeLessThanOrEqual(320);
    expect(await violationsIn(scene.host)).toEqual([]);
  });
});

/**
 * Obstacles to a clone or a deletion: environments that are listed and cannot be read, stuck or busy stacks,
 * unmanaged services, stacks whose names do not include an app.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { type ToolResult, textOf, today } from '../support/clients.ts';
import { loadInto } from '../support/load-environment.ts';
import { entries, metaOf } from '../support/metas.ts';
import { setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const scene = setScene(today.connect, [], { jobMs: 4_000 });
const call = (tool: string, args: Json = {}) => scene.client.callTool(tool, args);
const load = (body: Json) => loadInto(scene.sandbox, { appId, environment: 'old', ...body });

const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;
const planOf = ({ structuredContent }: ToolResult) => structuredContent.plan as Json;
const takenDown = (more: Json = {}) =>
  call('decommission_environment', { app: 'shop', environment: 'old', ...more });
const cloned = (more: Json = {}) =>
  call('clone_environment', { app: 'shop', from: 'old', to: 'qa', dryRun: true, ...more });

const words = 'The specified bucket does not exist';
const recordLine = `aws amplify delete-backend-environment --app-id ${appId} --environment-name old`;

describe.each([404, 400, 500])('an environment that AWS lists, and whose reads fail with %i', status => {
  const ghost = { ghost: { message: words, status } };

  it.each([
    ['decommission_environment', { app: 'shop', environment: 'old' }],
    ['delete_backend', on('old')],
    ['remove_all_backends', { appId }],
  ])('does not block %s: a person confirms although the contents are unknown', async (tool, args) => {
    await load(ghost);
    const asked = await call(tool, args);
    expect(errorOf(asked)).toMatchObject({ code: 'confirmation_required' });
    expect(planOf(asked).confirmation).toMatchObject({ notItemized: ['old'] });
    const text = textOf(asked);
    expect(text).toContain('old is listed, but AWS refuses to read it');
    expect(text).toContain(JSON.stringify(words));
    expect(text).toContain('to confirm is to agree to lose all of them');
    expect(text).toContain(recordLine);
  });

  it('is deleted after the confirmation', async () => {
    await load(ghost);
    const { confirmationToken } = (await takenDown()).structuredContent;
    const answer = takenDown({ confirmationToken });
    await scene.sandbox.arrival('DeleteBackend');
    scene.sandbox.finishJobs();
    expect((await answer).structuredContent).toMatchObject({ verdict: 'gone' });
  });
});

it('the refusal to delete an environment names the command for a person', async () => {
  await load({ ghost: { message: words, status: 404, deletes: false } });
  for (const [tool, args] of [
    ['delete_backend', on('old')],
    ['decommission_environment', { app: 'shop', environment: 'old' }],
  ] as const) {
    const { confirmationToken } = (await call(tool, args)).structuredContent;
    expect(textOf(await call(tool, { ...args, confirmationToken }))).toContain(recordLine);
  }
});

it('an environment that cannot be read is not cloned and not called empty', async () => {
  await load({ meta: '<<<<<<< HEAD\n{}\n=======' });
  const { message } = errorOf(await cloned()) as { message: string };
  expect(message).toContain('merge conflict');
  expect(message).not.toContain('only registered');
});

const meta = metaOf({ storage: { photos: entries.bucket } }, 'old');
const stack = 'amplify-bakery-old-40404';
const standing = (status: string) => load({ meta, stacks: [{ name: stack, status }] });

describe('a stack', () => {
  it.each([
    ['UPDATE_ROLLBACK_FAILED', `aws cloudformation continue-update-rollback --stack-name ${stack}`],
    ['ROLLBACK_COMPLETE', `aws cloudformation delete-stack --stack-name ${stack}`],
    ['DELETE_FAILED', `aws cloudformation delete-stack --stack-name ${stack}`],
  ])('in %s blocks a clone, and the plan of the deletion says what to type', async (status, line) => {
    await standing(status);
    const refused = await cloned();
    expect(errorOf(refused)).toMatchObject({ code: 'stack_in_the_way' });
    expect(textOf(refused)).toContain(`stack ${stack} is ${status}: `);
    expect(textOf(refused)).toContain(line);
    const { remarks } = planOf(await takenDown({ dryRun: true })) as { remarks: string[] };
    expect(remarks.join('\n')).toContain(`stack ${stack} is ${status}: `);
    expect(remarks.join('\n')).toContain(line);
  });

  it('during another push blocks clone and deletion; the clone can wait for it', async () => {
    await standing('UPDATE_IN_PROGRESS');
    for (const refused of [await cloned(), await takenDown(), await takenDown({ dryRun: true })]) {
      expect(errorOf(refused)).toMatchObject({ code: 'stack_in_the_way' });
      expect(textOf(refused)).toContain(`stack ${stack} is UPDATE_IN_PROGRESS: it is being updated`);
    }
    const { remarks } = planOf(await cloned({ waitForPending: true })) as { remarks: string[] };
    expect(remarks.join('\n')).toContain('The clone first waits for the stack of old');
    const unended = await cloned({ dryRun: false, waitForPending: true, timeoutSeconds: 1 });
    expect(textOf(unended)).toContain('CloudFormation is still at work');
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual([]);
  });

  it.each([
    ['was deleted', 'DELETE_COMPLETE'],
    ['is being deleted', 'DELETE_IN_PROGRESS'],
  ])('that %s blocks a clone, which does not wait', async (_, status) => {
    await standing(status);
    for (const more of [{}, { waitForPending: true }, { waitForPending: true, dryRun: false }]) {
      const refused = await cloned(more);
      expect(errorOf(refused)).toMatchObject({
        code: 'stack_in_the_way',
        message: expect.stringContaining(`stack ${stack} is ${status}`),
        hint: expect.stringContaining('Ask the person which environment is meant'),
      });
    }
    expect(await scene.sandbox.verdicts('CloneBackend')).toEqual([]);
    const { nextSteps } = (await call('describe_environment', { app: 'shop', environment: 'old' }))
      .structuredContent as { nextSteps: string[] };
    expect(nextSteps).toHaveLength(1);
  });

  it('that does not exist in CloudFormation blocks a clone', async () => {
    // CloudFormation finds a deleted stack only by its id, and this meta has only the name.
    const byName = { ...meta, providers: { awscloudformation: { StackName: stack } } };
    await load({ meta: byName, stacks: [{ name: stack, status: 'DELETE_COMPLETE' }] });
    expect(errorOf(await cloned())).toMatchObject({
      code: 'stack_in_the_way',
      message: expect.stringContaining(`CloudFormation has no stack ${stack}`),
    });
    const { nextSteps } = (await call('describe_environment', { app: 'shop', environment: 'old' }))
      .structuredContent as { nextSteps: string[] };
    expect(nextSteps.join()).toContain('its stack is gone, so nothing of it can be changed or cloned');
  });

  it('that is stuck under the name of the target is reported, with what to type', async () => {
    await standing('CREATE_COMPLETE');
    await loadInto(scene.sandbox, {
      appId,
      stacks: [{ name: 'amplify-shop-qa-30303', status: 'UPDATE_ROLLBACK_FAILED' }],
    });
    const { remarks } = planOf(await cloned()) as { remarks: string[] };
    expect(remarks.join('\n')).toContain('stack amplify-shop-qa-30303 (UPDATE_ROLLBACK_FAILED)');
    expect(remarks.join('\n')).toContain('continue-update-rollback --stack-name amplify-shop-qa-30303');
  });
});

describe('stacks whose names do not include an app', () => {
  const studio = 'amplify-amplify0a1b2c3d4e5f6-old-12345';

  it('are reported as leftovers', async () => {
    await loadInto(scene.sandbox, { appId, stacks: [studio] });
    const { structuredContent } = await takenDown();
    expect(structuredContent).toMatchObject({
      verdict: 'leftovers',
      leftovers: [{ what: `stack ${studio}`, why: expect.stringContaining('another app') }],
    });
  });

  it("are left out if Amplify's records assign them to another environment", async () => {
    await load({ environment: 'other', meta: metaOf({}, 'other'), stacks: [] });
    await loadInto(scene.sandbox, {
      ...{ appId: 'd9studio', appName: 'studio', environment: 'old' },
      meta: { providers: { awscloudformation: { StackName: studio } }, storage: { photos: entries.bucket } },
    });
    expect((await takenDown()).structuredContent).toMatchObject({ verdict: 'gone', leftovers: [] });
  });

  it("are known after the deletion if Amplify's records assigned them", async () => {
    await load({
      meta: { providers: { awscloudformation: { StackName: studio } }, storage: { photos: entries.bucket } },
    });
    const { confirmationToken } = (await takenDown()).structuredContent;
    const answer = takenDown({ confirmationToken });
    await scene.sandbox.arrival('GetBackendJob');
    scene.sandbox.finishJobs();
    expect((await answer).structuredContent).toMatchObject({
      ...{ verdict: 'gone', went: ['storage/photos'] },
      stack: { name: studio, status: 'DELETE_COMPLETE' },
    });
  });
});

const others = {
  auth: { userPoolGroups: entries.groups },
  api: { ovens: entries.rest },
  storage: {
    orders: entries.table,
    company: { ...entries.table, serviceType: 'imported', output: { Name: 'company-orders' } },
  },
  analytics: { usage: entries.pinpoint },
};

describe.each(['not-found', 'bad-request', 'empty'])('unmanaged services (%s)', mode => {
  it('block neither deletion nor clone; imported resources stay and are shared', async () => {
    await scene.sandbox.set({ unmanaged: mode });
    await load({ meta: metaOf(others, 'old') });
    const down = planOf(await takenDown({ dryRun: true }));
    const { goes } = down.confirmation as { goes: { old: { resource: string }[] } };
    expect(goes.old.map(({ resource }) => resource).sort()).toEqual(
      ['analytics/usage', 'api/ovens', 'auth/userPoolGroups', 'stack', 'storage/orders'].sort(),
    );
    expect(down.stays).toEqual(['storage/company: company-orders — imported, stays']);
    const [copies, shared] = planOf(await cloned()).remarks as string[];
    expect(copies).toContain(
      'Copies of old: auth/userPoolGroups, api/ovens, storage/orders, analytics/usage;',
    );
    expect(shared).toContain(
      'Imported, so not copied: storage/company (company-orders). qa would share them',
    );
    const one = { ...on('old', { resourceName: 'ovens' }), resourceConfig: {}, dryRun: true };
    const alone = planOf(await call('delete_backend_api', one)).confirmation;
    expect(alone).toMatchObject({ goes: { old: [{ resource: 'api/ovens' }] } });
  });
});

it('a plan of a huge environment is bounded, and says how much it leaves out', async () => {
  const names = Array.from({ length: 400 }, (_, at) => `table${at}${'x'.repeat(60)}`);
  const storage = Object.fromEntries(
    names.map(name => [
      name,
      { service: 'DynamoDB', output: { Name: `${name}-old`, Arn: `arn:aws:${name}` } },
    ]),
  );
  await load({ meta: metaOf({ storage }, 'old') });
  for (const result of [await takenDown(), await takenDown({ dryRun: true }), await cloned()])
    expect(textOf(result).length).toBeLessThan(12_000);
  expect(textOf(await takenDown())).toMatch(/and \d+ more resources, which are not shown/);
});

/** The facts of an environment's way to Gen 2, read from a real sandbox: what is asked, how often, and what is denied. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTargets } from '../../src/aws/targets.ts';
import { createCallPath } from '../../src/call/call-path.ts';
import { parseConfig } from '../../src/cli/config.ts';
import { readEnvironmentFiles } from '../../src/cli/load-files.ts';
import { gen2Branches, rootOf, signsOf } from '../../src/migration/index.ts';
import { sandboxAppId as appId, sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';

const dev = { appId, backendEnvironmentName: 'dev' };
const root = 'amplify-shop-dev-101530';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

/** The reads of a server, and the most requests that were under way at once. */
function setUp(flags: Record<string, unknown> = {}) {
  const fallback = { endpoint: sandbox.url, region: sandboxRegion, credentials: sandboxCredentials };
  const most = { now: 0, ever: 0 };
  const targets = createTargets({
    ...{ targets: {}, fallback, userAgent: 'test/1' },
    watch: () => async (_, run) => {
      most.now += 1;
      most.ever = Math.max(most.ever, most.now);
      return run().finally(() => {
        most.now -= 1;
      });
    },
  });
  const { readMigrationFacts } = createCallPath({
    ...{ targets, policy: parseConfig({ flags }), revealSecrets: false },
    recorder: { called: () => undefined },
  });
  return { read: readMigrationFacts, most };
}

const operationsSent = async () =>
  (await sandbox.requests()).map(({ operation }) => operation).filter(one => one !== 'GetBackend');

const namesOf = (stacks: readonly { name: string }[]) => stacks.map(({ name }) => name);

describe('the signs', () => {
  it('cost three requests where there are none', async () => {
    const facts = await setUp().read(dev, { whole: false, rootStack: root });
    expect(signsOf(facts)).toMatchObject({ signs: [], locked: false });
    expect((await operationsSent()).sort()).toEqual([
      'amplify:GetApp',
      'amplify:ListBranches',
      'cloudformation:GetStackPolicy',
    ]);
  });

  it('are found with the holding stacks', async () => {
    await sandbox.migrate({ state: 'half-failed' });
    const facts = await setUp().read(dev, { whole: false });
    const { locked, migrating, branches, halfFailed } = signsOf(facts);
    expect({ locked, migrating }).toEqual({ locked: true, migrating: 'dev' });
    expect(branches.map(({ name }) => name)).toEqual(['gen2-main']);
    expect(halfFailed.map(({ status }) => status)).toEqual(['REVIEW_IN_PROGRESS']);
  });

  it('are read once for callers at the same time', async () => {
    const { read } = setUp();
    await Promise.all(Array.from({ length: 5 }, () => read(dev, { whole: false, rootStack: root })));
    expect(await operationsSent()).toHaveLength(3);
  });

  it('name what is denied, with the action', async () => {
    await sandbox.migrate({ state: 'locked' });
    await sandbox.set({ migrationReads: 'denied' });
    const facts = await setUp().read(dev, { whole: false, rootStack: root, isStrict: true });
    // The list of apps shows the variable, too.
    expect(facts.appVariables).toEqual({ GEN2_MIGRATION_ENVIRONMENT_NAME: 'dev' });
    expect(facts.unread).toEqual([
      expect.stringContaining('amplify:ListBranches'),
      expect.stringContaining('cloudformation:GetStackPolicy'),
    ]);
  });

  it('keep no variable of the app but those of the migration', async () => {
    await sandbox.migrate({ state: 'locked' });
    const { appVariables } = await setUp().read(dev, { whole: false });
    expect(appVariables).toEqual({ GEN2_MIGRATION_ENVIRONMENT_NAME: 'dev' });
  });

  it('are not read for an app that the policy excludes', async () => {
    const { read } = setUp({ apps: 'd1other' });
    await expect(read(dev, { whole: false })).rejects.toMatchObject({ code: 'policy_denied' });
    expect(await sandbox.requests()).toEqual([]);
  });
});

describe('whole facts', () => {
  it('have every stack of both generations with its template, four requests at a time', async () => {
    await sandbox.migrate({ state: 'deployed-adopted' });
    const { read, most } = setUp();
    const facts = await read(dev, { whole: true });
    expect(most.ever).toBeLessThanOrEqual(4);
    expect(rootOf(facts.gen1)).toMatchObject({ name: root, policy: { Statement: [{ Effect: 'Deny' }] } });
    expect(facts.gen1.length).toBeGreaterThan(5);
    expect(facts.gen2.length).toBeGreaterThan(5);
    expect(facts.unread).toEqual([]);
    for (const stack of [...facts.gen1, ...facts.gen2]) {
      expect(stack.template?.Resources, stack.name).toBeDefined();
      expect(stack.resources?.length, stack.name).toBeGreaterThan(0);
      if (stack.parentName !== undefined)
        expect(namesOf([...facts.gen1, ...facts.gen2])).toContain(stack.parentName);
    }
    expect(rootOf(facts.gen2)?.name).toBe(gen2Branches(facts)[0]?.stackName);
  });

  it('end when their caller leaves', async () => {
    const caller = new AbortController();
    const reading = setUp().read(dev, { whole: true, rootStack: root, signal: caller.signal });
    caller.abort();
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a loaded app of both generations', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'both-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const put = (path: string, content: unknown) =>
    writeFileSync(join(folder, path), JSON.stringify(content, undefined, 1));
  const nested = (...ids: string[]) =>
    Object.fromEntries(ids.map(id => [id, { Type: 'AWS::CloudFormation::Stack' }]));
  const described = (stackType: string) => JSON.stringify({ createdOn: 'Linux', stackType, metadata: {} });

  it('has nested stacks under their parents although CloudFormation cuts names, and the branch by its tag', async () => {
    const gen1 = 'amplify-bakery-main-1a2b3';
    const gen2 = 'amplify-d1bakery-gen2main-branch-0123456789';
    mkdirSync(join(folder, 'stacks'));
    const stack = (
      name: string,
      template: object,
      more: { parameters?: object[]; outputs?: object[] } = {},
    ) => {
      put(`stacks/${name}.template.json`, template);
      put(`stacks/${name}.parameters.json`, more.parameters ?? []);
      put(`stacks/${name}.outputs.json`, more.outputs ?? []);
    };
    put('amplify-meta.json', {
      providers: { awscloudformation: { StackName: gen1, AmplifyAppId: 'd1bakery' } },
    });
    stack(gen1, { Resources: nested('apibakery') });
    stack(`${gen1}-apibakery-1ABCDEFGHIJKL`, { Resources: nested('Loaf', 'LoafSlice') });
    const api = [{ ParameterKey: 'referenceToApiId', ParameterValue: 'abcdefghijklmnopqrstuvwxyz' }];
    const parameters = [...api, { ParameterKey: 'referencetoenv', ParameterValue: 'main' }];
    const table = (id: string) => ({ Resources: { [id]: { Type: 'AWS::DynamoDB::Table' } } });
    stack(`${gen1}-apibakery-1ABCDEF-LoafSlice-2ABCDEFGHIJKL`, table('LoafSliceTable'), { parameters });
    stack(`${gen1}-apibakery-1ABCDEF-Loaf-3ABCDEFGHIJKL`, table('LoafTable'), { parameters });
    stack(gen2, { Description: described('root'), Resources: nested('auth179371D7', 'data7552DF31') });
    stack(
      `${gen2}-auth179371D7-4ABCDEFGHIJKL`,
      {
        Resources: {
          Pool: {
            Type: 'AWS::Cognito::UserPool',
            Properties: { UserPoolTags: { 'amplify:branch-name': 'gen2-main' } },
          },
        },
        Outputs: { PoolRef: { Value: { Ref: 'Pool' } } },
      },
      { outputs: [{ OutputKey: 'PoolRef', OutputValue: 'us-east-1_Bakery001' }] },
    );
    stack(`${gen2}-data7552DF31-5ABCDEFGHIJKL`, {
      Resources: nested('amplifyDataLoafNestedStackLoafNestedStackResource0EC3F24A'),
    });
    stack('amplify-d1bakery-gen2main-branch-0123-amplifyDataLoafNestedStackLo-6ABCDEFGHIJKL', {
      Resources: {
        LoafTable: {
          Type: 'Custom::ImportedAmplifyDynamoDBTable',
          Properties: { tableName: 'Loaf-abcdefghijklmnopqrstuvwxyz-main' },
        },
      },
    });
    for (const body of readEnvironmentFiles([folder])) await sandbox.load(body);
    const bakery = { appId: 'd1bakery', backendEnvironmentName: 'main' };
    const facts = await setUp().read(bakery, { whole: true });
    expect(facts.gen1).toHaveLength(4);
    expect(facts.gen2).toHaveLength(4);
    expect(gen2Branches(facts)).toMatchObject([{ name: 'gen2-main', stackName: gen2 }]);
    const physical = [...facts.gen1, ...facts.gen2].flatMap(({ resources = [] }) =>
      resources.filter(({ type }) => type !== 'AWS::CloudFormation::Stack').map(one => one.physicalId),
    );
    expect(physical.sort()).toEqual([
      'Loaf-abcdefghijklmnopqrstuvwxyz-main',
      'Loaf-abcdefghijklmnopqrstuvwxyz-main',
      'LoafSlice-abcdefghijklmnopqrstuvwxyz-main',
      'us-east-1_Bakery001',
    ]);
    const parentOf = (part: string) =>
      [...facts.gen1, ...facts.gen2].find(({ name }) => name.includes(part))?.parentName;
    expect(parentOf('LoafSlice')).toBe(`${gen1}-apibakery-1ABCDEFGHIJKL`);
    expect(parentOf('amplifyDataLoaf')).toBe(`${gen2}-data7552DF31-5ABCDEFGHIJKL`);
  });
});

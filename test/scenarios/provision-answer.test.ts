/**
 * What `provision_environment` answers: what an app needs to use the environment, how an existing user pool is used, and
 * what a dry run shows of what differs.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type ToolResult, textOf, today } from '../support/clients.ts';
import { callOn, didOf, errorOf, schema, sent, stepsText } from '../support/provision.ts';
import { setScene } from '../support/scene.ts';
import { expectWholeText } from '../support/whole-text.ts';
import { appId, on } from './cases/case.ts';

const ids = {
  userPoolId: 'us-east-1_Elsewhere',
  webClientId: 'web1',
  nativeClientId: 'native1',
  identityPoolId: 'us-east-1:01234567-89ab-cdef-0123-456789abcdef',
};
const imported = { app: 'shop', environment: 'qa', auth: { import: ids }, api: { schema } };
const apart = /apart for each user only under private\/.*protected\//;
const resourcesOf = ({ structuredContent }: ToolResult) =>
  structuredContent.resources as Record<string, Json>;

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect, [], { jobMs: 300 });
  const call = callOn(scene);

  it('has the endpoints, ids, bucket and permissions that AWS reports, in text and structure', async () => {
    const result = await call({ storage: { guests: true } });
    const { structuredContent } = await scene.client.callTool('get_backend', on('qa'));
    const meta = structuredContent.amplifyMetaConfig as Record<string, Record<string, { output: Json }>>;
    const output = (category: string) => Object.values(meta[category] ?? {})[0]?.output ?? {};
    expect(resourcesOf(result)).toEqual({
      region: 'us-east-1',
      auth: {
        resourceName: 'shopauth',
        userPoolId: output('auth').UserPoolId,
        webClientId: output('auth').AppClientIDWeb,
        nativeClientId: output('auth').AppClientID,
        identityPoolId: output('auth').IdentityPoolId,
        guests: true,
      },
      api: expect.objectContaining({
        resourceName: 'shopapi',
        endpoint: output('api').GraphQLAPIEndpointOutput,
        apiId: output('api').GraphQLAPIIdOutput,
        authorization: ['AMAZON_COGNITO_USER_POOLS'],
      }),
      storage: {
        resourceName: 'shopstorage',
        bucket: output('storage').BucketName,
        signedInUsers: ['CREATE_AND_UPDATE', 'DELETE', 'READ'],
        guests: ['READ'],
        files: expect.stringMatching(/guests read them too/),
      },
    });
    expect(resourcesOf(result).storage?.files).toMatch(apart);
    for (const value of [output('auth').UserPoolId, output('api').GraphQLAPIEndpointOutput])
      expect(value).toEqual(expect.stringMatching(/\S/));
    expectWholeText(result);
    expect(stepsText(result)).toContain('generate_backend_api_models');
    expect(stepsText(result)).toContain('"resourceName":"shopapi"');
    expect(stepsText(await call({ storage: { guests: true } }))).not.toContain('generate_backend_api_models');
  });

  it('uses an existing user pool, and says that it is one', async () => {
    const result = await call({}, imported);
    expect(result.structuredContent).toMatchObject({ verdict: 'complete', differs: [] });
    expect(didOf(result)).toEqual(['environment: created', 'auth: imported', 'api: created']);
    expect(resourcesOf(result).auth).toMatchObject({ isImported: true, ...ids });
    expectWholeText(result);
    const api = await scene.client.callTool('get_backend_api', on('qa', { resourceName: 'shopapi' }));
    expect(api.structuredContent.resourceConfig).toMatchObject({
      defaultAuthType: {
        mode: 'AMAZON_COGNITO_USER_POOLS',
        settings: { cognitoUserPoolId: ids.userPoolId },
      },
    });
    expect(didOf(await call({}, imported))).toEqual([
      'environment: left alone',
      'auth: left alone',
      'api: left alone',
    ]);
    expect(await scene.sandbox.verdicts('ImportBackendAuth')).toEqual(['ok']);
  });
});

describe('an existing user pool', () => {
  const { connect } = today;
  const scene = setScene(connect, ['--confirm', 'never'], { jobMs: 300 });
  const call = callOn(scene);
  const noWrites = async () => {
    expect(await sent(scene)).toEqual([0, 0, 0, 0]);
    expect(await scene.sandbox.verdicts('ImportBackendAuth')).toEqual([]);
  };

  it.each<[string, Json, string]>([
    ['of another region', { userPoolId: 'eu-west-1_Elsewhere' }, 'in the region eu-west-1'],
    ['without a region', { userPoolId: 'Elsewhere' }, 'not the id of a Cognito user pool'],
    [
      'by its ARN',
      { userPoolId: 'arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_Ab' },
      'give the id alone, us-east-1_Ab',
    ],
    ['with an invalid client id', { webClientId: 'my web client' }, 'not the id of an app client'],
    [
      'with an identity pool of another region',
      { identityPoolId: 'eu-west-1:0a1b' },
      'in the region eu-west-1',
    ],
  ])('%s is refused before any write, and found by the dry run', async (_, wrong, words) => {
    const asked = { ...imported, auth: { import: { ...ids, ...wrong } } };
    expect(errorOf(await call({}, asked))).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining(words),
    });
    const dry = await call({ dryRun: true }, asked);
    expect(dry.isError).toBeFalsy();
    const { problems } = dry.structuredContent.plan as { problems: string[] };
    expect(problems.join('\n')).toContain(words);
    expect(textOf(dry)).toContain('the call would fail');
    await noWrites();
  });

  it('is planned without problems for an environment that does not exist yet', async () => {
    const { plan } = (await call({ dryRun: true }, imported)).structuredContent as {
      plan: Json & { steps: Json[] };
    };
    expect(plan).not.toHaveProperty('problems');
    expect(plan.steps.map(({ tool }) => tool)).toEqual([
      'create_backend',
      'import_backend_auth',
      'create_backend_api',
    ]);
    expect(JSON.stringify(plan.steps[2])).toContain(ids.userPoolId);
    await noWrites();
  });

  it.each<[string, Json, string]>([
    ['settings of a new pool', { import: ids, mfa: 'ON' }, 'auth.mfa'],
    ['an unknown member', { import: { ...ids, pool: 'x' } }, 'pool'],
    ['a missing id', { import: { userPoolId: ids.userPoolId } }, 'webClientId'],
  ])('with %s is refused', async (_, auth, words) => {
    expect(errorOf(await call({}, { ...imported, auth }))).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining(words),
    });
    await noWrites();
  });

  it.each([
    ['dev', 'has a user pool of its own', 'auth/shopauth/userPoolId'],
    ['partner', 'imports another user pool', 'auth/shopauth/userPoolId'],
  ])('never replaces the one of %s', async (environment, words, path) => {
    const asked = { app: 'shop', environment, auth: { import: ids }, overwrite: true };
    const result = await call({}, asked);
    expect(result.structuredContent).toMatchObject({ verdict: 'differs' });
    expect((result.structuredContent.differs as Json[]).map(one => one.path)).toContain(path);
    expect(stepsText(result)).toContain(words);
    const dry = await call({ dryRun: true }, asked);
    expect((dry.structuredContent.differs as Json[]).map(one => one.path)).toContain(path);
    await noWrites();
  });

  it('is followed by the next call while its job runs', async () => {
    await scene.client.callTool('create_backend', { ...on('qa'), appName: 'shop' });
    await call({}, { app: 'shop', environment: 'qa' });
    await scene.sandbox.order('ImportBackendAuth', 'job-stuck');
    const asked = { app: 'shop', environment: 'qa', auth: { import: ids }, timeoutSeconds: 5 };
    expect((await call({}, asked)).structuredContent).toMatchObject({
      verdict: 'unfinished',
      job: { operation: 'ImportBackendAuth' },
    });
    expect((await call({ timeoutSeconds: 1 }, asked)).structuredContent).toMatchObject({
      verdict: 'unfinished',
    });
    expect(await scene.sandbox.verdicts('ImportBackendAuth')).toEqual(['fault:job-stuck']);
  });
});

describe('a dry run', () => {
  const { connect } = today;
  const scene = setScene(connect, [], { jobMs: 300 });
  const call = callOn(scene);

  it('finds the job that the call would wait for', async () => {
    const clone = on('dev', { targetEnvironmentName: 'qa' });
    await scene.sandbox.order('CloneBackend', 'job-stuck');
    await scene.client.callTool('clone_backend', clone);
    const result = await call({ dryRun: true }, { app: 'shop', environment: 'qa', auth: {} });
    expect(result.structuredContent).toMatchObject({
      plan: { problems: [expect.stringMatching(/^Another job of qa has not ended: CloneBackend/)] },
      nextSteps: [expect.stringContaining('wait_for_job')],
    });
  });

  it('says before an import without an identity pool that users could not reach files, and what to do', async () => {
    const { identityPoolId: _, ...pool } = ids;
    const asked = { app: 'shop', environment: 'qa', auth: { import: pool }, storage: {} };
    const { nextSteps } = (await call({ dryRun: true }, asked)).structuredContent;
    expect(nextSteps).toEqual([
      expect.stringContaining('add auth.import.identityPoolId before this is sent'),
    ]);
    await call({}, asked);
    const again = await call({ overwrite: true }, { ...asked, auth: { import: ids } });
    expect(stepsText(again)).toContain('imports this user pool already, with another or no identityPoolId');
    expect(stepsText(again)).toContain('delete_backend_auth');
  });

  it('shows that guests lose access if storage.guests is false', async () => {
    const asked = { app: 'shop', environment: 'qa', auth: {}, storage: { guests: true } };
    await call({}, asked);
    const closed = { ...asked, storage: { guests: false } };
    expect((await call({ dryRun: true }, closed)).structuredContent.differs).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          path: 'auth/shopauth/identityPoolConfigs/unauthenticatedLogin',
          ...{ left: false, right: true },
        }),
      ]),
    );
  });

  it("shows the paths that differ, with both values, and whether users' files are separate", async () => {
    const asked = { environment: 'prod', auth: { signIn: 'USERNAME', mfa: 'OFF' } };
    const result = await call({ ...asked, dryRun: true });
    const { differs } = result.structuredContent as { differs: Json[] };
    expect(differs).toContainEqual({
      path: 'auth/shopauth/userPoolConfigs/mfa/MFAMode',
      is: 'different',
      left: 'OFF',
      right: 'ON',
    });
    expect(differs).toEqual((await call(asked)).structuredContent.differs);
    for (const { path } of differs) expect(textOf(result)).toContain(String(path));
    expect(textOf(result)).toMatch(
      /^This would be done for prod:\n[\s\S]*\| setting \| asked for \| existing \|/,
    );
    expect(result.structuredContent.nextSteps).toEqual([
      expect.stringContaining('overwrite: true changes what can be changed'),
      expect.stringMatching(
        /^storage has another name, shopmedia: .* change_environment changes its settings/,
      ),
    ]);
    expect(textOf(result)).toMatch(apart);
    expect(result.structuredContent).not.toHaveProperty('resources');
    expect(appId).toBe(result.structuredContent.appId);
  });

  it('shows no differences if everything is to be created', async () => {
    expect((await call({ dryRun: true })).structuredContent).not.toHaveProperty('differs');
  });

  it('shows no API key, and says where it is', async () => {
    const result = await call({}, { app: 'shop', environment: 'qa', api: { schema } });
    expect(resourcesOf(result).api).toMatchObject({ apiKey: '[withheld]', authorization: ['API_KEY'] });
    expect(textOf(result)).toContain('AppSync console');
  });
});

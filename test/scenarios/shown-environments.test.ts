/**
 * Environments as people have them, through real servers: whatever is in them, what shows one answers within bounds,
 * without a secret, and says of what cannot be read that it cannot.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type ToolResult, textOf } from '../support/clients.ts';
import { entries, metaOf } from '../support/metas.ts';
import { setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

/** Characters of a default answer's text. */
const LONGEST = 12_000;

const [{ connect }] = generations as [(typeof generations)[number]];
const scene = setScene(connect);

const call = (tool: string, args: Json) => scene.client.callTool(tool, args);
const dev = { app: 'shop', environment: 'dev' };
const environmentUri = `amplify-backend://apps/${appId}/environments/dev`;

const show = {
  get_backend: () => call('get_backend', on('dev')),
  describe_environment: () => call('describe_environment', dev),
  export_environment: () => call('export_environment', dev),
  provision_environment: () =>
    call('provision_environment', {
      ...{ app: 'shop', environment: 'fresh', like: `${environmentUri}/snapshot`, dryRun: true },
    }),
};
const resources = [environmentUri, `${environmentUri}/snapshot`];

const read = async (uri: string) => (await scene.client.readResource(uri)).contents[0]?.text ?? '';
const load = (more: Json) => scene.sandbox.load({ environment: 'dev', ...more });

/** Secrets that people keep where they should not. */
const planted = {
  StripeKey: 'sk_live_0z1y2x3w4v5u6t7s8r9q',
  DatabaseUrl: 'postgres://baker:dough-is-rising@db.example/bakery',
  WebhookToken: 'plain-words-that-open-doors',
  Note: 'da2-breadbreadbreadbreadbreadb',
};
const secrets = [
  planted.StripeKey,
  'dough-is-rising',
  planted.WebhookToken,
  planted.Note,
  'raw-header-value',
];

const everything = metaOf({
  auth: { secretsanta: entries.auth, groups: entries.groups },
  api: { bread: entries.graphql, ovens: entries.rest },
  storage: {
    photos: entries.bucket,
    orders: entries.table,
    archive: { ...entries.bucket, serviceType: 'imported', output: { BucketName: 'company-archive' } },
  },
  function: { ForgotPassword: { ...entries.lambda, environmentMap: planted } },
  hosting: { S3AndCloudFront: entries.website },
  custom: { extra: { service: 'customCDK', output: planted } },
  unheardOf: { thing: { service: 'Quantum', output: { Arn: 'arn:aws:quantum:eu-west-1:1:loaf/1' } } },
});
const schema = `type Loaf @model { id: ID! password: String }
type Query { ask: String @http(url: "https://x.example", headers: [{ key: "Authorization", value: "Bearer raw-header-value" }]) }`;

const many = (count: number, nameOf = (at: number) => `handler${at}`) => ({
  function: Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      nameOf(at),
      { ...entries.lambda, output: { ...entries.lambda.output, Name: `${nameOf(at)}-dev` } },
    ]),
  ),
});
const flags = { features: Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`flag${at}`, true])) };
const longSchema = Array.from(
  { length: 60 },
  (_, at) => `type Kind${at} @model { id: ID! ${'field: String '.repeat(20)} }`,
).join('\n');

const environments: Readonly<Record<string, Json>> = {
  'of every kind of service, with secrets': { meta: everything, schema },
  'of one resource': { meta: metaOf({ storage: { photos: entries.bucket } }) },
  'of no resource': { meta: metaOf({}) },
  'of 60 functions and 60 types': {
    ...{ meta: metaOf({ api: { bread: entries.graphql }, ...many(60) }), schema: longSchema, flags },
  },
  'of 1,200 functions': { meta: metaOf({ auth: { bakers: entries.auth }, ...many(1_200) }) },
  'of names that nobody should have': {
    meta: metaOf({
      ...many(50, at => `${at}${'|"<\n\u202e'.repeat(30)}`),
      ...Object.fromEntries(Array.from({ length: 80 }, (_, at) => [`${at}`.repeat(90), many(1).function])),
    }),
  },
  'with one output that is very long': {
    meta: metaOf({ custom: { extra: { service: 'customCDK', output: { Long: 'x'.repeat(200_000) } } } }),
  },
};

describe.each(['not-found', 'bad-request', 'empty'])('what is not managed answers %s', unmanaged => {
  it.each(Object.entries(environments))('an environment %s', async (_, environment) => {
    await scene.sandbox.set({ unmanaged });
    await load(environment);
    for (const [tool, ask] of Object.entries(show)) {
      const result = await ask();
      expect({ tool, result: result.isError ? textOf(result) : 'shown' }).toEqual({ tool, result: 'shown' });
      expect({ tool, isBounded: textOf(result).length <= LONGEST }).toEqual({ tool, isBounded: true });
      for (const secret of secrets) expect(JSON.stringify(result)).not.toContain(secret);
    }
    for (const uri of resources) {
      const text = await read(uri);
      expect(JSON.parse(text)).toMatchObject({});
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });
});

describe('what is long', () => {
  it('get_backend shows the first of each category, the part that is asked for, and where all of it is', async () => {
    await load({ meta: metaOf({ auth: { bakers: entries.auth }, ...many(1_200) }), flags });
    const { structuredContent } = await show.get_backend();
    const { auth, function: functions } = structuredContent.amplifyMetaConfig as Record<string, Json>;
    expect(auth).toMatchObject({ bakers: { output: { UserPoolId: entries.auth.output.UserPoolId } } });
    expect(Object.keys(functions ?? {}).length).toBeGreaterThan(20);
    const notes = structuredContent.notes as string[];
    expect(notes).toContainEqual(expect.stringMatching(/of 1201 resources \(function: \d+\)/));
    expect(notes).toContainEqual(expect.stringContaining(environmentUri));
    const whole = JSON.parse(await read(environmentUri)).backend.amplifyMetaConfig;
    expect(Object.keys(whole.function)).toHaveLength(1_200);
    const part = await call('get_backend', on('dev', { part: 'function/handler700' }));
    expect(part.structuredContent.amplifyMetaConfig).toEqual({
      function: { handler700: whole.function.handler700 },
    });
    expect(part.structuredContent).not.toHaveProperty('amplifyFeatureFlags');
    const ofFlags = await call('get_backend', on('dev', { part: 'amplifyFeatureFlags' }));
    expect(ofFlags.structuredContent).not.toHaveProperty('amplifyMetaConfig');
    const wrong = await call('get_backend', on('dev', { part: 'function/none' }));
    expect(wrong.structuredContent.error).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('handler0, handler1'),
    });
  });

  it('what is short is shown whole, and once', async () => {
    await load({ meta: everything });
    const result = await show.get_backend();
    const { amplifyMetaConfig } = JSON.parse(await read(environmentUri)).backend;
    expect(result.structuredContent.amplifyMetaConfig).toEqual(amplifyMetaConfig);
    expect(JSON.parse(textOf(result))).toEqual(result.structuredContent);
    const described = await show.describe_environment();
    expect(textOf(described)).not.toContain('"resources"');
  });

  it('describe_environment counts by category what it does not show', async () => {
    await load({ meta: metaOf({ auth: { bakers: entries.auth }, ...many(1_200) }) });
    const result = await show.describe_environment();
    expect(textOf(result)).toMatch(/of its 1201 resources, .* Not shown: function: \d+\./);
    const { resources, moreResources } = result.structuredContent as {
      resources: Json[];
      moreResources: Json;
    };
    expect(resources.length + Number(moreResources.function)).toBe(1_201);
    expect(resources[0]).toEqual({
      ...{ category: 'auth', name: 'bakers', service: 'Cognito', knownAs: entries.auth.output.UserPoolId },
    });
  });

  it('a plan names a schema by its length and digest', async () => {
    await load({ meta: metaOf({ api: { bread: entries.graphql } }), schema: longSchema });
    const { plan } = (await show.provision_environment()).structuredContent as { plan: { steps: Json[] } };
    expect(plan.steps.at(-1)).toMatchObject({
      step: 'api',
      request: {
        body: {
          resourceConfig: {
            transformSchema: expect.stringMatching(
              `^\\(a schema of ${longSchema.length} characters, digest `,
            ),
          },
        },
      },
    });
  });

  it('an API whose schema has a withheld value is not made without it', async () => {
    await load({ meta: everything, schema });
    const { plan, nextSteps } = (await show.provision_environment()).structuredContent as {
      plan: { steps: Json[] };
      nextSteps: string[];
    };
    expect(plan.steps.find(({ step }) => step === 'api')).toMatchObject({ does: 'skip' });
    expect(nextSteps).toContainEqual(expect.stringContaining('holds a withheld secret'));
  });
});

describe('what is shown of secrets', () => {
  it('names of resources are none, nor is when a key ends, nor whom a social provider knows', async () => {
    const meta = metaOf({
      auth: {
        secretsanta: {
          ...entries.auth,
          hostedUIProviderCreds: JSON.stringify([
            { ProviderName: 'Google', client_id: 'bakery.apps.example', client_secret: 'flour-and-water' },
          ]),
        },
      },
      api: {
        bread: {
          service: 'AppSync',
          output: {
            GraphQLAPIIdOutput: entries.graphql.output.GraphQLAPIIdOutput,
            GraphQLAPIKeyOutput: planted.Note,
            authConfig: { apiKeyConfig: { apiKeyExpirationDate: '2030-01-02T03:04:05.678Z' } },
          },
        },
      },
      function: { ForgotPassword: entries.lambda },
    });
    await load({ meta });
    const text = textOf(await show.get_backend());
    expect(text).toContain('2030-01-02T03:04:05.678Z');
    expect(text).toContain('bakery.apps.example');
    expect(text).not.toContain('flour-and-water');
    expect(text).not.toContain(planted.Note);
    expect(textOf(await show.describe_environment())).toContain(
      '| function | ForgotPassword | Lambda | bake-dev |',
    );
    expect(textOf(await show.export_environment())).toContain('With their settings: auth/secretsanta');
  });

  it('the settings of social providers can be told apart', async () => {
    const auth = await call('get_backend_auth', on('dev', { resourceName: 'shopauth' }));
    const text = JSON.stringify(auth.structuredContent);
    expect(text).toMatch(/"client_id":"(?!\[withheld)/);
    expect(text).toContain('"client_secret":"[withheld]"');
  });
});

describe('what cannot be read', () => {
  const unreadable = {
    'a merge conflict': [
      '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x',
      'holds an unresolved merge conflict (line 1)',
    ],
    'an encrypted one': ['\0GITCRYPT\0abc', 'is encrypted (git-crypt)'],
    'a comma too many': ['{"storage": {},}', 'has a comma too many'],
  } as const;

  it.each(Object.entries(unreadable))(
    '%s is said everywhere, and taken for nothing else',
    async (_, [meta, why]) => {
      await load({ meta });
      expect(textOf(await show.get_backend())).toContain(why);
      const described = await show.describe_environment();
      expect(described.structuredContent).toMatchObject({
        state: 'unreadable',
        unreadable: expect.stringContaining(why),
        nextSteps: [expect.stringContaining('Do not take it for empty')],
      });
      expect(described.structuredContent).not.toHaveProperty('resources');
      expect(textOf(described)).toContain('listed but unreadable');
      const provisioned = await call('provision_environment', { ...dev, auth: {}, dryRun: true });
      for (const refused of [
        await show.export_environment(),
        await show.provision_environment(),
        provisioned,
      ])
        expect(refused.structuredContent.error).toMatchObject({ message: expect.stringContaining(why) });
      expect(JSON.parse(await read(environmentUri)).notes).toEqual([expect.stringContaining(why)]);
      await expect(read(`${environmentUri}/snapshot`)).rejects.toThrow(why);
    },
  );

  it('a byte order mark is read past, and flags with comments are read', async () => {
    const meta = `\ufeff${JSON.stringify(metaOf({ storage: { photos: entries.bucket } }))}`;
    await load({ meta, flags: '{\n  // kept for the old app\n  "features": { "version": 1 }\n}' });
    const backend = (await show.get_backend()).structuredContent;
    expect(backend).toMatchObject({ amplifyFeatureFlags: { features: { version: 1 } } });
    expect(backend).not.toHaveProperty('notes');
    expect((await show.describe_environment()).structuredContent).toMatchObject({ state: 'deployed' });
    expect((await show.export_environment()).structuredContent.snapshot).toMatchObject({
      featureFlags: { features: { version: 1 } },
      storage: { resourceName: 'photos' },
    });
  });

  it('flags that cannot be read are said to be so', async () => {
    await load({ meta: metaOf({}), flags: '{ features' });
    for (const ask of [show.get_backend, show.describe_environment, show.export_environment])
      expect(textOf(await ask())).toMatch(/amplifyFeatureFlags is not JSON/);
  });
});

describe('an environment that is listed and not read', () => {
  it.each([400, 404, 500])('after a refusal with %i: AWS’s words, and what to do', async status => {
    const words = 'The specified bucket amplify-bakery-deployment does not exist';
    await load({ ghost: { message: words, status } });
    const result: ToolResult = await show.describe_environment();
    expect(result.isError).toBeFalsy();
    expect(textOf(result)).toContain('dev of app "shop" (d1sandboxshop) is listed but unreadable');
    expect(textOf(result)).toContain(words);
    expect((result.structuredContent.nextSteps as string[]).join()).toMatch(
      /decommission_environment .* aws amplify delete-backend-environment --app-id d1sandboxshop --environment-name dev/,
    );
    expect(textOf(await show.get_backend())).toContain(words);
    if (status < 500) expect(textOf(await show.get_backend())).toContain('dev is listed but unreadable');
    for (const refused of [await show.export_environment(), await show.provision_environment()])
      expect(textOf(refused)).toContain(words);
    expect((await call('list_apps', {})).isError).toBeFalsy();
    const prod = await call('describe_environment', { app: 'shop', environment: 'prod' });
    expect(prod.structuredContent).toMatchObject({ state: 'deployed' });
  });
});

describe('a stack in the way', () => {
  it.each([
    ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback --stack-name amplify-bakery-dev-40404'],
    ['ROLLBACK_COMPLETE', 'delete-stack --stack-name amplify-bakery-dev-40404'],
    ['DELETE_FAILED', 'delete-stack --stack-name amplify-bakery-dev-40404'],
    ['UPDATE_IN_PROGRESS', 'wait until CloudFormation has ended'],
  ])('%s: what it means, and what to do', async (status, step) => {
    const meta = metaOf({ auth: { bakers: entries.auth } });
    await load({ meta, stacks: { 'amplify-bakery-dev-40404': status } });
    const result = await show.describe_environment();
    expect(result.structuredContent).toMatchObject({ stack: { status, means: expect.any(String) } });
    expect((result.structuredContent.nextSteps as string[]).join()).toContain(step);
    expect(textOf(result)).toMatch(new RegExp(`is ${status}.*: it`));
  });

  it('resources without a stack in the meta are deployed, and that is told as a disagreement', async () => {
    await load({ meta: { auth: { bakers: entries.auth } } });
    expect((await show.describe_environment()).structuredContent).toMatchObject({
      state: 'deployed',
      disagreements: [expect.stringContaining('meta names no stack')],
    });
  });
});

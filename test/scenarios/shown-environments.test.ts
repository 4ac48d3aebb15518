/**
 * Real-world environments through real servers: read tools answer within bounds, without secrets, and say
 * what cannot be read.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { textOf, today } from '../support/clients.ts';
import { entries, metaOf } from '../support/metas.ts';
import { setScene } from '../support/scene.ts';
import { environmentUri, showOn } from '../support/show-environment.ts';
import { expectWholeText } from '../support/whole-text.ts';
import { on } from './cases/case.ts';

/** Characters of a default answer's text. */
const LONGEST = 12_000;

const { connect } = today;
const scene = setScene(connect);

const { call, load, read, show } = showOn(scene);
const resources = [environmentUri, `${environmentUri}/snapshot`];

/** Secrets in places where people should not keep them. */
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
  'of 400 functions': { meta: metaOf({ auth: { bakers: entries.auth }, ...many(400) }) },
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

describe.each(['not-found', 'bad-request', 'empty'])('unmanaged resources answer %s', unmanaged => {
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

describe('long answers', () => {
  it('get_backend shows the first of each category, the requested part, and where the rest is', async () => {
    await load({ meta: metaOf({ auth: { bakers: entries.auth }, ...many(400) }), flags });
    const { structuredContent } = await show.get_backend();
    const { auth, function: functions } = structuredContent.amplifyMetaConfig as Record<string, Json>;
    expect(auth).toMatchObject({ bakers: { output: { UserPoolId: entries.auth.output.UserPoolId } } });
    expect(Object.keys(functions ?? {}).length).toBeGreaterThan(20);
    const notes = structuredContent.notes as string[];
    expect(notes).toContainEqual(expect.stringMatching(/of 401 resources \(function: \d+\)/));
    expect(notes).toContainEqual(expect.stringContaining(environmentUri));
    const whole = JSON.parse(await read(environmentUri)).backend.amplifyMetaConfig;
    expect(Object.keys(whole.function)).toHaveLength(400);
    const part = await call('get_backend', on('dev', { part: 'function/handler300' }));
    expect(part.structuredContent.amplifyMetaConfig).toEqual({
      function: { handler300: whole.function.handler300 },
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

  it('short answers are complete', async () => {
    await load({ meta: everything });
    const result = await show.get_backend();
    const { amplifyMetaConfig } = JSON.parse(await read(environmentUri)).backend;
    expect(result.structuredContent.amplifyMetaConfig).toEqual(amplifyMetaConfig);
    expectWholeText(result);
    const described = await show.describe_environment();
    expect(textOf(described)).not.toContain('"resources"');
  });

  it('describe_environment counts by category what it does not show', async () => {
    await load({ meta: metaOf({ auth: { bakers: entries.auth }, ...many(400) }) });
    const result = await show.describe_environment();
    expect(textOf(result)).toMatch(/of its 401 resources, .* Not shown: function: \d+\./);
    const { resources, moreResources } = result.structuredContent as {
      resources: Json[];
      moreResources: Json;
    };
    expect(resources.length + Number(moreResources.function)).toBe(401);
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

  it('an API with a withheld value in its schema is not created without it', async () => {
    await load({ meta: everything, schema });
    const { plan, nextSteps } = (await show.provision_environment()).structuredContent as {
      plan: { steps: Json[] };
      nextSteps: string[];
    };
    expect(plan.steps.find(({ step }) => step === 'api')).toMatchObject({ does: 'skip' });
    expect(nextSteps).toContainEqual(expect.stringContaining('holds a withheld secret'));
  });
});

describe('secrets', () => {
  it('do not include names of resources, expiry times and public ids of social providers', async () => {
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

  it('still let the settings of social providers be distinguished', async () => {
    const auth = await call('get_backend_auth', on('dev', { resourceName: 'shopauth' }));
    const text = JSON.stringify(auth.structuredContent);
    expect(text).toMatch(/"client_id":"(?!\[withheld)/);
    expect(text).toContain('"client_secret":"[withheld]"');
  });
});

/** Where a person gets what an answer withholds: one sentence for each kind, however often it occurs. */
import { describe, expect, it } from 'vitest';
import { whereWithheld } from '../../src/secrets/where-withheld.ts';

const W = '[withheld]';

describe('what is withheld is said once for each kind', () => {
  it.each<[string, object, RegExp]>([
    ['a challenge code', { challengeCode: W }, /challenge code.*--reveal-secrets.*amplify pull --appId d1x/],
    [
      'an API key in a meta',
      { amplifyMetaConfig: { api: { shop: { output: { GraphQLAPIKeyOutput: W } } } } },
      /API key.*AppSync console.*amplify pull --appId d1x --envName dev/,
    ],
    ['an app client secret', { output: { AppClientSecret: W } }, /Cognito console.*App clients/],
    ['a client secret', { Google: { client_id: 'a', client_secret: W } }, /social provider.*own console/],
    [
      'client secrets in a text',
      { hostedUIProviderCreds: JSON.stringify([{ ProviderName: 'Google', client_secret: W }]) },
      /social provider/,
    ],
    ["Apple's key", { SignInWithApple: { private_key: W } }, /Apple Developer account/],
    ['a message text', { emailSettings: { emailMessage: W } }, /Message texts.*Cognito console/],
    ['a secret in a schema', { transformSchema: `type A { x: Int @http(url: "${W}") }` }, /schema\.graphql/],
    [
      'a secret in the lines of a schema',
      { snapshot: { schema: ['type A', `key: ${W}`] } },
      /schema\.graphql/,
    ],
    ['a variable', { amplifyMetaConfig: { function: { f: { env: { DB_PASSWORD: W } } } } }, /Lambda console/],
    ['anything else', { custom: { ledger: { output: { dbPassword: W } } } }, /Other secrets/],
  ])('%s', (_, answer, sentence) => {
    const twice = { ...answer, again: [answer, answer], appId: 'd1x', backendEnvironmentName: 'dev' };
    const said = whereWithheld(twice);
    expect(said).toEqual([expect.stringMatching(sentence)]);
    expect(said.join()).not.toContain(W);
  });

  it('by the path of a change or a difference', () => {
    const path = 'auth.userPoolConfigs.forgotPassword.emailSettings.emailMessage';
    expect(whereWithheld({ changes: [{ path, before: W, after: W }] })).toEqual([
      expect.stringMatching(/^Message texts/),
    ]);
    expect(whereWithheld({ differences: [{ path: 'api/shop/apiKey', left: W, right: 'x' }] })).toEqual([
      expect.stringMatching(/^The API key/),
    ]);
  });

  it("for the environment of the answer's job", () => {
    const job = { appId: 'd1x', backendEnvironmentName: 'qa' };
    expect(whereWithheld({ job, apiKey: W })).toEqual([expect.stringContaining('--appId d1x --envName qa')]);
  });

  it('in a fixed order, each kind once', () => {
    const said = whereWithheld({ client_secret: W, output: { apiKey: W }, other: W, more: { apiKey: W } });
    expect(said.map(sentence => sentence.split(' is ')[0])).toEqual([
      'The API key',
      'The client secret of a social provider',
      expect.stringContaining('Other secrets'),
    ]);
  });

  it('not for what the caller sent, nor for prose', () => {
    const causes = [{ cause: 'c', evidence: `RequestToken: ${W}`, whatToDo: 'w' }];
    expect(whereWithheld({ causes, nextSteps: [`RequestToken: ${W}`] })).toEqual([]);
    expect(
      whereWithheld({ plan: { request: { client_secret: W } }, job: { error: `password=${W}` } }),
    ).toEqual([]);
    expect(whereWithheld({ shown: 'all', nothing: null, count: 1 })).toEqual([]);
  });

  it('with foreign names quoted', () => {
    expect(whereWithheld({ challengeCode: W, appId: 'x\n; rm' }).join()).toContain('"x\\n; rm"');
  });
});

/** The readiness of functions, sign-in, other resources and the stacks: one change gives the finding that belongs to it. */
import { expect, it } from 'vitest';
import { resourceOf, stackNamed } from '../support/migration-pair.ts';
import {
  addFunction,
  assess,
  type Case,
  expectOnly,
  type Scene,
  scene,
} from '../support/migration-readiness.ts';
import { root1 } from '../support/migration-templates.ts';

const policy = (action: string) => ({
  Type: 'AWS::IAM::Policy',
  Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: [action], Resource: '*' }] } },
});
const inAuth = ({ facts }: Scene, parameters: Record<string, string>) =>
  Object.assign(stackNamed(facts.gen1, '-authshop-').parameters, parameters);
const node = { Runtime: 'nodejs20.x' };

const cases: Case[] = [
  ['Node.js function', it => addFunction(it, node), 'functionhello/LambdaFunction', 'ready'],
  [
    'Python function',
    it => addFunction(it, { Runtime: 'python3.12' }),
    'functionhello/LambdaFunction',
    'manual work',
  ],
  [
    '.NET function',
    it => addFunction(it, { Runtime: 'dotnet8' }),
    'functionhello/LambdaFunction',
    'manual work',
  ],
  [
    'layers',
    it => addFunction(it, { ...node, Layers: ['arn'] }),
    'functionhello/LambdaFunction',
    'manual work',
  ],
  [
    'secrets',
    it => addFunction(it, node, { AmplifyFunctionSecretsPolicy: policy('ssm:GetParameter') }),
    'functionhello/AmplifyFunctionSecretsPolicy',
    'manual work',
  ],
  [
    'custom policies',
    it => addFunction(it, node, { CustomLambdaExecutionPolicy: policy('s3:GetObject') }),
    'functionhello/CustomLambdaExecutionPolicy',
    'manual work',
  ],
  [
    'function to function',
    it => addFunction(it, node, { AmplifyResourcesPolicy: policy('lambda:InvokeFunction') }),
    'functionhello/AmplifyResourcesPolicy',
    'manual work',
  ],
  [
    'function to geo',
    it => addFunction(it, node, { AmplifyResourcesPolicy: policy('geo:GetMapTile') }),
    'functionhello/AmplifyResourcesPolicy',
    'manual work',
  ],
  [
    'read and write attributes',
    it => {
      resourceOf(stackNamed(it.facts.gen1, '-authshop-'), 'UserPoolClientWeb').Properties.WriteAttributes = [
        'email',
      ];
    },
    'authshop/UserPoolClientWeb',
    'manual work',
  ],
  [
    'OAuth addresses',
    it => inAuth(it, { oAuthMetadata: '{"CallbackURLs":["https://a/"]}' }),
    'authshop',
    'manual work',
  ],
  [
    'OAuth flow',
    it => inAuth(it, { oAuthMetadata: '{"AllowedOAuthFlows":["code"]}' }),
    'authshop',
    'manual work',
  ],
  [
    'OAuth scopes',
    it => inAuth(it, { oAuthMetadata: '{"AllowedOAuthScopes":["email"]}' }),
    'authshop',
    'manual work',
  ],
  ['OAuth domain', it => inAuth(it, { hostedUIDomainName: 'shop' }), 'authshop', 'manual work'],
  ['Google', it => inAuth(it, { authProvidersUserPool: '["Google"]' }), 'authshop', 'manual work'],
  [
    'verification link',
    it => inAuth(it, { triggers: '{"CustomMessage":["verification-link"]}' }),
    'authshop',
    'manual work',
  ],
  [
    'admin queries',
    it => {
      it.meta.api.AdminQueries = { service: 'API Gateway', output: { ApiName: 'x' } };
    },
    'api/AdminQueries',
    'manual work',
  ],
  [
    'imported bucket',
    it => {
      it.meta.storage.files.serviceType = 'imported';
    },
    'storage/files',
    'manual work',
  ],
  [
    'Pinpoint',
    it => {
      it.meta.analytics = { a: { service: 'Pinpoint', output: { Id: 'x' } } };
    },
    'analytics/a',
    'manual work',
  ],
  [
    'geofences',
    it => {
      it.meta.geo = { a: { service: 'GeofenceCollection', output: { Name: 'x' } } };
    },
    'geo/a',
    'manual work',
  ],
  [
    'interactions',
    it => {
      it.meta.interactions = { a: { service: 'Lex', output: { BotName: 'x' } } };
    },
    'interactions/a',
    'manual work',
  ],
  [
    'custom CloudFormation',
    it => {
      it.meta.custom = { a: { service: 'customCloudformation', output: { a: 'x' } } };
    },
    'custom/a',
    'manual work',
  ],
  [
    'unknown service',
    it => {
      it.meta.video = { a: { service: 'video', output: { a: 'x' } } };
    },
    'video/a',
    'manual work',
  ],
  [
    'hosting by hand',
    it => {
      it.meta.hosting.amplifyhosting.type = 'manual';
    },
    'hosting/amplifyhosting',
    'manual work',
  ],
  [
    'hosting by CloudFront',
    it => {
      it.meta.hosting = { S3AndCloudFront: { service: 'S3AndCloudFront', output: { a: 'x' } } };
    },
    'hosting/S3AndCloudFront',
    'manual work',
  ],
  [
    'large template',
    it => Object.assign(stackNamed(it.facts.gen1, '-apishop-'), { templateBytes: 60_000 }),
    `${root1}-apishop-AAAA (60000 bytes)`,
    'blocked',
  ],
  [
    'unstable stack',
    it => Object.assign(stackNamed(it.facts.gen1, root1), { status: 'UPDATE_ROLLBACK_FAILED' }),
    `${root1} (UPDATE_ROLLBACK_FAILED)`,
    'blocked',
  ],
  [
    'other migration',
    it => Object.assign(it.facts, { appVariables: { GEN2_MIGRATION_ENVIRONMENT_NAME: 'prod' } }),
    'prod',
    'blocked',
  ],
  [
    'half-done refactoring',
    it => Object.assign(it.facts, { holding: [{ name: 'a-holding', status: 'REVIEW_IN_PROGRESS' }] }),
    'a-holding (REVIEW_IN_PROGRESS)',
    'blocked',
  ],
];

it.each(cases)('finds %s, and nothing else', expectOnly);

it('names functions whose stacks were not read', async () => {
  const unread = scene();
  unread.meta.function = { hello: { service: 'Lambda', output: {} } };
  expect(await assess(unread)).toMatchObject({
    verdict: 'unknown',
    unknown: ['The stacks of function/hello were not read: runtimes, layers and secrets are not known.'],
  });
  addFunction(unread, { Runtime: 'nodejs20.x' });
  expect((await assess(unread)).unknown).toEqual([]);
});

/** Whose settings are read, and the meaning of answers without settings. */
import { expect, it } from 'vitest';
import {
  type AskedQuestion,
  readEnvironmentWithSettings,
  settingsFrom,
  settingsQuestion,
  settingsRefused,
} from '../../src/environment/index.ts';
import { entries, metaOf, onlyResource } from '../support/metas.ts';

const question = async (category: string, entry: object) =>
  settingsQuestion(await onlyResource(metaOf({ [category]: { it: entry } })));

it.each([
  ['auth', entries.auth, 'get_backend_auth'],
  ['auth', { ...entries.auth, serviceType: 'managed' }, 'get_backend_auth'],
  ['api', entries.graphql, 'get_backend_api'],
  ['storage', entries.bucket, 'get_backend_storage'],
])('the settings of %s are read', async (category, entry, tool) => {
  expect(await question(category, entry)).toEqual({ tool, resourceName: 'it' });
});

it.each([
  ['auth', entries.groups, 'AmplifyBackend does not manage Cognito-UserPool-Groups'],
  ['api', entries.rest, 'AmplifyBackend does not manage API Gateway'],
  ['api', entries.container, 'AmplifyBackend does not manage ElasticContainer'],
  ['storage', entries.table, 'AmplifyBackend does not manage DynamoDB'],
  ['function', entries.lambda, 'AmplifyBackend does not manage Lambda'],
  ['odd', entries.bucket, 'AmplifyBackend does not manage S3'],
  ['__proto__', entries.bucket, 'AmplifyBackend does not manage S3'],
  [
    'auth',
    { ...entries.auth, serviceType: 'imported' },
    'it was imported, and AmplifyBackend shows only what it created',
  ],
  ['api', { service: 'AppSync', output: { authConfig: {} } }, 'it was never deployed'],
])('the settings of %s are not read, with the reason', async (category, entry, why) => {
  expect(await question(category, entry)).toEqual({ tool: undefined, why });
});

it.each([undefined, {}, { resourceConfig: null }, { resourceConfig: {} }, { resourceConfig: [] }, 'x'])(
  'an answer without settings: %j',
  answer => {
    expect(settingsFrom(answer)).toEqual({ state: 'unavailable', why: 'AWS answered without settings' });
  },
);

it('settings have no secrets', () => {
  const resourceConfig = {
    userPoolConfigs: {
      forgotPassword: { deliveryMethod: 'EMAIL' },
      oAuth: { socialProviderSettings: { Google: { clientId: '77', clientSecret: 'hunter2' } } },
    },
  };
  expect(settingsFrom({ resourceConfig })).toEqual({
    state: 'read',
    config: {
      userPoolConfigs: {
        forgotPassword: { deliveryMethod: 'EMAIL' },
        oAuth: { socialProviderSettings: { Google: { clientId: '77', clientSecret: '[withheld]' } } },
      },
    },
  });
});

it('an environment is read with all readable settings, each once', async () => {
  const meta = metaOf({
    auth: { bakeryauth: entries.auth, userPoolGroups: entries.groups },
    api: { bread: entries.graphql, ovens: entries.rest },
    storage: { photos: entries.bucket, orders: entries.table },
    ...{ more: { a: entries.lambda, b: entries.pinpoint } },
  });
  const asked: AskedQuestion[] = [];
  const environment = await readEnvironmentWithSettings(
    { appId: 'd1', environment: 'dev', meta },
    async question => {
      asked.push(question);
      if (question.tool === 'get_backend_auth') return settingsRefused('bad_request');
      return settingsFrom({ resourceConfig: { transformSchema: 'type Loaf @model { id: ID! }' } });
    },
  );
  expect(asked).toEqual([
    { tool: 'get_backend_auth', resourceName: 'bakeryauth' },
    { tool: 'get_backend_api', resourceName: 'bread' },
    { tool: 'get_backend_storage', resourceName: 'photos' },
  ]);
  if (environment.state === 'unreadable') throw new Error(environment.why);
  expect(environment.settings.get('auth/bakeryauth')).toEqual({ state: 'unavailable', why: 'bad_request' });
  expect(JSON.stringify(environment.resources)).toContain('Loaf-breadbreadbreadbreadbreadb-dev');
});

it('no settings are read for an unreadable environment, and a failed read is passed on', async () => {
  const ask = async () => {
    throw new Error('throttled');
  };
  const sources = { appId: 'd1', environment: 'dev' };
  expect(await readEnvironmentWithSettings({ ...sources, meta: '[' }, ask)).toMatchObject({
    state: 'unreadable',
  });
  const meta = metaOf({ storage: { photos: entries.bucket } });
  await expect(readEnvironmentWithSettings({ ...sources, meta }, ask)).rejects.toThrow('throttled');
});

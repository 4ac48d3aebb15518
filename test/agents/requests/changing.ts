/** Requests that change an environment, or set one up. */
import { type AgentRequest, memberOf } from '../request.ts';

const app = 'd1sandboxshop';
const dev = { appId: app, backendEnvironmentName: 'dev' };
const post = 'type Post @model @auth(rules: [{ allow: owner }]) { id: ID! title: String! }';
const comment = 'type Comment @model @auth(rules: [{ allow: owner }]) { id: ID! text: String! }';

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value);

export const changing: readonly AgentRequest[] = [
  {
    id: 'mfa-and-passwords',
    says: 'In prod, make MFA optional and passwords at least 14 characters long.',
    calls: [
      {
        tool: 'change_environment',
        args: {
          environment: 'prod',
          auth: { userPoolConfigs: { mfa: { MFAMode: 'OPTIONAL' }, passwordPolicy: { minimumLength: 14 } } },
        },
      },
    ],
    writes: ['UpdateBackendAuth prod'],
    end: ({ environments: { prod } }) =>
      at(prod?.auth?.config, 'UserPoolConfigs', 'Mfa', 'MFAMode') === 'OPTIONAL' &&
      at(prod?.auth?.config, 'UserPoolConfigs', 'PasswordPolicy', 'MinimumLength') === 14 &&
      at(prod?.auth?.config, 'UserPoolConfigs', 'OAuth', 'DomainPrefix') === 'shop-prod',
    tells: ['OPTIONAL', '14'],
    isCounted: true,
  },
  {
    id: 'guests-only-read',
    says: 'In prod, guests should be able to read files, and nothing else. Leave the rights of signed-in users alone.',
    calls: [
      {
        tool: 'change_environment',
        args: { environment: 'prod', storage: { permissions: { unAuthenticated: ['READ'] } } },
      },
    ],
    writes: ['UpdateBackendStorage prod'],
    end: ({ environments: { prod } }) =>
      prod?.storage?.permissions.UnAuthenticated?.join() === 'READ' &&
      prod.storage.permissions.Authenticated?.join() === 'READ,CREATE_AND_UPDATE',
    tells: [/unAuthenticated.*READ/],
    isCounted: true,
  },
  {
    id: 'add-a-type',
    says: 'Add a Comment type with a text, visible to its owner, to the API of dev.',
    calls: [{ tool: 'change_environment', args: { environment: 'dev', api: { types: { add: comment } } } }],
    writes: ['UpdateBackendAPI dev'],
    end: ({ environments: { dev: changed } }) =>
      ['type Comment', 'type Order ', 'type Review'].every(type =>
        changed?.api?.config.TransformSchema?.includes(type),
      ),
    tells: ['Comment', 'generate_backend_api_models'],
    isCounted: true,
  },
  {
    id: 'set-up',
    says: 'Set up a new environment called fresh with sign-in by email, a Post type and uploads.',
    calls: [
      {
        tool: 'provision_environment',
        args: { environment: 'fresh', auth: {}, api: { schema: post }, storage: {} },
      },
    ],
    writes: ['CreateBackend', 'CreateBackendAuth', 'CreateBackendAPI', 'CreateBackendStorage'],
    end: ({ environments: { fresh } }) =>
      fresh?.auth !== undefined && fresh.storage !== undefined && fresh.api?.config.TransformSchema === post,
    tells: ['fresh'],
    isCounted: true,
  },
  {
    id: 'plan-only',
    says: 'What would have to be created for an environment called fresh with sign-in and files? Plan only.',
    calls: [
      { tool: 'provision_environment', args: { environment: 'fresh', auth: {}, storage: {}, dryRun: true } },
    ],
    tells: ['create_backend_auth', 'create_backend_storage'],
  },
  {
    id: 'set-up-like',
    says: 'Build a new environment blue with the same configuration as prod, from its snapshot.',
    calls: [
      {
        tool: 'provision_environment',
        args: { environment: 'blue', like: `amplify-backend://apps/${app}/environments/prod/snapshot` },
      },
    ],
    writes: ['CreateBackend', 'CreateBackendAuth', 'CreateBackendAPI', 'CreateBackendStorage'],
    end: ({ environments: { blue } }) => blue?.auth !== undefined && blue.storage !== undefined,
    tells: ['blue'],
  },
  {
    id: 'use-our-pool',
    says: 'Make an environment named joined that uses our existing user pool us-east-1_AbCdEfGhI, with web client 1web1web1web1web1web1web1w and native client 2nat2nat2nat2nat2nat2nat2n.',
    calls: [
      {
        tool: 'provision_environment',
        args: {
          environment: 'joined',
          auth: {
            import: {
              userPoolId: 'us-east-1_AbCdEfGhI',
              webClientId: '1web1web1web1web1web1web1w',
              nativeClientId: '2nat2nat2nat2nat2nat2nat2n',
            },
          },
        },
      },
    ],
    writes: ['CreateBackend', 'ImportBackendAuth joined'],
    end: ({ environments: { joined } }) => joined?.auth?.userPoolId === 'us-east-1_AbCdEfGhI',
    tells: ['us-east-1_AbCdEfGhI'],
  },
  {
    id: 'models',
    says: 'Generate the client models of the API of dev again and tell me when they are ready.',
    calls: [
      { tool: 'describe_environment', args: { environment: 'dev' } },
      { tool: 'generate_backend_api_models', args: { ...dev, resourceName: 'shopapi' } },
      {
        tool: 'wait_for_job',
        args: answers => ({
          ...{ appId: app, backendEnvironmentName: 'dev' },
          jobId: memberOf(answers.at(-1), 'job.jobId'),
        }),
      },
    ],
    writes: ['GenerateBackendAPIModels dev'],
    end: () => true,
    tells: ['succeeded'],
  },
  {
    id: 'empty-environment',
    says: 'Register an empty environment called blank, without any resources.',
    calls: [
      { tool: 'list_apps' },
      { tool: 'create_backend', args: { appId: app, appName: 'shop', backendEnvironmentName: 'blank' } },
    ],
    writes: ['CreateBackend'],
    end: ({ environments: { blank } }) => blank !== undefined && blank.auth === undefined,
    tells: ['blank'],
  },
  {
    id: 'studio-access',
    says: 'Anna needs to get into Amplify Studio once. Make a token for her.',
    calls: [{ tool: 'list_apps' }, { tool: 'create_token', args: { appId: app } }],
    writes: ['CreateToken'],
    end: ({ tokens }) => Object.keys(tokens).length === 1,
    tells: ['[withheld]', 'amplify pull'],
  },
];

/** Requests that cannot be met, that the configuration refuses, or that name what is not there. */
import type { AgentRequest } from '../request.ts';

const app = 'd1sandboxshop';

/** A request that no tool does, answered by find_operation. */
const impossible = (id: string, says: string, tells: AgentRequest['tells']): AgentRequest => ({
  ...{ id, says, tells },
  calls: [{ tool: 'find_operation', args: { query: says } }],
});

export const limits: readonly AgentRequest[] = [
  impossible('rename', 'Rename the environment dev to staging.', [
    'clone_environment',
    'without data and users',
  ]),
  impossible('cancel', 'Cancel the deployment that is running on dev.', ['no call that cancels']),
  impossible('costs', 'How much does dev cost per month?', ['Cost Explorer']),
  impossible('push-code', 'Deploy my latest code to dev.', ['amplify push']),
  impossible('restore', 'Restore the deleted records of the Order table.', ['no backups']),
  impossible('api-key', 'Show me the API key of dev.', ['AppSync console']),
  {
    id: 'wrong-app-name',
    says: 'What is the state of dev in the app Shopp?',
    calls: [
      { tool: 'describe_environment', args: { app: 'Shopp', environment: 'dev' } },
      { tool: 'describe_environment', args: { app, environment: 'dev' } },
    ],
    tells: [`shop (${app})`, 'deployed'],
  },
  {
    id: 'which-of-two-apps',
    says: 'How is dev doing?',
    world: [
      {
        call: {
          tool: 'create_backend',
          args: { appId: 'd2zoo', appName: 'zoo', backendEnvironmentName: 'dev' },
        },
      },
      { advanceMs: 2_000 },
    ],
    calls: [{ tool: 'describe_environment', args: { environment: 'dev' } }],
    tells: [`shop (${app}), zoo (d2zoo)`],
  },
  {
    id: 'wrong-environment-name',
    says: 'What is the state of staging?',
    calls: [{ tool: 'describe_environment', args: { environment: 'staging' } }],
    tells: ['staging', 'dev', 'prod', 'partner'],
  },
  {
    id: 'protected',
    says: 'Delete prod.',
    settings: { protected: ['prod*'] },
    calls: [{ tool: 'decommission_environment', args: { environment: 'prod' } }],
    tells: ['protected'],
  },
  {
    id: 'read-only',
    says: 'Clone dev to qa.',
    settings: { readOnly: true },
    calls: [{ tool: 'whoami' }],
    tells: ['readOnly: true'],
  },
];

/** Requests that ask to be shown something: nothing may be written. */
import { type AgentRequest, memberOf, type ToolAnswer } from '../request.ts';

const app = 'd1sandboxshop';
const on = (backendEnvironmentName: string, resourceName?: string) => ({
  ...{ appId: app, backendEnvironmentName },
  ...(resourceName !== undefined && { resourceName }),
});

/** The newest job of a listing, as explain_job takes it. */
export function newestJob(answers: readonly ToolAnswer[]): Record<string, unknown> {
  const [newest] = memberOf(answers.at(-1), 'jobs') as readonly Record<string, unknown>[];
  return { job: newest?.uri };
}

const cloneOfDev = { tool: 'clone_backend', args: { ...on('dev'), targetEnvironmentName: 'qa' } };
const clone = { call: cloneOfDev };
const hours = (count: number) => ({ advanceMs: count * 3_600_000 });

export const reading: readonly AgentRequest[] = [
  {
    id: 'status',
    says: 'How is dev doing?',
    calls: [{ tool: 'describe_environment', args: { environment: 'dev' } }],
    tells: ['deployed', 'shopapi'],
    isCounted: true,
  },
  {
    id: 'apps',
    says: 'Which apps do we have?',
    calls: [{ tool: 'list_apps' }],
    tells: ['shop', app],
  },
  {
    id: 'environments',
    says: 'Which environments does the shop have?',
    calls: [{ tool: 'list_apps' }, { tool: 'get_backend', args: { appId: app } }],
    tells: ['dev', 'prod', 'partner'],
  },
  {
    id: 'rules',
    says: 'Which AWS account is this, and may you delete things?',
    calls: [{ tool: 'whoami' }],
    tells: ['123456789012', 'all apps', /calls that destroy data/],
  },
  {
    id: 'compare',
    says: 'Is prod set up like dev? What is different?',
    calls: [{ tool: 'compare_environments', args: { left: 'dev', right: 'prod' } }],
    tells: [/differences? between dev and prod/, 'Review'],
    isCounted: true,
  },
  {
    id: 'export',
    says: 'Save the configuration of prod as JSON for our repository.',
    calls: [{ tool: 'export_environment', args: { environment: 'prod' } }],
    tells: [`amplify-backend://apps/${app}/environments/prod/snapshot`, 'Withheld'],
  },
  {
    id: 'jobs-of-last-week',
    says: 'What was deployed in the last seven days?',
    calls: [{ tool: 'list_recent_jobs', args: { since: '7 days' } }],
    tells: ['UpdateBackendAPI'],
    isCounted: true,
  },
  {
    id: 'why-did-it-fail',
    says: 'The last clone failed. Why?',
    world: [
      {
        fault: {
          operation: 'CloneBackend',
          kind: 'job-fails',
          error: '',
          stackReason: 'Table already exists',
        },
      },
      clone,
      { advanceMs: 2_000 },
    ],
    calls: [
      { tool: 'list_recent_jobs', args: { failed: true } },
      { tool: 'explain_job', args: newestJob },
    ],
    tells: ['Table already exists'],
    isCounted: true,
  },
  {
    id: 'stuck-job',
    says: 'The clone to qa has been running since this morning. Is it dead?',
    world: [{ fault: { operation: 'CloneBackend', kind: 'job-stuck' } }, clone, hours(5)],
    calls: [
      { tool: 'list_recent_jobs', args: { environment: 'qa' } },
      { tool: 'explain_job', args: newestJob },
    ],
    tells: ['stalled', 'UserPool'],
    isCounted: true,
  },
  {
    id: 'mfa',
    says: 'Which second factors does prod ask for?',
    calls: [
      { tool: 'describe_environment', args: { environment: 'prod' } },
      { tool: 'get_backend_auth', args: on('prod', 'shopauth') },
    ],
    tells: ['TOTP', 'SMS'],
  },
  {
    id: 'endpoint',
    says: 'I need the GraphQL endpoint and the user pool id of dev for my config file.',
    calls: [{ tool: 'describe_environment', args: { environment: 'dev' } }],
    tells: ['us-east-1_ShopDev01', 'devshopgraphql'],
  },
  {
    id: 'schema',
    says: 'Show me the GraphQL schema of dev.',
    calls: [
      { tool: 'describe_environment', args: { environment: 'dev' } },
      { tool: 'get_backend_api', args: on('dev', 'shopapi') },
    ],
    tells: ['type Review @model'],
  },
  {
    id: 'who-may-upload',
    says: 'May guests upload files in prod?',
    calls: [
      { tool: 'describe_environment', args: { environment: 'prod' } },
      { tool: 'get_backend_storage', args: on('prod', 'shopmedia') },
    ],
    tells: ['CREATE_AND_UPDATE'],
  },
  {
    id: 'buckets',
    says: 'Is there a bucket called shop-archive-055 in this account?',
    calls: [{ tool: 'list_s3_buckets', args: { all: true } }],
    tells: ['shop-archive-055'],
  },
  {
    id: 'two-accounts',
    says: 'Which account is the target called other, and what is in it?',
    settings: {
      targets: {
        main: { region: 'us-east-1' },
        other: { region: 'us-east-1', roleArn: 'arn:aws:iam::210987654321:role/sandbox-admin' },
      },
    },
    calls: [
      { tool: 'whoami', args: { target: 'other' } },
      { tool: 'list_apps', args: { target: 'other' } },
    ],
    tells: ['210987654321', app],
  },
  {
    id: 'inventory',
    says: 'Which of our environments are still Gen 1, what do they hold, and how long do we have?',
    calls: [{ tool: 'take_inventory' }],
    tells: ['3 Gen 1 environments', 'api/shopapi: 5 tables', '2027-05-01', 'auth/shopauth'],
  },
  {
    id: 'inventory-of-two-accounts',
    says: 'Make me an overview of all apps in both of our accounts.',
    settings: {
      targets: {
        main: { region: 'us-east-1' },
        other: { region: 'us-east-1', roleArn: 'arn:aws:iam::210987654321:role/sandbox-admin' },
      },
    },
    calls: [{ tool: 'take_inventory' }],
    tells: ['210987654321', /main .*123456789012/, 'partner'],
  },
  {
    id: 'ready-for-gen2',
    says: 'What do we have to do ourselves before dev can go to Gen 2, and is anything in the way?',
    calls: [{ tool: 'assess_migration', args: { app, environment: 'dev' } }],
    tells: ['manual work', 'Pinpoint', 'layers', 'override.ts'],
  },
  {
    id: 'gen2-branch-proven',
    says: 'The Gen 2 branch gen2-main of dev is deployed. Does it use our old tables, and may we delete dev now?',
    world: [{ migration: { environment: 'dev', state: 'deployed-adopted' } }],
    calls: [{ tool: 'verify_migration', args: { app, environment: 'dev', branch: 'gen2-main' } }],
    tells: ['4 of 4 models use the same table', 'Do not delete the Gen 1 environment'],
  },
];

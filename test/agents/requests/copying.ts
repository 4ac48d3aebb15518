/** Requests that copy an environment, or take one down. */
import { type AgentRequest, confirmed, memberOf } from '../request.ts';

const app = 'd1sandboxshop';
const toQa = { from: 'dev', to: 'qa' };
const cloneTo = (to: string) => ({
  call: {
    tool: 'clone_backend',
    args: { appId: app, backendEnvironmentName: 'dev', targetEnvironmentName: to },
  },
});
const settled = { advanceMs: 2_000 };

export const copying: readonly AgentRequest[] = [
  {
    id: 'clone',
    says: 'Clone dev to qa, and tell me whether it is complete.',
    calls: [{ tool: 'clone_environment', args: toQa }],
    writes: ['CloneBackend dev'],
    end: ({ environments: { qa } }) => qa?.auth !== undefined && qa.api !== undefined,
    tells: ['The clone of dev to qa is complete.'],
    isCounted: true,
  },
  {
    id: 'clone-that-stays-empty',
    says: 'Make a copy of dev under the name qa.',
    world: [{ fault: { operation: 'CloneBackend', kind: 'clone-leaves-empty-environment' } }],
    calls: [{ tool: 'clone_environment', args: toQa }],
    writes: ['CloneBackend dev'],
    end: ({ environments: { qa } }) => qa !== undefined && qa.auth === undefined,
    tells: [/empty/],
    isCounted: true,
  },
  {
    id: 'clone-that-fails',
    says: 'Clone dev to qa. If it goes wrong, I want to know why.',
    world: [
      {
        fault: {
          operation: 'CloneBackend',
          kind: 'job-fails',
          error: '',
          stackReason: 'Table already exists',
        },
      },
    ],
    calls: [
      { tool: 'clone_environment', args: toQa },
      {
        tool: 'explain_job',
        args: answers => ({ job: memberOf(answers.at(-1), 'job.uri') }),
      },
    ],
    writes: ['CloneBackend dev'],
    end: ({ environments: { dev } }) => dev?.auth !== undefined,
    tells: ['Table already exists'],
    isCounted: true,
  },
  {
    id: 'clone-with-a-lost-answer',
    says: 'Please duplicate dev as qa.',
    world: [{ fault: { operation: 'CloneBackend', kind: 'timeout-after' } }],
    calls: [{ tool: 'clone_environment', args: toQa }],
    writes: ['CloneBackend dev'],
    end: ({ environments: { qa } }) => qa?.auth !== undefined,
    tells: ['The clone of dev to qa is complete.'],
  },
  {
    id: 'clone-onto-an-existing-one',
    says: 'Clone dev to prod.',
    calls: [{ tool: 'clone_environment', args: { from: 'dev', to: 'prod' } }],
    tells: [/prod/],
  },
  {
    id: 'clone-behind-a-pending-job',
    says: 'Clone dev to qa. If something is still being deployed there, wait for it.',
    world: [
      {
        call: {
          tool: 'generate_backend_api_models',
          args: { appId: app, backendEnvironmentName: 'dev', resourceName: 'shopapi' },
        },
      },
    ],
    calls: [{ tool: 'clone_environment', args: { ...toQa, waitForPending: true } }],
    writes: ['CloneBackend dev'],
    end: ({ environments: { qa } }) => qa?.auth !== undefined,
    tells: ['The clone of dev to qa is complete.'],
  },
  {
    id: 'take-down',
    says: 'Take partner down, and make sure that nothing is left.',
    replies: ['Yes, delete partner.'],
    calls: confirmed('decommission_environment', { environment: 'partner' }),
    writes: ['DeleteBackend partner'],
    end: ({ environments }) => Object.keys(environments).sort().join() === 'dev,prod',
    tells: ['imported, stays', 'partner is gone'],
    isCounted: true,
  },
  {
    id: 'take-down-with-a-leftover',
    says: 'Delete the copy qa with everything in it.',
    replies: ['Yes, I confirm.'],
    world: [cloneTo('qa'), settled, { fault: { operation: 'DeleteBackend', kind: 'delete-leaves-bucket' } }],
    calls: confirmed('decommission_environment', { environment: 'qa' }),
    writes: ['DeleteBackend qa'],
    end: ({ environments }) => !('qa' in environments),
    tells: [/bucket/],
  },
  {
    id: 'take-down-several',
    says: 'Both copies, qa and perf, can go now. Take them down.',
    replies: ['Yes, delete both.'],
    world: [cloneTo('qa'), settled, cloneTo('perf'), settled],
    calls: confirmed('decommission_environment', { environments: ['qa', 'perf'] }),
    writes: ['DeleteBackend qa', 'DeleteBackend perf'],
    end: ({ environments }) => Object.keys(environments).sort().join() === 'dev,partner,prod',
    tells: ['qa', 'perf', /gone/],
  },
  {
    id: 'what-would-be-lost',
    says: 'What would be lost if we removed prod? Do not remove it.',
    calls: [{ tool: 'decommission_environment', args: { environment: 'prod', dryRun: true } }],
    tells: ['us-east-1_ShopPrd01', 'Product'],
  },
  {
    id: 'take-down-refused',
    says: 'Tear down dev.',
    replies: ['No, stop. I meant another one.'],
    calls: [{ tool: 'decommission_environment', args: { environment: 'dev' } }],
    tells: [/confirm/i, 'us-east-1_ShopDev01'],
  },
];

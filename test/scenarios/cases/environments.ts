/** The cases of environments, jobs, Admin UI configuration and tokens. */
import { expect } from 'vitest';
import type { Json } from '../../support/child.ts';
import { appId, emptyEnvironment, missingApp, on, type ToolCase } from './case.ts';

/** The oldest job of the seeded `dev`, which succeeded long ago. */
const oldJob = { jobId: '00000000-0000-4000-8001-000000000001' };
const unknownJob = { args: on('dev', { jobId: 'unknown' }), code: 'not_found' };
const unknownSession = { args: { appId, sessionId: 'unknown' }, code: 'not_found' };
const newToken = { tool: 'create_token', args: { appId } };

/** The members that this server adds to AWS's own for a job that has ended. */
const ended = (state: string): Json => ({
  state,
  createTime: expect.anything(),
  createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
  updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
});

export const environmentCases: Record<string, ToolCase> = {
  get_backend: {
    args: on('dev'),
    answers: {
      appName: 'shop',
      backendEnvironmentList: ['dev', 'prod', 'partner'],
      backendEnvironmentName: 'dev',
    },
    refuses: missingApp(),
  },
  create_backend: {
    args: emptyEnvironment.args,
    answers: { backendEnvironmentName: 'one', status: 'PENDING' },
    starts: { operation: 'CreateBackend', environment: 'one' },
    refuses: { args: on('dev', { appName: 'shop' }), code: 'bad_request' },
  },
  clone_backend: {
    args: on('dev', { targetEnvironmentName: 'qa' }),
    answers: { backendEnvironmentName: 'qa', status: 'PENDING' },
    starts: { operation: 'CloneBackend', environment: 'qa' },
    refuses: { args: on('dev', { targetEnvironmentName: 'prod' }), code: 'bad_request' },
  },
  delete_backend: {
    args: on('prod'),
    answers: { backendEnvironmentName: 'prod', status: 'PENDING' },
    starts: { operation: 'DeleteBackend', environment: 'prod' },
    refuses: { args: on('nowhere'), code: 'not_found' },
  },
  remove_all_backends: {
    args: { appId, cleanAmplifyApp: true },
    answers: { appId, status: 'PENDING' },
    // The answer names no environment: the server has to find the job.
    starts: { operation: 'RemoveAllBackends', environment: 'dev' },
    refuses: missingApp(),
  },
  get_backend_job: {
    args: on('dev', oldJob),
    answers: {
      ...ended('succeeded'),
      job: expect.objectContaining({
        ...on('dev', oldJob),
        operation: 'CreateBackend',
        status: 'COMPLETED',
        state: 'succeeded',
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      }),
    },
    refuses: unknownJob,
  },
  list_backend_jobs: {
    args: on('dev', { operation: 'CreateBackend', status: 'COMPLETED' }),
    answers: {
      jobs: [expect.objectContaining({ ...oldJob, operation: 'CreateBackend', ...ended('succeeded') })],
    },
    refuses: { args: on('dev', { nextToken: 'forged' }), code: 'bad_request' },
  },
  update_backend_job: {
    args: on('dev', { ...oldJob, operation: 'Rewritten', status: 'FAILED' }),
    answers: {
      ...ended('failed'),
      job: expect.objectContaining({ ...oldJob, operation: 'Rewritten', state: 'failed' }),
    },
    refuses: unknownJob,
  },
  create_backend_config: {
    args: { appId, backendManagerAppId: 'd2manager' },
    answers: { appId, status: 'PENDING' },
    starts: { operation: 'CreateBackendConfig', environment: 'dev' },
    refuses: missingApp(),
  },
  update_backend_config: {
    args: { appId, loginAuthConfig: { aws_user_pools_id: 'us-east-1_Changed01' } },
    answers: { loginAuthConfig: { aws_user_pools_id: 'us-east-1_Changed01' } },
    refuses: missingApp(),
  },
  remove_backend_config: { args: { appId }, answers: {}, refuses: missingApp() },
  create_token: {
    args: { appId },
    answers: { appId, sessionId: expect.any(String), ttl: expect.stringMatching(/^\d+$/) },
    refuses: missingApp(),
  },
  get_token: {
    given: newToken,
    args: ({ sessionId }) => ({ appId, sessionId }),
    answers: { appId, sessionId: expect.any(String) },
    refuses: unknownSession,
  },
  delete_token: {
    given: newToken,
    args: ({ sessionId }) => ({ appId, sessionId }),
    answers: { isSuccess: true },
    refuses: unknownSession,
  },
};

/** The three operations on an app's Admin UI (Amplify Studio) configuration. */
import {
  CreateBackendConfigCommand,
  RemoveBackendConfigCommand,
  UpdateBackendConfigCommand,
} from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';
import { nameText } from './bounds.ts';
import { defineOperation } from './define.ts';
import { appId } from './ids.ts';
import { answered, jobStartedBriefly, text } from './shapes.ts';

const loginAuthConfig = z
  .strictObject({
    aws_cognito_identity_pool_id: nameText().optional().describe('Identity pool id'),
    aws_cognito_region: nameText().optional().describe('Region of the pools'),
    aws_user_pools_id: nameText().optional().describe('User pool id'),
    aws_user_pools_web_client_id: nameText().optional().describe('Web app client id'),
  })
  .describe('Cognito pool for signing in to the Admin UI');

const createBackendConfig = defineOperation({
  command: CreateBackendConfigCommand,
  title: 'Turn the Admin UI on',
  access: 'create',
  startsJob: true,
  evidence: ['job'],
  input: z.strictObject({
    appId,
    backendManagerAppId: nameText().optional().describe('App id of the backend manager'),
  }),
  output: jobStartedBriefly,
});

const updateBackendConfig = defineOperation({
  command: UpdateBackendConfigCommand,
  title: 'Change the Admin UI sign-in',
  access: 'update',
  evidence: [],
  input: z.strictObject({ appId, loginAuthConfig: loginAuthConfig.optional() }),
  output: z.object({
    appId: answered.appId,
    backendManagerAppId: text('App id of the backend manager'),
    error: answered.error,
    loginAuthConfig: loginAuthConfig.optional(),
  }),
});

const removeBackendConfig = defineOperation({
  command: RemoveBackendConfigCommand,
  title: 'Turn the Admin UI off',
  access: 'delete',
  evidence: [],
  input: z.strictObject({ appId }),
  output: z.object({ error: answered.error }),
});

export const configOperations = [createBackendConfig, updateBackendConfig, removeBackendConfig] as const;

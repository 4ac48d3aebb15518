/** The five operations on an environment's auth resource (Cognito user pool and identity pool). */
import {
  CreateBackendAuthCommand,
  DeleteBackendAuthCommand,
  GetBackendAuthCommand,
  ImportBackendAuthCommand,
  UpdateBackendAuthCommand,
} from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';
import { authConfig, createAuthConfig, updateAuthConfig } from './auth-config.ts';
import { nameText } from './bounds.ts';
import { defineOperation } from './define.ts';
import { appId, backendEnvironmentName, newResourceName, resourceName } from './ids.ts';
import { answered, jobStarted } from './shapes.ts';

const createBackendAuth = defineOperation({
  command: CreateBackendAuthCommand,
  title: 'Add sign-in to an environment',
  access: 'create',
  startsJob: true,
  evidence: ['job'],
  configures: 'auth',
  input: z.strictObject({
    appId,
    backendEnvironmentName,
    resourceConfig: createAuthConfig,
    resourceName: newResourceName,
  }),
  output: jobStarted,
});

const getBackendAuth = defineOperation({
  command: GetBackendAuthCommand,
  title: 'Show the auth configuration',
  access: 'read',
  input: z.strictObject({ appId, backendEnvironmentName, resourceName }),
  output: z.object({
    appId: answered.appId,
    backendEnvironmentName: answered.backendEnvironmentName,
    error: answered.error,
    resourceConfig: authConfig.optional(),
    resourceName: answered.resourceName,
  }),
});

const updateBackendAuth = defineOperation({
  command: UpdateBackendAuthCommand,
  title: 'Change the auth configuration',
  access: 'update',
  startsJob: true,
  evidence: ['job'],
  configures: 'auth',
  input: z.strictObject({ appId, backendEnvironmentName, resourceConfig: updateAuthConfig, resourceName }),
  output: jobStarted,
});

const deleteBackendAuth = defineOperation({
  command: DeleteBackendAuthCommand,
  title: 'Delete auth and its users',
  access: 'delete',
  startsJob: true,
  evidence: ['job'],
  input: z.strictObject({ appId, backendEnvironmentName, resourceName }),
  output: jobStarted,
});

const importBackendAuth = defineOperation({
  command: ImportBackendAuthCommand,
  title: 'Use an existing Cognito user pool',
  access: 'create',
  startsJob: true,
  evidence: ['job'],
  configures: 'auth',
  replaces: true,
  input: z.strictObject({
    appId,
    backendEnvironmentName,
    identityPoolId: nameText().optional().describe('Existing identity pool, e.g. us-east-1:1234-...'),
    nativeClientId: nameText().describe('App client id for native apps'),
    userPoolId: nameText().describe('Existing user pool, e.g. us-east-1_AbCdEfGhI'),
    webClientId: nameText().describe('App client id for web apps'),
  }),
  output: jobStarted,
});

export const authOperations = [
  createBackendAuth,
  getBackendAuth,
  updateBackendAuth,
  deleteBackendAuth,
  importBackendAuth,
] as const;

/** The five operations on whole backend environments. */
import {
  CloneBackendCommand,
  CreateBackendCommand,
  DeleteBackendCommand,
  GetBackendCommand,
  RemoveAllBackendsCommand,
} from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';
import { nameText } from './bounds.ts';
import { defineOperation } from './define.ts';
import { appId, backendEnvironmentName, newEnvironmentName, newResourceName } from './ids.ts';
import { answered, jobStarted, text, unlisted } from './shapes.ts';
import { notedWhenEmpty } from './when-empty.ts';

const getBackend = defineOperation({
  command: GetBackendCommand,
  title: 'Show an app or an environment',
  access: 'read',
  input: z.strictObject({
    appId,
    backendEnvironmentName: notedWhenEmpty(backendEnvironmentName)
      .optional()
      .describe('Environment; without it, the list'),
  }),
  output: z.object({
    amplifyFeatureFlags: text('Feature flags: a parsed cli.json'),
    amplifyMetaConfig: text('What is deployed: a parsed amplify-meta, by category and resource'),
    appId: answered.appId,
    appName: text('App name'),
    backendEnvironmentList: z.array(z.string()).optional().describe('Environments of the app'),
    backendEnvironmentName: answered.backendEnvironmentName,
    error: answered.error,
  }),
  holdsJson: ['amplifyFeatureFlags', 'amplifyMetaConfig'],
  shows: {
    part: notedWhenEmpty(nameText().min(1))
      .optional()
      .describe('Only this category, category/name, or amplifyFeatureFlags'),
  },
});

const createBackend = defineOperation({
  command: CreateBackendCommand,
  title: 'Create an empty environment',
  access: 'create',
  startsJob: true,
  evidence: ['job', 'environmentThere'],
  input: z.strictObject({
    appId,
    appName: nameText().min(1).describe('Name of the app'),
    backendEnvironmentName: newEnvironmentName,
    resourceConfig: unlisted(z.strictObject({}).optional()),
    resourceName: newResourceName.optional().describe('Name for the resource'),
  }),
  output: jobStarted,
});

const cloneBackend = defineOperation({
  command: CloneBackendCommand,
  title: 'Clone an environment',
  access: 'create',
  startsJob: true,
  evidence: ['job', 'environmentThere'],
  input: z.strictObject({
    appId,
    backendEnvironmentName: backendEnvironmentName.describe('Environment to copy from'),
    targetEnvironmentName: newEnvironmentName,
  }),
  output: jobStarted,
});

const deleteBackend = defineOperation({
  command: DeleteBackendCommand,
  title: 'Delete an environment and its data',
  access: 'delete',
  startsJob: true,
  evidence: ['job', 'environmentGone'],
  input: z.strictObject({ appId, backendEnvironmentName }),
  output: jobStarted,
});

const removeAllBackends = defineOperation({
  command: RemoveAllBackendsCommand,
  title: 'Delete every environment of an app',
  access: 'delete',
  everyEnvironment: true,
  startsJob: true,
  evidence: ['job', 'environmentGone'],
  input: z.strictObject({
    appId,
    cleanAmplifyApp: z.boolean().optional().describe('Delete the Amplify app itself as well'),
  }),
  output: jobStarted.omit({ backendEnvironmentName: true }),
});

export const backendOperations = [
  getBackend,
  createBackend,
  cloneBackend,
  deleteBackend,
  removeAllBackends,
] as const;

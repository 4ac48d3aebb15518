/** The six operations on an environment's file storage (S3). */
import {
  AuthenticatedElement,
  CreateBackendStorageCommand,
  DeleteBackendStorageCommand,
  GetBackendStorageCommand,
  ImportBackendStorageCommand,
  ListS3BucketsCommand,
  UnAuthenticatedElement,
  UpdateBackendStorageCommand,
} from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';
import { listOf, nameText } from './bounds.ts';
import { defineOperation } from './define.ts';
import { appId, backendEnvironmentName, newResourceName, nextToken, resourceName } from './ids.ts';
import { answered, jobStartedBriefly, serviceName, text } from './shapes.ts';

const permissions = z
  .strictObject({
    authenticated: listOf(z.enum(AuthenticatedElement)).describe('What signed-in users may do'),
    unAuthenticated: listOf(z.enum(UnAuthenticatedElement)).optional().describe('What guests may do'),
  })
  .describe('Who may do what');

const createBackendStorage = defineOperation({
  command: CreateBackendStorageCommand,
  title: 'Add file storage',
  access: 'create',
  startsJob: true,
  evidence: ['job'],
  configures: 'storage',
  input: z.strictObject({
    appId,
    backendEnvironmentName,
    resourceConfig: z
      .strictObject({
        bucketName: nameText().optional().describe('Bucket name; AWS picks one otherwise'),
        permissions,
        serviceName,
      })
      .describe('The storage'),
    resourceName: newResourceName,
  }),
  output: jobStartedBriefly,
});

const getBackendStorage = defineOperation({
  command: GetBackendStorageCommand,
  title: 'Show the file storage',
  access: 'read',
  input: z.strictObject({ appId, backendEnvironmentName, resourceName }),
  output: z.object({
    appId: answered.appId,
    backendEnvironmentName: answered.backendEnvironmentName,
    resourceConfig: z
      .object({
        bucketName: text('Bucket name'),
        imported: z.boolean().describe('Whether the bucket existed before and was imported'),
        permissions: permissions.optional(),
        serviceName,
      })
      .optional()
      .describe('The storage'),
    resourceName: answered.resourceName,
  }),
});

const updateBackendStorage = defineOperation({
  command: UpdateBackendStorageCommand,
  title: 'Change who may use the storage',
  access: 'update',
  startsJob: true,
  evidence: ['job'],
  configures: 'storage',
  input: z.strictObject({
    appId,
    backendEnvironmentName,
    resourceConfig: z.strictObject({ permissions, serviceName }).describe('The new permissions'),
    resourceName,
  }),
  output: jobStartedBriefly,
});

const deleteBackendStorage = defineOperation({
  command: DeleteBackendStorageCommand,
  title: 'Delete the file storage',
  access: 'delete',
  startsJob: true,
  evidence: ['job'],
  input: z.strictObject({ appId, backendEnvironmentName, resourceName, serviceName }),
  output: jobStartedBriefly,
});

const importBackendStorage = defineOperation({
  command: ImportBackendStorageCommand,
  title: 'Use an existing S3 bucket',
  access: 'create',
  startsJob: true,
  evidence: ['job'],
  configures: 'storage',
  replaces: true,
  input: z.strictObject({
    appId,
    backendEnvironmentName,
    bucketName: nameText().optional().describe('Existing bucket, from list_s3_buckets'),
    serviceName,
  }),
  output: jobStartedBriefly,
});

const listS3Buckets = defineOperation({
  command: ListS3BucketsCommand,
  title: "List the account's S3 buckets",
  access: 'read',
  input: z.strictObject({ nextToken: nextToken.optional() }),
  output: z.object({
    buckets: z
      .array(z.object({ creationDate: text('When it was created'), name: text('Bucket name') }))
      .optional()
      .describe('Buckets of this page'),
    nextToken: answered.nextToken,
  }),
  pages: 'buckets',
});

export const storageOperations = [
  createBackendStorage,
  getBackendStorage,
  updateBackendStorage,
  deleteBackendStorage,
  importBackendStorage,
  listS3Buckets,
] as const;

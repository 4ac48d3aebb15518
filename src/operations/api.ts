/** The six operations on an environment's GraphQL API (AppSync) and its generated models. */
import {
  CreateBackendAPICommand,
  DeleteBackendAPICommand,
  GenerateBackendAPIModelsCommand,
  GetBackendAPICommand,
  GetBackendAPIModelsCommand,
  Mode,
  ResolutionStrategy,
  Status,
  UpdateBackendAPICommand,
} from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';
import { listOf, longText, nameText, schemaText } from './bounds.ts';
import { defineOperation } from './define.ts';
import { appId, backendEnvironmentName, newResourceName, resourceName } from './ids.ts';
import { answered, jobStarted, text, unlisted } from './shapes.ts';
import { notedWhenEmpty } from './when-empty.ts';

const authSettings = z
  .strictObject({
    cognitoUserPoolId: nameText().optional().describe('User pool id'),
    description: longText().optional().describe('API key description'),
    expirationTime: z.number().optional().describe('Days that the API key is valid, 1-365'),
    openIDAuthTTL: nameText().optional().describe('Token life after authentication, ms'),
    openIDClientId: nameText().optional().describe('OIDC client id'),
    openIDIatTTL: nameText().optional().describe('Token life after issue, ms'),
    openIDIssueURL: longText().optional().describe('OIDC issuer URL'),
    openIDProviderName: nameText().optional().describe('OIDC provider name'),
  })
  .describe('Settings of the mode');

const authType = z.strictObject({
  mode: z.enum(Mode).optional().describe('Authorization mode'),
  settings: authSettings.optional(),
});

const apiConfig = z
  .strictObject({
    additionalAuthTypes: listOf(authType).optional().describe('Further ways to authorize'),
    apiName: nameText().optional().describe('API name'),
    conflictResolution: z
      .strictObject({
        resolutionStrategy: z.enum(ResolutionStrategy).optional().describe('For DataStore sync'),
      })
      .optional()
      .describe('Conflict resolution'),
    defaultAuthType: authType.optional().describe('Default way to authorize'),
    service: nameText().optional().describe('AppSync'),
    transformSchema: schemaText().optional().describe('Whole GraphQL schema, with @model types'),
  })
  .describe('The API');

/** Get and delete take AWS's optional configuration as well; it has no known effect. */
const unusedConfig = unlisted(apiConfig.optional());
const part = notedWhenEmpty(nameText().min(1)).optional();
const existingApi = { appId, backendEnvironmentName, resourceName };

const createBackendApi = defineOperation({
  command: CreateBackendAPICommand,
  title: 'Add a GraphQL API',
  access: 'create',
  startsJob: true,
  evidence: ['job'],
  configures: 'api',
  input: z.strictObject({
    appId,
    backendEnvironmentName,
    resourceConfig: apiConfig,
    resourceName: newResourceName,
  }),
  output: jobStarted,
});

const getBackendApi = defineOperation({
  command: GetBackendAPICommand,
  title: 'Show the GraphQL API',
  access: 'read',
  input: z.strictObject({ ...existingApi, resourceConfig: unusedConfig }),
  output: z.object({
    appId: answered.appId,
    backendEnvironmentName: answered.backendEnvironmentName,
    error: answered.error,
    resourceConfig: apiConfig.optional(),
    resourceName: answered.resourceName,
  }),
  shows: { part: part.describe('Of a long schema: one type, or schema for all') },
});

const updateBackendApi = defineOperation({
  command: UpdateBackendAPICommand,
  title: 'Change the GraphQL API or its schema',
  access: 'update',
  startsJob: true,
  evidence: ['job'],
  configures: 'api',
  input: z.strictObject({
    ...existingApi,
    resourceConfig: apiConfig.describe('Exactly this is sent').optional(),
  }),
  output: jobStarted,
});

const deleteBackendApi = defineOperation({
  command: DeleteBackendAPICommand,
  title: 'Delete the GraphQL API and its tables',
  access: 'delete',
  startsJob: true,
  evidence: ['job'],
  input: z.strictObject({ ...existingApi, resourceConfig: unusedConfig }),
  output: jobStarted,
});

const generateBackendApiModels = defineOperation({
  command: GenerateBackendAPIModelsCommand,
  title: 'Generate models from the schema',
  access: 'update',
  startsJob: true,
  evidence: ['job'],
  input: z.strictObject(existingApi),
  output: jobStarted,
});

const getBackendApiModels = defineOperation({
  command: GetBackendAPIModelsCommand,
  title: 'Get the generated models',
  access: 'read',
  input: z.strictObject(existingApi),
  output: z.object({
    models: text('The generated models'),
    modelIntrospectionSchema: text('Introspection schema of the models'),
    status: z.enum(Status).optional().describe('Whether the models are those of the present schema'),
  }),
  holdsJson: ['models', 'modelIntrospectionSchema'],
  shows: { part: part.describe('Only this model, enum or document') },
});

export const apiOperations = [
  createBackendApi,
  getBackendApi,
  updateBackendApi,
  deleteBackendApi,
  generateBackendApiModels,
  getBackendApiModels,
] as const;

/**
 * The API category: one AppSync resource per environment, and the data models that are generated from its schema.
 * Models are `LATEST` if they were generated from the API's current schema, otherwise `STALE`.
 */
import { applyUpdate, type Call, type Handlers } from '../call.ts';
import { generateModels } from '../graphql-models.ts';
import { type ApiResource, type Environment, newApi } from '../resources.ts';
import { badRequest, notFound } from '../service-error.ts';
import { apiTemplate } from '../stacks/templates.ts';
import { answerUnmanaged, findManaged, findReadable, removeResource } from './loaded.ts';
import { changeResource, dropNestedStack, type EnvironmentInput, putTemplate } from './resource-changes.ts';

export const apiHandlers: Handlers<
  | 'CreateBackendAPI'
  | 'GetBackendAPI'
  | 'UpdateBackendAPI'
  | 'DeleteBackendAPI'
  | 'GenerateBackendAPIModels'
  | 'GetBackendAPIModels'
> = {
  CreateBackendAPI(call, input) {
    const environment = findReadable(call.state, input.AppId, input.BackendEnvironmentName);
    if (environment.api)
      throw badRequest(`Backend environment ${environment.name} already has an API resource`);
    const api = newApi(input.ResourceName, input.ResourceConfig);
    return changeResource(call, input, environment, {
      update: putTemplate(apiTemplate(api, environment.name)),
      effect: () => {
        environment.api ??= api;
      },
    });
  },

  GetBackendAPI(call, input) {
    const unmanaged = answerUnmanaged(call, input, 'api', 'API');
    if (unmanaged) return unmanaged;
    const { api } = findApi(call, input);
    const { AppId, BackendEnvironmentName, ResourceName } = input;
    return { AppId, BackendEnvironmentName, ResourceName, ResourceConfig: api.config };
  },

  UpdateBackendAPI(call, input) {
    const { environment, api } = findApi(call, input);
    const update = input.ResourceConfig ?? {};
    return changeResource(call, input, environment, {
      update: putTemplate(
        apiTemplate({ ...api, config: applyUpdate(call, api.config, update) }, environment.name),
      ),
      effect: () => {
        api.config = applyUpdate(call, api.config, update);
      },
    });
  },

  DeleteBackendAPI(call, input) {
    const { environment, api } = findApi(call, input);
    return changeResource(call, input, environment, {
      update: dropNestedStack('api', api.name),
      effect: () => {
        removeResource(environment, 'api', api.name);
      },
    });
  },

  GenerateBackendAPIModels(call, input) {
    const { environment, api } = findApi(call, input);
    const { TransformSchema } = api.config;
    // Generated models are files for developers, so no stack changes.
    return changeResource(call, input, environment, {
      effect: () => {
        if (TransformSchema !== undefined) api.modelsOf = TransformSchema;
      },
    });
  },

  GetBackendAPIModels(call, input) {
    const { api } = findApi(call, input);
    if (api.modelsOf === undefined) return { Status: 'STALE' };
    const { models, introspection } = generateModels(api.modelsOf);
    return {
      Models: models,
      ModelIntrospectionSchema: introspection,
      Status: api.modelsOf === api.config.TransformSchema ? 'LATEST' : 'STALE',
    };
  },
};

function findApi(
  call: Call,
  { AppId, BackendEnvironmentName, ResourceName }: EnvironmentInput & { readonly ResourceName: string },
): { environment: Environment; api: ApiResource } {
  const environment = findReadable(call.state, AppId, BackendEnvironmentName);
  const api = findManaged(environment, 'api', ResourceName);
  if (!api) {
    throw notFound(
      'API',
      `API resource ${ResourceName} does not exist in environment ${BackendEnvironmentName}`,
    );
  }
  return { environment, api };
}

/**
 * The storage category: one S3 resource per environment, created or imported from the account's buckets, and the list
 * of those buckets.
 */
import { applyUpdate, type Call, type Handlers } from '../call.ts';
import { largestPage, page } from '../paging.ts';
import { type Environment, newBucketName, type StorageResource } from '../resources.ts';
import { badRequest, notFound } from '../service-error.ts';
import { storageTemplate } from '../stacks/templates.ts';
import { addBucket, viewBucket } from '../state.ts';
import { answerUnmanaged, findManaged, findReadable, removeResource } from './loaded.ts';
import { changeResource, dropNestedStack, type EnvironmentInput, putTemplate } from './resource-changes.ts';

export const storageHandlers: Handlers<
  | 'CreateBackendStorage'
  | 'ImportBackendStorage'
  | 'GetBackendStorage'
  | 'UpdateBackendStorage'
  | 'DeleteBackendStorage'
  | 'ListS3Buckets'
> = {
  CreateBackendStorage(call, input) {
    const environment = findWithoutStorage(call, input);
    const { ResourceName, ResourceConfig } = input;
    const bucketName = ResourceConfig.BucketName ?? newBucketName(ResourceName, environment.name);
    if (call.state.buckets.has(bucketName)) throw badRequest(`Bucket ${bucketName} already exists`);
    const storage: StorageResource = {
      name: ResourceName,
      permissions: ResourceConfig.Permissions,
      imported: false,
      bucketName,
    };
    return changeResource(call, input, environment, {
      update: putTemplate(storageTemplate(storage)),
      effect: at => {
        if (environment.storage) return;
        environment.storage = storage;
        addBucket(call.state, bucketName, at);
      },
    });
  },

  ImportBackendStorage(call, input) {
    const environment = findWithoutStorage(call, input);
    const bucketName = input.BucketName;
    if (bucketName === undefined) throw badRequest('bucketName is required to import a bucket');
    if (!call.state.buckets.has(bucketName)) throw notFound('Bucket', `Bucket ${bucketName} does not exist`);
    // The request has no resource name; like the Amplify CLI, the sandbox derives one.
    const name = `imported${bucketName.replace(/[\W_]/g, '').toLowerCase()}`;
    const storage: StorageResource = {
      name,
      permissions: { Authenticated: ['READ', 'CREATE_AND_UPDATE', 'DELETE'] },
      imported: true,
      bucketName,
    };
    return changeResource(call, input, environment, {
      update: putTemplate(storageTemplate(storage)),
      effect: () => {
        environment.storage ??= storage;
      },
    });
  },

  GetBackendStorage(call, input) {
    const unmanaged = answerUnmanaged(call, input, 'storage', 'Storage');
    if (unmanaged) return unmanaged;
    const { storage } = findStorage(call, input);
    const { AppId, BackendEnvironmentName, ResourceName } = input;
    return {
      AppId,
      BackendEnvironmentName,
      ResourceName,
      ResourceConfig: {
        BucketName: storage.bucketName,
        Imported: storage.imported,
        Permissions: storage.permissions,
        ServiceName: 'S3',
      },
    };
  },

  UpdateBackendStorage(call, input) {
    const { environment, storage } = findStorage(call, input);
    return changeResource(call, input, environment, {
      update: putTemplate(storageTemplate(storage)),
      effect: () => {
        storage.permissions = applyUpdate(call, storage.permissions, input.ResourceConfig.Permissions);
      },
    });
  },

  DeleteBackendStorage(call, input) {
    const { environment, storage } = findStorage(call, input);
    return changeResource(call, input, environment, {
      update: dropNestedStack('storage', storage.name),
      effect: () => {
        if (findManaged(environment, 'storage', storage.name) !== storage) return;
        removeResource(environment, 'storage', storage.name);
        if (!storage.imported) call.state.buckets.delete(storage.bucketName);
      },
    });
  },

  ListS3Buckets(call, { NextToken }) {
    const { items, ...next } = page({
      items: [...call.state.buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      key: bucket => bucket.name,
      size: largestPage,
      token: NextToken,
      query: ['ListS3Buckets'],
    });
    return {
      Buckets: items
        .map(viewBucket)
        .map(({ name, creationDate }) => ({ Name: name, CreationDate: creationDate })),
      ...next,
    };
  },
};

function findWithoutStorage(call: Call, { AppId, BackendEnvironmentName }: EnvironmentInput): Environment {
  const environment = findReadable(call.state, AppId, BackendEnvironmentName);
  if (environment.storage) {
    throw badRequest(`Backend environment ${environment.name} already has a storage resource`);
  }
  return environment;
}

function findStorage(
  call: Call,
  { AppId, BackendEnvironmentName, ResourceName }: EnvironmentInput & { readonly ResourceName: string },
): { environment: Environment; storage: StorageResource } {
  const environment = findReadable(call.state, AppId, BackendEnvironmentName);
  const storage = findManaged(environment, 'storage', ResourceName);
  if (!storage) {
    throw notFound(
      'Storage',
      `Storage ${ResourceName} does not exist in environment ${BackendEnvironmentName}`,
    );
  }
  return { environment, storage };
}

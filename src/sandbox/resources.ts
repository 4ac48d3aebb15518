/**
 * What an environment consists of: its root stack and the resources in it, each with its settings and the ids that
 * the cloud gave it. Making and copying them, with fresh ids, happens here and nowhere else.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Json } from '../lib/json.ts';
import { sandboxAccountId, sandboxRegion } from './identity.ts';
import type { ReadFailure } from './load/request.ts';
import type { ApiConfig, AuthConfig, StoragePermissions } from './sdk-types.ts';
import { copyUnmanaged, type UnmanagedResource } from './unmanaged-resources.ts';

/** Root stack of a deployed environment. */
export interface Deployment {
  readonly stackName: string;
  readonly stackId: string;
  readonly bucketName: string;
}

/** A Cognito resource. */
export interface AuthResource {
  readonly name: string;
  config: AuthConfig;
  readonly imported: boolean;
  readonly userPoolId: string;
  readonly webClientId: string;
  readonly nativeClientId: string;
  readonly identityPoolId?: string;
}

/** An AppSync resource. */
export interface ApiResource {
  readonly name: string;
  config: ApiConfig;
  readonly apiId: string;
  readonly endpoint: string;
  /** Issued for every API; shown only while API keys are one of its authentication modes. */
  readonly apiKey: string;
  /** The GraphQL schema that models were last generated from. */
  modelsOf?: string;
}

/** An S3 resource. */
export interface StorageResource {
  readonly name: string;
  permissions: StoragePermissions;
  readonly imported: boolean;
  readonly bucketName: string;
}

/** What an environment has that was loaded, and that the sandbox did not make itself. */
export interface Loaded {
  /** Its amplify-meta, to which its resources' changes are made; empty where nobody can read it. */
  meta: Json;
  /** The meta as it was given: answered so until a resource changes, since it may not be readable. */
  text?: string;
  readonly flags?: string;
  readonly schemas: ReadonlyMap<string, string>;
  readonly ghost?: ReadFailure;
  /** The resources that AmplifyBackend manages; the first of each category is the environment's own. */
  readonly auth: AuthResource[];
  readonly api: ApiResource[];
  readonly storage: StorageResource[];
}

/** A backend environment. One without `deployment` is registered but was never deployed. */
export interface Environment {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly registeredAt: number;
  deployment?: Deployment;
  /** Every root stack that was begun for it: one that failed to be created is no deployment. */
  readonly rootStacks: Deployment[];
  auth?: AuthResource;
  api?: ApiResource;
  storage?: StorageResource;
  /** What AmplifyBackend does not manage. */
  unmanaged: readonly UnmanagedResource[];
  loaded?: Loaded;
}

/** What a clone takes over. */
export type Copies = Pick<Environment, 'auth' | 'api' | 'storage' | 'unmanaged'>;

/** An environment that is registered and no more. */
export function newEnvironment(name: string, at: number): Environment {
  return { name, registeredAt: at, rootStacks: [], unmanaged: [] };
}

const lowerAlphanumeric = 'abcdefghijklmnopqrstuvwxyz0123456789';

function randomText(length: number): string {
  return Array.from(randomBytes(length), byte =>
    lowerAlphanumeric.charAt(byte % lowerAlphanumeric.length),
  ).join('');
}

/** A new root stack, named as the Amplify CLI names it: `amplify-<app>-<environment>-<digits>`. */
export function newDeployment(
  appName: string,
  environment: string,
  digits = String(randomBytes(4).readUInt32BE() % 1_000_000).padStart(6, '0'),
  stackUuid: string = randomUUID(),
): Deployment {
  const stackName = `amplify-${appName}-${environment}-${digits}`;
  const stackId = `arn:aws:cloudformation:${sandboxRegion}:${sandboxAccountId}:stack/${stackName}/${stackUuid}`;
  return { stackName, stackId, bucketName: `${stackName.toLowerCase()}-deployment` };
}

/** A new Cognito resource with ids of its own; an identity pool only where the settings ask for one. */
export function newAuth(name: string, config: AuthConfig): AuthResource {
  return {
    name,
    config,
    imported: false,
    userPoolId: `${sandboxRegion}_${randomText(9)}`,
    webClientId: randomText(26),
    nativeClientId: randomText(26),
    ...(config.AuthResources === 'IDENTITY_POOL_AND_USER_POOL'
      ? { identityPoolId: `${sandboxRegion}:${randomUUID()}` }
      : {}),
  };
}

/** A new AppSync resource with ids of its own. */
export function newApi(name: string, config: ApiConfig): ApiResource {
  return {
    name,
    config,
    apiId: randomText(26),
    endpoint: `https://${randomText(26)}.appsync-api.${sandboxRegion}.amazonaws.com/graphql`,
    apiKey: `da2-${randomText(26)}`,
  };
}

/** A bucket name that no environment has yet. */
export function newBucketName(resource: string, environment: string): string {
  return `${resource}${randomText(8)}-${environment}`.toLowerCase();
}

/**
 * Copies all resources of an environment, with fresh ids, for one of another name. Imported resources are references
 * to something outside and stay what they are. A user pool id that the API's settings name follows the copy.
 */
export function copyResources(source: Environment, name: string): Copies {
  const { auth, api, storage, unmanaged } = structuredClone(source);
  const copies: Copies = { unmanaged: unmanaged.map(copyUnmanaged) };
  if (auth) copies.auth = auth.imported ? auth : newAuth(auth.name, auth.config);
  if (api) {
    const config =
      copies.auth && auth ? replaceText(api.config, auth.userPoolId, copies.auth.userPoolId) : api.config;
    copies.api = {
      ...newApi(api.name, config),
      ...(api.modelsOf === undefined ? {} : { modelsOf: api.modelsOf }),
    };
  }
  if (storage) {
    copies.storage = storage.imported
      ? storage
      : { ...storage, bucketName: newBucketName(storage.name, name) };
  }
  return copies;
}

function replaceText<T>(value: T, from: string, to: string): T {
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) => (item === from ? to : item));
}

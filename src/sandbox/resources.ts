/**
 * The parts of an environment: its root stack and its resources, with their settings and the ids that AWS gives them.
 * Creates and copies them with new ids.
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
  /** Every API has one; the meta shows it only if API keys are one of the API's authentication modes. */
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

/** What an environment has if it was loaded, not created in the sandbox. */
export interface Loaded {
  /** Its parsed amplify-meta, updated when its resources change; empty if the text cannot be parsed. */
  meta: Json;
  /** The meta's text, which GetBackend answers unchanged until a resource changes. It need not be JSON. */
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
  /** Every root stack whose creation was started; a stack whose creation failed does not become `deployment`. */
  readonly rootStacks: Deployment[];
  auth?: AuthResource;
  api?: ApiResource;
  storage?: StorageResource;
  unmanaged: readonly UnmanagedResource[];
  loaded?: Loaded;
}

/** The resources that a clone takes over. */
export type Copies = Pick<Environment, 'auth' | 'api' | 'storage' | 'unmanaged'>;

/** An environment that is registered and not deployed. */
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

/** A Cognito resource with new ids, and with an identity pool if the settings ask for one. */
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

/** An AppSync resource with new ids. */
export function newApi(name: string, config: ApiConfig): ApiResource {
  return {
    name,
    config,
    apiId: randomText(26),
    endpoint: `https://${randomText(26)}.appsync-api.${sandboxRegion}.amazonaws.com/graphql`,
    apiKey: `da2-${randomText(26)}`,
  };
}

/** A new, unique bucket name. */
export function newBucketName(resource: string, environment: string): string {
  return `${resource}${randomText(8)}-${environment}`.toLowerCase();
}

/**
 * Copies the resources of an environment, with new ids. Imported resources are references to something outside and
 * stay as they are. If the API's settings name the user pool, the copy names the copied pool.
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

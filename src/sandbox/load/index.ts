/**
 * Loads a user's environments, with their metas, schemas and stacks. The sandbox then answers for them as for its own.
 */
import type { Json } from '../../lib/json.ts';
import {
  type Deployment,
  type Environment,
  type Loaded,
  newDeployment,
  newEnvironment,
} from '../resources.ts';
import { notFound, ServiceError } from '../service-error.ts';
import { derivedUuid, stackArn } from '../stacks/stack.ts';
import type { Template } from '../stacks/templates.ts';
import { type App, addBucket, type State } from '../state.ts';
import { bucketsIn, ownBucketsIn } from './buckets.ts';
import { copyMeta } from './copy.ts';
import { gen2BranchesIn } from './gen2-branches.ts';
import { entriesOf, parseMeta, stackIn } from './meta.ts';
import { type LoadRequest, type ReadFailure, readLoadRequest } from './request.ts';
import { apiOf, authOf, storageOf } from './settings.ts';
import { loadStacks } from './stacks.ts';
import { templateOf } from './templates.ts';

const day = 24 * 60 * 60_000;

/** The app's name if the request has none: the Amplify CLI puts the project's name into the stack's name. */
const projectNameIn = (stackName: string | undefined) =>
  stackName?.split('-')[stackName.startsWith('amplify-') ? 1 : 0];

function findOrCreateApp(state: State, { appId, appName }: LoadRequest, stackName: string | undefined): App {
  const known = state.apps.get(appId);
  if (known) return known;
  const app: App = {
    appName: appName ?? projectNameIn(stackName) ?? appId,
    ...{ environments: new Map(), branches: new Map(), tokens: new Map() },
  };
  state.apps.set(appId, app);
  return app;
}

/** The schema of an API: its own, or the one that was given without a name. */
const schemaOf = (schemas: ReadonlyMap<string, string>, name: string) => schemas.get(name) ?? schemas.get('');

/** Adds the resources that AmplifyBackend manages. The first of each category becomes the environment's own. */
function fillManagedResources(environment: Environment, loaded: Loaded): void {
  for (const entry of entriesOf(loaded.meta)) {
    const { category, name, service, isDeployed } = entry;
    if (!isDeployed) continue;
    if (category === 'auth' && service === 'Cognito') loaded.auth.push(authOf(entry));
    if (category === 'api' && service === 'AppSync')
      loaded.api.push(apiOf(entry, schemaOf(loaded.schemas, name)));
    if (category === 'storage' && service === 'S3') loaded.storage.push(storageOf(entry));
  }
  const [auth] = loaded.auth;
  const [api] = loaded.api;
  const [storage] = loaded.storage;
  Object.assign(environment, { ...(auth && { auth }), ...(api && { api }), ...(storage && { storage }) });
}

const templatesIn = ({ meta, schemas }: Loaded, environment: string): Template[] =>
  entriesOf(meta).flatMap(entry => templateOf(entry, environment, schemaOf(schemas, entry.name)) ?? []);

function deploymentOf({ name, id, bucket }: ReturnType<typeof stackIn>): Deployment | undefined {
  const stackName = name ?? id?.split('/')[1];
  if (stackName === undefined) return undefined;
  return {
    stackName,
    stackId: id ?? stackArn(stackName, derivedUuid(stackName)),
    bucketName: bucket ?? `${stackName.toLowerCase()}-deployment`,
  };
}

function loadedFrom({ meta: text, flags, schemas, ghost }: LoadRequest): Loaded {
  const meta = text === undefined ? undefined : parseMeta(text);
  return {
    meta: meta ?? {},
    schemas,
    ...{ auth: [], api: [], storage: [] },
    ...(text !== undefined && { text }),
    ...(flags !== undefined && { flags }),
    ...(ghost && { ghost }),
  };
}

/**
 * Loads an environment, which replaces one of the same name, or stacks alone.
 * @param body of `POST /_sandbox/environments` @param now epoch milliseconds
 * @throws ServiceError 400 that names the invalid member
 */
export function loadEnvironment(state: State, body: Json, now: number): LoadRequest {
  const request = readLoadRequest(body);
  const loaded = loadedFrom(request);
  const stack = stackIn(request.meta ?? '', request.meta === undefined ? {} : parseMeta(request.meta));
  const named = stack.name === undefined && stack.id === undefined ? request.stacks[0]?.name : undefined;
  const deployment =
    request.environment === undefined
      ? undefined
      : deploymentOf({ ...stack, ...(named !== undefined && { name: named }) });
  const loading = { stacks: state.stacks, requests: request.stacks, since: now - 30 * day, now };
  if (request.environment === undefined) {
    loadStacks(loading, undefined, []);
    return request;
  }
  const environment = newEnvironment(request.environment, now - 30 * day);
  const isReadable = request.meta !== undefined && Object.keys(loaded.meta).length > 0;
  if (deployment) Object.assign(environment, { deployment, rootStacks: [deployment] });
  if (isReadable) fillManagedResources(environment, loaded);
  environment.loaded = loaded;
  findOrCreateApp(state, request, deployment?.stackName).environments.set(environment.name, environment);
  for (const bucket of [...(deployment ? [deployment.bucketName] : []), ...bucketsIn(loaded.meta)])
    addBucket(state, bucket, environment.registeredAt);
  const stacks = loadStacks(loading, deployment, templatesIn(loaded, environment.name));
  const app = state.apps.get(request.appId);
  for (const branch of gen2BranchesIn(stacks)) app?.branches.set(branch.name, branch);
  return request;
}

/** Plans a clone of a loaded environment: what it takes over, and the stacks that are created for it. */
export function copyLoaded(
  source: Environment,
  loaded: Loaded,
  target: string,
  appName: string,
  at: number,
): { readonly deployment: Deployment; readonly loaded: Loaded; readonly templates: readonly Template[] } {
  const deployment = newDeployment(appName, target);
  const from = { environment: source.name, deployment: source.deployment ?? deployment };
  const names = { from, to: { environment: target, deployment } };
  const meta = copyMeta(loaded.meta, names, at);
  const copy: Loaded = {
    ...{ meta, schemas: loaded.schemas, auth: [], api: [], storage: [] },
    ...(loaded.flags !== undefined && { flags: loaded.flags }),
  };
  return { deployment, loaded: copy, templates: templatesIn(copy, target) };
}

/** Applies a planned copy to the clone. */
export function applyCopy(environment: Environment, loaded: Loaded, state: State, at: number): void {
  environment.loaded = loaded;
  fillManagedResources(environment, loaded);
  for (const bucket of ownBucketsIn(loaded.meta)) addBucket(state, bucket, at);
}

/** The error with which AWS refuses to read a ghost. */
export function readRefusal({ message, status }: ReadFailure): ServiceError {
  if (status === 404) return notFound('Environment', message);
  return new ServiceError(status, status >= 500 ? 'InternalFailure' : 'BadRequestException', message);
}

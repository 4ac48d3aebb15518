/** Finds and removes resources, in loaded environments too, and answers for those that AmplifyBackend does not manage. */
import { objectOf } from '../../lib/json.ts';
import type { Call } from '../call.ts';
import { readRefusal } from '../load/index.ts';
import { withoutResource } from '../load/meta.ts';
import type { ApiResource, AuthResource, Environment, StorageResource } from '../resources.ts';
import { badRequest, notFound, type ResourceType } from '../service-error.ts';
import { findEnvironment, type State } from '../state.ts';
import type { EnvironmentInput } from './resource-changes.ts';

/** The resources that AmplifyBackend manages, by category. */
interface Managed {
  readonly auth: AuthResource;
  readonly api: ApiResource;
  readonly storage: StorageResource;
}

/** @throws ServiceError 404 for an unknown app or environment; the error of a ghost */
export function findReadable(state: State, appId: string, name: string): Environment {
  const environment = findEnvironment(state, appId, name);
  const { ghost } = environment.loaded ?? {};
  if (ghost) throw readRefusal(ghost);
  return environment;
}

/** The resource of that name: the environment's own, or another one that was loaded. */
export function findManaged<Category extends keyof Managed>(
  environment: Environment,
  category: Category,
  name: string,
): Managed[Category] | undefined {
  const own = environment[category];
  const more = environment.loaded?.[category] ?? [];
  const all = [...(own ? [own] : []), ...more] as readonly Managed[Category][];
  return all.find(resource => resource.name === name);
}

/**
 * The answer, by the setting `unmanaged`, for a resource that the meta names and AmplifyBackend does not manage.
 * @returns undefined for any other resource
 */
export function answerUnmanaged(
  { settings, state }: Call,
  { AppId, BackendEnvironmentName, ResourceName }: EnvironmentInput & { readonly ResourceName: string },
  category: keyof Managed,
  resourceType: ResourceType,
): object | undefined {
  const environment = findReadable(state, AppId, BackendEnvironmentName);
  const { loaded, unmanaged } = environment;
  const isNamed =
    Object.hasOwn(objectOf(loaded?.meta[category]), ResourceName) ||
    unmanaged.some(resource => resource.category === category && resource.name === ResourceName);
  if (!isNamed || findManaged(environment, category, ResourceName)) return undefined;
  switch (settings.unmanaged) {
    case 'empty':
      return { AppId, BackendEnvironmentName, ResourceName };
    case 'bad-request':
      throw badRequest(`Resource ${ResourceName} is not supported`);
    case 'not-found':
      throw notFound(
        resourceType,
        `${resourceType} resource ${ResourceName} does not exist in environment ${BackendEnvironmentName}`,
      );
  }
}

/** Removes a resource. If its category has others, the next one becomes the environment's own. */
export function removeResource(environment: Environment, category: keyof Managed, name: string): void {
  const { loaded } = environment;
  if (environment[category]?.name === name) delete environment[category];
  if (!loaded) return;
  const rest = (loaded[category] as Managed[typeof category][]).filter(resource => resource.name !== name);
  loaded[category].splice(0, Number.POSITIVE_INFINITY, ...(rest as never[]));
  loaded.meta = withoutResource(loaded.meta, category, name);
  delete loaded.text;
  const [next] = rest;
  if (next && !environment[category]) Object.assign(environment, { [category]: next });
}

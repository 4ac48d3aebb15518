/** The content of a new sandbox, so that expectations follow the seed and contain no counts. */
import { isObject } from '../../src/lib/json.ts';
import { amplifyMeta } from '../../src/sandbox/amplify-meta.ts';
import { sandboxAppId } from '../../src/sandbox/identity.ts';
import { seedState } from '../../src/sandbox/seed.ts';

const environments = seedState(0, 1_000).apps.get(sandboxAppId)?.environments ?? new Map();

/** The names of the environments of `shop`, in the order in which `GetBackend` lists them. */
export const seededEnvironments: readonly string[] = [...environments.keys()];

/** The resources of an environment, in the order of its amplify-meta: `{ category: 'auth', name: 'shopauth' }`. */
export function seededResources(name: string): readonly { category: string; name: string }[] {
  const environment = environments.get(name);
  if (!environment) throw new Error(`The seed has no environment ${name}`);
  const { providers, ...categories } = JSON.parse(amplifyMeta(sandboxAppId, environment) ?? '{}');
  return Object.entries(categories).flatMap(([category, resources]) =>
    isObject(resources) ? Object.keys(resources).map(resource => ({ category, name: resource })) : [],
  );
}

/** The resources of an environment as labels: `auth/shopauth`. */
export const seededLabels = (name: string): readonly string[] =>
  seededResources(name).map(resource => `${resource.category}/${resource.name}`);

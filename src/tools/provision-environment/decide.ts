/** Decides what to do about one category in the current state: create, update, leave it alone, or only report it. */
import type { Difference } from '../../environment/index.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { type Json, objectOf } from '../../lib/json.ts';
import { quoteName } from '../../lib/quote.ts';
import {
  type Category,
  categories,
  type FoundEnvironment,
  type FoundResource,
} from '../shared/snapshot/read.ts';
import type { Decision } from './decision.ts';
import { decideOnPool, poolMismatches } from './existing-pool.ts';
import { findMismatches } from './mismatches.ts';
import { asNewName, hasName, usesUserPool, withUserPool } from './names.ts';
import { toolsOf, type Wanted, type WantedResource } from './wanted.ts';

export interface DecideOptions {
  readonly ref: EnvironmentRef;
  /** Whether differences are to be changed. */
  readonly overwrite: boolean;
  /** Whether an earlier step creates a user pool, which has no id yet. */
  readonly awaitsUserPool?: boolean;
}

/** The settings that an update of auth takes: without the names and the settings that are fixed at creation. */
function authChange({ stated, resourceConfig }: WantedResource, found: Json): Json {
  const pool = objectOf(stated.userPoolConfigs);
  const { requiredSignUpAttributes, signInMethod, userPoolName, oAuth, mfa, ...rest } = pool;
  const { domainPrefix: _, ...oAuthChange } = objectOf(oAuth);
  const { unauthenticatedLogin } = objectOf(stated.identityPoolConfigs);
  // AWS requires the kinds of second factors where auth had none before.
  const hasCodes = objectOf(objectOf(found.userPoolConfigs).mfa).settings !== undefined;
  const codes = hasCodes ? mfa : objectOf(resourceConfig.userPoolConfigs).mfa;
  const authResources =
    stated.authResources ?? (unauthenticatedLogin === true && resourceConfig.authResources);
  return {
    authResources: authResources || found.authResources,
    service: 'COGNITO',
    ...(unauthenticatedLogin !== undefined && { identityPoolConfigs: { unauthenticatedLogin } }),
    userPoolConfigs: {
      ...rest,
      ...(mfa !== undefined && { mfa: codes }),
      ...(oAuth !== undefined && { oAuth: oAuthChange }),
    },
  };
}

/** The settings that an update of storage takes. It keeps permissions that it does not name, so an empty list removes one. */
function storageChange({ stated }: WantedResource, found: Json): Json {
  const permissions = objectOf(stated.permissions);
  const removesGuests = objectOf(found.permissions).unAuthenticated !== undefined;
  return {
    permissions: { ...(removesGuests && { unAuthenticated: [] }), ...permissions },
    serviceName: 'S3',
  };
}

const userPoolOf = ({ auth }: FoundEnvironment) =>
  typeof auth?.outputs.UserPoolId === 'string' ? auth.outputs.UserPoolId : undefined;

function changeOf(category: Category, wanted: WantedResource, existing: FoundEnvironment): Json {
  const found = (existing[category] as FoundResource).resourceConfig;
  if (category === 'auth') return authChange(wanted, found);
  if (category === 'storage') return storageChange(wanted, found);
  return withUserPool(wanted.stated, userPoolOf(existing));
}

/** Members of auth that cannot change after its creation. */
const isFixed = ({ path }: Difference) =>
  /\/userPoolConfigs\/(signInMethod|requiredSignUpAttributes)\b/.test(path);

async function decideOnExisting(
  category: Category,
  wanted: WantedResource,
  existing: FoundEnvironment,
  { ref, overwrite }: DecideOptions,
): Promise<Decision> {
  const found = existing[category] as FoundResource;
  const { create, update: tool } = toolsOf(category);
  const { resourceName, isImported, whyUnknown } = found;
  if (whyUnknown !== undefined)
    return {
      does: 'differs',
      tool,
      why: `${category} exists, but its settings are unknown (${whyUnknown}): this tool never changes it.`,
    };
  const differences = await findMismatches(category, wanted, found);
  if (differences.length === 0) return { does: 'leave', tool: create };
  if (isImported)
    return {
      does: 'differs',
      tool,
      why: `${category} is imported: it is changed where it was created, never here.`,
    };
  if (!hasName(wanted.resourceName, resourceName))
    return {
      does: 'differs',
      tool,
      why: `${category} has another name, ${quoteName(resourceName)}: this tool never changes it, and change_environment changes its settings.`,
    };
  if (differences.every(isFixed))
    return { does: 'differs', tool, why: 'How users sign in is fixed when auth is created.' };
  if (!overwrite) return { does: 'differs', tool };
  return {
    does: 'update',
    tool,
    args: { ...ref, resourceName, resourceConfig: changeOf(category, wanted, existing) },
  };
}

export async function decide(
  category: Category,
  wanted: Wanted,
  existing: FoundEnvironment,
  options: DecideOptions,
): Promise<Decision> {
  const { ref, awaitsUserPool = false } = options;
  const resource = wanted[category];
  const { create: tool } = toolsOf(category);
  if (category === 'auth' && wanted.pool) return decideOnPool(wanted.pool, existing.auth, ref);
  if (!resource) {
    // A person has imported the resource since, and so decided to share it.
    if (existing[category]) return { does: 'leave', tool };
    return {
      does: 'skip',
      tool: `import_backend_${category}`,
      why: wanted.notCreated[category]?.why ?? `${category} does not exist.`,
    };
  }
  if (existing[category]) return decideOnExisting(category, resource, existing, options);
  const { resourceConfig } = resource;
  const resourceName = asNewName(resource.resourceName);
  const userPoolId = userPoolOf(existing) ?? wanted.pool?.userPoolId;
  const lacksPool = category === 'api' && usesUserPool(resourceConfig) && userPoolId === undefined;
  if (lacksPool && !awaitsUserPool)
    return {
      does: 'skip',
      tool,
      why: 'The API authorizes users of a user pool, but the environment has none: add auth first.',
    };
  return {
    does: 'create',
    tool,
    args: { ...ref, resourceName, resourceConfig: withUserPool(resourceConfig, userPoolId) },
    ...(lacksPool && { note: 'The request for the API names the user pool once that exists.' }),
  };
}

/** The differences between the wanted and the present settings, in the given categories. */
export async function findAllMismatches(
  wanted: Wanted,
  existing: FoundEnvironment,
  among: readonly Category[] = categories,
): Promise<Difference[]> {
  const found = among.map(async category => {
    const resource = wanted[category];
    if (category === 'auth' && wanted.pool) return poolMismatches(wanted.pool, existing.auth);
    if (resource) return findMismatches(category, resource, existing[category]);
    const missing = existing[category] ? undefined : wanted.notCreated[category];
    return missing ? [{ path: category, is: 'only left' as const, left: missing.shownAs }] : [];
  });
  return (await Promise.all(found)).flat();
}

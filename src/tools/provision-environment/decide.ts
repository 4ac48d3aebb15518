/** What is to be done about one category, as it is now: made, changed, left alone, or only told of. */
import type { Difference } from '../../environment/index.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { type Json, objectOf } from '../../lib/json.ts';
import type { Category, FoundEnvironment, FoundResource } from '../snapshot/read.ts';
import { misfits } from './fit.ts';
import { asNewName, hasName, usesUserPool, withUserPool } from './names.ts';
import { toolsOf, type Wanted, type WantedResource } from './wanted.ts';

/** What is to be done. */
export type Decision =
  | { readonly does: 'create' | 'update'; readonly tool: string; readonly args: Json; readonly note?: string }
  | { readonly does: 'leave' | 'skip' | 'differs'; readonly tool: string; readonly why?: string };

/** For which environment, and how far one may go. */
export interface DecideOptions {
  readonly place: EnvironmentRef;
  /** Whether what differs is to be changed. */
  readonly overwrite: boolean;
  /** Whether a user pool is on its way that has no id yet. */
  readonly awaitsUserPool?: boolean;
}

/** What an update of auth takes: neither what is fixed at creation nor the names. */
function authChange({ said, resourceConfig }: WantedResource, found: Json): Json {
  const pool = objectOf(said.userPoolConfigs);
  const { requiredSignUpAttributes, signInMethod, userPoolName, oAuth, mfa, ...rest } = pool;
  const { domainPrefix: _, ...oAuthChange } = objectOf(oAuth);
  const { unauthenticatedLogin } = objectOf(said.identityPoolConfigs);
  // Whoever asks for codes where there were none must say of which kind.
  const hasCodes = objectOf(objectOf(found.userPoolConfigs).mfa).settings !== undefined;
  const codes = hasCodes ? mfa : objectOf(resourceConfig.userPoolConfigs).mfa;
  const withIdentities =
    said.authResources ?? (unauthenticatedLogin === true && resourceConfig.authResources);
  return {
    authResources: withIdentities || found.authResources,
    service: 'COGNITO',
    ...(unauthenticatedLogin !== undefined && { identityPoolConfigs: { unauthenticatedLogin } }),
    userPoolConfigs: {
      ...rest,
      ...(mfa !== undefined && { mfa: codes }),
      ...(oAuth !== undefined && { oAuth: oAuthChange }),
    },
  };
}

/** An update of storage lets what it does not name stand, so that nobody is named as well. */
function storageChange({ said }: WantedResource, found: Json): Json {
  const permissions = objectOf(said.permissions);
  const takesAway = objectOf(found.permissions).unAuthenticated !== undefined;
  return {
    permissions: { ...(takesAway && { unAuthenticated: [] }), ...permissions },
    serviceName: 'S3',
  };
}

const userPoolOf = ({ auth }: FoundEnvironment) =>
  typeof auth?.outputs.UserPoolId === 'string' ? auth.outputs.UserPoolId : undefined;

function changeOf(category: Category, wanted: WantedResource, there: FoundEnvironment): Json {
  const found = (there[category] as FoundResource).resourceConfig;
  if (category === 'auth') return authChange(wanted, found);
  if (category === 'storage') return storageChange(wanted, found);
  return withUserPool(wanted.said, userPoolOf(there));
}

/** Members of auth that nobody can change any more. */
const isFixed = ({ path }: Difference) =>
  /\/userPoolConfigs\/(signInMethod|requiredSignUpAttributes)\b/.test(path);

async function overExisting(
  category: Category,
  wanted: WantedResource,
  there: FoundEnvironment,
  { place, overwrite }: DecideOptions,
): Promise<Decision> {
  const found = there[category] as FoundResource;
  const { create, update: tool } = toolsOf(category);
  const { resourceName, isImported, whyUnknown } = found;
  if (whyUnknown !== undefined)
    return {
      does: 'differs',
      tool,
      why: `${category} is there, but its settings are not known (${whyUnknown}): it is never changed here.`,
    };
  const differences = await misfits(category, wanted, found);
  if (differences.length === 0) return { does: 'leave', tool: create };
  if (isImported)
    return { does: 'differs', tool, why: `${category} is imported, and is never changed here.` };
  if (!hasName(wanted.resourceName, resourceName))
    return { does: 'differs', tool, why: `${category} has another name, and is never changed here.` };
  if (differences.every(isFixed))
    return { does: 'differs', tool, why: 'How users sign in is fixed when auth is made.' };
  if (!overwrite) return { does: 'differs', tool };
  return {
    does: 'update',
    tool,
    args: { ...place, resourceName, resourceConfig: changeOf(category, wanted, there) },
  };
}

/** Decides. */
export async function decide(
  category: Category,
  wanted: Wanted,
  there: FoundEnvironment,
  options: DecideOptions,
): Promise<Decision> {
  const { place, awaitsUserPool = false } = options;
  const resource = wanted[category];
  const { create: tool } = toolsOf(category);
  if (!resource) {
    // Whoever imported one has done what was asked for.
    if (there[category]) return { does: 'leave', tool };
    return {
      does: 'skip',
      tool: `import_backend_${category}`,
      why: wanted.imported[category] ?? `${category} is not there.`,
    };
  }
  if (there[category]) return overExisting(category, resource, there, options);
  const { resourceConfig } = resource;
  const resourceName = asNewName(resource.resourceName);
  const userPoolId = userPoolOf(there);
  const lacksPool = category === 'api' && usesUserPool(resourceConfig) && userPoolId === undefined;
  if (lacksPool && !awaitsUserPool)
    return {
      does: 'skip',
      tool,
      why: 'The API lets in the users of a user pool, and there is none: add auth first.',
    };
  return {
    does: 'create',
    tool,
    args: { ...place, resourceName, resourceConfig: withUserPool(resourceConfig, userPoolId) },
    ...(lacksPool && { note: 'The user pool is named in the request for the API once it is there.' }),
  };
}

/** Everything that is not as it was asked for. */
export async function allMisfits(wanted: Wanted, there: FoundEnvironment): Promise<Difference[]> {
  const categories: Category[] = ['auth', 'api', 'storage'];
  const found = categories.map(async category => {
    const resource = wanted[category];
    if (resource) return misfits(category, resource, there[category]);
    const isMissing = wanted.imported[category] !== undefined && !there[category];
    return isMissing ? [{ path: category, is: 'only left' as const, left: 'imported' }] : [];
  });
  return (await Promise.all(found)).flat();
}

/** Compares an existing user pool that is to be imported with the auth of the environment, and decides on the import. */
import type { Difference } from '../../environment/index.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import { textOf } from '../../lib/json.ts';
import { quoteNames } from '../../lib/quote.ts';
import { importIds } from '../shared/snapshot/index.ts';
import type { FoundResource } from '../shared/snapshot/read.ts';
import type { Decision } from './decision.ts';

/** The ids, by the members of `import_backend_auth`. */
export interface PoolIds {
  readonly userPoolId: string;
  readonly webClientId: string;
  readonly nativeClientId: string;
  readonly identityPoolId?: string | undefined;
}

export const IMPORT_AUTH = 'import_backend_auth';

/** The ids in which the environment differs from what is asked for: left is wanted, right is there. */
export function poolMismatches(pool: PoolIds, found: FoundResource | undefined): Difference[] {
  if (!found) return [{ path: 'auth', is: 'only left', left: pool }];
  const { resourceName, outputs } = found;
  return Object.entries(importIds).flatMap(([output, name]) => {
    const left = pool[name as keyof PoolIds];
    const right = textOf(outputs[output]);
    if (left === undefined || left === right) return [];
    const path = `auth/${resourceName}/${name}`;
    return [right === undefined ? { path, is: 'only left', left } : { path, is: 'different', left, right }];
  });
}

/** Imports the pool where the environment has no auth. Existing auth is never replaced, since that would replace its users. */
export function decideOnPool(pool: PoolIds, found: FoundResource | undefined, ref: EnvironmentRef): Decision {
  const tool = IMPORT_AUTH;
  if (!found) {
    const { identityPoolId, ...ids } = pool;
    return {
      does: 'create',
      tool,
      args: { ...ref, ...ids, ...(identityPoolId !== undefined && { identityPoolId }) },
    };
  }
  const mismatches = poolMismatches(pool, found);
  if (mismatches.length === 0) return { does: 'leave', tool };
  if (found.isImported && found.outputs.UserPoolId === pool.userPoolId) {
    const names = quoteNames(mismatches.map(({ path }) => path.split('/').at(-1) ?? path));
    return {
      does: 'differs',
      tool,
      why: `The environment imports this user pool already, with another or no ${names}, and an import cannot be changed: a person removes the import with delete_backend_auth (the pool and its users stay), then this tool imports it again.`,
    };
  }
  const has = found.isImported ? 'imports another user pool' : 'has a user pool of its own';
  return {
    does: 'differs',
    tool,
    why: `The environment ${has}: this tool never replaces it, since its users would be others.`,
  };
}

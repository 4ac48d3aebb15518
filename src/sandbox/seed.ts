/**
 * The state with which a sandbox starts: the app `shop` with a history of jobs, its environments `dev`, `prod` and
 * `partner`, and the account's buckets. All ids are fixed, so two sandboxes started at the same time are the same.
 */

import { sandboxAppId, sandboxAppName, sandboxRegion } from './identity.ts';
import { type Job, stackPeriod } from './jobs.ts';
import { type Environment, newDeployment } from './resources.ts';
import type { ApiConfig, AuthConfig, StoragePermissions } from './sdk-types.ts';
import {
  devApi,
  devAuth,
  devPermissions,
  partnerAuth,
  prodApi,
  prodAuth,
  prodPermissions,
  seedNames,
} from './seed-settings.ts';
import { devUnmanaged, prodUnmanaged } from './seed-unmanaged.ts';
import { createStack } from './stacks/creation.ts';
import { templatesOf } from './stacks/environment-templates.ts';
import type { Stack, Stacks } from './stacks/stack.ts';
import { apiTemplate } from './stacks/templates.ts';
import { updateStack } from './stacks/update.ts';
import { addBucket, type State } from './state.ts';
import type { UnmanagedResource } from './unmanaged-resources.ts';

const day = 24 * 60 * 60_000;
/** How long ago the environments were created. */
const age = 90 * day;

const seeds: readonly EnvironmentSeed[] = [
  {
    ...{ name: 'dev', stackDigits: '101530', uuidDigit: 'd', poolId: 'ShopDev01' },
    ...{ auth: devAuth, api: devApi, permissions: devPermissions, unmanaged: devUnmanaged },
  },
  {
    ...{ name: 'prod', stackDigits: '101601', uuidDigit: 'f', poolId: 'ShopPrd01' },
    ...{ auth: prodAuth, api: prodApi, permissions: prodPermissions, unmanaged: prodUnmanaged },
  },
  // `partner` has an imported user pool.
  {
    ...{ name: 'partner', stackDigits: '101745', uuidDigit: 'b', poolId: 'CompanyP1' },
    ...{ auth: partnerAuth, isPoolImported: true, api: prodApi },
  },
];

/** Operations of past jobs, oldest first. Longer histories repeat the last five. */
const pastOperations = [
  'CreateBackend',
  'CreateBackendAuth',
  'CreateBackendAPI',
  'GenerateBackendAPIModels',
  'CreateBackendStorage',
  'UpdateBackendAPI',
  'GenerateBackendAPIModels',
  'UpdateBackendAuth',
  'UpdateBackendStorage',
  'UpdateBackendAPI',
] as const;

/**
 * A new seed state. Past jobs and buckets are dated back from `now` (epoch milliseconds).
 * @param jobMs how long a job of this sandbox takes; past jobs took about as long
 */
export function seedState(now: number, jobMs: number): State {
  const since = now - age;
  const environments = seeds.map(seed => environment(seed, since));

  const state: State = {
    apps: new Map([
      [
        sandboxAppId,
        {
          appName: sandboxAppName,
          environments: new Map(environments.map(seeded => [seeded.name, seeded])),
          branches: new Map([
            ['main', { name: 'main', stage: 'PRODUCTION', environment: 'prod' }],
            ['develop', { name: 'develop', stage: 'DEVELOPMENT', environment: 'dev' }],
          ]),
          config: { backendManagerAppId: 'd2sandboxadmin', loginAuthConfig: loginConfig(environments[0]) },
          tokens: new Map(),
        },
      ],
    ]),
    jobs: allPastJobs(now, jobMs),
    buckets: new Map(),
    stacks: stacksFrom(stackHistory(jobMs), now),
    lateRequests: [],
    deletedEnvironments: [],
    migrations: new Map(),
  };
  for (const seeded of environments) {
    const { deployment, storage } = seeded;
    if (deployment) addBucket(state, deployment.bucketName, since);
    if (storage) addBucket(state, storage.bucketName, since);
  }
  for (let index = 1; index <= 55; index++) {
    addBucket(state, `shop-archive-${String(index).padStart(3, '0')}`, now - (100 + index) * day);
  }
  return state;
}

interface EnvironmentSeed {
  readonly name: string;
  /** The digits at the end of its stack's name. */
  readonly stackDigits: string;
  /** The first digit of its UUIDs. */
  readonly uuidDigit: string;
  /** Its user pool's id, without the region. */
  readonly poolId: string;
  readonly isPoolImported?: boolean;
  readonly auth: AuthConfig;
  readonly api: (userPoolId: string) => ApiConfig;
  /** Absent for an environment without storage. */
  readonly permissions?: StoragePermissions;
  readonly unmanaged?: readonly UnmanagedResource[];
}

function environment(seed: EnvironmentSeed, registeredAt: number): Environment {
  const { name, stackDigits, uuidDigit, poolId, isPoolImported = false, permissions, unmanaged = [] } = seed;
  const uuid = (tail: string) => `5a4db0c0-${uuidDigit}000-4000-8000-${tail.padStart(12, '0')}`;
  const userPoolId = `${sandboxRegion}_${poolId}`;
  const config = seed.api(userPoolId);
  const deployment = newDeployment(sandboxAppName, name, stackDigits, uuid('1'));
  return {
    name,
    registeredAt,
    deployment,
    rootStacks: [deployment],
    auth: {
      name: seedNames.auth,
      config: seed.auth,
      imported: isPoolImported,
      userPoolId,
      webClientId: `${name}webclient`.padEnd(26, '0'),
      nativeClientId: `${name}nativeclient`.padEnd(26, '0'),
      ...(seed.auth.IdentityPoolConfigs && { identityPoolId: `${sandboxRegion}:${uuid('2')}` }),
    },
    api: {
      name: seedNames.api,
      config,
      apiId: `${name}shopapi`.padEnd(26, '0'),
      endpoint: `https://${`${name}shopgraphql`.padEnd(26, '0')}.appsync-api.${sandboxRegion}.amazonaws.com/graphql`,
      apiKey: `da2-${`${name}shopkey`.padEnd(26, '0')}`,
      ...(config.TransformSchema === undefined ? {} : { modelsOf: config.TransformSchema }),
    },
    ...(permissions && {
      storage: {
        name: seedNames.storage,
        permissions,
        imported: false,
        bucketName: `${seedNames.storage}${stackDigits}-${name}`,
      },
    }),
    unmanaged,
  };
}

const histories = new Map<number, Stacks>();

/** The stacks of all environments as of time 0, for each `jobMs` written once. */
function stackHistory(jobMs: number): Stacks {
  const known = histories.get(jobMs);
  if (known) return known;
  const state = { jobs: allPastJobs(0, jobMs), stacks: new Map() };
  for (const seed of seeds) writeStackHistory(state, environment(seed, -age), jobMs);
  histories.set(jobMs, state.stacks);
  return state.stacks;
}

/** A copy of the stacks whose times count from `now`. */
function stacksFrom(history: Stacks, now: number): Stacks {
  const moved = ({ events, ...stack }: Stack): Stack => ({
    ...stack,
    events: events.map(event => ({ ...event, at: event.at + now })),
  });
  return new Map([...history].map(([id, stack]) => [id, moved(stack)]));
}

/** Writes a short stack history: the creation of everything, and the API update of the latest such job. */
function writeStackHistory(
  state: Pick<State, 'jobs' | 'stacks'>,
  environment: Environment,
  jobMs: number,
): void {
  const { name, registeredAt, deployment, api } = environment;
  const latest = state.jobs.findLast(
    job =>
      job.environments.includes(name) && job.operation === 'UpdateBackendAPI' && job.outcome === 'COMPLETED',
  );
  if (!deployment || !api || !latest) return;
  const ending = { kind: 'succeeds' } as const;
  const creation = stackPeriod({ createdAt: registeredAt, endsAt: registeredAt + jobMs }, jobMs);
  createStack(state.stacks, deployment, templatesOf(environment, name), { ...creation, ending });
  const root = state.stacks.get(deployment.stackId);
  const update = { kind: 'put', template: apiTemplate(api, name) } as const;
  if (root) updateStack(state.stacks, root, update, { ...stackPeriod(latest, jobMs), ending });
}

function loginConfig({ auth }: Partial<Environment> = {}) {
  return {
    AwsCognitoRegion: sandboxRegion,
    ...(auth ? { AwsUserPoolsId: auth.userPoolId, AwsUserPoolsWebClientId: auth.webClientId } : {}),
    ...(auth?.identityPoolId ? { AwsCognitoIdentityPoolId: auth.identityPoolId } : {}),
  };
}

const allPastJobs = (now: number, jobMs: number): Job[] => [
  ...pastJobs('dev', 30, 1, now, jobMs),
  ...pastJobs('prod', 8, 2, now, jobMs),
  ...pastJobs('partner', 6, 3, now, jobMs),
];

/** One job a day. Durations are 80 to 120 % of `jobMs`; every eleventh job failed. */
function pastJobs(name: string, count: number, group: number, now: number, jobMs: number): Job[] {
  return Array.from({ length: count }, (_, index): Job => {
    const createdAt = now - (count - index) * day;
    const failed = index % 11 === 10;
    return {
      appId: sandboxAppId,
      environments: [name],
      jobId: `00000000-0000-4000-800${group}-${String(index + 1).padStart(12, '0')}`,
      operation:
        pastOperations[index < pastOperations.length ? index : 5 + (index % 5)] ?? 'UpdateBackendAPI',
      createdAt,
      endsAt: createdAt + Math.round(jobMs * (0.8 + ((index * 97) % 41) / 100)),
      outcome: failed ? 'FAILED' : 'COMPLETED',
      error: failed ? 'Resource is not in the state stackUpdateComplete' : '',
      exclusive: false,
    };
  });
}

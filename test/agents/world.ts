/** The world of a request: a sandbox with a clock that can run ahead, and what arrived there. */
import { sandboxCredentials, sandboxRegion, startSandbox } from '../../src/sandbox/index.ts';
import type { Env } from '../support/child.ts';
import type { AppState, Json, WorldStep } from './request.ts';

/** Jobs end as fast as they are asked for. */
const JOB_MS = 50;

const APP = 'd1sandboxshop';

export interface World {
  /** The variables that make a server use this sandbox. */
  readonly env: Env;
  /** Back to the seed. */
  reset(): Promise<void>;
  /** Takes a step, except for a call. */
  take(step: Exclude<WorldStep, { readonly call: unknown }>): Promise<void>;
  /** Forgets what has arrived. */
  forget(): Promise<void>;
  /** The writes that arrived: the operation, and the environment in its path if there is one. */
  writes(): Promise<readonly string[]>;
  /** The app `shop`. */
  shop(): Promise<AppState>;
  close(): Promise<void>;
}

const isRead = (operation: string) => /^(Get|List|Describe)/.test(operation) || operation.includes(':');

/** `/backend/APP/environments/dev/clone` names dev. */
const environmentIn = (path: string) => path.split('/')[4];

export async function startWorld(): Promise<World> {
  let ahead = 0;
  const sandbox = await startSandbox({ jobMs: JOB_MS, now: () => Date.now() + ahead });

  const control = async (method: string, name: string, body?: Json) =>
    sandbox.control(method, name, body) as Json;

  return {
    env: {
      AWS_ENDPOINT_URL: sandbox.url,
      AWS_ACCESS_KEY_ID: sandboxCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: sandboxCredentials.secretAccessKey,
      AWS_REGION: sandboxRegion,
    },
    async reset() {
      ahead = 0;
      await control('POST', 'reset');
    },
    async take(step) {
      if ('advanceMs' in step) ahead += step.advanceMs;
      else if ('fault' in step) await control('POST', 'faults', { times: 1, ...step.fault });
      else if ('migration' in step) await control('PUT', 'migration', { appId: APP, ...step.migration });
      else await control('POST', 'environments', { appId: APP, ...step.load });
    },
    forget: async () => void (await control('DELETE', 'requests')),
    async writes() {
      const { requests } = await control('GET', 'requests');
      const arrived = requests as { operation?: string; path: string }[];
      return arrived.flatMap(({ operation = '?', path }) =>
        isRead(operation) ? [] : [[operation, environmentIn(path)].filter(Boolean).join(' ')],
      );
    },
    async shop() {
      const { apps } = (await control('GET', 'state')) as unknown as { apps: Record<string, AppState> };
      return apps[APP] ?? { environments: {}, tokens: {} };
    },
    close: () => sandbox.close(),
  };
}

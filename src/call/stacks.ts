/**
 * The CloudFormation stacks and Amplify's own records of an environment, as callers may see them: only of apps
 * that the policy lets them touch. Read only.
 */
import type { Branch, RecordedEnvironment } from '../aws/amplify.ts';
import type { Stack, StackEvent } from '../aws/stacks.ts';
import type { Targets } from '../aws/targets.ts';
import { type Belonging, stackBelongs } from '../environment/index.ts';
import { ServerError } from '../errors.ts';
import type { AppRef, EnvironmentRef } from '../jobs/job.ts';
import { decide, type PolicySettings, refusalText } from '../policy/decide.ts';
import { type StackHistory, type StackWalk, walkStacks } from './stack-walk.ts';

/** Where the stacks of an environment are looked for. */
export interface StackSearch extends EnvironmentRef {
  /** Stacks bear the app's name; an app that is gone has none any more. */
  readonly appName?: string | undefined;
  /** Names of its root stack, from its meta, Amplify's own record or an earlier look. */
  readonly knownNames?: readonly string[] | undefined;
}

/** Root stacks by their names, newest first, deleted ones too. */
export interface StacksByName {
  readonly own: readonly Stack[];
  /** Those whose names do not tell whether they are this environment's or another one's. */
  readonly perhaps: readonly Stack[];
}

/** Reading of what stands beside AmplifyBackend. All throw RegisteredError, and ask at each call. */
export interface Stacks {
  /** The stack of that name or ARN, which the environment's meta names; undefined where there is none. */
  find(place: EnvironmentRef, nameOrId: string, signal?: AbortSignal): Promise<Stack | undefined>;
  /**
   * The root stacks that bear the environment's name, newest first, deleted ones too: where no meta names one,
   * or to find what a deleted environment left behind.
   */
  ownByName(search: StackSearch, signal?: AbortSignal): Promise<readonly Stack[]>;
  /** The same, with those that may be the environment's. */
  byName(search: StackSearch, signal?: AbortSignal): Promise<StacksByName>;
  /** What happened in a stack since `since` (epoch milliseconds), newest first; nothing for an unknown one. */
  events(
    place: EnvironmentRef,
    nameOrId: string,
    since: number,
    signal?: AbortSignal,
  ): Promise<readonly StackEvent[]>;
  /** The same with what happened in the stacks nested in it, as far as the walk enters them. */
  history(place: EnvironmentRef, walk: StackWalk, since: number, signal?: AbortSignal): Promise<StackHistory>;
  /** Amplify's own record of the environment; undefined where it has none. */
  recorded(place: EnvironmentRef, signal?: AbortSignal): Promise<RecordedEnvironment | undefined>;
  /** Amplify's own records of all environments of an app. */
  records(app: AppRef, signal?: AbortSignal): Promise<readonly RecordedEnvironment[]>;
  /** The branches whose builds use the environment. */
  branches(place: EnvironmentRef, signal?: AbortSignal): Promise<readonly Branch[]>;
}

/** What reading needs of the process. */
export interface StacksOptions {
  readonly targets: Targets;
  readonly policy: PolicySettings;
  readonly targetApps: (target: string | undefined) => readonly string[] | undefined;
}

/** Makes it. */
export function createStacks({ targets, policy, targetApps }: StacksOptions): Stacks {
  const subject = { access: 'read', toolset: 'environments', everyEnvironment: false } as const;
  function targetOf({ appId, target: name }: AppRef) {
    const target = targets.get(name);
    const tool = { ...subject, toolName: 'describe_environment' };
    // Which tools are served does not matter to which apps may be touched.
    const instance = { args: { appId }, targetApps: targetApps(target.name), via: 'step' as const };
    const decision = decide(tool, policy, instance);
    if (decision.kind === 'deny')
      throw new ServerError('policy_denied', { message: refusalText(tool.toolName, decision) });
    return target;
  }

  async function byName(search: StackSearch, signal?: AbortSignal): Promise<StacksByName> {
    const { backendEnvironmentName: environment, ...known } = search;
    const all = await targetOf(search).stacks.list(signal);
    const roots = all
      .filter(({ parentId }) => parentId === undefined)
      .map(stack => ({ stack, belonging: stackBelongs(stack.name, { ...known, environment }) }));
    const those = (wanted: Belonging) =>
      roots.filter(({ belonging }) => belonging === wanted).map(({ stack }) => stack);
    return { own: those('belongs'), perhaps: those('may belong') };
  }

  return {
    find: async (place, nameOrId, signal) => targetOf(place).stacks.find(nameOrId, signal),

    ownByName: async (search, signal) => (await byName(search, signal)).own,
    byName,

    events: async (place, nameOrId, since, signal) => targetOf(place).stacks.events(nameOrId, since, signal),

    async history(place, walk, since, signal) {
      const { stacks } = targetOf(place);
      return walkStacks(walk, id => stacks.events(id, since, signal));
    },

    async recorded(place, signal) {
      const all = await targetOf(place).amplify.listEnvironments(place.appId, signal);
      return all.find(({ name }) => name === place.backendEnvironmentName);
    },

    records: async (app, signal) => targetOf(app).amplify.listEnvironments(app.appId, signal),

    async branches(place, signal) {
      const all = await targetOf(place).amplify.listBranches(place.appId, signal);
      return all.filter(branch => branch.backendEnvironmentName === place.backendEnvironmentName);
    },
  };
}

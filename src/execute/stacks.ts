/**
 * The CloudFormation stacks and Amplify's own records of an environment, as callers may see them: only of apps
 * that the policy lets them touch. Read only.
 */
import type { Branch, RecordedEnvironment } from '../aws/amplify.ts';
import type { Stack, StackEvent } from '../aws/stacks.ts';
import type { Targets } from '../aws/targets.ts';
import { RegisteredError } from '../errors.ts';
import type { EnvironmentAddress } from '../jobs/job.ts';
import { decide, type PolicySettings, refusalText } from '../policy/decide.ts';
import { type StackStory, type StackWalk, walkStacks } from './stack-walk.ts';

export type { Branch, RecordedEnvironment } from '../aws/amplify.ts';
export type { Stack, StackEvent } from '../aws/stacks.ts';

/** An environment on a target. */
export interface EnvironmentOn extends EnvironmentAddress {
  readonly target?: string | undefined;
}

/** Where the stacks of an environment are looked for. */
export interface StackSearch extends EnvironmentOn {
  /** Stacks bear the app's name; an app that is gone has none any more. */
  readonly appName?: string | undefined;
}

/** Reading of what stands beside AmplifyBackend. All throw RegisteredError, and ask at each call. */
export interface Stacks {
  /** The stack of that name or ARN, which the environment's meta names; undefined where there is none. */
  find(place: EnvironmentOn, nameOrId: string, signal?: AbortSignal): Promise<Stack | undefined>;
  /**
   * The root stacks that bear the environment's name, newest first, deleted ones too: where no meta names one,
   * or to find what a deleted environment left behind.
   */
  ofName(search: StackSearch, signal?: AbortSignal): Promise<readonly Stack[]>;
  /** What happened in a stack since `since` (epoch milliseconds), newest first; nothing for an unknown one. */
  events(
    place: EnvironmentOn,
    nameOrId: string,
    since: number,
    signal?: AbortSignal,
  ): Promise<readonly StackEvent[]>;
  /** The same with what happened in the stacks nested in it, as far as the walk enters them. */
  story(place: EnvironmentOn, walk: StackWalk, since: number, signal?: AbortSignal): Promise<StackStory>;
  /** Amplify's own record of the environment; undefined where it has none. */
  recorded(place: EnvironmentOn, signal?: AbortSignal): Promise<RecordedEnvironment | undefined>;
  /** The branches whose builds use the environment. */
  branches(place: EnvironmentOn, signal?: AbortSignal): Promise<readonly Branch[]>;
}

/** What reading needs of the process. */
export interface StacksOptions {
  readonly targets: Targets;
  readonly policy: PolicySettings;
  readonly targetApps: (target: string | undefined) => readonly string[] | undefined;
}

/** As the Amplify CLI makes a stack's name of the app's: `My Shop` gives `amplify-myshop-dev-101530`. */
const normalized = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** App and environment with a dash between, then the digits (of Studio: letters as well) that end the name. */
const ROOT_STACK_NAME = /^amplify-(.+)-[a-z0-9]+$/i;

/** Whether a root stack bears the name of this environment of this app. */
export function bearsName(stackName: string, { appId, appName, backendEnvironmentName }: StackSearch) {
  const [, appAndEnvironment = ''] = ROOT_STACK_NAME.exec(stackName) ?? [];
  const ending = `-${backendEnvironmentName.toLowerCase()}`;
  if (!appAndEnvironment.toLowerCase().endsWith(ending)) return false;
  const app = appAndEnvironment.slice(0, -ending.length);
  return app === appId || (appName !== undefined && normalized(app) === normalized(appName));
}

/** Makes it. */
export function createStacks({ targets, policy, targetApps }: StacksOptions): Stacks {
  const subject = { access: 'read', toolset: 'environments', everyEnvironment: false } as const;
  function targetOf({ appId, target: name }: EnvironmentOn) {
    const target = targets.get(name);
    const tool = { ...subject, toolName: 'describe_environment' };
    // Which tools are served does not matter to which apps may be touched.
    const instance = { args: { appId }, targetApps: targetApps(target.name), via: 'step' as const };
    const decision = decide(tool, policy, instance);
    if (decision.kind === 'deny')
      throw new RegisteredError('policy_denied', { message: refusalText(tool.toolName, decision) });
    return target;
  }

  return {
    find: async (place, nameOrId, signal) => targetOf(place).stacks.find(nameOrId, signal),

    async ofName(search, signal) {
      const all = await targetOf(search).stacks.list(signal);
      return all.filter(({ name, parentId }) => parentId === undefined && bearsName(name, search));
    },

    events: async (place, nameOrId, since, signal) => targetOf(place).stacks.events(nameOrId, since, signal),

    async story(place, walk, since, signal) {
      const { stacks } = targetOf(place);
      return walkStacks(walk, id => stacks.events(id, since, signal));
    },

    async recorded(place, signal) {
      const all = await targetOf(place).amplify.listEnvironments(place.appId, signal);
      return all.find(({ name }) => name === place.backendEnvironmentName);
    },

    async branches(place, signal) {
      const all = await targetOf(place).amplify.listBranches(place.appId, signal);
      return all.filter(branch => branch.backendEnvironmentName === place.backendEnvironmentName);
    },
  };
}

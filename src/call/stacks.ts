/**
 * Reads of an environment's CloudFormation stacks and of Amplify's own records of it. Apps that the policy excludes are
 * not read.
 */
import type { Branch, RecordedEnvironment } from '../aws/amplify.ts';
import type { StackContentReads } from '../aws/stack-contents.ts';
import type { Stack, StackEvent } from '../aws/stacks.ts';
import type { Targets } from '../aws/targets.ts';
import { type Belonging, environmentOfStack, type StackOwner, stackBelongs } from '../environment/index.ts';
import { ServerError } from '../errors.ts';
import type { AppRef, EnvironmentRef } from '../jobs/job.ts';
import type { Json } from '../lib/json.ts';
import { refusalText } from '../policy/decide.ts';
import type { RefuseApp } from './refuse-app.ts';
import { type StackHistory, type StackWalk, walkStacks } from './stack-walk.ts';

/** What is known of an environment whose stacks are searched. */
export interface StackSearch extends EnvironmentRef {
  /** Stack names contain the app's name. Unknown where the app no longer exists. */
  readonly appName?: string | undefined;
  /** Names of its root stack, from its meta, Amplify's own record or an earlier read. */
  readonly knownNames?: readonly string[] | undefined;
}

/** Root stacks by their names, newest first, deleted stacks included. */
export interface StacksByName {
  readonly own: readonly Stack[];
  /** Stacks whose names do not show which environment they belong to. */
  readonly perhaps: readonly Stack[];
}

/** A root stack of one of an app's environments. */
export interface AppStack extends StackOwner {
  readonly stack: Stack;
}

/** Reads of other services than AmplifyBackend. All throw ServerError; nothing is cached. */
export interface Stacks {
  /** The stack of a name or ARN that the environment's meta gives; undefined where there is none. */
  find(environment: EnvironmentRef, nameOrId: string, signal?: AbortSignal): Promise<Stack | undefined>;
  /**
   * The root stacks that have the environment's name, newest first, deleted stacks included: for an environment whose
   * meta names no stack, or that was deleted.
   */
  ownByName(search: StackSearch, signal?: AbortSignal): Promise<readonly Stack[]>;
  /** The same, with the stacks that may be the environment's. */
  byName(search: StackSearch, signal?: AbortSignal): Promise<StacksByName>;
  /** The root stacks that may be of any environment of an app, by their names; newest first, deleted ones included. */
  ofApp(app: AppRef & Pick<StackSearch, 'appName'>, signal?: AbortSignal): Promise<readonly AppStack[]>;
  /** All stacks of a target that exist, nested ones and those of other projects included, by their names and ARNs. */
  ofTarget(target: string | undefined, signal?: AbortSignal): Promise<ReadonlyMap<string, Stack>>;
  /** Reads of what single stacks contain: their outputs, resources and templates. */
  contents(app: AppRef): StackContentReads;
  /** The policy of a stack that the environment's meta names; null where it has none. */
  policy(environment: EnvironmentRef, nameOrId: string, signal?: AbortSignal): Promise<Json | null>;
  /** The events of a stack since `since` (epoch milliseconds), newest first; none for an unknown stack. */
  events(
    environment: EnvironmentRef,
    nameOrId: string,
    since: number,
    signal?: AbortSignal,
  ): Promise<readonly StackEvent[]>;
  /** The same with the events of nested stacks, as far as the walk enters them. */
  history(
    environment: EnvironmentRef,
    walk: StackWalk,
    since: number,
    signal?: AbortSignal,
  ): Promise<StackHistory>;
  /** Amplify's own record of the environment; undefined where it has none. */
  recorded(environment: EnvironmentRef, signal?: AbortSignal): Promise<RecordedEnvironment | undefined>;
  /** Amplify's own records of all environments of an app. */
  records(app: AppRef, signal?: AbortSignal): Promise<readonly RecordedEnvironment[]>;
  /** The branches whose builds use the environment. */
  branches(environment: EnvironmentRef, signal?: AbortSignal): Promise<readonly Branch[]>;
  /** All branches of an app. */
  branchesOf(app: AppRef, signal?: AbortSignal): Promise<readonly Branch[]>;
}

/** Creates the reads. */
export function createStacks(targets: Targets, refuseApp: RefuseApp): Stacks {
  function targetOf({ appId, target: name }: AppRef) {
    const target = targets.get(name);
    const refusal = refuseApp(appId, target.name);
    if (refusal)
      throw new ServerError('policy_denied', { message: refusalText('describe_environment', refusal) });
    return target;
  }

  async function byName(search: StackSearch, signal?: AbortSignal): Promise<StacksByName> {
    const { backendEnvironmentName: environment, ...known } = search;
    const all = await targetOf(search).stacks.list(signal);
    const roots = all
      .filter(({ parentId }) => parentId === undefined)
      .map(stack => ({ stack, belonging: stackBelongs(stack.name, { ...known, environment }) }));
    const stacksThat = (wanted: Belonging) =>
      roots.filter(({ belonging }) => belonging === wanted).map(({ stack }) => stack);
    return { own: stacksThat('belongs'), perhaps: stacksThat('may belong') };
  }

  return {
    find: async (environment, nameOrId, signal) => targetOf(environment).stacks.find(nameOrId, signal),

    ownByName: async (search, signal) => (await byName(search, signal)).own,
    byName,

    async ofApp(app, signal) {
      const all = await targetOf(app).stacks.list(signal);
      return all.flatMap(stack => {
        const owner = stack.parentId === undefined ? environmentOfStack(stack.name, app) : undefined;
        return owner ? [{ ...owner, stack }] : [];
      });
    },

    async ofTarget(name, signal) {
      const all = await targets.get(name).stacks.list(signal);
      const existing = all.filter(({ status }) => status !== 'DELETE_COMPLETE');
      return new Map(existing.flatMap(stack => [[stack.id, stack] as const, [stack.name, stack] as const]));
    },

    contents: app => targetOf(app).stacks,

    policy: async (environment, nameOrId, signal) =>
      (await targetOf(environment).stacks.policy(nameOrId, signal))?.policy ?? null,

    events: async (environment, nameOrId, since, signal) =>
      targetOf(environment).stacks.events(nameOrId, since, signal),

    async history(environment, walk, since, signal) {
      const { stacks } = targetOf(environment);
      return walkStacks(walk, id => stacks.events(id, since, signal));
    },

    async recorded(environment, signal) {
      const all = await targetOf(environment).amplify.listEnvironments(environment.appId, signal);
      return all.find(({ name }) => name === environment.backendEnvironmentName);
    },

    records: async (app, signal) => targetOf(app).amplify.listEnvironments(app.appId, signal),

    async branches(environment, signal) {
      const all = await targetOf(environment).amplify.listBranches(environment.appId, signal);
      return all.filter(branch => branch.backendEnvironmentName === environment.backendEnvironmentName);
    },

    branchesOf: async (app, signal) => targetOf(app).amplify.listBranches(app.appId, signal),
  };
}

/**
 * Finds the stacks of an environment: the stack that its meta names, and stacks whose names belong to it. Names by
 * `amplify-provider-awscloudformation/src/initializer.ts` of the Amplify CLI and by public metas:
 * `amplify-<project>-<env>-<5 hex, before 2021 digits>`; `<project>-<14 digits>` of 2018 and 2019, which do not name
 * the environment; `amplify-amplify<12 or 13 hex>-<env>-<digits>` of Amplify Studio, which do not name the app.
 */
import { textOf } from '../lib/json.ts';
import type { ReadMeta } from './meta.ts';

/** The stack that a meta names. */
export interface NamedStack {
  readonly name?: string;
  /** Its ARN. */
  readonly id?: string;
  /** The bucket of its deployments. */
  readonly deploymentBucket?: string;
}

/** The bucket of a stack's deployments, as the Amplify CLI names it. */
export const deploymentBucketOf = (stackName: string): string => `${stackName.toLowerCase()}-deployment`;

/** The stack of a meta; empty where it names none. */
export function namedStack({ provider }: Pick<ReadMeta, 'provider'>): NamedStack {
  const id = textOf(provider.StackId);
  const name = textOf(provider.StackName) ?? id?.split('/')[1];
  const bucket = textOf(provider.DeploymentBucketName) ?? (name && deploymentBucketOf(name));
  return {
    ...(name !== undefined && { name }),
    ...(id !== undefined && { id }),
    ...(bucket !== undefined && { deploymentBucket: bucket }),
  };
}

/** What is known of an environment whose stacks are searched. */
export interface StackSearch {
  readonly appId: string;
  readonly environment: string;
  /** The app's name in Amplify: the project's name, unless the app was renamed. */
  readonly appName?: string | undefined;
  /** Names of its root stack, from its meta, Amplify's own record or an earlier read. */
  readonly knownNames?: readonly string[] | undefined;
}

/**
 * `belongs`: the stack is this environment's. `may belong`: the name leaves that open; never delete such a stack, and
 * mention it before an environment is called gone. `does not belong` otherwise.
 */
export type Belonging = 'belongs' | 'may belong' | 'does not belong';

/** A name as the CLI writes it into a stack's: `My Shop` becomes `myshop`. */
const normalized = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The length to which the CLI cuts a project's name. */
const LONGEST_PROJECT = 20;

type ProjectMatch = 'this app' | 'unknown' | 'another app';

function matchProject(project: string, { appId, appName }: StackSearch): ProjectMatch {
  const name = normalized(project);
  if (name === normalized(appId)) return 'this app';
  const wanted = appName === undefined ? '' : normalized(appName);
  if (wanted !== '' && (name === wanted || name === wanted.slice(0, LONGEST_PROJECT))) return 'this app';
  // Studio's names are random, and an app without a known name may have any name.
  return wanted === '' || /^amplify[0-9a-f]{12,13}$/.test(name) ? 'unknown' : 'another app';
}

const belongings: Readonly<Record<ProjectMatch, Belonging>> = {
  'this app': 'belongs',
  unknown: 'may belong',
  'another app': 'does not belong',
};

/** The text without a dash and an ending; undefined where it does not end so. */
function withoutEnding(text: string, ending: string): string | undefined {
  return ending !== '' && text.endsWith(`-${ending}`) ? text.slice(0, -ending.length - 1) : undefined;
}

/** Whether a root stack is an environment's, by its name. Linear in the length of the name. */
export function stackBelongs(stackName: string, search: StackSearch): Belonging {
  const name = stackName.toLowerCase();
  if (search.knownNames?.some(known => known.toLowerCase() === name)) return 'belongs';
  const end = name.lastIndexOf('-');
  const [stem, stamp] = [name.slice(0, Math.max(end, 0)), name.slice(end + 1)];
  const isAmplify = stem.startsWith('amplify-');
  const isOldStamp = /^\d{14}$/.test(stamp);
  if (!(isAmplify ? /^[a-z0-9]{1,14}$/.test(stamp) : isOldStamp)) return 'does not belong';
  const rest = isAmplify ? stem.slice('amplify-'.length) : stem;
  const project = withoutEnding(rest, search.environment.toLowerCase().replace(/[^-a-z0-9]/g, ''));
  if (project !== undefined && project !== '') return belongings[matchProject(project, search)];
  // Stack names of 2018 have no environment: the stack may be any of the app's environments'.
  const isOfApp = !isAmplify && matchProject(rest, search) === 'this app';
  return isOfApp ? 'may belong' : 'does not belong';
}

/** The environment that the name of a root stack shows, in the spelling of that name. */
export interface StackOwner {
  readonly environment: string;
  /** `may belong` where the name does not show which app it is. */
  readonly belongs: Exclude<Belonging, 'does not belong'>;
}

/** More parts than the name of a root stack has. */
const MOST_PARTS = 8;

/** Stacks of Gen 2 in the same app: `amplify-<app id>-<branch>-branch-<hash>`, `amplify-<app id>-<user>-sandbox-<hash>`. */
const isOfGen2 = (name: string) => name.endsWith('-branch') || name.endsWith('-sandbox');

/** The environment of an app whose root stack has this name; undefined for another app's, and for any other stack. */
export function environmentOfStack(
  stackName: string,
  app: Pick<StackSearch, 'appId' | 'appName'>,
): StackOwner | undefined {
  const parts = stackName.toLowerCase().split('-');
  if (parts.length > MOST_PARTS) return undefined;
  // A project's name may have dashes, and so may an environment's.
  const names = parts
    .slice(1, -1)
    .map((_, at) => parts.slice(at + 1, -1).join('-'))
    .filter(name => !isOfGen2(name));
  const owners = names.map(environment => ({
    environment,
    belongs: stackBelongs(stackName, { ...app, environment }),
  }));
  const own = owners.find(({ belongs }) => belongs === 'belongs');
  const [unsure] = owners.filter(({ belongs }) => belongs === 'may belong').slice(-1);
  const owner = own ?? unsure;
  return owner && { environment: owner.environment, belongs: own ? 'belongs' : 'may belong' };
}

/** Whether a bucket is an environment's, by its name. The stack names the bucket of its deployments. */
export function bucketBelongs(bucket: string, search: StackSearch): Belonging {
  const stack = withoutEnding(bucket, 'deployment');
  if (stack !== undefined) return stackBelongs(stack, search);
  // Files are in `shopmedia101530-qa`, pages in `shop-20200102030405-hostingbucket-qa`: both may be another app's.
  return withoutEnding(bucket, search.environment.toLowerCase()) === undefined
    ? 'does not belong'
    : 'may belong';
}

/** What a search by name cannot find, a sentence each. Texts that say that something is gone add these. */
export function searchLimits({ appName, knownNames = [] }: StackSearch): string[] {
  return [
    ...(knownNames.length === 0 && appName === undefined
      ? ["Stacks were searched by the app's id only: its name is unknown."]
      : []),
    ...(knownNames.length === 0
      ? [
          'Stacks of other names, such as those of a renamed app, were not searched: no record names the stack.',
        ]
      : []),
  ];
}

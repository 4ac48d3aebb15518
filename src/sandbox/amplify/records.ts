/**
 * Apps, backend environments and hosting branches in the shapes that Amplify answers. Times are epoch seconds.
 */
import { sandboxAccountId, sandboxRegion } from '../identity.ts';
import { viewJob } from '../jobs.ts';
import type { Environment } from '../resources.ts';
import { type Branch, jobsOf, type State } from '../state.ts';

const arn = (appId: string, path = '') =>
  `arn:aws:amplify:${sandboxRegion}:${sandboxAccountId}:apps/${appId}${path}`;

const seconds = (at: number) => Math.floor(at / 1000);

/** The earliest time that the state knows of an app: its first environment or job, in epoch milliseconds. */
function firstKnownAt(state: State, appId: string, now: number): number {
  const { environments } = state.apps.get(appId) ?? {};
  const registered = [...(environments?.values() ?? [])].map(({ registeredAt }) => registeredAt);
  const jobTimes = state.jobs.filter(job => job.appId === appId).map(job => job.createdAt);
  return Math.min(now, ...registered, ...jobTimes);
}

/** `App` */
export function describeApp(state: State, appId: string, now: number) {
  const { appName, variables = {}, repository = '' } = state.apps.get(appId) ?? {};
  const time = seconds(firstKnownAt(state, appId, now));
  return {
    appId,
    appArn: arn(appId),
    name: appName,
    description: '',
    repository,
    platform: 'WEB',
    createTime: time,
    updateTime: time,
    environmentVariables: variables,
    defaultDomain: `${appId}.amplifyapp.com`,
    enableBranchAutoBuild: false,
    enableBasicAuth: false,
  };
}

const environmentArn = (appId: string, name: string) => arn(appId, `/backendenvironments/${name}`);

/** `BackendEnvironment`; one that was never deployed has no stack members. */
export function describeEnvironment(
  state: State,
  appId: string,
  { name, registeredAt, deployment }: Environment,
  now: number,
) {
  const ended = jobsOf(state, appId, name)
    .map(job => viewJob(job, now))
    .filter(view => view.ended)
    .map(({ updatedAt }) => updatedAt);
  return {
    backendEnvironmentArn: environmentArn(appId, name),
    environmentName: name,
    ...(deployment && {
      stackName: deployment.stackName,
      deploymentArtifacts: deployment.bucketName,
    }),
    createTime: seconds(registeredAt),
    updateTime: seconds(Math.max(registeredAt, ...ended)),
  };
}

/** `Branch` */
export function describeBranch(
  state: State,
  appId: string,
  { name, stage, environment, stackArn }: Branch,
  now: number,
) {
  const time = seconds(firstKnownAt(state, appId, now));
  return {
    branchArn: arn(appId, `/branches/${name}`),
    branchName: name,
    description: '',
    stage,
    displayName: name,
    enableNotification: false,
    createTime: time,
    updateTime: time,
    environmentVariables: {},
    enableAutoBuild: true,
    customDomains: [],
    framework: 'React',
    activeJobId: '1',
    totalNumberOfJobs: '1',
    enableBasicAuth: false,
    ttl: '5',
    enablePullRequestPreview: false,
    ...(environment !== undefined && { backendEnvironmentArn: environmentArn(appId, environment) }),
    ...(stackArn !== undefined && { backend: { stackArn } }),
  };
}

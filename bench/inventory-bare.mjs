/**
 * The baseline for an inventory: the same reads by AWS's own clients, four at a time, whose answers are discarded.
 * For each app its environments and branches, for each environment its meta, the schema of its API and its stack's policy.
 */
import { AmplifyClient, ListAppsCommand, ListBranchesCommand } from '@aws-sdk/client-amplify';
import {
  AmplifyBackendClient,
  GetBackendAPICommand,
  GetBackendCommand,
} from '@aws-sdk/client-amplifybackend';
import {
  CloudFormationClient,
  GetStackPolicyCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';

const AT_ONCE = 4;
const [amplify, backend, stacks] = [
  new AmplifyClient({}),
  new AmplifyBackendClient({}),
  new CloudFormationClient({}),
];

/** @type {{ appId: string, environment: string, api: string, stack: string }[]} */
const environments = JSON.parse(process.argv[2] ?? '[]');

const begin = performance.now();
for (let nextToken; ; ) {
  /** @type {import('@aws-sdk/client-amplify').ListAppsCommandOutput} */
  const page = await amplify.send(new ListAppsCommand({ maxResults: 100, nextToken }));
  nextToken = page.nextToken;
  if (!nextToken) break;
}
for (let NextToken; ; ) {
  /** @type {import('@aws-sdk/client-cloudformation').ListStacksCommandOutput} */
  const page = await stacks.send(new ListStacksCommand({ NextToken }));
  NextToken = page.NextToken;
  if (!NextToken) break;
}
const apps = [...new Set(environments.map(({ appId }) => appId))];
const reads = [
  ...apps.flatMap(AppId => [
    () => backend.send(new GetBackendCommand({ AppId })),
    () => amplify.send(new ListBranchesCommand({ appId: AppId })),
  ]),
  ...environments.flatMap(({ appId: AppId, environment: BackendEnvironmentName, api, stack }) => [
    () => backend.send(new GetBackendCommand({ AppId, BackendEnvironmentName })),
    () => backend.send(new GetBackendAPICommand({ AppId, BackendEnvironmentName, ResourceName: api })),
    () => stacks.send(new GetStackPolicyCommand({ StackName: stack })),
  ]),
];
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let read = reads.shift(); read; read = reads.shift()) await read();
  }),
);
process.stdout.write(`${performance.now() - begin}\n`);

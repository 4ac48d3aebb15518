/**
 * Resources that AmplifyBackend does not manage and that stand beside those it does: what the Amplify CLI adds. Each is
 * known by its service and an id; its entry in the amplify-meta follows from these, in the form that recent CLIs write.
 */
import { randomBytes } from 'node:crypto';
import { sandboxAccountId, sandboxRegion } from './identity.ts';

/** Such a resource. */
export interface UnmanagedResource {
  readonly category: 'auth' | 'api' | 'storage' | 'function' | 'analytics' | 'hosting';
  readonly name: string;
  readonly service: keyof typeof entryByService;
  /** What the cloud called it, where its service gives ids: ten letters and digits of an API, 32 of a Pinpoint app. */
  readonly id?: string;
  /** Of a layer. */
  readonly version?: number;
  /** Names of the groups of a user pool. */
  readonly groups?: readonly string[];
  /** `function/shopWebhook` */
  readonly dependsOn?: readonly string[];
}

/** What the entries of an environment have in common. */
export interface EnvironmentFacts {
  readonly environment: string;
  readonly userPoolId: string | undefined;
}

const provider = { providerPlugin: 'awscloudformation' };
const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${sandboxRegion}:${sandboxAccountId}:${resource}`;

/** What an entry has beside its service, by that service. */
const entryByService = {
  'API Gateway': ({ name, id }: UnmanagedResource, { environment }: EnvironmentFacts) => ({
    output: {
      ApiName: name,
      ApiId: id,
      RootUrl: `https://${id}.execute-api.${sandboxRegion}.amazonaws.com/${environment}`,
    },
  }),
  'Cognito-UserPool-Groups': ({ groups = [] }: UnmanagedResource, { userPoolId = '' }: EnvironmentFacts) => ({
    output: Object.fromEntries(
      groups.map(group => [
        `${group}GroupRole`,
        `arn:aws:iam::${sandboxAccountId}:role/${userPoolId}-${group}GroupRole`,
      ]),
    ),
  }),
  DynamoDB: ({ name }: UnmanagedResource, { environment }: EnvironmentFacts) => ({
    output: {
      Name: `${name}-${environment}`,
      Arn: arn('dynamodb', `table/${name}-${environment}`),
      StreamArn: arn('dynamodb', `table/${name}-${environment}/stream/2026-01-01T00:00:00.000`),
      PartitionKeyName: 'id',
      PartitionKeyType: 'S',
      Region: sandboxRegion,
    },
  }),
  Lambda: ({ name }: UnmanagedResource, { environment }: EnvironmentFacts) => ({
    build: true,
    output: {
      Name: `${name}-${environment}`,
      Arn: arn('lambda', `function:${name}-${environment}`),
      LambdaExecutionRole: `${name}LambdaRole-${environment}`,
      Region: sandboxRegion,
    },
  }),
  LambdaLayer: ({ name, version = 1 }: UnmanagedResource, { environment }: EnvironmentFacts) => ({
    build: true,
    output: { Arn: arn('lambda', `layer:${name}-${environment}:${version}`) },
  }),
  Pinpoint: ({ name, id }: UnmanagedResource) => ({
    output: { appName: name, Id: id, Region: sandboxRegion },
  }),
  amplifyhosting: () => ({ type: 'manual' }),
} as const;

/** Its entry in the amplify-meta. */
function metaEntry(resource: UnmanagedResource, facts: EnvironmentFacts): object {
  const { service, dependsOn = [] } = resource;
  const form: (resource: UnmanagedResource, facts: EnvironmentFacts) => object = entryByService[service];
  return {
    service,
    ...(service === 'amplifyhosting' ? {} : provider),
    ...(dependsOn.length > 0 && {
      dependsOn: dependsOn.map(label => {
        const [category, resourceName] = label.split('/');
        return { category, resourceName };
      }),
    }),
    ...form(resource, facts),
  };
}

/** The entries of all of them, by category and name. */
export function unmanagedEntries(
  resources: readonly UnmanagedResource[],
  facts: EnvironmentFacts,
): Record<string, Record<string, object>> {
  const entries: Record<string, Record<string, object>> = {};
  for (const resource of resources) {
    const { category, name } = resource;
    entries[category] = { ...entries[category], [name]: metaEntry(resource, facts) };
  }
  return entries;
}

/** The same resource in another environment, with an id of its own. */
export function copyUnmanaged(resource: UnmanagedResource): UnmanagedResource {
  const { id, ...same } = resource;
  return id === undefined ? same : { ...same, id: randomBytes(16).toString('hex').slice(0, id.length) };
}

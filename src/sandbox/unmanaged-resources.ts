/**
 * Resources that the Amplify CLI adds and AmplifyBackend does not manage, such as functions and REST APIs. Their entries
 * in the amplify-meta are derived from service, name and id, in the form that recent Amplify CLIs write.
 */
import { randomBytes } from 'node:crypto';
import { sandboxAccountId, sandboxRegion } from './identity.ts';

/** A resource that AmplifyBackend does not manage. */
export interface UnmanagedResource {
  readonly category: 'auth' | 'api' | 'storage' | 'function' | 'analytics' | 'hosting';
  readonly name: string;
  readonly service: keyof typeof entryByService;
  /** The id that AWS gave it: ten letters and digits for a REST API, 32 for a Pinpoint app. Other services give none. */
  readonly id?: string;
  /** Version of a Lambda layer. */
  readonly version?: number;
  /** Group names, for Cognito user pool groups. */
  readonly groups?: readonly string[];
  /** `category/name` of other resources: `function/shopWebhook`. */
  readonly dependsOn?: readonly string[];
}

/** What the entries of one environment share. */
export interface EnvironmentFacts {
  readonly environment: string;
  readonly userPoolId: string | undefined;
}

const provider = { providerPlugin: 'awscloudformation' };
const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${sandboxRegion}:${sandboxAccountId}:${resource}`;

/** The members of an entry that depend on its service. */
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

/** The amplify-meta entries of resources, by category and name. */
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

/** The resource as a clone has it: with a new id. */
export function copyUnmanaged(resource: UnmanagedResource): UnmanagedResource {
  const { id, ...same } = resource;
  return id === undefined ? same : { ...same, id: randomBytes(16).toString('hex').slice(0, id.length) };
}

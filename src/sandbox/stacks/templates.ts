/**
 * The stacks that the Amplify CLI's templates create: the root stack's own resources, and a nested stack for each
 * resource of a category, with the logical ids that the CLI uses.
 */
import type { Json } from '../../lib/json.ts';
import { modelNames } from '../graphql-models.ts';
import { sandboxAccountId, sandboxRegion } from '../identity.ts';
import type { ApiResource, AuthResource, Deployment, StorageResource } from '../resources.ts';

/** A resource that a template declares. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** The categories that AmplifyBackend manages. */
type Category = 'auth' | 'storage' | 'api';

/** A nested stack's template. */
export interface Template {
  readonly category: string;
  /** In the root stack: category and resource name, e.g. `authshopauth`. */
  readonly logicalId: string;
  readonly description: string;
  /** The main resource is first. */
  readonly resources: readonly TemplateResource[];
  /** In the form of DescribeStacks; absent where they follow from the environment's settings. */
  readonly outputs?: readonly Json[];
}

/** A root stack's resources other than its nested stacks. */
export function rootResources({ stackName, bucketName }: Deployment): readonly TemplateResource[] {
  return [
    resource('DeploymentBucket', 'AWS::S3::Bucket', bucketName),
    resource('AuthRole', 'AWS::IAM::Role', `${stackName}-authRole`),
    resource('UnauthRole', 'AWS::IAM::Role', `${stackName}-unauthRole`),
  ];
}

/** The template of a Cognito resource; none for an imported one, which is in no stack. */
export function authTemplate(auth: AuthResource): Template | undefined {
  if (auth.imported) return undefined;
  return template('auth', auth.name, [
    resource('UserPool', 'AWS::Cognito::UserPool', auth.userPoolId),
    resource('UserPoolClientWeb', 'AWS::Cognito::UserPoolClient', auth.webClientId),
    resource('UserPoolClient', 'AWS::Cognito::UserPoolClient', auth.nativeClientId),
    ...(auth.identityPoolId === undefined
      ? []
      : [resource('IdentityPool', 'AWS::Cognito::IdentityPool', auth.identityPoolId)]),
  ]);
}

/** The template of an S3 resource; none for an imported one. */
export function storageTemplate({ name, imported, bucketName }: StorageResource): Template | undefined {
  if (imported) return undefined;
  return template('storage', name, [
    resource('S3Bucket', 'AWS::S3::Bucket', bucketName),
    resource('S3AuthPublicPolicy', 'AWS::IAM::Policy', `${bucketName}-public-policy`),
    resource('S3AuthReadPolicy', 'AWS::IAM::Policy', `${bucketName}-read-policy`),
  ]);
}

/** The template of an AppSync resource, with a table for each model of its schema. */
export function apiTemplate({ name, apiId, config }: ApiResource, environment: string): Template {
  const arn = `arn:aws:appsync:${sandboxRegion}:${sandboxAccountId}:apis/${apiId}`;
  return template('api', name, [
    resource('GraphQLAPI', 'AWS::AppSync::GraphQLApi', arn),
    resource('GraphQLSchema', 'AWS::AppSync::GraphQLSchema', `${apiId}GraphQLSchema`),
    ...modelNames(config.TransformSchema ?? '').flatMap(model => [
      resource(`${model}Table`, 'AWS::DynamoDB::Table', `${model}-${apiId}-${environment}`),
      resource(`${model}DataSource`, 'AWS::AppSync::DataSource', `${arn}/datasources/${model}Table`),
    ]),
  ]);
}

function resource(logicalId: string, type: string, physicalId: string): TemplateResource {
  return { logicalId, type, physicalId };
}

const descriptions: Readonly<Record<Category, string>> = {
  auth: 'Amplify Cognito Stack for AWS Amplify CLI',
  storage: 'S3 Resource for AWS Amplify CLI',
  api: 'An auto-generated nested stack.',
};

/** The descriptions of the categories' templates, by the logical id of their main resource. */
export const mainDescriptions = {
  UserPool: descriptions.auth,
  S3Bucket: descriptions.storage,
  GraphQLAPI: descriptions.api,
} as const;

/** The logical id of a resource's nested stack in the root stack. */
export const logicalIdOf = (category: string, name: string) =>
  `${category}${name}`.replace(/[^A-Za-z0-9]/g, '');

function template(category: Category, name: string, resources: readonly TemplateResource[]): Template {
  return {
    category,
    logicalId: logicalIdOf(category, name),
    description: descriptions[category],
    resources,
  };
}

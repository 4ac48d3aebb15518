/**
 * What the Amplify CLI's templates make of an environment: the root stack's own resources, and one nested stack for
 * each resource of a category, with the cloud's resources in it under the names that the CLI gives them.
 */
import { modelNames } from '../graphql-models.ts';
import { sandboxAccountId, sandboxRegion } from '../identity.ts';
import type { ApiResource, AuthResource, Deployment, StorageResource } from '../resources.ts';

/** A resource that a template declares. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** The categories of what AmplifyBackend manages. */
type Category = 'auth' | 'storage' | 'api';

/** A nested stack's template. */
export interface Template {
  readonly category: string;
  /** Its name in the root stack: category and resource, e.g. `authshopauth`. */
  readonly logicalId: string;
  readonly description: string;
  /** The one that the stack is about stands first. */
  readonly resources: readonly TemplateResource[];
}

/** What a root stack holds beside its nested stacks. */
export function rootResources({ stackName, bucketName }: Deployment): readonly TemplateResource[] {
  return [
    resource('DeploymentBucket', 'AWS::S3::Bucket', bucketName),
    resource('AuthRole', 'AWS::IAM::Role', `${stackName}-authRole`),
    resource('UnauthRole', 'AWS::IAM::Role', `${stackName}-unauthRole`),
  ];
}

/** The template of a Cognito resource; none for an imported one, which stays outside of the stacks. */
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

/** The template of an AppSync resource: a table for each model of its schema. */
export function apiTemplate({ name, apiId, config }: ApiResource, environment: string): Template {
  const arn = `arn:aws:appsync:${sandboxRegion}:${sandboxAccountId}:apis/${apiId}`;
  return template('api', name, [
    resource('GraphQLAPI', 'AWS::AppSync::GraphQLApi', arn),
    resource('GraphQLSchema', 'AWS::AppSync::GraphQLSchema', `${apiId}GraphQLSchema`),
    ...modelNames(config.TransformSchema ?? '').map(model =>
      resource(`${model}Table`, 'AWS::DynamoDB::Table', `${model}-${apiId}-${environment}`),
    ),
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

/** The name of a resource's nested stack in the root. */
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

/** Derives the physical ids of a loaded stack's resources from its outputs, parameters and template. */
import { type Json, objectOf, textOf } from '../../lib/json.ts';
import type { StackRequest } from './request.ts';

/** By resource type: the stack outputs that hold the physical id of such a resource. */
const outputsByType: Readonly<Record<string, readonly string[]>> = {
  'AWS::S3::Bucket': ['BucketName', 'HostingBucketName', 'DeploymentBucketName'],
  'AWS::Cognito::UserPool': ['UserPoolId'],
  'AWS::Cognito::IdentityPool': ['IdentityPoolId'],
  'AWS::DynamoDB::Table': ['Name'],
  'AWS::Lambda::Function': ['Name'],
  'AWS::Kinesis::Stream': ['kinesisStreamId'],
  'AWS::AppSync::GraphQLApi': ['GraphQLAPIIdOutput'],
};

function outputOf({ outputs }: StackRequest, type: string): string | undefined {
  const names = Object.hasOwn(outputsByType, type) ? (outputsByType[type] ?? []) : [];
  const found = outputs.find(({ OutputKey }) => names.includes(String(OutputKey)));
  return textOf(found?.OutputValue);
}

/** The output whose value in the template is a reference to the resource. */
function referredOutput({ template, outputs }: StackRequest, logicalId: string): string | undefined {
  const declared = Object.entries(objectOf(template?.Outputs));
  const [key] = declared.find(([, output]) => objectOf(objectOf(output).Value).Ref === logicalId) ?? [];
  return key === undefined
    ? undefined
    : textOf(outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue);
}

/** The name of a model's table, from the parameters of the table's stack. */
function tableOf({ parameters }: StackRequest, logicalId: string): string | undefined {
  const parameter = (part: string) =>
    textOf(parameters.find(({ ParameterKey }) => String(ParameterKey).includes(part))?.ParameterValue);
  const [apiId, environment] = [parameter('ApiId'), parameter('env')];
  const isModel = logicalId.endsWith('Table') && apiId !== undefined && environment !== undefined;
  return isModel ? `${logicalId.slice(0, -'Table'.length)}-${apiId}-${environment}` : undefined;
}

/** The table that Gen 2 manages by name: a custom resource, whose physical id is the name. */
function managedTableOf({ template }: StackRequest, logicalId: string): string | undefined {
  const resource: Json = objectOf(objectOf(template?.Resources)[logicalId]);
  const isTable = /^Custom::(?:Imported)?AmplifyDynamoDBTable$/.test(String(resource.Type));
  return isTable ? textOf(objectOf(resource.Properties).tableName) : undefined;
}

/** The physical id of a resource; undefined if it cannot be derived. */
export const physicalIdOf = (request: StackRequest, logicalId: string, type: string): string | undefined =>
  outputOf(request, type) ??
  referredOutput(request, logicalId) ??
  managedTableOf(request, logicalId) ??
  (type === 'AWS::DynamoDB::Table' ? tableOf(request, logicalId) : undefined);

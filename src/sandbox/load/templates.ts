/** Derives the nested stacks of a loaded environment from its outputs: the AWS resources that they name, with types. */
import { textOf } from '../../lib/json.ts';
import {
  apiTemplate,
  authTemplate,
  logicalIdOf,
  storageTemplate,
  type Template,
  type TemplateResource,
} from '../stacks/templates.ts';
import type { LoadedEntry } from './meta.ts';
import { apiOf, authOf, storageOf } from './settings.ts';

/** By service: outputs, with the logical id and the type of the resource that each names. */
const outputsOf: Readonly<
  Record<string, readonly (readonly [output: string, logicalId: string, type: string])[]>
> = {
  DynamoDB: [['Name', 'DynamoDBTable', 'AWS::DynamoDB::Table']],
  Lambda: [
    ['Name', 'LambdaFunction', 'AWS::Lambda::Function'],
    ['LambdaExecutionRole', 'LambdaExecutionRole', 'AWS::IAM::Role'],
    ['CloudWatchEventRule', 'CloudWatchEvent', 'AWS::Events::Rule'],
  ],
  LambdaLayer: [['Arn', 'LambdaLayerVersion', 'AWS::Lambda::LayerVersion']],
  'API Gateway': [['ApiId', 'RestApi', 'AWS::ApiGateway::RestApi']],
  S3AndCloudFront: [
    ['HostingBucketName', 'S3Bucket', 'AWS::S3::Bucket'],
    ['CloudFrontDistributionID', 'CloudFrontDistribution', 'AWS::CloudFront::Distribution'],
  ],
  Pinpoint: [['Id', 'PinpointApp', 'AWS::Pinpoint::App']],
  Kinesis: [['kinesisStreamId', 'KinesisStream', 'AWS::Kinesis::Stream']],
  Lex: [['FunctionArn', 'LambdaFunction', 'AWS::Lambda::Function']],
  Map: [['Name', 'CustomMap', 'AWS::Location::Map']],
  PlaceIndex: [['Name', 'CustomPlaceIndex', 'AWS::Location::PlaceIndex']],
  GeofenceCollection: [['Name', 'CustomGeofenceCollection', 'AWS::Location::GeofenceCollection']],
  video: [
    ['oVODInputS3', 'InputBucket', 'AWS::S3::Bucket'],
    ['oVODOutputS3', 'OutputBucket', 'AWS::S3::Bucket'],
  ],
};

/** Resource types by the service in an ARN. */
const typesOfArns: Readonly<Record<string, string>> = {
  dynamodb: 'AWS::DynamoDB::Table',
  iam: 'AWS::IAM::Role',
  kinesis: 'AWS::Kinesis::Stream',
  lambda: 'AWS::Lambda::Function',
  s3: 'AWS::S3::Bucket',
  sns: 'AWS::SNS::Topic',
  sqs: 'AWS::SQS::Queue',
};

const unknownType = 'AWS::CloudFormation::CustomResource';

/** For a service that the table lacks, each output is taken for a resource. */
function resourcesNamedByOutputs({ outputs }: LoadedEntry): TemplateResource[] {
  return Object.entries(outputs).flatMap(([output, value]) => {
    const text = textOf(value);
    if (text === undefined || output === 'Region') return [];
    const [arn, , service = '', , , ...rest] = text.split(':');
    const isArn = arn === 'arn';
    const physicalId = isArn ? (rest.join(':').split('/').at(-1) ?? text) : text;
    const type = isArn ? (typesOfArns[service] ?? unknownType) : unknownType;
    return [{ logicalId: logicalIdOf('', output), type, physicalId }];
  });
}

function resourcesOf(entry: LoadedEntry): TemplateResource[] {
  const known = Object.hasOwn(outputsOf, entry.service) ? outputsOf[entry.service] : undefined;
  const found = known?.flatMap(([output, logicalId, type]) => {
    const physicalId = textOf(entry.outputs[output]);
    return physicalId === undefined ? [] : [{ logicalId, type, physicalId }];
  });
  return found && found.length > 0 ? found : resourcesNamedByOutputs(entry);
}

/** The nested stack of a resource; none if it was imported or never deployed. */
export function templateOf(entry: LoadedEntry, environment: string, schema?: string): Template | undefined {
  const { category, name, service, isImported, isDeployed } = entry;
  if (isImported || !isDeployed) return undefined;
  if (service === 'Cognito') return authTemplate(authOf(entry));
  if (service === 'AppSync') return apiTemplate(apiOf(entry, schema), environment);
  if (service === 'S3') return storageTemplate(storageOf(entry));
  return {
    category,
    logicalId: logicalIdOf(category, name),
    description: `${service} resource stack creation using Amplify CLI`,
    resources: resourcesOf(entry),
    outputs: Object.entries(entry.outputs).flatMap(([OutputKey, value]) => {
      const OutputValue = textOf(value);
      return OutputValue === undefined ? [] : [{ OutputKey, OutputValue }];
    }),
  };
}

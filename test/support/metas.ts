/** Metas as AmplifyBackend answers them, of an invented project called `bakery`. */
import {
  type Environment,
  type EnvironmentSources,
  type ReadEnvironment,
  readEnvironment,
  type SettingsReading,
} from '../../src/environment/index.ts';

type Json = Readonly<Record<string, unknown>>;

export const account = '210987654321';

/** The stack's part of a meta. */
export const providerOf = (environment: string, digits = '40404') => ({
  AuthRoleArn: `arn:aws:iam::${account}:role/amplify-bakery-${environment}-${digits}-authRole`,
  Region: 'eu-west-1',
  DeploymentBucketName: `amplify-bakery-${environment}-${digits}-deployment`,
  StackName: `amplify-bakery-${environment}-${digits}`,
  StackId: `arn:aws:cloudformation:eu-west-1:${account}:stack/amplify-bakery-${environment}-${digits}/1b2c3d4e-0000-4000-8000-000000000001`,
  AmplifyAppId: 'd1bakery00001',
});

/** A meta with the stack's part and the categories. */
export const metaOf = (categories: Json, environment = 'dev', digits?: string): Json => ({
  providers: { awscloudformation: providerOf(environment, digits) },
  ...categories,
});

/** Reads an environment of the project. */
export const read = (meta: unknown, more: Partial<EnvironmentSources> = {}): Promise<Environment> =>
  readEnvironment({ appId: 'd1bakery00001', environment: 'dev', appName: 'Bakery', meta, ...more });

/** The same of one that can be read. */
export async function readable(
  meta: unknown,
  more: Partial<EnvironmentSources> = {},
): Promise<ReadEnvironment> {
  const environment = await read(meta, more);
  if (environment.state === 'unreadable') throw new Error(environment.why);
  return environment;
}

/** Its one resource. */
export async function onlyResource(meta: unknown, more: Partial<EnvironmentSources> = {}) {
  const { resources } = await readable(meta, more);
  const [resource] = resources;
  if (!resource || resources.length > 1) throw new Error(`${resources.length} resources`);
  return resource;
}

/** Settings by label, as AmplifyBackend answers them. */
export const settingsOf = (configs: Readonly<Record<string, Json>>): ReadonlyMap<string, SettingsReading> =>
  new Map(Object.entries(configs).map(([label, config]) => [label, { state: 'read', config }]));

const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${account}:${resource}`;

/** An entry of each service, in the form of new and of old CLIs. */
export const entries = {
  auth: {
    service: 'Cognito',
    providerPlugin: 'awscloudformation',
    lastPushTimeStamp: '2024-03-02T01:00:00.000Z',
    output: {
      UserPoolId: 'eu-west-1_Bakers001',
      UserPoolArn: arn('cognito-idp', 'userpool/eu-west-1_Bakers001'),
      UserPoolName: 'bakery_users',
      AppClientIDWeb: '3webwebwebwebwebwebwebwebw',
      AppClientID: '4nativenativenativenativen',
      IdentityPoolId: 'eu-west-1:0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0',
      IdentityPoolName: 'bakery_identities__dev',
    },
  },
  oldAuth: {
    service: 'Cognito',
    output: {
      UserPoolId: 'eu-west-1_Bakers001',
      IdentityPoolId: 'eu-west-1:0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0',
      AppClientSecret: '9oldoldoldoldoldoldoldoldoldoldoldoldoldoldoldoldold',
    },
  },
  groups: {
    service: 'Cognito-UserPool-Groups',
    dependsOn: [{ category: 'auth', resourceName: 'bakeryauth', attributes: ['UserPoolId'] }],
    output: {
      bakersGroupRole: `arn:aws:iam::${account}:role/eu-west-1_Bakers001-bakersGroupRole`,
      ownersGroupRole: `arn:aws:iam::${account}:role/eu-west-1_Bakers001-ownersGroupRole`,
    },
  },
  graphql: {
    service: 'AppSync',
    output: {
      authConfig: { defaultAuthentication: { authenticationType: 'API_KEY' } },
      GraphQLAPIIdOutput: 'breadbreadbreadbreadbreadb',
      GraphQLAPIEndpointOutput: 'https://doughdough.appsync-api.eu-west-1.amazonaws.com/graphql',
      GraphQLAPIKeyOutput: 'da2-keykeykeykeykeykeykeykeyke',
    },
  },
  rest: {
    service: 'API Gateway',
    authorizationType: 'AMAZON_COGNITO_USER_POOLS',
    output: {
      ApiName: 'ovens',
      ApiId: 'oven012345',
      RootUrl: 'https://oven012345.execute-api.eu-west-1.amazonaws.com/dev',
    },
  },
  oldRest: {
    service: 'API Gateway',
    output: { ApiName: 'ovens', RootUrl: 'https://oven012345.execute-api.eu-west-1.amazonaws.com/dev' },
  },
  container: {
    service: 'ElasticContainer',
    apiType: 'REST',
    output: {
      PipelineUrl: 'https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/kneader/view',
      RootUrl: 'https://knead12345.execute-api.eu-west-1.amazonaws.com',
      ServiceName: 'kneader-service',
      ClusterName: 'amplify-bakery-dev-40404-NetworkStack',
    },
  },
  bucket: { service: 'S3', output: { BucketName: 'bakeryphotos40404-dev', Region: 'eu-west-1' } },
  table: {
    service: 'DynamoDB',
    output: {
      Name: 'orders-dev',
      Arn: arn('dynamodb', 'table/orders-dev'),
      StreamArn: arn('dynamodb', 'table/orders-dev/stream/2024-03-02T01:00:00.000'),
      PartitionKeyName: 'id',
      PartitionKeyType: 'S',
      Region: 'eu-west-1',
    },
  },
  lambda: {
    service: 'Lambda',
    build: true,
    output: {
      Name: 'bake-dev',
      Arn: arn('lambda', 'function:bake-dev'),
      LambdaExecutionRole: 'bakeryLambdaRole1-dev',
      LambdaExecutionRoleArn: `arn:aws:iam::${account}:role/bakeryLambdaRole1-dev`,
      CloudWatchEventRule: 'amplify-bakery-dev-Every-Morning',
      Region: 'eu-west-1',
    },
  },
  layer: { service: 'LambdaLayer', output: { Arn: arn('lambda', 'layer:flour-dev:7') } },
  website: {
    service: 'S3AndCloudFront',
    output: {
      HostingBucketName: 'bakery-pages-dev',
      WebsiteURL: 'http://bakery-pages-dev.s3-website-eu-west-1.amazonaws.com',
      S3BucketSecureURL: 'https://bakery-pages-dev.s3.amazonaws.com',
      CloudFrontDistributionID: 'E2BAKERYPAGES1',
      CloudFrontDomainName: 'd2bakerypages1.cloudfront.net',
      CloudFrontSecureURL: 'https://d2bakerypages1.cloudfront.net',
      CloudFrontOriginAccessIdentity: 'E3BAKERYACCESS',
    },
  },
  plainWebsite: {
    service: 'S3AndCloudFront',
    output: {
      HostingBucketName: 'bakery-pages-dev',
      WebsiteURL: 'http://bakery-pages-dev.s3-website-eu-west-1.amazonaws.com',
    },
  },
  amplifyHosting: { service: 'amplifyhosting', type: 'cicd', lastPushTimeStamp: '2024-03-02T01:00:00.000Z' },
  containerHosting: {
    service: 'ElasticContainer',
    output: { ContainerEndpoint: 'https://www.bakery.example' },
  },
  pinpoint: {
    service: 'Pinpoint',
    output: { Id: 'aa11bb22cc33dd44ee55ff6600778899', appName: 'bakeryusage-dev', Region: 'eu-west-1' },
  },
  push: {
    service: 'Pinpoint',
    output: {
      Id: 'aa11bb22cc33dd44ee55ff6600778899',
      Name: 'bakerypush-dev',
      Region: 'eu-west-1',
      FCM: { ApplicationId: 'aa11bb22cc33dd44ee55ff6600778899', Enabled: true, Id: 'gcm', Version: 1 },
    },
  },
  stream: {
    service: 'Kinesis',
    output: {
      kinesisStreamId: 'crumbs-dev',
      kinesisStreamArn: arn('kinesis', 'stream/crumbs-dev'),
      kinesisStreamShardCount: '2',
    },
  },
  bot: {
    service: 'Lex',
    output: { BotName: 'OrderBread_dev', FunctionArn: arn('lambda', 'function:bakery_cfnlambda-dev') },
  },
  map: {
    service: 'Map',
    output: { Name: 'shops-dev', Arn: arn('geo', 'map/shops-dev'), Style: 'VectorEsriStreets' },
  },
  index: { service: 'PlaceIndex', output: { Name: 'places-dev', Arn: arn('geo', 'place-index/places-dev') } },
  fences: {
    service: 'GeofenceCollection',
    output: { Name: 'zones-dev', Arn: arn('geo', 'geofence-collection/zones-dev') },
  },
  voice: {
    service: 'Polly',
    convertType: 'speechGenerator',
    output: { voice: 'Kimberly', language: 'en-US' },
  },
  faces: { service: 'Rekognition', identifyType: 'identifyEntities', output: { collectionId: 'faces-dev' } },
  model: { service: 'SageMaker', output: { endpointName: 'company-forecast', region: 'eu-west-1' } },
  video: {
    service: 'video',
    serviceType: 'video-on-demand',
    output: {
      oVODInputS3: 'clips-dev-input-1a2b3c4d',
      oVODOutputS3: 'clips-dev-output-1a2b3c4d',
      oVodOutputUrl: 'd3bakeryclips1.cloudfront.net',
    },
  },
  live: {
    service: 'video',
    serviceType: 'ivs',
    output: {
      oVideoOutput: 'https://abc.eu-west-1.playback.live-video.net/api/video/v1/x.m3u8',
      oVideoChannelArn: arn('ivs', 'channel/AbCdEf123456'),
      oVideoInputKey: 'sk_eu-west-1_AbCdEf123456_ghijklmnop',
    },
  },
  custom: {
    service: 'customCDK',
    lastPushTimeStamp: '2024-03-02T01:00:00.000Z',
    output: {
      QueueUrl: `https://sqs.eu-west-1.amazonaws.com/${account}/baking-dev`,
      TableName: 'ledger-dev',
      TopicArn: arn('sns', 'news-dev'),
    },
  },
  unknown: {
    service: 'Sumerian',
    output: { sceneId: 'scene-77', SceneUrl: 'https://scenes.example/77', quality: 'high' },
  },
} as const;

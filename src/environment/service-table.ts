/**
 * The services, a row each. Outputs are those of the templates in aws-amplify/amplify-cli (`amplify-category-*`,
 * `provider-utils/awscloudformation`), of awslabs/amplify-video, and of older CLI versions as public metas show them:
 * 2018 `API Gateway` had no ApiId, `AppSync` had `securityType` and `AuthCognitoUserPoolIdOutput`, `Lambda` no
 * LambdaExecutionRoleArn, `DynamoDB` no StreamArn, `Cognito` AppClientSecret and no UserPoolArn.
 */

import { textOf } from '../lib/json.ts';
import { createThing, type HeldThing } from './held-things.ts';
import { heldByArn, isArn } from './identifiers.ts';
import type { Service } from './service.ts';
import { groupsOf, hostOf, idOfRestApi, layerVersion } from './service-facts.ts';

const socialClients = [
  'GoogleWebClient',
  'GoogleIOSClient',
  'GoogleAndroidClient',
  'FacebookWebClient',
].concat(['AmazonWebClient', 'AppleWebClient']);

const auth: readonly Service[] = [
  {
    ...{ category: 'auth', service: 'Cognito' },
    holds: [
      { kind: 'user pool', name: 'UserPoolName', id: 'UserPoolId', arn: 'UserPoolArn' },
      { kind: 'identity pool', name: 'IdentityPoolName', id: 'IdentityPoolId' },
      { kind: 'app client', id: 'AppClientIDWeb' },
      { kind: 'app client', id: 'AppClientID' },
      { kind: 'hosted UI domain', name: 'HostedUIDomain' },
      { kind: 'role', arn: 'CreatedSNSRole' },
    ],
    knownAs: ['UserPoolId', 'IdentityPoolId'],
    settings: socialClients,
    features: ['UserPoolId', 'IdentityPoolId', 'HostedUIDomain'],
    notShown: 'how users sign in',
  },
  {
    ...{ category: 'auth', service: 'Cognito-UserPool-Groups' },
    holdsMore: ({ outputs }) =>
      groupsOf(outputs).flatMap(([name, role]) => [
        createThing('user pool group', { name }),
        ...(isArn(role) ? [heldByArn(role, false)] : []),
      ]),
    fallbackName: ({ outputs }) =>
      groupsOf(outputs)
        .map(([name]) => name)
        .join(', ') || undefined,
    derivedFacts: ({ outputs }) => ({ groups: groupsOf(outputs).map(([name]) => name) }),
    // Groups of a user pool without an identity pool have no roles, and so no outputs.
    hasNoOutputs: true,
    notShown: 'the precedence and the policies of the groups',
  },
];

const api: readonly Service[] = [
  {
    ...{ category: 'api', service: 'AppSync' },
    holds: [{ kind: 'GraphQL API', id: 'GraphQLAPIIdOutput' }],
    refersTo: [
      ...['AuthCognitoUserPoolIdOutput', 'AuthCognitoUserPoolNativeClientId'],
      ...['AuthCognitoUserPoolJSClientId', 'authConfig'],
    ],
    knownAs: ['GraphQLAPIEndpointOutput', 'GraphQLAPIIdOutput'],
    settings: ['authConfig', 'securityType'],
    beforePush: ['authConfig', 'securityType'],
    notShown: 'its schema and resolvers',
  },
  {
    ...{ category: 'api', service: 'API Gateway' },
    holdsMore: ({ outputs }) => [
      createThing('REST API', {
        name: textOf(outputs.ApiName),
        id: textOf(outputs.ApiId) ?? idOfRestApi(outputs),
      }),
    ],
    knownAs: ['RootUrl', 'ApiId', 'ApiName'],
    notShown: 'its paths and the functions behind them',
  },
  {
    ...{ category: 'api', service: 'ElasticContainer' },
    holds: [
      { kind: 'REST API', name: 'ApiName' },
      { kind: 'container service', name: 'ServiceName' },
      { kind: 'cluster', name: 'ClusterName' },
    ],
    holdsMore: ({ name }) => [createThing('pipeline', { name })],
    knownAs: ['RootUrl', 'ServiceName'],
    notShown: 'its images and paths',
  },
];

const storage: readonly Service[] = [
  {
    ...{ category: 'storage', service: 'S3' },
    holds: [{ kind: 'bucket', name: 'BucketName' }],
    knownAs: ['BucketName'],
    notShown: 'who may reach its files, and its triggers',
  },
  {
    ...{ category: 'storage', service: 'DynamoDB' },
    holds: [
      { kind: 'table', name: 'Name', arn: 'Arn' },
      { kind: 'table stream', arn: 'StreamArn' },
    ],
    knownAs: ['Name', 'Arn'],
    settings: ['PartitionKeyName', 'PartitionKeyType', 'SortKeyName', 'SortKeyType'],
    hasSettingsIn: /index|gsi|lsi/i,
    notShown: 'its indexes, unless an output names them, and its triggers',
  },
];

const functions: readonly Service[] = [
  {
    ...{ category: 'function', service: 'Lambda' },
    holds: [
      { kind: 'function', name: 'Name', arn: 'Arn' },
      { kind: 'role', name: 'LambdaExecutionRole', arn: 'LambdaExecutionRoleArn' },
      { kind: 'event rule', name: 'CloudWatchEventRule' },
    ],
    knownAs: ['Name', 'Arn'],
    features: ['CloudWatchEventRule'],
    notShown: 'its code, runtime, layers and variables',
  },
  {
    ...{ category: 'function', service: 'LambdaLayer' },
    holds: [{ kind: 'layer version', arn: 'Arn' }],
    knownAs: ['Arn'],
    derivedFacts: layerVersion,
    notShown: 'its content and earlier versions',
  },
];

const hosting: readonly Service[] = [
  {
    ...{ category: 'hosting', service: 'S3AndCloudFront' },
    holds: [{ kind: 'bucket', name: 'HostingBucketName' }],
    holdsMore: ({ outputs }) => {
      const id = textOf(outputs.CloudFrontDistributionID);
      const name = textOf(outputs.CloudFrontDomainName) ?? hostOf(outputs.CloudFrontSecureURL);
      return [createThing('CloudFront distribution', { name, id })];
    },
    // With a distribution in front of it, the bucket's own website is not public.
    knownAs: ['CloudFrontSecureURL', 'CloudFrontDomainName', 'WebsiteURL', 'S3BucketSecureURL'],
    features: ['CloudFrontDistributionID', 'CloudFrontSecureURL', 'CloudFrontDomainName'],
    notShown: 'its pages and caching',
  },
  {
    ...{ category: 'hosting', service: 'amplifyhosting' },
    fallbackName: ({ facts }) => textOf(facts.type),
    hasNoOutputs: true,
    notShown: 'its branches and builds',
  },
  {
    ...{ category: 'hosting', service: 'ElasticContainer' },
    holdsMore: ({ name }) => [createThing('container service', { name })],
    knownAs: ['ContainerEndpoint'],
    notShown: 'its images',
  },
];

const analytics: readonly Service[] = [
  {
    ...{ category: 'analytics', service: 'Pinpoint' },
    holds: [{ kind: 'Pinpoint app', name: 'appName', id: 'Id' }],
    knownAs: ['appName', 'Id'],
    notShown: 'its campaigns, segments and channels',
  },
  {
    ...{ category: 'notifications', service: 'Pinpoint' },
    holds: [{ kind: 'Pinpoint app', name: 'Name', id: 'Id', arn: 'Arn' }],
    knownAs: ['Name', 'Id'],
    notShown: 'its campaigns and the credentials of its channels',
  },
  {
    ...{ category: 'analytics', service: 'Kinesis' },
    holds: [{ kind: 'stream', name: 'kinesisStreamId', arn: 'kinesisStreamArn' }],
    knownAs: ['kinesisStreamId', 'kinesisStreamArn'],
    settings: ['kinesisStreamShardCount'],
    notShown: 'how long it keeps records',
  },
];

const geo: readonly Service[] = (
  [
    ['Map', 'map'],
    ['PlaceIndex', 'place index'],
    ['GeofenceCollection', 'geofence collection'],
    ['Tracker', 'tracker'],
  ] as const
).map(([service, kind]) => ({
  ...{ category: 'geo', service },
  holds: [{ kind, name: 'Name', arn: 'Arn' }],
  knownAs: ['Name', 'Arn'],
  settings: ['Style'],
  notShown: 'who may reach it',
}));

const ofPredictions = (service: string, more: Partial<Service> = {}): Service => ({
  ...{ category: 'predictions', service },
  fallbackName: ({ facts }) =>
    textOf(facts.convertType ?? facts.identifyType ?? facts.interpretType ?? facts.inferType),
  notShown: 'who may call it',
  ...more,
});

const predictions: readonly Service[] = [
  ...['Polly', 'Translate', 'Transcribe', 'Comprehend', 'Textract'].map(service => ofPredictions(service)),
  ofPredictions('Rekognition', { holds: [{ kind: 'Rekognition collection', id: 'collectionId' }] }),
  // The endpoint is created outside of Amplify; the environment only calls it.
  ofPredictions('SageMaker', { refersTo: ['endpointName'], knownAs: ['endpointName'] }),
];

const others: readonly Service[] = [
  {
    ...{ category: 'interactions', service: 'Lex' },
    holds: [
      { kind: 'Lex bot', name: 'BotName' },
      { kind: 'function', arn: 'FunctionArn' },
    ],
    knownAs: ['BotName'],
    notShown: 'its intents',
  },
  {
    ...{ category: 'video', service: 'video' },
    holds: [
      { kind: 'bucket', name: 'oVODInputS3' },
      { kind: 'bucket', name: 'oVODOutputS3' },
      { kind: 'live channel', name: 'oMediaLiveChannelName', id: 'oMediaLiveChannelId' },
      { kind: 'bucket', name: 'oMediaStoreContainerName', arn: 'oMediaStoreContainerArn' },
      { kind: 'live channel', arn: 'oVideoChannelArn' },
    ],
    // Without a distribution in front of it, its address is that of the bucket.
    holdsMore: ({ outputs: { oVodOutputUrl: host } }) =>
      textOf(host)?.endsWith('.cloudfront.net')
        ? [createThing('CloudFront distribution', { name: String(host) })]
        : [],
    knownAs: [
      'oVodOutputUrl',
      'oVideoOutput',
      'oPrimaryHlsEgress',
      'oPrimaryMediaStoreEgressUrl',
      'oVODOutputS3',
    ],
    notShown: 'its templates and encodings',
  },
  ...['customCloudformation', 'customCDK'].map(
    (service): Service => ({
      ...{ category: 'custom', service, hasNoOutputs: true },
      holdsMore: ({ name }): readonly HeldThing[] => [createThing('custom stack', { name })],
      notShown: 'everything in its stack that is not in an output',
    }),
  ),
];

/** All rows. */
export const serviceTable: readonly Service[] = [
  ...[auth, api, storage, functions, hosting, analytics, geo, predictions, others].flat(),
];

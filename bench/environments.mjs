/** Environments of different sizes (a small one, a usual one, and one larger than any published one), and calls about them. */

/** The app that a new sandbox has. */
const appId = 'd1sandboxshop';
const environment = 'dev';
const account = '210987654321';
const region = 'eu-west-1';

/** @param {string} name */
const stack = name => ({
  StackName: `amplify-shop-${name}-40404`,
  StackId: `arn:aws:cloudformation:${region}:${account}:stack/amplify-shop-${name}-40404/1b2c3d4e-0000-4000-8000-000000000001`,
  DeploymentBucketName: `amplify-shop-${name}-40404-deployment`,
  Region: region,
  AuthRoleArn: `arn:aws:iam::${account}:role/amplify-shop-${name}-40404-authRole`,
  UnauthRoleArn: `arn:aws:iam::${account}:role/amplify-shop-${name}-40404-unauthRole`,
});

/**
 * The members that the Amplify CLI writes for each resource when it pushes.
 * @param {string} category
 * @param {string} name
 */
const pushed = (category, name) => ({
  providerPlugin: 'awscloudformation',
  lastPushTimeStamp: '2026-01-02T03:04:05.678Z',
  lastPushDirHash: 'q83vEjRWeJCrze8SNFZ4kKvN7xI=',
  providerMetadata: {
    s3TemplateURL: `https://s3.amazonaws.com/amplify-shop-${environment}-40404-deployment/amplify-cfn-templates/${category}/${name}-cloudformation-template.json`,
    logicalId: `${category}${name}`,
  },
});

/** @param {string} name */
const lambda = name => ({
  ...pushed('function', name),
  ...{ service: 'Lambda', build: true, dependsOn: [] },
  output: {
    Name: `${name}-${environment}`,
    Arn: `arn:aws:lambda:${region}:${account}:function:${name}-${environment}`,
    LambdaExecutionRole: `shopLambdaRole${name}-${environment}`,
    LambdaExecutionRoleArn: `arn:aws:iam::${account}:role/shopLambdaRole${name}-${environment}`,
    Region: region,
  },
});
/** @param {string} name */
const table = name => ({
  ...pushed('storage', name),
  service: 'DynamoDB',
  output: {
    Name: `${name}-${environment}`,
    Arn: `arn:aws:dynamodb:${region}:${account}:table/${name}-${environment}`,
    ...{ PartitionKeyName: 'id', PartitionKeyType: 'S', Region: region },
  },
});
const auth = {
  ...pushed('auth', 'shopauth'),
  service: 'Cognito',
  output: {
    ...{ UserPoolId: `${region}_Shoppers1`, UserPoolName: 'shop_users' },
    ...{ AppClientID: '4nativenativenativenativen', AppClientIDWeb: '3webwebwebwebwebwebwebwebw' },
    IdentityPoolId: `${region}:0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0`,
    IdentityPoolName: `shop_identities__${environment}`,
  },
};
const api = {
  ...pushed('api', 'shopapi'),
  service: 'AppSync',
  output: {
    authConfig: { defaultAuthentication: { authenticationType: 'API_KEY' } },
    GraphQLAPIIdOutput: 'shopshopshopshopshopshopsh',
    GraphQLAPIEndpointOutput: `https://goods.appsync-api.${region}.amazonaws.com/graphql`,
  },
};
const bucket = {
  ...pushed('storage', 'media'),
  service: 'S3',
  output: { BucketName: `shopmedia40404-${environment}`, Region: region },
};

/** @type {(count: number, stem: string, entryOf: (name: string) => object) => Record<string, object>} */
const named = (count, stem, entryOf) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${stem}${at}`, entryOf(`${stem}${at}`)]));
/** @param {number} count */
const schemaOf = count =>
  Array.from(
    { length: count },
    (_, at) =>
      `type Kind${at} @model @auth(rules: [{ allow: owner }]) {\n  id: ID!\n  name: String!\n  price: Int\n  note: String\n}\n`,
  ).join('\n');
/** @param {number} count */
const flagsOf = count => ({
  features: {
    graphqltransformer: Object.fromEntries(Array.from({ length: count }, (_, at) => [`flag${at}`, true])),
  },
});

const sizes = [
  { size: 'small', types: 0, flags: 5, categories: { storage: { media: bucket } } },
  {
    ...{ size: 'median', types: 8, flags: 30 },
    categories: {
      ...{ auth: { shopauth: auth }, api: { shopapi: api }, storage: { media: bucket } },
      function: named(2, 'order', lambda),
    },
  },
  {
    ...{ size: 'largest', types: 120, flags: 60 },
    categories: {
      ...{ auth: { shopauth: auth }, api: { shopapi: api } },
      storage: { media: bucket, ...named(60, 'ledger', table) },
      function: named(240, 'order', lambda),
    },
  },
];

const on = { appId, backendEnvironmentName: environment };
const inApp = { app: 'shop', environment };
const snapshotUri = `amplify-backend://apps/${appId}/environments/${environment}/snapshot`;

/** @typedef {[tool: string, args: object]} Call */

/** @type {Call[]} */
const callsOnAny = [
  ['list_apps', {}],
  ['take_inventory', {}],
  ['whoami', {}],
  ['find_operation', { query: 'let people upload files' }],
  ['get_backend', { appId }],
  ['get_backend', on],
  ['list_backend_jobs', on],
  ['list_recent_jobs', { app: 'shop' }],
  ['describe_environment', inApp],
  ['export_environment', inApp],
  ['compare_environments', { app: 'shop', left: environment, right: 'prod' }],
  ['clone_environment', { app: 'shop', from: environment, to: 'copy', dryRun: true }],
  ['decommission_environment', { ...inApp, dryRun: true }],
  ['provision_environment', { app: 'shop', environment: 'copy', like: snapshotUri, dryRun: true }],
];

/** @type {Call[]} */
const callsOnApi = [
  ['get_backend_api', { ...on, resourceName: 'shopapi' }],
  ['get_backend_api_models', { ...on, resourceName: 'shopapi' }],
];

/** Calls about an environment with an API, such as `dev` in a new sandbox. */
export const calls = [...callsOnAny, ...callsOnApi];

/** The environments, each with the body of `POST /_sandbox/environments` and the calls about it. */
export const environments = sizes.map(({ size, types, flags, categories }) => ({
  size,
  calls: types > 0 ? calls : callsOnAny,
  body: {
    ...{ appId, environment, flags: flagsOf(flags) },
    meta: { providers: { awscloudformation: stack(environment) }, ...categories },
    ...(types > 0 && { schema: schemaOf(types) }),
  },
}));

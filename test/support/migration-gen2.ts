/** The stacks of a Gen 2 branch, in the form of the CDK. */
import type { StackFacts } from '../../src/migration/index.ts';
import { authStack, role } from './migration-gen2-auth.ts';
import {
  allow,
  apiId,
  attribute,
  gen2ApiId,
  join,
  listing,
  model,
  nested,
  policy,
  ref,
  region,
  root2,
  stack,
  userId,
} from './migration-templates.ts';

/** The policy that the CDK gives a bucket: no plain HTTP, and a role that empties it before it is deleted. */
const cdkBucketPolicy = (bucket: string, role: string) => {
  const Resource = [attribute(bucket, 'Arn'), join(attribute(bucket, 'Arn'), '/*')];
  return {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: ref(bucket),
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            ...{ Action: 's3:*', Effect: 'Deny', Principal: { AWS: '*' }, Resource },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          {
            Action: ['s3:PutBucketPolicy', 's3:GetBucket*', 's3:List*', 's3:DeleteObject*'],
            ...{ Effect: 'Allow', Principal: { AWS: attribute(role, 'Arn') }, Resource },
          },
        ],
      },
    },
  };
};

const under = { parentName: root2 };
const data = `${root2}-data7552DF31-BBBB`;
const bucketArn = attribute('filesBucket12345678', 'Arn');
const files = (path: string) => join(bucketArn, path);

const rootStack = () =>
  stack(root2, nested('auth179371D7', 'data7552DF31', 'storage0EC3F24A'), {
    outputs: {
      userPoolId: [attribute('auth179371D7', 'Outputs.pool'), `${region}_gen2pool`],
      identityPoolId: [attribute('auth179371D7', 'Outputs.identities'), `${region}:gen2-identities`],
    },
  });

const dataStack = (models: readonly string[]) =>
  stack(
    data,
    {
      amplifyDataGraphQLAPI42A6FA33: {
        Type: 'AWS::AppSync::GraphQLApi',
        Properties: {
          AuthenticationType: 'API_KEY',
          AdditionalAuthenticationProviders: [
            { AuthenticationType: 'AWS_IAM' },
            { AuthenticationType: 'AMAZON_COGNITO_USER_POOLS' },
          ],
        },
      },
      amplifyDataAuthRolePolicy01567A5654: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          PolicyDocument: {
            Statement: [
              allow('appsync:GraphQL', [
                join(
                  'arn:',
                  ref('AWS::Partition'),
                  ':appsync:',
                  ref('AWS::Region'),
                  ':',
                  ref('AWS::AccountId'),
                  ':apis/',
                  attribute('amplifyDataGraphQLAPI42A6FA33', 'ApiId'),
                  '/types/Order/*',
                ),
              ]),
            ],
          },
          Roles: [ref('signedIn')],
        },
      },
      modelIntrospectionSchemaBucketF566B665: {
        Type: 'AWS::S3::Bucket',
        Properties: {},
        DeletionPolicy: 'Delete',
      },
      ...Object.fromEntries(
        models.map(name => [
          `amplifyData${name}NestedStack`,
          { Type: 'AWS::CloudFormation::Stack', DeletionPolicy: 'Delete' },
        ]),
      ),
    },
    {
      ...under,
      parameters: { signedIn: role('authenticatedU') },
      outputs: { api: [attribute('amplifyDataGraphQLAPI42A6FA33', 'ApiId'), gen2ApiId] },
    },
  );

const modelStacks = (models: readonly string[]) =>
  models.map(name =>
    stack(
      `${root2.slice(0, 30)}-amplifyData${name}NestedStack-BBBB`,
      {
        [`${name}Table`]: {
          Type: 'Custom::ImportedAmplifyDynamoDBTable',
          Properties: { tableName: `${name}-${apiId}-dev`, isImported: true },
          DeletionPolicy: 'Retain',
        },
        [`${name}DataSource`]: {
          ...model(name),
          Properties: {
            Name: `${name}Table`,
            DynamoDBConfig: { TableName: attribute(`${name}Table`, 'TableArn') },
          },
        },
      },
      { parentName: data },
    ),
  );

const filesStack = () =>
  stack(
    `${root2}-storage0EC3F24A-BBBB`,
    {
      filesBucket12345678: {
        Type: 'AWS::S3::Bucket',
        Properties: { Tags: [{ Key: 'amplify:friendly-name', Value: 'shopfiles1a2b3-gen2' }] },
        DeletionPolicy: 'Delete',
      },
      filesBucketPolicy8CF7A616: cdkBucketPolicy('filesBucket12345678', 'CustomS3AutoDeleteRole3B1BD092'),
      CustomS3AutoDeleteRole3B1BD092: {
        Type: 'AWS::IAM::Role',
        Properties: {
          ManagedPolicyArns: [
            {
              'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`,
            },
          ],
        },
      },
      orders1E902D9C: { Type: 'AWS::DynamoDB::Table', Properties: {}, DeletionPolicy: 'Retain' },
      Access3: policy(
        [
          allow(['s3:GetObject', 's3:PutObject'], files('/public/*')),
          allow(['s3:PutObject', 's3:DeleteObject'], files(`/protected/${userId}/*`)),
          allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], files(`/private/${userId}/*`)),
          allow('s3:GetObject', files('/protected/*')),
          allow(
            's3:ListBucket',
            bucketArn,
            listing(
              'public/*',
              'public/',
              'protected/*',
              'protected/',
              `private/${userId}/*`,
              `private/${userId}/`,
            ),
          ),
        ],
        ref('signedIn'),
      ),
      Access4: policy([allow('s3:GetObject', files('/public/*'))], ref('guest')),
      Access5: policy([allow(['s3:PutObject', 's3:GetObject'], files('/public/*'))], ref('admin')),
    },
    {
      ...under,
      parameters: {
        signedIn: role('authenticatedU'),
        guest: role('unauthenticate'),
        admin: role('AdminGroupRole'),
      },
      outputs: { bucket: [ref('filesBucket12345678'), 'amplify-d1shop-gen2-files-abcdef'] },
    },
  );

export function gen2Stacks(models: readonly string[]): StackFacts[] {
  return [rootStack(), authStack(), dataStack(models), ...modelStacks(models), filesStack()];
}

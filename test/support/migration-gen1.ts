/** The stacks of a Gen 1 environment, in the form of the Amplify CLI. */
import type { StackFacts } from '../../src/migration/index.ts';
import {
  account,
  allow,
  apiId,
  attribute,
  authRole,
  join,
  listing,
  model,
  nested,
  policy,
  ref,
  region,
  root1,
  stack,
  trust,
  unauthRole,
  userId,
  userPool,
} from './migration-templates.ts';

const under = { parentName: root1 };
const api = `${root1}-apishop-AAAA`;
const bucket = (path: string) => join('arn:aws:s3:::', ref('S3Bucket'), path);

const rootStack = () =>
  stack(
    root1,
    {
      DeploymentBucket: {
        Type: 'AWS::S3::Bucket',
        Properties: { BucketName: `${root1}-deployment` },
        DeletionPolicy: 'Retain',
      },
      AuthRole: { Type: 'AWS::IAM::Role', Properties: { RoleName: authRole } },
      UnauthRole: { Type: 'AWS::IAM::Role', Properties: { RoleName: unauthRole } },
      ...nested('authshop', 'authuserPoolGroups', 'apishop', 'storagefiles', 'storageorders'),
    },
    {
      outputs: {
        AuthRoleName: [ref('AuthRole'), authRole],
        UnauthRoleName: [ref('UnauthRole'), unauthRole],
      },
    },
  );

const authStack = () =>
  stack(
    `${root1}-authshop-AAAA`,
    {
      UserPool: {
        Type: 'AWS::Cognito::UserPool',
        Properties: userPool({
          MfaConfiguration: ref('mfaConfiguration'),
          Policies: {
            PasswordPolicy: { MinimumLength: ref('passwordPolicyMinLength'), RequireNumbers: true },
          },
          UsernameAttributes: ref('usernameAttributes'),
        }),
      },
      UserPoolClientWeb: {
        Type: 'AWS::Cognito::UserPoolClient',
        Properties: {
          UserPoolId: ref('UserPool'),
          RefreshTokenValidity: '30',
          TokenValidityUnits: { RefreshToken: 'days' },
        },
      },
      UserPoolClient: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: ref('UserPool') } },
      IdentityPool: {
        Type: 'AWS::Cognito::IdentityPool',
        Properties: { AllowUnauthenticatedIdentities: 'true' },
      },
      IdentityPoolRoleMap: {
        Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
        Properties: { Roles: { authenticated: ref('authRoleArn'), unauthenticated: ref('unauthRoleArn') } },
      },
    },
    {
      ...under,
      parameters: {
        mfaConfiguration: 'OFF',
        passwordPolicyMinLength: '8',
        usernameAttributes: 'email',
        authRoleArn: `arn:aws:iam::${account}:role/${authRole}`,
        unauthRoleArn: `arn:aws:iam::${account}:role/${unauthRole}`,
      },
      outputs: {
        UserPoolId: [ref('UserPool'), `${region}_gen1pool`],
        IdentityPoolId: [ref('IdentityPool'), `${region}:gen1-identities`],
      },
    },
  );

const groupsStack = () =>
  stack(
    `${root1}-authuserPoolGroups-AAAA`,
    {
      AdminGroup: {
        Type: 'AWS::Cognito::UserPoolGroup',
        Properties: { GroupName: 'Admin', Precedence: 1, RoleArn: attribute('AdminGroupRole', 'Arn') },
      },
      AdminGroupRole: {
        Type: 'AWS::IAM::Role',
        Properties: { RoleName: join(ref('pool'), '-AdminGroupRole'), AssumeRolePolicyDocument: trust },
      },
    },
    { ...under, parameters: { pool: `${region}_gen1pool` } },
  );

const apiStack = (models: readonly string[]) =>
  stack(
    api,
    {
      GraphQLAPI: {
        Type: 'AWS::AppSync::GraphQLApi',
        Properties: {
          AuthenticationType: 'API_KEY',
          AdditionalAuthenticationProviders: [
            { AuthenticationType: 'AMAZON_COGNITO_USER_POOLS' },
            { AuthenticationType: 'AWS_IAM' },
          ],
        },
      },
      AuthRolePolicy01: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          PolicyDocument: {
            Statement: [
              allow('appsync:GraphQL', [
                {
                  'Fn::Sub': [
                    `arn:aws:appsync:\${AWS::Region}:\${AWS::AccountId}:apis/\${apiId}/types/\${typeName}/*`,
                    { apiId: attribute('GraphQLAPI', 'ApiId'), typeName: 'Order' },
                  ],
                },
              ]),
            ],
          },
          Roles: [ref('authRoleName')],
        },
      },
      ...nested(...models),
    },
    {
      ...under,
      parameters: { authRoleName: authRole },
      outputs: { GraphQLAPIIdOutput: [attribute('GraphQLAPI', 'ApiId'), apiId] },
    },
  );

const modelStacks = (models: readonly string[]) =>
  models.map(name =>
    stack(
      `${api}-${name}-AAAA`,
      {
        [`${name}Table`]: {
          Type: 'AWS::DynamoDB::Table',
          Properties: { TableName: join(`${name}-`, ref('api'), '-', ref('env')) },
          DeletionPolicy: 'Delete',
        },
        [`${name}DataSource`]: model(name),
      },
      { parentName: api, parameters: { api: apiId, env: 'dev' } },
    ),
  );

const filesStack = () =>
  stack(
    `${root1}-storagefiles-AAAA`,
    {
      S3Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketName: join(
            ref('bucketName'),
            { 'Fn::Select': [3, { 'Fn::Split': ['-', ref('AWS::StackName')] }] },
            '-',
            ref('env'),
          ),
        },
        DeletionPolicy: 'Retain',
      },
      AuthPublic: policy(
        [allow({ 'Fn::Split': [',', ref('public')] }, [bucket('/public/*')])],
        ref('authRoleName'),
        'CreateAuthPublic',
      ),
      AuthProtected: policy(
        [allow(['s3:PutObject', 's3:DeleteObject'], [bucket(`/protected/${userId}/*`)])],
        ref('authRoleName'),
      ),
      AuthPrivate: policy(
        [allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], [bucket(`/private/${userId}/*`)])],
        ref('authRoleName'),
      ),
      AuthRead: policy(
        [
          allow('s3:GetObject', bucket('/protected/*')),
          allow(
            's3:ListBucket',
            bucket(''),
            listing(
              'public/',
              'public/*',
              'protected/',
              'protected/*',
              `private/${userId}/`,
              `private/${userId}/*`,
            ),
          ),
        ],
        ref('authRoleName'),
      ),
      GuestPublic: policy([allow('s3:GetObject', [bucket('/public/*')])], ref('unauthRoleName')),
      GuestUploads: policy(
        [allow('s3:PutObject', [bucket('/uploads/*')])],
        ref('unauthRoleName'),
        'CreateGuestUploads',
      ),
      AdminGroupPolicy: policy(
        [allow(['s3:GetObject', 's3:PutObject'], [bucket('/public/*')])],
        join(ref('pool'), '-AdminGroupRole'),
      ),
    },
    {
      ...under,
      parameters: {
        bucketName: 'shopfiles',
        env: 'dev',
        public: 's3:GetObject,s3:PutObject',
        guestUploads: 'DISALLOW',
        authRoleName: authRole,
        unauthRoleName: unauthRole,
        pool: `${region}_gen1pool`,
      },
      conditions: {
        CreateAuthPublic: { 'Fn::Not': [{ 'Fn::Equals': [ref('public'), 'DISALLOW'] }] },
        CreateGuestUploads: { 'Fn::Not': [{ 'Fn::Equals': [ref('guestUploads'), 'DISALLOW'] }] },
      },
      outputs: { BucketName: [ref('S3Bucket'), 'shopfiles1a2b3-dev'] },
    },
  );

const ordersStack = () =>
  stack(
    `${root1}-storageorders-AAAA`,
    { DynamoDBTable: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'orders-dev' } } },
    { ...under, outputs: { Name: [ref('DynamoDBTable'), 'orders-dev'], PartitionKeyName: ['id', 'id'] } },
  );

export function gen1Stacks(models: readonly string[]): StackFacts[] {
  return [
    rootStack(),
    authStack(),
    groupsStack(),
    apiStack(models),
    ...modelStacks(models),
    filesStack(),
    ordersStack(),
  ];
}

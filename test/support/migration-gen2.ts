/** The stacks of a Gen 2 branch, in the form of the CDK. */
import type { StackFacts } from '../../src/migration/index.ts';
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
  userPool,
} from './migration-templates.ts';

const roleOf = (kind: string) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: { 'cognito-identity.amazonaws.com:aud': ref('amplifyAuthIdentityPool3FDE84CC') },
            'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': kind },
          },
          Effect: 'Allow',
          Principal: { Federated: 'cognito-identity.amazonaws.com' },
        },
      ],
    },
  },
});

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

export function gen2Stacks(models: readonly string[]): StackFacts[] {
  const under = { parentName: root2 };
  const data = `${root2}-data7552DF31-BBBB`;
  const bucketArn = attribute('filesBucket12345678', 'Arn');
  const role = (name: string) => `${root2.slice(0, 24)}-amplifyAuth${name}`;
  const files = (path: string) => join(bucketArn, path);
  return [
    stack(root2, nested('auth179371D7', 'data7552DF31', 'storage0EC3F24A'), {
      outputs: {
        userPoolId: [attribute('auth179371D7', 'Outputs.pool'), `${region}_gen2pool`],
        identityPoolId: [attribute('auth179371D7', 'Outputs.identities'), `${region}:gen2-identities`],
      },
    }),
    stack(
      `${root2}-auth179371D7-BBBB`,
      {
        amplifyAuthUserPool4BA7F805: {
          Type: 'AWS::Cognito::UserPool',
          Properties: userPool({
            AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
            MfaConfiguration: 'OFF',
            Policies: {
              PasswordPolicy: {
                MinimumLength: 8,
                RequireLowercase: false,
                RequireNumbers: true,
                RequireSymbols: false,
                RequireUppercase: false,
                TemporaryPasswordValidityDays: 7,
              },
            },
            UsernameAttributes: ['email'],
            AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
            UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
          }),
          DeletionPolicy: 'Delete',
        },
        amplifyAuthUserPoolAppClient2626C6F8: {
          Type: 'AWS::Cognito::UserPoolClient',
          Properties: {
            UserPoolId: ref('amplifyAuthUserPool4BA7F805'),
            AllowedOAuthFlows: ['code'],
            AllowedOAuthFlowsUserPoolClient: true,
            CallbackURLs: ['https://example.com'],
            ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
            SupportedIdentityProviders: ['COGNITO'],
            PreventUserExistenceErrors: 'ENABLED',
          },
        },
        amplifyAuthUserPoolNativeAppClient79534448: {
          Type: 'AWS::Cognito::UserPoolClient',
          Properties: {
            UserPoolId: ref('amplifyAuthUserPool4BA7F805'),
            RefreshTokenValidity: 43200,
            TokenValidityUnits: { RefreshToken: 'minutes' },
            EnableTokenRevocation: true,
            AuthSessionValidity: 3,
            SupportedIdentityProviders: ['COGNITO'],
          },
        },
        amplifyAuthIdentityPool3FDE84CC: {
          Type: 'AWS::Cognito::IdentityPool',
          Properties: { AllowUnauthenticatedIdentities: true, SupportedLoginProviders: {} },
        },
        amplifyAuthauthenticatedUserRoleD8DA3689: roleOf('authenticated'),
        amplifyAuthunauthenticatedUserRole2B524D9E: roleOf('unauthenticated'),
        amplifyAuthAdminGroupRole11111111: roleOf('authenticated'),
        amplifyAuthAdminGroup22222222: {
          Type: 'AWS::Cognito::UserPoolGroup',
          Properties: {
            GroupName: 'Admin',
            Precedence: 0,
            RoleArn: attribute('amplifyAuthAdminGroupRole11111111', 'Arn'),
          },
        },
        amplifyAuthIdentityPoolRoleAttachment045F17C8: {
          Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
          Properties: {
            Roles: {
              authenticated: attribute('amplifyAuthauthenticatedUserRoleD8DA3689', 'Arn'),
              unauthenticated: attribute('amplifyAuthunauthenticatedUserRole2B524D9E', 'Arn'),
            },
          },
        },
      },
      {
        ...under,
        outputs: {
          pool: [ref('amplifyAuthUserPool4BA7F805'), `${region}_gen2pool`],
          identities: [ref('amplifyAuthIdentityPool3FDE84CC'), `${region}:gen2-identities`],
          signedIn: [ref('amplifyAuthauthenticatedUserRoleD8DA3689'), role('authenticatedU')],
          guest: [ref('amplifyAuthunauthenticatedUserRole2B524D9E'), role('unauthenticate')],
          admin: [ref('amplifyAuthAdminGroupRole11111111'), role('AdminGroupRole')],
        },
      },
    ),
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
    ),
    ...models.map(name =>
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
    ),
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
    ),
  ];
}

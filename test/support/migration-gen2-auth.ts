/** The stack of sign-in of a Gen 2 branch, in the form of the CDK. */
import { attribute, ref, region, root2, stack, userPool } from './migration-templates.ts';

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

/** The name of a role of sign-in, which CloudFormation has cut. */
export const role = (name: string) => `${root2.slice(0, 24)}-amplifyAuth${name}`;

const poolProperties = () =>
  userPool({
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
  });

export const authStack = () =>
  stack(
    `${root2}-auth179371D7-BBBB`,
    {
      amplifyAuthUserPool4BA7F805: {
        Type: 'AWS::Cognito::UserPool',
        Properties: poolProperties(),
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
      parentName: root2,
      outputs: {
        pool: [ref('amplifyAuthUserPool4BA7F805'), `${region}_gen2pool`],
        identities: [ref('amplifyAuthIdentityPool3FDE84CC'), `${region}:gen2-identities`],
        signedIn: [ref('amplifyAuthauthenticatedUserRoleD8DA3689'), role('authenticatedU')],
        guest: [ref('amplifyAuthunauthenticatedUserRole2B524D9E'), role('unauthenticate')],
        admin: [ref('amplifyAuthAdminGroupRole11111111'), role('AdminGroupRole')],
      },
    },
  );

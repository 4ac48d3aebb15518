/**
 * The configuration of an auth resource (Cognito), for create and update: the deepest structure of the API.
 * The update form is the create form with less required, as AWS's model has it.
 */
import {
  AdditionalConstraintsElement,
  AuthResources,
  DeliveryMethod,
  MFAMode,
  MfaTypesElement,
  OAuthGrantType,
  OAuthScopesElement,
  RequiredSignUpAttributesElement,
  Service,
  SignInMethod,
} from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';
import { listOf, longText, nameText } from './bounds.ts';
import { secretInput } from './secret-input.ts';

const smsText = longText().describe('SMS text; {####} stands for the code');

const emailSettings = z
  .strictObject({
    emailMessage: longText().optional().describe('Body; {####} stands for the code'),
    emailSubject: longText().optional().describe('Subject'),
  })
  .describe('For EMAIL');

const smsSettings = z.strictObject({ smsMessage: smsText.optional() }).describe('For SMS');

const delivery = z.strictObject({
  deliveryMethod: z.enum(DeliveryMethod).describe('How the code is sent'),
  emailSettings: emailSettings.optional(),
  smsSettings: smsSettings.optional(),
});

const forgotPassword = delivery.describe('Password reset by code');
const verificationMessage = delivery.describe('Message that verifies a new user');

const mfa = z
  .strictObject({
    MFAMode: z.enum(MFAMode).describe('Whether MFA is asked for'),
    settings: z
      .strictObject({
        mfaTypes: listOf(z.enum(MfaTypesElement)).optional().describe('Second factors'),
        smsMessage: smsText.optional(),
      })
      .optional()
      .describe('For ON and OPTIONAL'),
  })
  .describe('Multi-factor authentication');

/** Social providers, whose secrets have one form when they are sent and another when they come back. */
const socialProviders = <Secret extends z.ZodType>(secret: Secret) => {
  const provider = (name: string) =>
    z
      .strictObject({ client_id: nameText().optional().describe('OAuth client id'), client_secret: secret })
      .optional()
      .describe(name);
  return z
    .strictObject({
      Facebook: provider('Facebook'),
      Google: provider('Google'),
      LoginWithAmazon: provider('Amazon'),
      SignInWithApple: z
        .strictObject({
          client_id: nameText().optional().describe('Services id'),
          key_id: nameText().optional().describe('Key id'),
          private_key: secret,
          team_id: nameText().optional().describe('Team id'),
        })
        .optional()
        .describe('Apple'),
    })
    .optional()
    .describe('Social sign-in');
};

const oAuth = z
  .strictObject({
    domainPrefix: nameText().optional().describe('Hosted UI domain prefix'),
    oAuthGrantType: z.enum(OAuthGrantType).describe('CODE is the safer one'),
    oAuthScopes: listOf(z.enum(OAuthScopesElement)).describe('Scopes'),
    redirectSignInURIs: listOf(longText()).describe('Where to go after sign-in'),
    redirectSignOutURIs: listOf(longText()).describe('Where to go after sign-out'),
    socialProviderSettings: socialProviders(secretInput()),
  })
  .describe('Hosted UI and OAuth');

/** Cognito's own bounds of a password length. */
const minimumLength = z.number().int().min(6).max(99).describe('Shortest password, 6-99');

const passwordPolicy = z
  .strictObject({
    additionalConstraints: listOf(z.enum(AdditionalConstraintsElement)).optional().describe('Must contain'),
    minimumLength,
  })
  .describe('Password rules');

const identityPool = z
  .strictObject({
    identityPoolName: nameText().describe('Name of the identity pool'),
    unauthenticatedLogin: z.boolean().describe('Whether guests get AWS credentials'),
  })
  .describe('For IDENTITY_POOL_AND_USER_POOL');

const authResources = z.enum(AuthResources).describe('Which pools the resource has');
const service = z.enum(Service).describe('Always COGNITO');

const createUserPool = z
  .strictObject({
    forgotPassword: forgotPassword.optional(),
    mfa: mfa.optional(),
    oAuth: oAuth.optional(),
    passwordPolicy: passwordPolicy.optional(),
    requiredSignUpAttributes: listOf(z.enum(RequiredSignUpAttributesElement)).describe(
      'What a user must give to sign up; fixed after creation',
    ),
    signInMethod: z.enum(SignInMethod).describe('What users sign in with; fixed after creation'),
    userPoolName: nameText().describe('Name of the user pool'),
    verificationMessage: verificationMessage.optional(),
  })
  .describe('User pool');

/** `CreateBackendAuthResourceConfig`. */
export const createAuthConfig = z
  .strictObject({
    authResources,
    identityPoolConfigs: identityPool.optional(),
    service,
    userPoolConfigs: createUserPool,
  })
  .describe('The auth resource');

const answeredSecret = z.string().optional().describe('Withheld, unless revealSecrets is on');

/** `CreateBackendAuthResourceConfig` as `GetBackendAuth` answers it: secrets are texts, never references. */
export const authConfig = createAuthConfig
  .extend({
    userPoolConfigs: createUserPool
      .extend({
        oAuth: oAuth
          .extend({ socialProviderSettings: socialProviders(answeredSecret) })
          .describe('Hosted UI and OAuth')
          .optional(),
      })
      .describe('User pool'),
  })
  .describe('The auth resource');

/** `UpdateBackendAuthResourceConfig`. Whether AWS keeps what is left out is not documented. */
export const updateAuthConfig = z
  .strictObject({
    authResources,
    identityPoolConfigs: identityPool
      .omit({ identityPoolName: true })
      .partial()
      .describe('Identity pool')
      .optional(),
    service,
    userPoolConfigs: z
      .strictObject({
        forgotPassword: forgotPassword
          .partial({ deliveryMethod: true })
          .describe('Password reset by code')
          .optional(),
        mfa: mfa.partial().describe('Multi-factor authentication').optional(),
        oAuth: oAuth.partial().describe('Hosted UI and OAuth').optional(),
        passwordPolicy: passwordPolicy.partial().describe('Password rules').optional(),
        verificationMessage: verificationMessage.optional(),
      })
      .describe('User pool'),
  })
  .describe('Exactly this is sent');

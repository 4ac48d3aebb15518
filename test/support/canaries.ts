/**
 * Known secrets (canaries), one for every place that can hold a secret, and a search for them: in plain text, and in the encodings
 * in which a careless line of code would leak them.
 */
import type { Json } from './child.ts';

/** A text that occurs nowhere else, not in another canary either. */
const canary = (place: string) => `Canary${place}${place.length}x7Qz`;

/** Secrets by the place that holds them. */
export const canaries = {
  awsSecretKey: canary('AwsSecretKey'),
  awsSessionToken: canary('AwsSessionToken'),
  vaultKey: Buffer.from(canary('VaultKey').padEnd(32, '\u0007')).toString('base64'),
  vaultAwsSecretKey: canary('VaultAwsSecretKey'),
  vaultSecret: canary('VaultSecret'),
  secretVariable: canary('SecretVariable'),
  unusedVariable: canary('UnusedVariable'),
  storedGoogle: canary('StoredGoogle'),
  storedFacebook: canary('StoredFacebook'),
  storedAmazon: canary('StoredAmazon'),
  storedApple: canary('StoredApple'),
  storedSms: canary('StoredSms'),
  storedEmail: canary('StoredEmail'),
  literalGoogle: canary('LiteralGoogle'),
  literalFacebook: canary('LiteralFacebook'),
  literalAmazon: canary('LiteralAmazon'),
  literalApple: canary('LiteralApple'),
  literalSms: canary('LiteralSms'),
  literalEmail: canary('LiteralEmail'),
  misplaced: canary('Misplaced'),
  apiKeyInText: 'da2-canary7qzcanary7qzcanary7q',
  accessKeyInText: 'AKIACANARY7QZCANARY7',
  privateKeyInText: canary('PrivateKeyInText'),
  signedTokenInText: canary('SignedTokenInText'),
} as const;

/** A private key with a canary in its middle. */
export const pem = (line: string) => `-----BEGIN PRIVATE KEY-----\nMIGT\n${line}\n-----END PRIVATE KEY-----`;

/** An error message as AWS could write it, with everything in it that looks like a key. */
export const talkative = [
  `Could not update the resource with key ${canaries.apiKeyInText} as ${canaries.accessKeyInText}.`,
  pem(canaries.privateKeyInText),
  // AWS explains a wrong signature by showing the canonical request that it computed.
  `The Canonical String for this request should have been 'POST\n/backend\n\nhost:x\nx-amz-security-token:${canaries.signedTokenInText}\n'`,
].join(' ');

const forms = (secret: string) => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  [...Buffer.from(secret)].join(','),
];

/** The names of the secrets that a text contains, in any encoding. */
export function leaksIn(text: string, secrets: Readonly<Record<string, string>> = canaries): string[] {
  return Object.entries(secrets)
    .filter(([, secret]) => forms(secret).some(form => text.includes(form)))
    .map(([name]) => name);
}

/** The secrets that a sandbox has generated: keys of GraphQL APIs and challenge codes. */
export function mintedIn(state: unknown): string[] {
  if (state === null || typeof state !== 'object') return [];
  return Object.entries(state).flatMap(([key, value]) =>
    typeof value === 'string' && (key === 'apiKey' || key === 'challengeCode') ? [value] : mintedIn(value),
  );
}

/** The secret values of an auth resource, in the REST API's spelling. */
export interface AuthSecrets {
  readonly google: unknown;
  readonly facebook: unknown;
  readonly amazon: unknown;
  readonly apple: unknown;
  readonly sms: string;
  readonly email: string;
}

/** The user pool's settings that carry all the secrets of an auth resource. */
export function authSettings({ google, facebook, amazon, apple, sms, email }: AuthSecrets): Json {
  const message = { emailMessage: `Hello ${email} {####}`, emailSubject: email };
  const byEmail = { deliveryMethod: 'EMAIL', emailSettings: message };
  const urls = ['https://shop.example.com/'];
  return {
    forgotPassword: byEmail,
    verificationMessage: { deliveryMethod: 'SMS', smsSettings: { smsMessage: `${sms} {####}` } },
    // Its own message is one that AWS does not mark, unlike the others.
    mfa: { MFAMode: 'ON', settings: { mfaTypes: ['SMS'], smsMessage: 'Your code is {####}' } },
    oAuth: {
      oAuthGrantType: 'CODE',
      oAuthScopes: ['EMAIL'],
      redirectSignInURIs: urls,
      redirectSignOutURIs: urls,
      socialProviderSettings: {
        Google: { client_id: 'google-id', client_secret: google },
        Facebook: { client_id: 'facebook-id', client_secret: facebook },
        LoginWithAmazon: { client_id: 'amazon-id', client_secret: amazon },
        SignInWithApple: { client_id: 'apple-id', key_id: 'key', team_id: 'team', private_key: apple },
      },
    },
  };
}

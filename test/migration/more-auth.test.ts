/** Settings of sign-in that a person would miss, or that open it: what differs is found, what generators do is no difference. */
import { expect, it } from 'vitest';
import { type MigrationFacts, verifyMigration } from '../../src/migration/index.ts';
import { migrationPair, resourceOf, stackNamed } from '../support/migration-pair.ts';

const shown = (facts: MigrationFacts) =>
  verifyMigration(facts, 'gen2').findings.map(({ area, change, subject, gen1 = '', gen2 = '' }) =>
    [area, change, subject, gen1, gen2].join(' | '),
  );
const in2 = (facts: MigrationFacts, logicalId: string) =>
  resourceOf(stackNamed(facts.gen2, '-auth179371D7-'), logicalId).Properties;
const in1 = (facts: MigrationFacts, logicalId: string) =>
  resourceOf(stackNamed(facts.gen1, '-authshop-'), logicalId).Properties;
const pool2 = (facts: MigrationFacts) => in2(facts, 'amplifyAuthUserPool4BA7F805');
const web2 = (facts: MigrationFacts) => in2(facts, 'amplifyAuthUserPoolAppClient2626C6F8');
const identities2 = (facts: MigrationFacts) => in2(facts, 'amplifyAuthIdentityPool3FDE84CC');
const api2 = (facts: MigrationFacts) =>
  resourceOf(stackNamed(facts.gen2, '-data7552DF31-'), 'amplifyDataGraphQLAPI42A6FA33').Properties;
const ways = (...names: string[]) => ({
  RecoveryMechanisms: names.map((Name, at) => ({ Name, Priority: at + 1 })),
});
const ses = { EmailSendingAccount: 'DEVELOPER', From: 'shop@example.com', SourceArn: 'arn' };

type Change = (facts: MigrationFacts) => unknown;
const set =
  (of: (facts: MigrationFacts) => object, properties: object): Change =>
  facts =>
    Object.assign(of(facts), properties);

const differences: [name: string, change: Change, finding: string][] = [
  [
    'passwords that only admins reset',
    set(pool2, { AccountRecoverySetting: ways('admin_only') }),
    'user pool: account recovery | whatever is verified | admin_only',
  ],
  [
    'a way to a password that nobody has',
    set(pool2, { AccountRecoverySetting: ways('verified_phone_number') }),
    'user pool: account recovery | whatever is verified | verified_phone_number',
  ],
  [
    'another way than Gen 1 names',
    facts => {
      const both = { AccountRecoverySetting: ways('verified_phone_number', 'verified_email') };
      Object.assign(in1(facts, 'UserPool'), both);
    },
    'user pool: account recovery | verified_phone_number, verified_email | verified_email',
  ],
  [
    'e-mails by SES',
    set(pool2, { EmailConfiguration: ses }),
    'user pool: e-mails sent by | COGNITO_DEFAULT | DEVELOPER',
  ],
  [
    'verification by a link',
    set(pool2, { VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_LINK' } }),
    'user pool: verification e-mail by | CONFIRM_WITH_CODE | CONFIRM_WITH_LINK',
  ],
  [
    'threat protection',
    set(pool2, { UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' } }),
    'user pool: threat protection | OFF | ENFORCED',
  ],
  [
    'a challenge on new devices',
    set(pool2, { DeviceConfiguration: { ChallengeRequiredOnNewDevice: true } }),
    'user pool: challenge on a new device | false | true',
  ],
  [
    'sign-in by a code alone',
    facts =>
      Object.assign(pool2(facts).Policies, {
        SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] },
      }),
    'user pool: first factors | PASSWORD | EMAIL_OTP, PASSWORD',
  ],
  [
    'attributes that change unconfirmed',
    facts => {
      const confirmed = { AttributesRequireVerificationBeforeUpdate: ['email', 'phone_number'] };
      Object.assign(in1(facts, 'UserPool'), { UserAttributeUpdateSettings: confirmed });
    },
    'user pool: attributes confirmed before a change | email, phone_number | email',
  ],
  [
    'a pool that can be deleted',
    facts => Object.assign(in1(facts, 'UserPool'), { DeletionProtection: 'ACTIVE' }),
    'user pool: deletion protection | ACTIVE | INACTIVE',
  ],
  [
    'names that are told to anyone',
    facts => {
      Object.assign(in1(facts, 'UserPoolClientWeb'), { PreventUserExistenceErrors: 'ENABLED' });
      Object.assign(web2(facts), { PreventUserExistenceErrors: 'LEGACY' });
    },
    'web client: tells whether a user exists | ENABLED | LEGACY',
  ],
  [
    'tokens that cannot be revoked',
    set(web2, { EnableTokenRevocation: false }),
    'web client: token revocation | true | false',
  ],
];

it.each(differences)('finds %s', (_, change, finding) => {
  const facts = migrationPair();
  change(facts);
  expect(shown(facts)).toContain(`auth | changed | ${finding}`);
  expect(shown(facts)).toHaveLength(1);
});

const sources: [name: string, change: Change, finding: string][] = [
  [
    'logins of Google',
    set(identities2, { SupportedLoginProviders: { 'accounts.google.com': 'x' } }),
    'auth | wider | identity pool: logins of accounts.google.com |  | accounts.google.com',
  ],
  [
    'the classic flow',
    set(identities2, { AllowClassicFlow: true }),
    'auth | wider | identity pool: classic flow |  | allowed',
  ],
  [
    'logins by SAML',
    set(identities2, { SamlProviderARNs: ['arn:aws:iam::1:saml-provider/x'] }),
    'auth | wider | identity pool: SamlProviderARNs |  | SamlProviderARNs',
  ],
  [
    'logins that Gen 2 does not take',
    facts =>
      Object.assign(in1(facts, 'IdentityPool'), { SupportedLoginProviders: { 'www.amazon.com': 'x' } }),
    'auth | missing | identity pool: logins of www.amazon.com | www.amazon.com | ',
  ],
  [
    'a role by what a token says',
    facts => {
      const Rules = [{ Claim: 'email', MatchType: 'Contains', Value: '@', RoleARN: 'arn' }];
      const mapping = { Type: 'Rules', RulesConfiguration: { Rules } };
      Object.assign(in2(facts, 'amplifyAuthIdentityPoolRoleAttachment045F17C8'), {
        RoleMappings: { web: mapping },
      });
    },
    'auth | wider | identity pool: role where email Contains @ |  | email Contains @',
  ],
  [
    'a client that takes another provider',
    set(web2, { SupportedIdentityProviders: ['COGNITO', 'Google'] }),
    'auth | wider | app clients: provider Google |  | Google',
  ],
  [
    "a client that does not take the pool's users",
    set(facts => in2(facts, 'amplifyAuthUserPoolNativeAppClient79534448'), {
      SupportedIdentityProviders: [{ Ref: 'Unknown' }],
    }),
    "auth | missing | app client amplifyAuthUserPoolNativeAppClient79534448: the pool's own users | COGNITO | ",
  ],
  [
    'a client more',
    facts =>
      Object.assign(stackNamed(facts.gen2, '-auth179371D7-').template?.Resources ?? {}, {
        Another: { Type: 'AWS::Cognito::UserPoolClient', Properties: {} },
      }),
    'auth | wider | app client Another |  | Another',
  ],
  ['a private API', set(api2, { Visibility: 'PRIVATE' }), 'api | changed | visibility | GLOBAL | PRIVATE'],
  [
    'an API that does not describe itself',
    set(api2, { IntrospectionConfig: 'DISABLED' }),
    'api | changed | introspection | ENABLED | DISABLED',
  ],
];

it.each(sources)('finds %s', (_, change, finding) => {
  const facts = migrationPair();
  change(facts);
  expect(shown(facts)).toEqual([finding]);
});

it.each<[string, Change]>([
  [
    'ways that the CDK names',
    set(pool2, { AccountRecoverySetting: ways('verified_phone_number', 'verified_email') }),
  ],
  ['no ways in either', facts => Reflect.deleteProperty(pool2(facts), 'AccountRecoverySetting')],
  [
    'defaults that are spelled out, also as texts',
    facts => {
      Object.assign(pool2(facts), {
        EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
        UserPoolAddOns: { AdvancedSecurityMode: 'OFF' },
        DeviceConfiguration: { ChallengeRequiredOnNewDevice: 'false' },
        DeletionProtection: 'ACTIVE',
        VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
      });
      Object.assign(web2(facts), { EnableTokenRevocation: 'true', AuthSessionValidity: '3' });
      Object.assign(api2(facts), { Visibility: 'GLOBAL', QueryDepthLimit: 0 });
    },
  ],
  [
    'SES in both',
    facts =>
      [pool2(facts), in1(facts, 'UserPool')].map(pool => Object.assign(pool, { EmailConfiguration: ses })),
  ],
])('takes %s for no difference', (_, change) => {
  const facts = migrationPair();
  change(facts);
  expect(verifyMigration(facts, 'gen2')).toMatchObject({ verdict: 'same', unproven: [] });
});

it('lets a social provider of the user pool into the identity pool', () => {
  const facts = migrationPair();
  Object.assign(stackNamed(facts.gen1, '-authshop-').parameters, { authProvidersUserPool: '["Google"]' });
  const auth2 = stackNamed(facts.gen2, '-auth179371D7-');
  Object.assign(auth2.template?.Resources ?? {}, {
    Google: { Type: 'AWS::Cognito::UserPoolIdentityProvider', Properties: { ProviderName: 'Google' } },
  });
  Object.assign(identities2(facts), { SupportedLoginProviders: { 'accounts.google.com': 'x' } });
  Object.assign(web2(facts), { SupportedIdentityProviders: ['COGNITO', 'Google'] });
  expect(shown(facts)).toEqual([]);
});

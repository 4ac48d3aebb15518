/** What a proof finds: one change of a template of a pair that gives the same, and the finding that belongs to it. */
import { expect, it } from 'vitest';
import { type MigrationFacts, verifyMigration } from '../../src/migration/index.ts';
import { migrationPair, refactored, resourceOf, stackNamed } from '../support/migration-pair.ts';
import { auth2, bucketPath, pool2, remove, shown, statements } from '../support/migration-proof.ts';
import { apiId, root2 } from '../support/migration-templates.ts';

type Change = (facts: MigrationFacts) => void;

const api2 = (facts: MigrationFacts) =>
  resourceOf(stackNamed(facts.gen2, '-data7552DF31-'), 'amplifyDataGraphQLAPI42A6FA33').Properties;
const parameter1 = (facts: MigrationFacts, name: string, value: string) =>
  Object.assign(stackNamed(facts.gen1, '-authshop-').parameters, { [name]: value });

const cases: [name: string, change: Change, findings: string[]][] = [
  [
    'a table of its own',
    facts => {
      const table = resourceOf(stackNamed(facts.gen2, 'amplifyDataOrder'), 'OrderTable');
      Object.assign(table, {
        Type: 'Custom::AmplifyDynamoDBTable',
        Properties: { tableName: 'Order-new-NONE' },
      });
    },
    [`data | new and empty | model Order | Order-${apiId}-dev | Order-new-NONE`],
  ],
  [
    'the table of another environment',
    facts => {
      resourceOf(stackNamed(facts.gen2, 'amplifyDataOrder'), 'OrderTable').Properties.tableName =
        'Order-x-prod';
    },
    [`data | other table | model Order | Order-${apiId}-dev | Order-x-prod`],
  ],
  [
    'no table',
    facts => void remove(stackNamed(facts.gen2, 'amplifyDataOrder'), 'OrderTable'),
    [`data | missing | model Order | Order-${apiId}-dev | `],
  ],
  [
    'no bucket',
    facts => {
      const storage = stackNamed(facts.gen2, '-storage0EC3F24A-');
      for (const name of ['filesBucket12345678', 'Access3', 'Access4', 'Access5']) remove(storage, name);
      const files = stackNamed(facts.gen1, '-storagefiles-');
      for (const name of Object.keys(files.template?.Resources ?? {}))
        if (name !== 'S3Bucket') remove(files, name);
    },
    ['data | missing | bucket | shopfiles1a2b3-dev | '],
  ],
  [
    'a bucket that was left behind',
    facts =>
      Object.assign(facts, { holding: [{ name: `${root2}-auth-holding`, status: 'CREATE_COMPLETE' }] }),
    [
      'data | not moved | user pool | eu-west-1_gen1pool | ',
      'data | not moved | identity pool | eu-west-1:gen1-identities | ',
      'data | not moved | bucket | shopfiles1a2b3-dev | ',
      'data | not moved | table | orders-dev | ',
    ],
  ],
  [
    "everybody's private files for signed-in users",
    facts => {
      statements(facts, 'Access3')[2].Resource = bucketPath('/private/*');
    },
    ['access | wider | signed-in users: files private/* |  | s3:DeleteObject, s3:GetObject, s3:PutObject'],
  ],
  [
    'a listing without a prefix',
    facts => Reflect.deleteProperty(statements(facts, 'Access3')[4], 'Condition'),
    ['access | wider | signed-in users: files * |  | s3:ListBucket'],
  ],
  [
    'a right that guests lose',
    facts => {
      statements(facts, 'Access4')[0].Resource = bucketPath('/public/shared/*');
    },
    ['access | narrower | guests: files public/* | s3:GetObject | '],
  ],
  [
    'a right more for a group',
    facts => {
      statements(facts, 'Access5')[0].Action.push('s3:DeleteObject');
    },
    ['access | wider | group Admin: files public/* |  | s3:DeleteObject'],
  ],
  [
    'a refusal more',
    facts => {
      statements(facts, 'Access4').push({
        Effect: 'Deny',
        Action: 's3:GetObject',
        Resource: bucketPath('/public/old/*'),
      });
    },
    ['access | narrower | guests: denied files public/old/* | s3:GetObject | '],
  ],
  [
    'the whole API for signed-in users',
    facts => {
      const policy = resourceOf(
        stackNamed(facts.gen2, '-data7552DF31-'),
        'amplifyDataAuthRolePolicy01567A5654',
      );
      const [statement] = policy.Properties.PolicyDocument.Statement;
      statement.Resource[0]['Fn::Join'][1].splice(-1, 1, '/*');
    },
    ['access | wider | signed-in users: API * |  | appsync:GraphQL'],
  ],
  [
    'the API of Gen 1',
    facts => {
      statements(facts, 'Access4').push({
        Effect: 'Allow',
        Action: 'appsync:GraphQL',
        Resource: `arn:aws:appsync:eu-west-1:1:apis/${apiId}/*`,
      });
    },
    ['access | wider | guests: Gen 1 API * |  | appsync:GraphQL'],
  ],
  [
    'MFA',
    facts => Object.assign(pool2(facts), { MfaConfiguration: 'OPTIONAL', EnabledMfas: ['SMS_MFA'] }),
    [
      'auth | changed | user pool: MFA | OFF | OPTIONAL',
      'auth | changed | user pool: MFA methods | none | SMS_MFA',
    ],
  ],
  [
    'a shorter password',
    facts => Object.assign(pool2(facts).Policies.PasswordPolicy, { MinimumLength: 6 }),
    ['auth | changed | user pool: password length | 8 | 6'],
  ],
  [
    'weaker passwords',
    facts => Object.assign(pool2(facts).Policies.PasswordPolicy, { RequireNumbers: 'false' }),
    ['auth | changed | user pool: password rules | numbers | none'],
  ],
  [
    'another sign-in name',
    facts => Object.assign(pool2(facts), { UsernameAttributes: ['email', 'phone_number'] }),
    ['auth | changed | user pool: sign-in names | email | email, phone_number'],
  ],
  [
    'a custom attribute less',
    facts =>
      void resourceOf(stackNamed(facts.gen1, '-authshop-'), 'UserPool').Properties.Schema.push({
        Name: 'tier',
      }),
    ['auth | changed | user pool: custom attributes | tier | none'],
  ],
  [
    'a group less',
    facts => void remove(auth2(facts), 'amplifyAuthAdminGroup22222222'),
    [
      'access | narrower | group Admin: files public/* | s3:GetObject, s3:PutObject | ',
      'auth | missing | group Admin | Admin | ',
    ],
  ],
  [
    'a trigger less',
    facts =>
      Object.assign(resourceOf(stackNamed(facts.gen1, '-authshop-'), 'UserPool').Properties, {
        LambdaConfig: { PostConfirmation: 'arn' },
      }),
    ['auth | missing | trigger PostConfirmation | PostConfirmation | '],
  ],
  [
    'a social provider less',
    facts => parameter1(facts, 'authProvidersUserPool', '["Google"]'),
    ['auth | missing | social provider Google | Google | '],
  ],
  [
    'the hosted pages',
    facts =>
      parameter1(facts, 'oAuthMetadata', '{"AllowedOAuthFlows":["code"],"CallbackURLs":["https://a/"]}'),
    ['auth | missing | hosted sign-in pages (OAuth domain) | code | '],
  ],
  [
    'the native client',
    facts => void remove(auth2(facts), 'amplifyAuthUserPoolNativeAppClient79534448'),
    ['auth | missing | native client | UserPoolClient | '],
  ],
  [
    'shorter sessions',
    facts => {
      resourceOf(auth2(facts), 'amplifyAuthUserPoolNativeAppClient79534448').Properties.RefreshTokenValidity =
        60;
    },
    ['auth | changed | native client: refresh token, minutes | 43200 | 60'],
  ],
  [
    'readable attributes',
    facts => {
      resourceOf(stackNamed(facts.gen1, '-authshop-'), 'UserPoolClientWeb').Properties.ReadAttributes = [
        'email',
      ];
    },
    ['auth | changed | web client: readable attributes | email | all'],
  ],
  [
    'guests',
    facts => {
      resourceOf(auth2(facts), 'amplifyAuthIdentityPool3FDE84CC').Properties.AllowUnauthenticatedIdentities =
        false;
    },
    ['auth | narrower | guests | allowed | not allowed'],
  ],
  [
    'a mode of the API',
    facts =>
      Object.assign(api2(facts), {
        AdditionalAuthenticationProviders: [
          { AuthenticationType: 'AWS_IAM' },
          { AuthenticationType: 'AWS_LAMBDA' },
        ],
      }),
    [
      'api | missing | mode AMAZON_COGNITO_USER_POOLS | AMAZON_COGNITO_USER_POOLS | ',
      'api | wider | mode AWS_LAMBDA |  | AWS_LAMBDA',
    ],
  ],
  [
    'the default mode',
    facts =>
      Object.assign(api2(facts), {
        AuthenticationType: 'AWS_IAM',
        AdditionalAuthenticationProviders: [
          { AuthenticationType: 'API_KEY' },
          { AuthenticationType: 'AMAZON_COGNITO_USER_POOLS' },
        ],
      }),
    ['api | changed | default mode | API_KEY | AWS_IAM'],
  ],
];

it.each(cases)('finds %s, and nothing else', (_, change, findings) => {
  const facts = migrationPair();
  change(facts);
  expect(shown(facts)).toEqual(findings);
  expect(verifyMigration(facts, 'gen2').verdict).toBe('differs');
});

it('names a stack that a failed refactoring left', () => {
  const facts = { ...refactored(), holding: [{ name: 'a-holding', status: 'REVIEW_IN_PROGRESS' }] };
  expect(shown(facts)).toEqual(['left over | left over | a-holding |  | REVIEW_IN_PROGRESS']);
});

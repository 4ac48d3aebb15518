/** The proof: a pair that gives the same is `same`, and one change of a template gives the finding that belongs to it. */
import { describe, expect, it } from 'vitest';
import { type MigrationFacts, verifyMigration } from '../../src/migration/index.ts';
import { migrationPair, refactored, resourceOf, stackNamed } from '../support/migration-pair.ts';
import { apiId, root2, userId } from '../support/migration-templates.ts';

const shown = (facts: MigrationFacts) =>
  verifyMigration(facts, 'gen2').findings.map(({ area, change, subject, gen1 = '', gen2 = '' }) =>
    [area, change, subject, gen1, gen2].join(' | '),
  );

it('is the same, before and after the refactoring, and says who owns what', () => {
  const before = verifyMigration(migrationPair(), 'gen2');
  expect(before).toMatchObject({ verdict: 'same', findings: [], unproven: [], hasMoved: false });
  expect(before.models).toEqual(
    ['Order', 'Customer'].map(model => ({
      model,
      table: `${model}-${apiId}-dev`,
      gen2Table: `${model}-${apiId}-dev`,
      state: 'adopted',
      withGen1Stack: 'deleted',
    })),
  );
  expect(before.holdings.map(({ kind, owner, withGen1Stack }) => [kind, owner, withGen1Stack])).toEqual([
    ['user pool', 'Gen 1', 'deleted'],
    ['identity pool', 'Gen 1', 'deleted'],
    ['bucket', 'Gen 1', 'retained'],
    ['table', 'Gen 1', 'deleted'],
  ]);
  const after = verifyMigration(refactored(), 'gen2');
  expect(after).toMatchObject({ verdict: 'same', findings: [], unproven: [], hasMoved: true });
  expect(after.holdings.map(({ owner }) => owner)).toEqual(['Gen 2', 'Gen 2', 'Gen 2', 'Gen 2']);
});

type Change = (facts: MigrationFacts) => void;
const statements = (facts: MigrationFacts, access: string) =>
  resourceOf(stackNamed(facts.gen2, '-storage0EC3F24A-'), access).Properties.PolicyDocument.Statement;
const pool2 = (facts: MigrationFacts) =>
  resourceOf(stackNamed(facts.gen2, '-auth179371D7-'), 'amplifyAuthUserPool4BA7F805').Properties;
const auth2 = (facts: MigrationFacts) => stackNamed(facts.gen2, '-auth179371D7-');
const api2 = (facts: MigrationFacts) =>
  resourceOf(stackNamed(facts.gen2, '-data7552DF31-'), 'amplifyDataGraphQLAPI42A6FA33').Properties;
const parameter1 = (facts: MigrationFacts, name: string, value: string) =>
  Object.assign(stackNamed(facts.gen1, '-authshop-').parameters, { [name]: value });
const remove = (facts: MigrationFacts['gen1'][number], logicalId: string) =>
  Reflect.deleteProperty(facts.template?.Resources ?? {}, logicalId);
const bucketPath = (path: string) => ({
  'Fn::Join': ['', [{ 'Fn::GetAtt': ['filesBucket12345678', 'Arn'] }, path]],
});

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

describe('after a move, the app clients', () => {
  /** The clients move with their pool; the parameters of Gen 1 stay. */
  function movedClients(parameters: Record<string, string>) {
    const facts = refactored();
    const auth1 = stackNamed(facts.gen1, '-authshop-');
    for (const name of ['UserPoolClientWeb', 'UserPoolClient']) remove(auth1, name);
    Object.assign(auth1.parameters, parameters);
    return facts;
  }

  it('are the same by what the CLI asked for', () => {
    const asked = { userpoolClientRefreshTokenValidity: '30', userpoolClientGenerateSecret: 'false' };
    const set = { userpoolClientSetAttributes: 'false', userpoolClientReadAttributes: 'email' };
    expect(shown(movedClients({ ...asked, ...set }))).toEqual([]);
  });

  it.each([
    [
      { userpoolClientRefreshTokenValidity: '120' },
      ['web', 'native'].map(
        kind => `auth | changed | ${kind} client: refresh token, minutes | 172800 | 43200`,
      ),
    ],
    [{ userpoolClientGenerateSecret: 'true' }, ['auth | changed | native client: has a secret | yes | no']],
    [
      { userpoolClientSetAttributes: 'true', userpoolClientReadAttributes: 'email' },
      ['web', 'native'].map(kind => `auth | changed | ${kind} client: readable attributes | email | all`),
    ],
  ])('differ by %j', (parameters, findings) => {
    expect(shown(movedClients(parameters))).toEqual(findings);
  });

  it('are missing where Gen 2 has none', () => {
    const facts = movedClients({ userpoolClientRefreshTokenValidity: '30' });
    remove(auth2(facts), 'amplifyAuthUserPoolNativeAppClient79534448');
    expect(shown(facts)).toEqual(['auth | missing | native client | a client | ']);
  });
});

it('names a stack that a failed refactoring left', () => {
  const facts = { ...refactored(), holding: [{ name: 'a-holding', status: 'REVIEW_IN_PROGRESS' }] };
  expect(shown(facts)).toEqual(['left over | left over | a-holding |  | REVIEW_IN_PROGRESS']);
});

const doubts: [name: string, change: Change, unproven: RegExp][] = [
  [
    'a template that was not read',
    facts => {
      const storage = stackNamed(facts.gen2, '-storage0EC3F24A-');
      Object.assign(storage, { template: undefined, unread: 'Access was denied.' });
    },
    /storage0EC3F24A.*Access was denied/,
  ],
  [
    'what could not be read',
    facts => Object.assign(facts, { unread: ['GetApp was denied.'] }),
    /GetApp was denied/,
  ],
  [
    'a condition that is not known',
    facts => {
      Object.assign(resourceOf(stackNamed(facts.gen2, '-storage0EC3F24A-'), 'Access4'), {
        Condition: 'Unknown',
      });
    },
    /guests.*Gen 2/,
  ],
  [
    'a statement by exclusion',
    facts => {
      statements(facts, 'Access4').push({ Effect: 'Allow', NotAction: 's3:PutObject', Resource: '*' });
    },
    /guests.*Gen 2/,
  ],
  ['no Gen 1 stack', facts => Object.assign(facts, { gen1: [] }), /No stack of the Gen 1 environment/],
];

it.each(doubts)('is unproven with %s', (_, change, unproven) => {
  const facts = migrationPair();
  change(facts);
  const { verdict, unproven: why } = verifyMigration(facts, 'gen2');
  expect(verdict).toBe('unproven');
  expect(why.join('\n')).toMatch(unproven);
});

it('is retained where all below the root is, whatever the root has', () => {
  const facts = refactored();
  expect(verifyMigration(facts, 'gen2')).toMatchObject({ stage: 'refactored', isRetained: false });
  for (const { template, parentName } of facts.gen1)
    if (parentName !== undefined)
      for (const resource of Object.values(template?.Resources ?? {}) as Record<string, unknown>[])
        if (resource.Type !== 'AWS::CloudFormation::Stack') resource.DeletionPolicy = 'Retain';
  expect(verifyMigration(facts, 'gen2')).toMatchObject({ stage: 'retained', isRetained: true });
  const [first] = Object.values(stackNamed(facts.gen1, '-authshop-').template?.Resources ?? {});
  Object.assign(first as object, { DeletionPolicy: 'Delete' });
  expect(verifyMigration(facts, 'gen2').stage).toBe('refactored');
});

it('compares nothing where no template of a generation was read', () => {
  const facts = migrationPair();
  expect(verifyMigration(facts, 'gen2').isBlind).toBe(false);
  const unread = (stacks: MigrationFacts['gen1']) =>
    stacks.map(({ template: _, ...stack }) => ({ ...stack, unread: 'GetTemplate was denied.' }));
  const blind = verifyMigration({ ...facts, gen2: unread(facts.gen2) }, 'gen2');
  expect(blind).toMatchObject({ isBlind: true, verdict: 'unproven', findings: [] });
});

it('is unproven for a branch that is not there', () => {
  expect(verifyMigration(migrationPair(), 'other')).toMatchObject({ verdict: 'unproven', findings: [] });
});

it('takes lists in either form, texts for numbers, and spelled-out defaults for the same', () => {
  const facts = migrationPair();
  Object.assign(pool2(facts), { UsernameAttributes: 'email', AutoVerifiedAttributes: 'email' });
  Object.assign(pool2(facts).Policies.PasswordPolicy, {
    MinimumLength: '8',
    TemporaryPasswordValidityDays: '7',
  });
  const path = `/public/*`;
  statements(facts, 'Access4')[0].Resource = [`arn:aws:s3:::amplify-d1shop-gen2-files-abcdef${path}`];
  expect(shown(facts)).toEqual([]);
  expect(userId).toContain('sub');
});

it('still finds a wider right where another Gen 2 stack was not read, and no lost one', () => {
  const facts = migrationPair();
  statements(facts, 'Access3')[2].Resource = bucketPath('/private/*');
  statements(facts, 'Access4').pop();
  Object.assign(stackNamed(facts.gen2, '-data7552DF31-'), {
    template: undefined,
    unread: 'Access was denied.',
  });
  expect(shown(facts)).toEqual([
    'access | wider | signed-in users: files private/* |  | s3:DeleteObject, s3:GetObject, s3:PutObject',
  ]);
});

/** What opens a Gen 2 branch beside the statements of its policies: each one change gives the finding that belongs to it. */
import { describe, expect, it } from 'vitest';
import { type MigrationFacts, verifyMigration } from '../../src/migration/index.ts';
import { functionStack2, pairWithFunction } from '../support/migration-function.ts';
import { migrationPair, refactored, resourceOf, stackNamed } from '../support/migration-pair.ts';
import { account, ref } from '../support/migration-templates.ts';

const shown = (facts: MigrationFacts) =>
  verifyMigration(facts, 'gen2').findings.map(({ area, change, subject, gen1 = '', gen2 = '' }) =>
    [area, change, subject, gen1, gen2].join(' | '),
  );
const doubts = (facts: MigrationFacts) => verifyMigration(facts, 'gen2').unproven.join('\n');
const auth2 = (facts: MigrationFacts, logicalId: string) =>
  resourceOf(stackNamed(facts.gen2, '-auth179371D7-'), logicalId).Properties;
const guests2 = (facts: MigrationFacts) => auth2(facts, 'amplifyAuthunauthenticatedUserRole2B524D9E');
const signedIn2 = (facts: MigrationFacts) => auth2(facts, 'amplifyAuthauthenticatedUserRoleD8DA3689');
const admins2 = (facts: MigrationFacts) => auth2(facts, 'amplifyAuthAdminGroupRole11111111');
const trustOf = (role: { AssumeRolePolicyDocument: { Statement: unknown[] } }) =>
  // biome-ignore lint/suspicious/noExplicitAny: tests change any part of a template
  role.AssumeRolePolicyDocument.Statement[0] as any;
const storage2 = (facts: MigrationFacts) => stackNamed(facts.gen2, '-storage0EC3F24A-');
const bucketPolicy2 = (facts: MigrationFacts) =>
  resourceOf(storage2(facts), 'filesBucketPolicy8CF7A616').Properties.PolicyDocument.Statement;
const bucket2 = (facts: MigrationFacts) => resourceOf(storage2(facts), 'filesBucket12345678').Properties;
const ofAws = (name: string) => `arn:aws:iam::aws:policy/${name}`;
const attach = (role: object, ...arns: unknown[]) => Object.assign(role, { ManagedPolicyArns: arns });

type Change = (facts: MigrationFacts) => unknown;
const read = (Principal: unknown, more: object = {}) => ({
  ...{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', Principal },
  ...more,
});
const grant = (facts: MigrationFacts, ...statements: unknown[]) =>
  resourceOf(storage2(facts), 'Access3').Properties.PolicyDocument.Statement.push(...statements);
const amr = 'cognito-identity.amazonaws.com:amr';
const aud = 'cognito-identity.amazonaws.com:aud';

const openings: [name: string, change: Change, findings: string[]][] = [
  [
    'a policy of AWS for guests',
    facts => attach(guests2(facts), ofAws('AdministratorAccess')),
    ['access | wider | guests: managed policy |  | AdministratorAccess'],
  ],
  [
    'policies of AWS for a group and for signed-in users',
    facts => {
      attach(signedIn2(facts), ofAws('AmazonS3FullAccess'));
      attach(admins2(facts), ofAws('job-function/DatabaseAdministrator'));
    },
    [
      'access | wider | signed-in users: managed policy |  | AmazonS3FullAccess',
      'access | wider | group Admin: managed policy |  | job-function/DatabaseAdministrator',
    ],
  ],
  [
    'a policy of AWS that only Gen 1 attaches',
    facts =>
      attach(
        resourceOf(stackNamed(facts.gen1, '-authuserPoolGroups-'), 'AdminGroupRole').Properties,
        ofAws('ReadOnlyAccess'),
      ),
    ['access | narrower | group Admin: managed policy | ReadOnlyAccess | '],
  ],
  [
    'a managed policy of the stack that the role attaches',
    facts => {
      const auth = stackNamed(facts.gen2, '-auth179371D7-');
      Object.assign(auth.template?.Resources ?? {}, {
        Everything: {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: {
            PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: '*' }] },
          },
        },
      });
      attach(guests2(facts), ref('Everything'));
    },
    ['access | wider | guests: * * |  | s3:PutObject'],
  ],
  [
    'anyone who may be a guest',
    facts => Object.assign(trustOf(guests2(facts)), { Action: 'sts:AssumeRole', Principal: { AWS: '*' } }),
    ['access | wider | guests: who may assume the role |  | anyone'],
  ],
  [
    'another account that may be a signed-in user',
    facts =>
      Object.assign(trustOf(signedIn2(facts)), { Principal: { AWS: 'arn:aws:iam::999999999999:root' } }),
    ['access | wider | signed-in users: who may assume the role |  | AWS arn:aws:iam::999999999999:root'],
  ],
  [
    'guests who may be signed-in users',
    facts => Reflect.deleteProperty(trustOf(signedIn2(facts)).Condition, 'ForAnyValue:StringLike'),
    ['access | wider | signed-in users: who may assume the role |  | guests'],
  ],
  [
    'guests who may be of a group',
    facts => {
      trustOf(admins2(facts)).Condition['ForAnyValue:StringLike'][amr] = '*authenticated';
    },
    ['access | wider | group Admin: who may assume the role |  | guests'],
  ],
  [
    'another identity pool',
    facts => {
      trustOf(guests2(facts)).Condition.StringEquals[aud] = 'eu-west-1:other';
    },
    ['access | wider | guests: who may assume the role |  | identity pool eu-west-1:other'],
  ],
  [
    'any identity pool',
    facts => Reflect.deleteProperty(trustOf(guests2(facts)).Condition, 'StringEquals'),
    ['access | wider | guests: who may assume the role |  | any identity pool'],
  ],
  [
    'a bucket for anyone',
    facts => bucketPolicy2(facts).push(read('*')),
    ['access | wider | anyone: bucket of files |  | s3:GetObject'],
  ],
  [
    'a bucket for another account and for guests',
    facts =>
      bucketPolicy2(facts).push(
        read({
          AWS: [
            '999999999999',
            `arn:aws:iam::${account}:role/amplify-d1shop-gen2-bran-amplifyAuthunauthenticate`,
          ],
        }),
      ),
    [
      'access | wider | account 999999999999: bucket of files |  | s3:GetObject',
      'access | wider | guests: bucket of files |  | s3:GetObject',
    ],
  ],
  [
    'a bucket that refuses people',
    facts => bucketPolicy2(facts).push(read('*', { Effect: 'Deny' })),
    ['access | narrower | anyone: denied bucket of files |  | s3:GetObject'],
  ],
  [
    'an open access list, and no block of public access',
    facts =>
      Object.assign(bucket2(facts), {
        AccessControl: 'PublicRead',
        PublicAccessBlockConfiguration: { BlockPublicAcls: false, BlockPublicPolicy: true },
      }),
    ['access | wider | anyone: bucket of files |  | BlockPublicAcls off, s3:GetObject'],
  ],
  [
    'tables behind the API for signed-in users',
    facts =>
      grant(facts, {
        ...{ Effect: 'Allow', Action: 'dynamodb:*' },
        Resource: `arn:aws:dynamodb:eu-west-1:${account}:table/*`,
      }),
    ['access | wider | signed-in users: * |  | dynamodb:*'],
  ],
  [
    'other services for signed-in users',
    facts =>
      grant(facts, { Effect: 'Allow', Action: ['cognito-idp:*', 'lambda:InvokeFunction'], Resource: '*' }),
    [
      'access | wider | signed-in users: cognito-idp |  | cognito-idp:*',
      'access | wider | signed-in users: lambda |  | lambda:InvokeFunction',
    ],
  ],
];

it.each(openings)('finds %s, and nothing else', (_, change, findings) => {
  const facts = migrationPair();
  change(facts);
  expect(shown(facts)).toEqual(findings);
});

const harmless: [name: string, change: Change][] = [
  [
    'the same policy of AWS in both',
    facts => {
      attach(admins2(facts), ofAws('ReadOnlyAccess'));
      attach(
        resourceOf(stackNamed(facts.gen1, '-authuserPoolGroups-'), 'AdminGroupRole').Properties,
        ofAws('ReadOnlyAccess'),
      );
    },
  ],
  [
    'the same bucket policy in both',
    facts => {
      bucketPolicy2(facts).push(read('*'));
      Object.assign(stackNamed(facts.gen1, '-storagefiles-').template?.Resources ?? {}, {
        Open: {
          Type: 'AWS::S3::BucketPolicy',
          Properties: { Bucket: ref('S3Bucket'), PolicyDocument: { Statement: read({ AWS: '*' }) } },
        },
      });
    },
  ],
  [
    "logs that are delivered, and all of it by the account's own service",
    facts => bucketPolicy2(facts).push(read({ Service: 'logging.s3.amazonaws.com' })),
  ],
  [
    'a list of one in a condition',
    facts => {
      trustOf(signedIn2(facts)).Condition['ForAnyValue:StringLike'][amr] = ['authenticated'];
    },
  ],
  [
    'a policy for a bucket that is not of the environment',
    facts =>
      Object.assign(stackNamed(facts.gen2, '-data7552DF31-').template?.Resources ?? {}, {
        Open: {
          Type: 'AWS::S3::BucketPolicy',
          Properties: {
            Bucket: ref('modelIntrospectionSchemaBucketF566B665'),
            PolicyDocument: { Statement: read('*') },
          },
        },
      }),
  ],
];

it.each(harmless)('takes %s for no difference', (_, change) => {
  const facts = migrationPair();
  change(facts);
  expect(verifyMigration(facts, 'gen2')).toMatchObject({ verdict: 'same', findings: [], unproven: [] });
});

const unclear: [name: string, change: Change, why: RegExp][] = [
  [
    "a policy of the account's own",
    facts => attach(guests2(facts), `arn:aws:iam::${account}:policy/ours`),
    /guests.*Gen 2.*policy\/ours.*no template/,
  ],
  [
    'a role that no template makes',
    facts => {
      auth2(facts, 'amplifyAuthIdentityPoolRoleAttachment045F17C8').Roles.unauthenticated =
        `arn:aws:iam::${account}:role/other`;
      const { Roles } = resourceOf(storage2(facts), 'Access4').Properties;
      Roles.push('other');
    },
    /role of .*guests.* in no template/,
  ],
  [
    'a trust that is not known',
    facts => {
      guests2(facts).AssumeRolePolicyDocument = { 'Fn::ImportValue': 'unknown' };
    },
    /Who may assume the role of .*guests/,
  ],
  [
    'a bucket for a role that is not known',
    facts => bucketPolicy2(facts).push(read({ AWS: `arn:aws:iam::${account}:role/other` })),
    /policy of the bucket .*files.* as a whole/,
  ],
];

it.each(unclear)('is unproven with %s', (_, change, why) => {
  const facts = migrationPair();
  change(facts);
  expect(verifyMigration(facts, 'gen2').verdict).toBe('unproven');
  expect(doubts(facts)).toMatch(why);
});

it('cannot tell the identity pool that Gen 2 had before a refactoring from another', () => {
  const facts = refactored();
  trustOf(guests2(facts)).Condition.StringEquals[aud] = 'eu-west-1:former';
  expect(verifyMigration(facts, 'gen2')).toMatchObject({ verdict: 'unproven', findings: [] });
  expect(doubts(facts)).toMatch(/Who may assume the role of .*guests/);
});

it('cuts a long list of strangers', () => {
  const facts = migrationPair();
  const AWS = Array.from({ length: 900 }, (_, at) => `arn:aws:iam::999999999999:role/stranger${at}`);
  Object.assign(trustOf(guests2(facts)), { Principal: { AWS } });
  const [finding] = shown(facts);
  expect(finding).toMatch(/^access . wider . guests: who may assume the role .*stranger0, .* \.\.\.$/);
  expect(finding?.length).toBeLessThan(1_100);
});

describe('of a function', () => {
  const role = (facts: MigrationFacts) =>
    resourceOf(stackNamed(facts.gen2, functionStack2), 'resizegen2lambdaServiceRole12').Properties;
  const beside = ['functions | wider | function resize: managed policy |  | AmazonDynamoDBFullAccess'];

  it('finds a policy of AWS, but not what it needs to run', () => {
    const facts = pairWithFunction();
    const running = ['service-role/AWSLambdaVPCAccessExecutionRole', 'AWSXRayDaemonWriteAccess'];
    attach(role(facts), ...running.map(ofAws));
    expect(shown(facts)).toEqual([]);
    attach(role(facts), ...running.map(ofAws), ofAws('AmazonDynamoDBFullAccess'));
    expect(shown(facts)).toEqual(beside);
  });

  it('finds who may run as it, beside services', () => {
    const facts = pairWithFunction();
    trustOf(role(facts)).Principal = { Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] };
    expect(shown(facts)).toEqual([]);
    trustOf(role(facts)).Principal = { AWS: '*' };
    expect(shown(facts)).toEqual([
      'functions | wider | function resize: who may assume the role |  | anyone',
    ]);
  });
});

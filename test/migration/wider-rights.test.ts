/** What opens a Gen 2 branch beside the statements of its policies: each one change gives the finding that belongs to it. */
import { describe, expect, it } from 'vitest';
import type { MigrationFacts } from '../../src/migration/index.ts';
import { functionStack2, pairWithFunction } from '../support/migration-function.ts';
import { migrationPair, resourceOf, stackNamed } from '../support/migration-pair.ts';
import { shown } from '../support/migration-proof.ts';
import {
  admins2,
  amr,
  attach,
  aud,
  bucketPolicy2,
  type Change,
  guests2,
  ofAws,
  read,
  signedIn2,
  storage2,
  trustOf,
} from '../support/migration-rights.ts';
import { account, ref } from '../support/migration-templates.ts';

const bucket2 = (facts: MigrationFacts) => resourceOf(storage2(facts), 'filesBucket12345678').Properties;
const grant = (facts: MigrationFacts, ...statements: unknown[]) =>
  resourceOf(storage2(facts), 'Access3').Properties.PolicyDocument.Statement.push(...statements);

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

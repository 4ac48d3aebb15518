/** What looks as if it opened a Gen 2 branch: no difference from Gen 1, or nothing that can be told from the templates. */
import { expect, it } from 'vitest';
import { type MigrationFacts, verifyMigration } from '../../src/migration/index.ts';
import { migrationPair, refactored, resourceOf, stackNamed } from '../support/migration-pair.ts';
import {
  admins2,
  amr,
  attach,
  aud,
  authResource2,
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

const doubts = (facts: MigrationFacts) => verifyMigration(facts, 'gen2').unproven.join('\n');

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
      authResource2(facts, 'amplifyAuthIdentityPoolRoleAttachment045F17C8').Roles.unauthenticated =
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

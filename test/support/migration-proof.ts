/** The findings of the proof for a pair, each as a line, and the parts of the templates that tests change. */
import { type MigrationFacts, verifyMigration } from '../../src/migration/index.ts';
import { resourceOf, stackNamed } from './migration-pair.ts';

/** The findings, each as `area | change | subject | gen1 | gen2`. */
export const shown = (facts: MigrationFacts) =>
  verifyMigration(facts, 'gen2').findings.map(({ area, change, subject, gen1 = '', gen2 = '' }) =>
    [area, change, subject, gen1, gen2].join(' | '),
  );

/** The statements of a policy of Gen 2's files. */
export const statements = (facts: MigrationFacts, access: string) =>
  resourceOf(stackNamed(facts.gen2, '-storage0EC3F24A-'), access).Properties.PolicyDocument.Statement;

/** The settings of Gen 2's user pool. */
export const pool2 = (facts: MigrationFacts) =>
  resourceOf(stackNamed(facts.gen2, '-auth179371D7-'), 'amplifyAuthUserPool4BA7F805').Properties;

/** Gen 2's stack of sign-in. */
export const auth2 = (facts: MigrationFacts) => stackNamed(facts.gen2, '-auth179371D7-');

export const remove = (facts: MigrationFacts['gen1'][number], logicalId: string) =>
  Reflect.deleteProperty(facts.template?.Resources ?? {}, logicalId);

/** The ARN of the objects below a path in Gen 2's bucket, as the CDK writes it. */
export const bucketPath = (path: string) => ({
  'Fn::Join': ['', [{ 'Fn::GetAtt': ['filesBucket12345678', 'Arn'] }, path]],
});

/** The roles and the bucket of a Gen 2 branch, which give rights in addition to the statements of its policies. Tests change them. */
import type { MigrationFacts } from '../../src/migration/index.ts';
import { resourceOf, stackNamed } from './migration-pair.ts';

export type Change = (facts: MigrationFacts) => unknown;

/** The settings of a resource of Gen 2's sign-in. */
export const authResource2 = (facts: MigrationFacts, logicalId: string) =>
  resourceOf(stackNamed(facts.gen2, '-auth179371D7-'), logicalId).Properties;
export const guests2 = (facts: MigrationFacts) =>
  authResource2(facts, 'amplifyAuthunauthenticatedUserRole2B524D9E');
export const signedIn2 = (facts: MigrationFacts) =>
  authResource2(facts, 'amplifyAuthauthenticatedUserRoleD8DA3689');
export const admins2 = (facts: MigrationFacts) => authResource2(facts, 'amplifyAuthAdminGroupRole11111111');
/** Who may assume a role. */
export const trustOf = (role: { AssumeRolePolicyDocument: { Statement: unknown[] } }) =>
  // biome-ignore lint/suspicious/noExplicitAny: tests change any part of a template
  role.AssumeRolePolicyDocument.Statement[0] as any;
export const storage2 = (facts: MigrationFacts) => stackNamed(facts.gen2, '-storage0EC3F24A-');
export const bucketPolicy2 = (facts: MigrationFacts) =>
  resourceOf(storage2(facts), 'filesBucketPolicy8CF7A616').Properties.PolicyDocument.Statement;
/** The ARN of one of AWS's managed policies. */
export const ofAws = (name: string) => `arn:aws:iam::aws:policy/${name}`;
export const attach = (role: object, ...arns: unknown[]) => Object.assign(role, { ManagedPolicyArns: arns });

/** A statement that lets somebody read a bucket. */
export const read = (Principal: unknown, more: object = {}) => ({
  ...{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', Principal },
  ...more,
});

/** The conditions of a role's trust policy: how an identity signed in, and its identity pool. */
export const amr = 'cognito-identity.amazonaws.com:amr';
export const aud = 'cognito-identity.amazonaws.com:aud';

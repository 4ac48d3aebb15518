/** Parts of which the templates of `migration-gen1.ts` and `migration-gen2.ts` are made. */
import type { Json } from '../../src/lib/json.ts';
import type { StackFacts } from '../../src/migration/index.ts';

export const account = '123456789012';
export const region = 'eu-west-1';
export const apiId = 'abcdefghijklmnopqrstuvwxyz';
export const gen2ApiId = 'zyxwvutsrqponmlkjihgfedcba';
export const root1 = 'amplify-shop-dev-1a2b3';
export const root2 = 'amplify-d1shop-gen2-branch-0a1b2c3d4e';
export const userId = `\${cognito-identity.amazonaws.com:sub}`;

export const stackArn = (name: string) => `arn:aws:cloudformation:${region}:${account}:stack/${name}/0000`;

interface Extra {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, [value: unknown, shown: string]>>;
  readonly conditions?: Json;
  readonly parentName?: string;
}

export function stack(name: string, resources: Record<string, unknown>, extra: Extra = {}): StackFacts {
  const { parameters = {}, outputs = {}, conditions, parentName } = extra;
  return {
    name,
    id: stackArn(name),
    status: 'UPDATE_COMPLETE',
    ...(parentName !== undefined && { parentName }),
    template: {
      Parameters: Object.fromEntries(Object.keys(parameters).map(key => [key, { Type: 'String' }])),
      ...(conditions && { Conditions: conditions }),
      Resources: resources,
      Outputs: Object.fromEntries(Object.entries(outputs).map(([key, [Value]]) => [key, { Value }])),
    },
    parameters,
    outputs: Object.fromEntries(Object.entries(outputs).map(([key, [, shown]]) => [key, shown])),
    ...(parentName === undefined && { policy: null }),
  };
}

export const ref = (name: string) => ({ Ref: name });
export const attribute = (name: string, member: string) => ({ 'Fn::GetAtt': [name, member] });
export const join = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
export const nested = (...names: string[]) =>
  Object.fromEntries(names.map(name => [name, { Type: 'AWS::CloudFormation::Stack', Properties: {} }]));
export const allow = (Action: unknown, Resource: unknown, Condition?: Json) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
export const policy = (statements: unknown[], role: unknown, condition?: string) => ({
  Type: 'AWS::IAM::Policy',
  ...(condition && { Condition: condition }),
  Properties: {
    PolicyName: 'p',
    PolicyDocument: { Version: '2012-10-17', Statement: statements },
    Roles: [role],
  },
});
export const listing = (...prefixes: string[]) => ({ StringLike: { 's3:prefix': prefixes } });

export const authRole = `${root1}-authRole`;
export const unauthRole = `${root1}-unauthRole`;
export const model = (name: string) => ({
  Type: 'AWS::AppSync::DataSource',
  Properties: {
    Name: `${name}Table`,
    Type: 'AMAZON_DYNAMODB',
    DynamoDBConfig: { TableName: ref(`${name}Table`) },
  },
});

export const userPool = (change: Json) => ({
  UsernameConfiguration: { CaseSensitive: false },
  Schema: [{ Mutable: true, Name: 'email', Required: true }],
  AutoVerifiedAttributes: ['email'],
  ...change,
});

export const signIn = { 'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' } };
export const trust = {
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Condition: signIn }],
};

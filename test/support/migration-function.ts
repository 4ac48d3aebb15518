/** A function of both generations, with the same rights on a model's table, a table of its own, files and the API. */
import type { MigrationFacts } from '../../src/migration/index.ts';
import { migrationPair, stackNamed } from './migration-pair.ts';
import {
  account,
  allow,
  apiId,
  attribute,
  gen2ApiId,
  join,
  policy,
  ref,
  region,
  root1,
  root2,
  stack,
} from './migration-templates.ts';

export const functionStack1 = `${root1}-functionresize-AAAA`;
export const functionStack2 = `${root2}-function1351588B-BBBB`;
const tableArn = (name: string) => `arn:aws:dynamodb:${region}:${account}:table/${name}`;
const apiArn = (id: unknown) => join(`arn:aws:appsync:${region}:${account}:apis/`, id, '/types/Query/*');
const stream = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];

/** The table of orders that Gen 2 has before anything moves. */
const gen2Orders = `${root2}-storage0EC3F24A-BBBB-orders1E902D9C-CCCC`;

/** The pair with a function `resize` in both generations. */
export function pairWithFunction(): MigrationFacts {
  const facts = migrationPair();
  const order = stackNamed(facts.gen1, '-apishop-AAAA-Order');
  Object.assign(order, { outputs: { name: `Order-${apiId}-dev` } });
  Object.assign(order.template ?? {}, {
    Outputs: {
      name: { Value: ref('OrderTable'), Export: { Name: join(ref('api'), ':GetAtt:OrderTable:Name') } },
    },
  });
  const storage2 = stackNamed(facts.gen2, '-storage0EC3F24A-');
  const listed = [{ logicalId: 'orders1E902D9C', physicalId: gen2Orders, type: 'AWS::DynamoDB::Table' }];
  Object.assign(storage2, { resources: listed });
  const lambda = (name: string, role: string) => ({
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: name, Role: attribute(role, 'Arn') },
  });
  const gen1 = stack(
    functionStack1,
    {
      LambdaFunction: lambda('resize-dev', 'LambdaExecutionRole'),
      LambdaExecutionRole: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'resizeRole-dev' } },
      AmplifyResourcesPolicy: policy(
        [
          allow(['dynamodb:Get*', 'dynamodb:Query'], [ref('ordersArn'), join(ref('ordersArn'), '/index/*')]),
          allow(
            ['dynamodb:GetItem'],
            join(tableArn(''), { 'Fn::ImportValue': { 'Fn::Sub': `\${apiId}:GetAtt:OrderTable:Name` } }),
          ),
          allow(['s3:GetObject'], join('arn:aws:s3:::', ref('bucket'), '/*')),
          allow('appsync:GraphQL', apiArn(ref('apiId'))),
          allow('ssm:GetParameters', { 'Fn::ImportValue': 'unknown' }),
        ],
        ref('LambdaExecutionRole'),
      ),
      LambdaTriggerPolicyOrder: policy(
        [allow([...stream, 'dynamodb:ListStreams'], { 'Fn::ImportValue': 'stream' })],
        ref('LambdaExecutionRole'),
      ),
    },
    {
      parentName: root1,
      parameters: { ordersArn: tableArn('orders-dev'), apiId, bucket: 'shopfiles1a2b3-dev' },
    },
  );
  const gen2 = stack(
    functionStack2,
    {
      resizegen2lambda1234: lambda('resize-gen2', 'resizegen2lambdaServiceRole12'),
      resizegen2lambdaServiceRole12: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [
              { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } },
            ],
          },
          ManagedPolicyArns: [
            join('arn:', ref('AWS::Partition'), ':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'),
          ],
        },
      },
      Policy: policy(
        [
          allow(['dynamodb:Query', 'dynamodb:Get*'], [ref('orders'), join(ref('orders'), '/index/*')]),
          allow('dynamodb:GetItem', tableArn(`Order-${apiId}-dev`)),
          allow('s3:GetObject', 'arn:aws:s3:::amplify-d1shop-gen2-files-abcdef/*'),
          allow('appsync:GraphQL', apiArn(gen2ApiId)),
          allow('dynamodb:ListStreams', '*'),
          allow(stream, `${tableArn(`Order-${apiId}-dev`)}/stream/2026`),
        ],
        ref('resizegen2lambdaServiceRole12'),
      ),
    },
    { parentName: root2, parameters: { orders: tableArn(gen2Orders) } },
  );
  return { ...facts, gen1: [...facts.gen1, gen1], gen2: [...facts.gen2, gen2] };
}

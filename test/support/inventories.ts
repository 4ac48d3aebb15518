/** Environments to take an inventory of, and the rows that it has for them. */
import type { Json } from './child.ts';
import type { ToolResult } from './clients.ts';

export const rowsOf = ({ structuredContent }: ToolResult) => structuredContent.rows as Json[];

/** An environment with a pool, an API of two tables and a bucket. */
export function environmentOf(at: number, environment = 'main'): Json {
  const name = `app${at}`;
  const id = `d1many${String(at).padStart(4, '0')}`;
  const stackName = `amplify-${name}-${environment}-40404`;
  return {
    appId: id,
    appName: name,
    environment,
    meta: {
      providers: { awscloudformation: { Region: 'us-east-1', StackName: stackName, AmplifyAppId: id } },
      auth: { [`${name}auth`]: { service: 'Cognito', output: { UserPoolId: `us-east-1_Pool${at}` } } },
      api: { [`${name}api`]: { service: 'AppSync', output: { GraphQLAPIIdOutput: `graph${at}` } } },
      storage: { [`${name}files`]: { service: 'S3', output: { BucketName: `${name}files-${environment}` } } },
    },
    schema: 'type Post @model { id: ID! }\ntype Comment @model { id: ID! }',
  };
}

/** A sandbox in which every name and text that AWS does not restrict is hostile. */

import { clientFor, send } from '../sandbox/support.ts';
import type { Json } from './child.ts';
import type { TestSandbox } from './sandbox.ts';

/** An app whose name, resources, job records and failures are hostile; its environments are `dev`, `qa` and `odd`. */
export const hostileAppId = 'd1hostile';

const schema = 'type Note @model { id: ID! text: String } type Tag @model { id: ID! }';

const pool = (name: string) => ({
  AuthResources: 'IDENTITY_POOL_AND_USER_POOL',
  Service: 'COGNITO',
  IdentityPoolConfigs: { IdentityPoolName: name, UnauthenticatedLogin: true },
  UserPoolConfigs: { RequiredSignUpAttributes: ['EMAIL'], SignInMethod: 'EMAIL', UserPoolName: name },
});

/** An amplify-meta in which every text is hostile, with imported, deployed and unknown resources. */
function metaOf(name: string): Json {
  const resource = {
    service: name,
    providerPlugin: name,
    lastPushTimeStamp: name,
    output: { Name: name, [name]: name },
  };
  const arn = { Arn: `arn:aws:dynamodb:us-east-1:111122223333:table/${name}` };
  return {
    providers: { awscloudformation: { StackName: name, Region: name, DeploymentBucketName: name } },
    [name]: { [name]: resource, text: name },
    auth: { imported: { ...resource, service: 'Cognito', serviceType: 'imported' } },
    storage: {
      unsure: { service: name, output: arn },
      imported: { service: 'DynamoDB', serviceType: 'imported', output: arn },
      untold: { service: name, lastPushTimeStamp: name },
    },
    function: {
      needy: {
        ...resource,
        service: 'Lambda',
        dependsOn: [{ category: name, resourceName: name, attributes: [name] }],
      },
    },
  };
}

/** Fills a sandbox. @param name the hostile one */
export async function fillWith(sandbox: TestSandbox, name: string): Promise<void> {
  const client = clientFor(sandbox.url);
  const on = (BackendEnvironmentName: string) => ({ AppId: hostileAppId, BackendEnvironmentName });
  const finish = async (operation: Parameters<typeof send>[1], input: Json) => {
    const answer = await send(client, operation, input);
    sandbox.finishJobs();
    // The sandbox ends a job with the next request after its time is up.
    await send(client, 'GetBackend', { AppId: hostileAppId });
    return answer;
  };
  for (const environment of ['dev', 'qa'])
    await finish('CreateBackend', { ...on(environment), AppName: name });
  const dev = { ...on('dev'), ResourceName: name };
  await finish('CreateBackendAuth', { ...dev, ResourceConfig: pool(name) });
  await finish('CreateBackendAPI', {
    ...dev,
    ResourceConfig: { ApiName: name, Service: 'AppSync', TransformSchema: schema },
  });
  const { JobId } = await finish('CreateBackendStorage', {
    ...dev,
    ResourceConfig: { Permissions: { Authenticated: ['READ'] }, ServiceName: 'S3' },
  });
  await send(client, 'UpdateBackendJob', { ...on('dev'), JobId, Operation: name, Status: name });
  client.destroy();
  await sandbox.load({
    appId: hostileAppId,
    environment: 'odd',
    meta: metaOf(name),
    flags: { [name]: name },
  });
}

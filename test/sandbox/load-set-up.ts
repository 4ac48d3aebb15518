/** What tests of loaded environments share: a sandbox for the file, what is loaded into it, and its stacks. */
import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect } from 'vitest';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { entries, metaOf as metaWith } from '../support/metas.ts';
import { appId, type Fields, setTestBed } from './support.ts';

export const staging = { AppId: appId, BackendEnvironmentName: 'staging' };

export const whole = metaWith(
  {
    auth: { bakeryauth: entries.auth, userPoolGroups: entries.groups },
    api: { bread: entries.graphql, ovens: entries.rest },
    storage: {
      photos: entries.bucket,
      orders: entries.table,
      files: { ...entries.bucket, serviceType: 'imported', output: { BucketName: 'company-files' } },
    },
    function: { bake: entries.lambda },
    hosting: { S3AndCloudFront: entries.website },
    analytics: { usage: entries.pinpoint },
    custom: { extra: entries.custom },
  },
  'dev',
);
export const schema = 'type Loaf @model { id: ID! }\ntype Order @model { id: ID! }';

/** Starts the sandbox of the file. */
export function setLoading() {
  const bed = setTestBed();
  let cloud: CloudFormationClient;

  beforeAll(() => {
    const config = {
      endpoint: bed.url,
      region: sandboxRegion,
      credentials: sandboxCredentials,
      maxAttempts: 1,
    };
    cloud = new CloudFormationClient(config);
  });
  afterAll(() => cloud.destroy());

  const load = (body: Fields) =>
    bed.control('POST', 'environments', { appId, environment: 'staging', ...body });

  async function loaded(body: Fields): Promise<void> {
    const { status, body: answer } = await load(body);
    expect({ status, answer }).toMatchObject({ status: 200 });
  }

  const stackOf = async (StackName: string) =>
    (await cloud.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  const existingStacks = async () =>
    ((await cloud.send(new ListStacksCommand({}))).StackSummaries ?? []).filter(
      ({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE',
    );
  const bakeryStackCount = async () =>
    (await existingStacks()).filter(({ StackName }) => StackName?.startsWith('amplify-bakery')).length;

  return { bed, load, loaded, stackOf, bakeryStackCount, stacks: () => cloud };
}

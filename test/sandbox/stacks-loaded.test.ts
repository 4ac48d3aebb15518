/** The stacks of loaded environments: their status, templates, parameters and outputs. */
import { DescribeStackResourcesCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { schema, setLoading, staging, whole } from './load-set-up.ts';
import { appId } from './support.ts';

const { bed, loaded, stackOf, bakeryStackCount, stacks } = setLoading();

describe('loaded stacks', () => {
  const all = ['UPDATE_ROLLBACK_FAILED', 'ROLLBACK_COMPLETE', 'DELETE_FAILED', 'UPDATE_IN_PROGRESS'].concat(
    ['CREATE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE', 'CREATE_FAILED', 'IMPORT_ROLLBACK_FAILED'],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'REVIEW_IN_PROGRESS', 'DELETE_COMPLETE', 'UPDATE_COMPLETE'],
  );

  it.each(all)('can have the status %s', async status => {
    await loaded({ meta: whole, stacks: [{ status, reason: 'because' }] });
    const id = (whole.providers as { awscloudformation: { StackId: string } }).awscloudformation.StackId;
    expect(await stackOf(id)).toMatchObject({ StackStatus: status, StackStatusReason: 'because' });
  });

  it.each([
    ['UPDATE_ROLLBACK_FAILED', 'UpdateBackendStorage', 'can not be updated'],
    ['UPDATE_IN_PROGRESS', 'UpdateBackendStorage', 'can not be updated'],
    ['UPDATE_IN_PROGRESS', 'CloneBackend', 'Resource is not in the state stackUpdateComplete'],
    ['UPDATE_ROLLBACK_FAILED', 'CloneBackend', 'Resource is not in the state stackUpdateComplete'],
    ['UPDATE_IN_PROGRESS', 'DeleteBackend', 'cannot be deleted while in status UPDATE_IN_PROGRESS'],
  ] as const)('in %s let the job of %s fail', async (status, operation, words) => {
    await loaded({ meta: whole, schema, stacks: { 'amplify-bakery-dev-40404': status } });
    const more = {
      UpdateBackendStorage: {
        ResourceName: 'photos',
        ResourceConfig: { Permissions: { Authenticated: ['READ'] }, ServiceName: 'S3' },
      },
      CloneBackend: { TargetEnvironmentName: 'qa' },
      DeleteBackend: {},
    }[operation];
    const { BackendEnvironmentName, JobId } = await bed.finish(operation, { ...staging, ...more });
    const job = await bed.call('GetBackendJob', { AppId: appId, BackendEnvironmentName, JobId });
    expect(job).toMatchObject({ Status: 'FAILED', Error: expect.stringContaining(words) });
  });

  it('can be loaded without an environment', async () => {
    const name = 'amplify-amplify0a1b2c3d4e5f6-staging-12345';
    const { status, body } = await bed.control('POST', 'environments', { appId, stacks: [name] });
    expect({ status, body }).toEqual({ status: 200, body: { appId, stacks: 1 } });
    expect(await stackOf(name)).toMatchObject({ StackName: name, StackStatus: 'CREATE_COMPLETE' });
  });

  it('keep their nesting, templates, parameters and outputs', async () => {
    const type = 'AWS::CloudFormation::Stack';
    const root = 'amplify-bakery-dev-40404';
    await loaded({
      meta: whole,
      stacks: [
        { name: root, template: { Resources: { apibread: { Type: type } } } },
        { name: `${root}-apibread-1ABC`, template: { Resources: { Loaf: { Type: type } } } },
        {
          name: `${root}-apibread-1ABC-Loaf-2DEF`,
          template: { Description: 'a model', Resources: { LoafTable: { Type: 'AWS::DynamoDB::Table' } } },
          parameters: [
            { ParameterKey: 'env', ParameterValue: 'dev' },
            { ParameterKey: 'referencetoGetAttGraphQLAPIApiId', ParameterValue: 'breadid' },
          ],
          outputs: [{ OutputKey: 'Out', OutputValue: 'x' }],
        },
      ],
    });
    const model = await stackOf(`${root}-apibread-1ABC-Loaf-2DEF`);
    const [api, top] = [await stackOf(`${root}-apibread-1ABC`), await stackOf(root)];
    expect(model).toMatchObject({
      ...{ ParentId: api?.StackId, RootId: top?.StackId, Outputs: [{ OutputKey: 'Out', OutputValue: 'x' }] },
      Parameters: expect.arrayContaining([{ ParameterKey: 'env', ParameterValue: 'dev' }]),
    });
    expect(top?.ParentId).toBeUndefined();
    const StackName = model?.StackId;
    const { TemplateBody = '' } = await stacks().send(new GetTemplateCommand({ StackName }));
    expect(JSON.parse(TemplateBody)).toMatchObject({ Description: 'a model' });
    const { StackResources = [] } = await stacks().send(new DescribeStackResourcesCommand({ StackName }));
    expect(StackResources).toMatchObject([{ PhysicalResourceId: 'Loaf-breadid-dev' }]);
    await bed.finish('DeleteBackend', staging);
    expect(await bakeryStackCount()).toBe(0);
  });
});

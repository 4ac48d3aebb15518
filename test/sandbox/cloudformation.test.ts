/** CloudFormation through its own client: names and ARNs, pages, filters and refusals. */
import {
  DescribeStacksCommand,
  ListStacksCommand,
  paginateDescribeStacks,
} from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { sendSigned } from './hand-signer.ts';
import { devStack, setStackBed } from './stack-bed.ts';
import { eventsPage, stackReader } from './stack-reader.ts';
import { dev } from './support.ts';

const scene = setStackBed();

const update = () => scene.bed.finish('UpdateBackendAPI', { ...dev, ResourceName: 'shopapi' });

it('finds a stack by name and by ARN, and lists all without either', async () => {
  const byName = await scene.stacks.stack(devStack);
  expect(await scene.stacks.stack(byName.StackId ?? '')).toEqual(byName);
  expect(byName).not.toHaveProperty('ParentId');
  const names: (string | undefined)[] = [];
  for await (const page of paginateDescribeStacks({ client: scene.stacks.client }, {}))
    names.push(...(page.Stacks ?? []).map(stack => stack.StackName));
  expect(names).toHaveLength(23);
  await scene.bed.finish('DeleteBackend', dev);
  const { Stacks = [] } = await scene.stacks.client.send(new DescribeStacksCommand({}));
  expect(Stacks).toHaveLength(12);
});

it.each([
  ['DescribeStacks', () => scene.stacks.stack('nobody'), 'Stack with id nobody does not exist'],
  ['DescribeStackResources', () => scene.stacks.resources('nobody'), 'Stack with id nobody does not exist'],
  ['DescribeStackEvents', () => scene.stacks.events('nobody'), 'Stack [nobody] does not exist'],
])('%s refuses an unknown stack', async (operation, ask, message) => {
  await expect(ask()).rejects.toMatchObject({
    name: 'ValidationError',
    message,
    $metadata: { httpStatusCode: 400 },
  });
  expect(await scene.bed.log()).toMatchObject([
    { operation: `cloudformation:${operation}`, verdict: 'ValidationError', status: 400 },
  ]);
});

it('pages events newest first, a hundred a page, and keeps its position while new ones are added', async () => {
  for (let count = 0; count < 20; count++) await update();
  const first = await eventsPage(scene.stacks.client, devStack);
  expect(first.StackEvents).toHaveLength(100);
  await update();
  const second = await eventsPage(scene.stacks.client, devStack, first.NextToken);
  const both = [...(first.StackEvents ?? []), ...(second.StackEvents ?? [])];
  const times = both.map(event => event.Timestamp?.getTime() ?? 0);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  expect(new Set(both.map(event => event.EventId)).size).toBe(both.length);
  expect(both.at(-1)).toMatchObject({
    ResourceStatus: 'CREATE_IN_PROGRESS',
    ResourceStatusReason: 'User Initiated',
    PhysicalResourceId: both.at(-1)?.StackId,
  });
  const other = eventsPage(scene.stacks.client, 'amplify-shop-prod-101601', first.NextToken);
  await expect(other).rejects.toMatchObject({ name: 'ValidationError' });
});

it('answers the events of a deleted stack by its ARN only', async () => {
  const { StackId = '' } = await scene.stacks.stack(devStack);
  await scene.bed.finish('DeleteBackend', dev);
  await expect(scene.stacks.events(devStack)).rejects.toMatchObject({ name: 'ValidationError' });
  expect((await scene.stacks.history(StackId)).at(-1)).toBe('. DELETE_COMPLETE');
});

it('lists stacks by status, deleted ones included, with their parents', async () => {
  await scene.bed.finish('DeleteBackend', dev);
  expect(await scene.stacks.list()).toHaveLength(23);
  const deleted = await scene.stacks.list(['DELETE_COMPLETE', 'DELETE_FAILED']);
  expect(deleted).toHaveLength(11);
  const root = deleted.find(stack => stack.StackName === devStack);
  expect(root?.DeletionTime).toBeInstanceOf(Date);
  expect(root).not.toHaveProperty('ParentId');
  for (const nested of deleted.filter(stack => stack !== root))
    expect(nested).toMatchObject({ ParentId: root?.StackId, RootId: root?.StackId });
});

it('pages the list of stacks', async () => {
  for (let count = 0; count < 22; count++) {
    await scene.bed.call('CloneBackend', { ...dev, TargetEnvironmentName: `copy${count}` });
  }
  scene.bed.advance(4000);
  const all = await scene.stacks.list();
  expect(new Set(all.map(stack => stack.StackId)).size).toBe(23 + 22 * 11);
  const { StackSummaries } = await scene.stacks.client.send(new ListStacksCommand({}));
  expect(StackSummaries).toHaveLength(100);
  const times = all.map(stack => stack.CreationTime?.getTime() ?? 0);
  expect(times).toEqual([...times].sort((a, b) => b - a));
});

it('shares its path with STS, and refuses a wrong key', async () => {
  const sts = new STSClient({
    endpoint: scene.bed.url,
    region: sandboxRegion,
    credentials: sandboxCredentials,
  });
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '123456789012' });
  await scene.stacks.stack(devStack);
  const withWrongKey = stackReader(scene.bed.url, { secretAccessKey: 'wrong' });
  await expect(withWrongKey.stack(devStack)).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
    $metadata: { httpStatusCode: 403 },
  });
  expect((await scene.bed.log()).map(({ operation, status }) => [operation, status])).toEqual([
    ['sts:GetCallerIdentity', 200],
    ['cloudformation:DescribeStacks', 200],
    ['cloudformation:DescribeStacks', 403],
  ]);
});

const send = (body: string, service: string) =>
  sendSigned(scene.bed.url, {
    path: '/',
    body,
    service,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    at: scene.bed.now(),
  });

it.each([
  ['Action=CreateStack&Version=2010-05-15', 'cloudformation', 400, 'InvalidAction'],
  ['Action=toString&Version=2010-05-15', 'cloudformation', 400, 'InvalidAction'],
  ['Action=GetCallerIdentity&Version=2010-05-15', 'cloudformation', 400, 'InvalidAction'],
  ['Action=DescribeStacks&Version=2010-05-15', 'sts', 403, 'SignatureDoesNotMatch'],
  ['Action=DescribeStackEvents&Version=2010-05-15', 'cloudformation', 400, 'ValidationError'],
  ['Action=ListStacks&NextToken=x&Version=2010-05-15', 'cloudformation', 400, 'ValidationError'],
])('answers %s, signed for %s, with %d %s', async (body, service, status, code) => {
  const answer = await send(body, service);
  expect(answer.status).toBe(status);
  expect(answer.body).toContain(`<Code>${code}</Code>`);
  expect(answer.body).toContain('xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"');
});

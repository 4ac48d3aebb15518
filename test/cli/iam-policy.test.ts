/** The policy document of `iam-policy`: it allows what the served tools need and nothing else. */
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import { iamPolicy } from '../../src/cli/iam-policy.ts';
import { operations } from '../../src/operations/index.ts';
import { servedGuardActions } from '../../src/server/served-actions.ts';
import { workflows } from '../../src/tools/index.ts';

const read = { toolName: 'get_backend', iamAction: 'amplifybackend:GetBackend', access: 'read' };
const write = { toolName: 'clone_backend', iamAction: 'amplifybackend:CloneBackend', access: 'create' };
const secret = { toolName: 'get_token', iamAction: 'amplifybackend:GetToken', access: 'secret' };

const actionsOf = (policy: ReturnType<typeof iamPolicy>) => policy.Statement.flatMap(({ Action }) => Action);

it('allows what the served tools need, in statements by kind of access, and GetCallerIdentity', () => {
  expect(iamPolicy([write, read, secret, read])).toEqual({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'AmplifyBackendRead', Effect: 'Allow', Action: ['amplifybackend:GetBackend'], Resource: ['*'] },
      {
        Sid: 'AmplifyBackendWrite',
        Effect: 'Allow',
        Action: ['amplifybackend:CloneBackend', 'amplifybackend:GetToken'],
        Resource: ['*'],
      },
      { Sid: 'WhoAmI', Effect: 'Allow', Action: ['sts:GetCallerIdentity'], Resource: ['*'] },
    ],
  });
});

it('allows the reads that follow the jobs of served tools', () => {
  const actions = actionsOf(iamPolicy([{ ...write, startsJob: true }]));
  expect(actions).toEqual(
    expect.arrayContaining(
      ['GetBackend', 'GetBackendJob', 'ListBackendJobs'].map(name => `amplifybackend:${name}`),
    ),
  );
});

it('has no statement without actions, which IAM would refuse', () => {
  expect(iamPolicy([read]).Statement.map(({ Sid }) => Sid)).toEqual(['AmplifyBackendRead', 'WhoAmI']);
  expect(iamPolicy([]).Statement.map(({ Sid }) => Sid)).toEqual(['WhoAmI']);
});

it('names the roles that targets assume, and those only', () => {
  const roleArns = ['arn:aws:iam::123456789012:role/b', 'arn:aws:iam::123456789012:role/a'];
  expect(iamPolicy([], { roleArns }).Statement.at(-1)).toEqual({
    Sid: 'AssumeTargetRoles',
    Effect: 'Allow',
    Action: ['sts:AssumeRole'],
    Resource: [...roleArns].reverse(),
  });
});

it('holds every action once and no wildcard if everything is served', () => {
  const actions = actionsOf(iamPolicy(operations));
  expect(new Set(actions).size).toBe(actions.length);
  expect(actions).toHaveLength(operations.length + 1);
  expect(actions.join()).not.toContain('*');
});

it.each(workflows.filter(({ iamActions }) => iamActions))('$toolName names IAM actions', ({ iamActions }) => {
  for (const action of iamActions ?? [])
    expect(action).toMatch(/^(amplify|amplifybackend|cloudformation):[A-Z]\w+$/);
});

it.each(['decommission_environment', 'describe_environment'])(
  '%s declares the actions that read stacks, records and branches',
  toolName => {
    const actions = workflows.find(tool => tool.toolName === toolName)?.iamActions;
    expect(actions).toEqual(
      expect.arrayContaining([
        ...['cloudformation:DescribeStacks', 'cloudformation:ListStacks', 'amplify:ListApps'],
        ...['amplify:ListBackendEnvironments', 'amplify:ListBranches'],
      ]),
    );
  },
);

it('allows the reads that guard a migration only if a served tool needs the guard', () => {
  const asks = (flags: Record<string, unknown>) =>
    actionsOf(iamPolicy(servedGuardActions(parseConfig({ flags })))).filter(action =>
      action.includes('Template'),
    );
  expect(asks({})).toEqual(['cloudformation:GetTemplate']);
  expect(asks({ toolsets: 'storage' })).toEqual(['cloudformation:GetTemplate']);
  expect(asks({ readOnly: true })).toEqual([]);
  expect(asks({ toolsets: 'jobs' })).toEqual([]);
});

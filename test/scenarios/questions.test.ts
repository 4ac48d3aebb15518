/**
 * What a person is asked before a write: where, which app and environment, every argument that matters, the
 * changes, and what is deleted. Through a real client whose form shows the question.
 */
import { describe, expect, it } from 'vitest';
import { operations } from '../../src/operations/index.ts';
import type { Json } from '../support/child.ts';
import { type McpClient, textOf, today } from '../support/clients.ts';
import { setScene, shareClients } from '../support/scene.ts';
import { appId, on, type ToolCase } from './cases/case.ts';
import { environmentCases } from './cases/environments.ts';
import { resourceCases } from './cases/resources.ts';

const { connect } = today;
const cases: Record<string, ToolCase> = { ...environmentCases, ...resourceCases };
const writes = operations.filter(({ access }) => access !== 'read');

const questions: string[] = [];
const asking: typeof connect = (env, flags) =>
  connect(env, flags, question => {
    questions.push(question);
    return { action: 'cancel' };
  });

/** Calls a tool. @returns the question that the person was asked */
async function questionOf(client: McpClient, tool: string, args: Json): Promise<string> {
  questions.length = 0;
  const result = await client.callTool(tool, args);
  expect(result, tool).toMatchObject({ isError: true });
  expect(questions, textOf(result)).toHaveLength(1);
  return questions[0] ?? '';
}

/** The texts and numbers of arguments, however deep. */
const leavesOf = (value: unknown): string[] =>
  value !== null && typeof value === 'object' ? Object.values(value).flatMap(leavesOf) : [String(value)];

describe('under confirm: writes', () => {
  const scene = setScene(asking, ['--confirm', 'writes']);
  const [openQuiet, openAsking] = [shareClients(connect), shareClients(asking)];

  it.each(writes.map(({ toolName }) => toolName))('%s names where, what and every argument', async tool => {
    const { given, args } = cases[tool] as ToolCase;
    const quiet = await openQuiet(scene.sandbox.env, ['--confirm', 'never']);
    const before = given && (await quiet.callTool(given.tool, given.args));
    scene.sandbox.finishJobs();
    const asked = typeof args === 'function' ? args(before?.structuredContent ?? {}) : args;
    const question = await questionOf(scene.client, tool, asked);
    const { name } = operations.find(({ toolName }) => toolName === tool) ?? {};
    const [first = '', second = ''] = question.split('\n');
    expect(first).toMatch(new RegExp(`^${name} in account 123456789012, region us-east-1 \\(arn:`));
    expect(second).toContain(`App shop (${appId})`);
    const { targetEnvironmentName, backendEnvironmentName, ...rest } = asked;
    const environment = targetEnvironmentName ?? backendEnvironmentName;
    if (environment !== undefined) expect(second).toContain(`environment ${environment}`);
    // A question about an update leaves out unchanged settings.
    const isUpdate = tool.startsWith('update_') && tool !== 'update_backend_config';
    for (const leaf of isUpdate ? [rest.resourceName ?? rest.jobId] : leavesOf(rest))
      expect(question).toContain(String(leaf));
    if (targetEnvironmentName !== undefined)
      expect(question).toContain(`Copies environment ${backendEnvironmentName} to ${targetEnvironmentName}`);
  });

  it.each<[string, Json, string[]]>([
    [
      'update_backend_storage',
      on('dev', {
        resourceName: 'shopmedia',
        resourceConfig: { permissions: { authenticated: ['READ'] }, serviceName: 'S3' },
      }),
      ['- resourceConfig.permissions.authenticated: ["READ","CREATE_AND_UPDATE","DELETE"] → ["READ"]'],
    ],
    [
      'update_backend_auth',
      on('dev', {
        resourceName: 'shopauth',
        resourceConfig: {
          authResources: 'IDENTITY_POOL_AND_USER_POOL',
          service: 'COGNITO',
          userPoolConfigs: {
            mfa: { MFAMode: 'OFF' },
            passwordPolicy: { minimumLength: 8 },
            oAuth: { socialProviderSettings: { Google: { client_secret: { $secret: 'GOOGLE' } } } },
          },
        },
      }),
      [
        '- resourceConfig.userPoolConfigs.mfa.MFAMode: OPTIONAL → OFF',
        'Google.client_secret: "[withheld]" → {"$secret":"GOOGLE"}',
      ],
    ],
    [
      'update_backend_job',
      on('dev', { jobId: '00000000-0000-4000-8001-000000000001', status: 'FAILED' }),
      ['- status: COMPLETED → FAILED', 'AWS cannot cancel a job'],
    ],
    [
      'update_backend_config',
      { appId, loginAuthConfig: { aws_user_pools_id: 'us-east-1_Changed01' } },
      ['- loginAuthConfig.aws_user_pools_id: us-east-1_Changed01', 'The present state cannot be read'],
    ],
  ])('%s shows the current state and the change', async (tool, args, lines) => {
    const env = { ...scene.sandbox.env, AMPLIFY_BACKEND_SECRET_GOOGLE: 'planted' };
    const client = await openAsking(env, ['--confirm', 'writes']);
    const question = await questionOf(client, tool, args);
    for (const line of lines) expect(question).toContain(line);
    // A setting that already has the requested value is no change.
    expect(question).not.toContain('minimumLength');
    expect(question).not.toContain('service');
    expect(question).not.toContain('planted');
  });

  it('says the same in the plan of a dry run', async () => {
    const { structuredContent } = await scene.client.callTool('update_backend_storage', {
      ...(resourceCases.update_backend_storage?.args as Json),
      dryRun: true,
    });
    expect(structuredContent.plan).toMatchObject({
      app: { id: appId, name: 'shop' },
      environment: 'dev',
      changes: [
        { path: 'resourceName', after: 'shopmedia' },
        {
          path: 'resourceConfig.permissions.authenticated',
          before: ['READ', 'CREATE_AND_UPDATE', 'DELETE'],
          after: ['READ'],
        },
      ],
    });
  });
});

describe('what is deleted', () => {
  const scene = setScene(asking, []);

  it('includes the app itself only with cleanAmplifyApp', async () => {
    const all = await questionOf(scene.client, 'remove_all_backends', { appId });
    expect(all).not.toContain('itself');
    const clean = await questionOf(scene.client, 'remove_all_backends', { appId, cleanAmplifyApp: true });
    expect(clean).toContain('- cleanAmplifyApp: true');
    expect(clean).toMatch(
      /This is deleted, with its data:[\s\S]*- The Amplify app d1sandboxshop itself, with its hosting, its domains and its builds: branches [^\n]*develop/,
    );
    for (const question of [all, clean])
      for (const name of ['shopmedia101530-dev', 'shopmedia101601-prod']) expect(question).toContain(name);
  });

  it('is only the bucket for a deletion of storage', async () => {
    const question = await questionOf(
      scene.client,
      'delete_backend_storage',
      on('dev', { resourceName: 'shopmedia', serviceName: 'S3' }),
    );
    expect(question).toContain('- storage/shopmedia (S3): shopmedia101530-dev');
    for (const other of ['auth/', 'api/', 'function/', 'stack', '-prod'])
      expect(question).not.toContain(other);
  });

  it('is the Admin UI, or the token of a session', async () => {
    expect(await questionOf(scene.client, 'remove_backend_config', { appId })).toContain(
      "The app's Admin UI",
    );
    const { sessionId } = (await scene.client.callTool('create_token', { appId })).structuredContent;
    expect(await questionOf(scene.client, 'delete_token', { appId, sessionId })).toContain(
      `- The challenge token of the session ${sessionId}.`,
    );
  });
});

/**
 * Foreign strings from AWS or a caller cannot alter any text of the server: answers, questions, notes, next
 * steps, failures, resources, prompts, progress or the log. Structured values keep them unchanged.
 */
import type { InputRequiredResult, McpServer, ServerContext } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfirmationRequired } from '../../src/call/authorize/confirmation.ts';
import type { Plan } from '../../src/call/authorize/plan.ts';
import { askToConfirm } from '../../src/mcp/confirm.ts';
import type { Json } from '../support/child.ts';
import { generations, type McpClient, type ToolResult, textOf, today } from '../support/clients.ts';
import { hostileNames, unseenIn } from '../support/hostile-names.ts';
import { fillWith, hostileAppId } from '../support/hostile-world.ts';
import { setScene } from '../support/scene.ts';

const [{ connect }] = generations as [(typeof generations)[number]];
const on = (backendEnvironmentName: string, more: Json = {}) => ({
  appId: hostileAppId,
  backendEnvironmentName,
  ...more,
});
const LONGEST = 40_000;
/** Lone surrogates cannot be sent over HTTP. */
const wellFormed = (name: string) => name.replace(/\p{Cs}/gu, '');

/** Lines that a text would contain if a name passed for a text of the server. */
const ours = /^\s*(This stays: everything|- everything|Next: (stop|call delete)|\| prod \|)/m;

/** The members of a structured answer that hold sentences of the server. */
const sentenceMembers = new Set([
  'notes',
  'nextSteps',
  'disagreements',
  'remarks',
  'stays',
  'alsoGoes',
  'summary',
  'why',
  'hint',
  'message',
]);

function sentencesIn(value: unknown, inside = false): string[] {
  if (typeof value === 'string') return inside ? [value] : [];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    sentencesIn(inner, (Array.isArray(value) && inside) || sentenceMembers.has(name)),
  );
}

function expectUnbent(text: string, what: string): void {
  expect(unseenIn(text.replaceAll('\n', '')), what).toEqual([]);
  expect(text, what).not.toMatch(ours);
}

function expectResultUnbent(result: ToolResult, what: string): void {
  expectUnbent(textOf(result), what);
  const { summary, ...rest } = result.structuredContent;
  expectUnbent(String(summary), what);
  // Only the summary is cut. The other members keep every value whole.
  expect(String(summary).length, what).toBeLessThan(LONGEST);
  for (const sentence of sentencesIn(rest)) {
    expectUnbent(sentence, what);
    // A message can have several lines, but only as a list of the server's own.
    expect(
      sentence
        .split('\n')
        .slice(1)
        .every(line => line.startsWith('- ')),
      `${what}: ${sentence}`,
    ).toBe(true);
  }
  for (const { name, title, description } of result.content as readonly Json[])
    for (const text of [name, title, description])
      if (typeof text === 'string') expect(unseenIn(text), what).toEqual([]);
}

const flags = ['--confirm', 'writes'];
const scene = setScene(connect, flags, { jobMs: 60_000 });

/** The questions of the forms that were shown. */
const asked: string[] = [];
let asking: McpClient;
let quiet: McpClient;
beforeAll(async () => {
  const { env } = scene.sandbox;
  asking = await connect(env, flags, question => {
    asked.push(question);
    return { action: 'cancel' };
  });
  quiet = await today.connect(env, ['--confirm', 'never']);
});
afterAll(() => Promise.all([asking.close(), quiet.close()]));

/** The question about a plan in a form. A real form would make the server read everything twice. */
async function questionAbout(plan: Plan): Promise<string> {
  const server = { server: { getClientCapabilities: () => ({ elicitation: {} }) } };
  const required = new ConfirmationRequired(plan, async () => '');
  const ctx = { mcpReq: {} } as ServerContext;
  const shown = await askToConfirm(required, server as unknown as McpServer, ctx, {
    tool: '',
    arguments: {},
  });
  const { inputRequests = {} } = shown as InputRequiredResult;
  return (inputRequests.confirmation as { readonly params: { readonly message: string } }).params.message;
}

describe.each(Object.entries(hostileNames))('%s in answers of AWS', (_, given) => {
  const name = wellFormed(given);
  const isAddressable = name.length <= 128;

  /** Calls of every tool that answers something about that app. */
  const calls: [string, Json][] = [
    ['list_apps', {}],
    ['describe_environment', { app: hostileAppId, environment: 'dev' }],
    ['compare_environments', { app: hostileAppId, left: 'dev', right: 'qa' }],
    ['export_environment', { app: hostileAppId, environment: 'dev' }],
    ['clone_environment', { app: hostileAppId, from: 'dev', to: 'copy' }],
    ['decommission_environment', { app: hostileAppId, environment: 'dev' }],
    [
      'provision_environment',
      {
        app: hostileAppId,
        environment: 'dev',
        api: { schema: 'type A @model { id: ID! }' },
        overwrite: true,
        dryRun: true,
      },
    ],
    ['describe_environment', { app: hostileAppId, environment: 'odd' }],
    ['compare_environments', { app: hostileAppId, left: 'dev', right: 'odd' }],
    ['compare_environments', { app: hostileAppId, left: 'odd', right: 'qa' }],
    ['export_environment', { app: hostileAppId, environment: 'odd' }],
    ['clone_environment', { app: hostileAppId, from: 'odd', to: 'copy' }],
    ['decommission_environment', { app: hostileAppId, environment: 'odd' }],
    ['delete_backend', on('odd')],
    ['get_backend', on('odd')],
    ['get_backend', on('dev')],
    ['get_backend_auth', on('dev', { resourceName: 'other' })],
    ['list_backend_jobs', on('dev')],
    ['delete_backend', on('dev')],
    ['delete_backend', on('dev', { dryRun: true })],
    ['remove_all_backends', { appId: hostileAppId, cleanAmplifyApp: true }],
    ['delete_backend_storage', on('dev', { resourceName: 'other', serviceName: 'S3' })],
    ['import_backend_auth', on('dev', { userPoolId: 'us-east-1_A', webClientId: 'w', nativeClientId: 'n' })],
    ['create_token', { appId: hostileAppId }],
    ...(isAddressable
      ? ([
          ['get_backend_api', on('dev', { resourceName: name })],
          [
            'update_backend_api',
            on('dev', {
              resourceName: name,
              resourceConfig: { transformSchema: 'type A { a: Int }', apiName: name },
            }),
          ],
          [
            'update_backend_storage',
            on('dev', {
              resourceName: name,
              resourceConfig: { permissions: { authenticated: [] }, serviceName: 'S3' },
            }),
          ],
          ['delete_backend_api', on('dev', { resourceName: name })],
          ['generate_backend_api_models', on('dev', { resourceName: name })],
        ] as [string, Json][])
      : []),
  ];

  it('does not alter texts, and stays unchanged in the structure', async () => {
    asked.length = 0;
    await fillWith(scene.sandbox, name);
    const { client } = scene;
    const questions: string[] = [];
    for (const [tool, args] of calls) {
      const result = await client.callTool(tool, args);
      expectResultUnbent(result, tool);
      const { confirmationToken, plan } = result.structuredContent;
      if (confirmationToken !== undefined) questions.push(await questionAbout(plan as Plan));
    }
    expectResultUnbent(await asking.callTool('delete_backend', on('dev')), 'delete_backend by a form');
    expect(asked).toHaveLength(1);
    expect(questions).toContain(asked[0]);
    const jobs = (await client.callTool('list_backend_jobs', on('dev'))).structuredContent.jobs as Json[];
    for (const { jobId } of jobs) {
      expectResultUnbent(await client.callTool('get_backend_job', on('dev', { jobId })), 'get_backend_job');
      expectResultUnbent(await client.callTool('explain_job', on('dev', { jobId })), 'explain_job');
    }
    expect(jobs.map(({ status }) => status)).toContain(name);
    for (const question of questions) expectUnbent(question, 'a question');
    expect(questions.length).toBeGreaterThan(4);

    for (const uri of ['', '/environments/dev', ...(isAddressable ? ['/environments/dev/snapshot'] : [])])
      for (const { text } of (await client.readResource(`amplify-backend://apps/${hostileAppId}${uri}`))
        .contents)
        expect(unseenIn(text.replaceAll('\n', '')), uri).toEqual([]);
    for (const { name: label, title, description } of (await client.listResources()).resources)
      for (const text of [label, title, description])
        expect(unseenIn(String(text)), 'a resource').toEqual([]);
    for (const line of `${client.stderr()}\n${asking.stderr()}`.split('\n'))
      expect(unseenIn(line), 'the log').toEqual([]);
  });

  it('does not alter failures', async () => {
    const { client, sandbox } = scene;
    await sandbox.order('GetBackendAuth', 'error-in-200', { error: name });
    await sandbox.order('CloneBackend', 'job-fails', { error: name, stackReason: name });
    for (const call of [
      client.callTool('get_backend_auth', {
        appId: 'd1sandboxshop',
        backendEnvironmentName: 'dev',
        resourceName: 'shopauth',
      }),
      client.callTool('get_backend_job', on('dev', { jobId: 'j' })),
    ])
      expectResultUnbent(await call, 'a failure');
    const clone = { app: 'd1sandboxshop', from: 'dev', to: 'qa', timeoutSeconds: 5 };
    const answer = quiet.callTool('clone_environment', clone);
    await sandbox.arrival('CloneBackend');
    sandbox.finishJobs();
    const failed = await answer;
    expectResultUnbent(failed, 'a failed clone');
    const { appId, backendEnvironmentName, jobId } = failed.structuredContent.job as Json;
    expectResultUnbent(
      await quiet.callTool('explain_job', { appId, backendEnvironmentName, jobId }),
      'its explanation',
    );
  });
});

/** The paths of the strings in a tool's arguments. */
function textPaths(schema: Json, path: readonly string[] = []): string[][] {
  if (schema.type === 'string') return [[...path]];
  if (schema.type === 'array') return textPaths(schema.items as Json, [...path, '0']);
  return Object.entries((schema.properties ?? {}) as Record<string, Json>).flatMap(([member, inner]) =>
    textPaths(inner, [...path, member]),
  );
}

function withAt(path: readonly string[], value: unknown): unknown {
  const [member, ...rest] = path;
  if (member === undefined) return value;
  return member === '0' ? [withAt(rest, value)] : { [member]: withAt(rest, value) };
}

describe('strings of a caller', () => {
  let client: McpClient;
  beforeAll(async () => {
    client = await today.connect(scene.sandbox.env, flags);
  });
  afterAll(() => client.close());

  it('do not alter texts, in any argument of any tool', async () => {
    const names = Object.values(hostileNames)
      .filter(name => name.length < 1_000)
      .map(wellFormed);
    for (const { name: tool, inputSchema } of await client.listTools()) {
      const base = {
        appId: 'd1sandboxshop',
        app: 'shop',
        backendEnvironmentName: 'dev',
        environment: 'dev',
        resourceName: 'shopauth',
      };
      const known = Object.keys((inputSchema as Json).properties as Json);
      const given = Object.fromEntries(Object.entries(base).filter(([member]) => known.includes(member)));
      for (const [at, path] of textPaths(inputSchema as Json).entries()) {
        const name = names[at % names.length];
        const args = { ...given, ...(withAt(path, name) as Json) };
        expectResultUnbent(await client.callTool(tool, args), `${tool} ${path.join('.')}`);
      }
      // An answer names at most eight unknown members.
      for (let at = 0; at < names.length; at += 8) {
        const unknown = Object.fromEntries(names.slice(at, at + 8).map(name => [name, name]));
        const result = await client.callTool(tool, { ...given, ...unknown });
        expect(textOf(result), tool).not.toMatch(/ and \d+ more/);
        expectResultUnbent(result, `${tool} with unknown members`);
      }
    }
  });

  it('do not alter protocol errors, prompts or URIs', async () => {
    const messageOf = (asked: Promise<unknown>) =>
      asked.then(
        () => '',
        (thrown: Error) => thrown.message,
      );
    for (const name of Object.values(hostileNames)) {
      const failures = await Promise.all([
        messageOf(client.callTool(name)),
        messageOf(client.getPrompt(name)),
        messageOf(client.readResource(`amplify-backend://apps/${name}`)),
      ]);
      for (const message of failures) expectUnbent(message, message);
      expectUnbent(await client.getPrompt('clone', { app: name, from: name, to: name }), 'a prompt');
    }
  });
});

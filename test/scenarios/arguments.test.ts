/** Arguments as models send them, through a real client: what is planned, confirmed, audited and sent is what they mean. */
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Json } from '../support/child.ts';
import { textOf, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const scene = setScene(today.connect);
const storage = { permissions: { authenticated: ['READ'] }, serviceName: 'S3' };
const asText = {
  appId: ` ${appId} `,
  backendEnvironmentName: 'dev',
  resourceName: 'photos',
  resourceConfig: JSON.stringify(storage),
};
const note = 'Sent as text and read as JSON: resourceConfig, dryRun. Send the value itself.';

it('plans with the JSON that arguments hold as text, and names these arguments', async () => {
  const result = await scene.client.callTool('create_backend_storage', {
    ...asText,
    dryRun: 'true',
    confirmationToken: '',
  });
  expect(result.isError).toBeFalsy();
  expect(result.structuredContent.plan).toMatchObject({
    request: { operation: 'CreateBackendStorage', body: { resourceConfig: storage, resourceName: 'photos' } },
  });
  expect(result.structuredContent.notes).toContain(note);
  expect(textOf(result)).toContain(note);
});

it('reads numbers sent as text, and treats null and empty texts as absent', async () => {
  const args = { ...on(' dev '), maxResults: '2', jobId: '', operation: null, nextToken: '', all: null };
  const { structuredContent } = await scene.client.callTool('list_backend_jobs', args);
  expect(structuredContent.jobs).toHaveLength(2);
});

it.each([[''], [' '], [null]])('refuses the call if dryRun is %j', async dryRun => {
  const args = { appId, appName: 'shop', backendEnvironmentName: 'qa', dryRun };
  const result = await scene.client.callTool('create_backend', args);
  expect(result.isError).toBe(true);
  expect(textOf(result)).toContain('dryRun: expected true or false. Write true to plan only');
  const { structuredContent } = await scene.client.callTool('get_backend', {
    appId,
    backendEnvironmentName: '',
  });
  expect(structuredContent.backendEnvironmentList).not.toContain('qa');
  expect(structuredContent.notes).toEqual([
    'Sent empty and counted as absent: backendEnvironmentName. Send a value if one is meant.',
  ]);
});

it('confirms the environment that is meant, however its name was written', async () => {
  const asked = await scene.client.callTool('delete_backend', { ...on(' dev'), confirmationToken: null });
  expect(asked.structuredContent.plan).toMatchObject({ environment: 'dev' });
  const { confirmationToken } = asked.structuredContent;
  const started = await scene.client.callTool('delete_backend', {
    arguments: { ...on('dev'), confirmationToken },
  });
  expect(started.structuredContent.job).toMatchObject({
    operation: 'DeleteBackend',
    backendEnvironmentName: 'dev',
  });
});

it.each([
  [
    'as a text',
    { tool: ' list_backend_jobs ', arguments: JSON.stringify({ ...on('dev'), maxResults: '1' }) },
  ],
  [
    'around arguments',
    { tool: 'list_backend_jobs', arguments: { arguments: { ...on('dev'), maxResults: 1 } } },
  ],
  ['around all', { arguments: { tool: 'list_backend_jobs', arguments: { ...on('dev'), maxResults: 1 } } }],
])('unwraps the arguments of run_operation, %s', async (_, args: Json) => {
  const compact = await today.connect(scene.sandbox.env, ['--surface', 'compact']);
  onTestFinished(() => compact.close());
  const { structuredContent } = await compact.callTool('run_operation', args);
  expect(structuredContent.jobs).toHaveLength(1);
});

it('audits the arguments as they are sent', async () => {
  const file = join(tmpdir(), `audit-${crypto.randomUUID()}.jsonl`);
  const client = await today.connect(scene.sandbox.env, ['--audit-file', file]);
  onTestFinished(async () => {
    await client.close();
    await rm(file);
  });
  await client.callTool('create_backend', {
    appId: ' d1new ',
    appName: 'new ',
    backendEnvironmentName: 'dev',
    resourceName: '',
  });
  const [first = '{}'] = (await readFile(file, 'utf8')).split('\n');
  expect(JSON.parse(first)).toMatchObject({ request: { body: { appId: 'd1new', appName: 'new' } } });
  expect(first).not.toContain('resourceName');
});

/**
 * The compact surface in a real process: a short list, and all other tools through run_operation, which
 * behaves like that tool: answers, refusals, dry runs, confirmations, audit.
 */
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { declaredTools } from '../../src/tools/index.ts';
import type { Json } from '../support/child.ts';
import { generations, type Person, textOf, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const dev = on('dev');

describe.each(generations)('the compact surface: $name', ({ connect, connectHere }) => {
  const scene = setScene(connect, ['--surface', 'compact']);
  const run = (tool: string, args: Json = {}) =>
    scene.client.callTool('run_operation', { tool, arguments: args });
  const deleted = async () => (await scene.sandbox.verdicts('DeleteBackend')).length;

  it('lists the workflows and the two guides', async () => {
    const names = (await scene.client.listTools()).map(({ name }) => name);
    expect(names).toEqual(declaredTools.map(({ toolName }) => toolName));
  });

  it('answers as the tool itself does', async () => {
    const { structuredContent } = await run('get_backend', { appId });
    expect(structuredContent).toMatchObject({ appId, backendEnvironmentList: ['dev', 'prod', 'partner'] });
    const refused = await run('get_backend', { appId, surprise: 1 });
    expect(refused).toMatchObject({ isError: true });
    expect(textOf(refused)).toContain('get_backend');
    expect(textOf(refused)).toContain('surprise');
  });

  it('says how to call an unlisted tool, and that an unknown one does not exist', async () => {
    const direct = await scene.client.callTool('get_backend', { appId });
    expect(direct.structuredContent.error).toMatchObject({
      code: 'policy_denied',
      hint: expect.stringContaining('run_operation'),
    });
    const none = await run('make_coffee');
    expect(none.structuredContent.error).toMatchObject({
      code: 'invalid_arguments',
      hint: expect.stringContaining('find_operation'),
    });
    expect(await scene.sandbox.verdicts('GetBackend')).toEqual([]);
  });

  it("plans without sending, asks first, and accepts the plan's token once", async () => {
    const planned = await run('delete_backend', { ...dev, dryRun: true });
    expect(planned.structuredContent.plan).toMatchObject({ request: { operation: 'DeleteBackend' } });
    const asked = await run('delete_backend', dev);
    expect(asked.structuredContent.error).toMatchObject({ code: 'confirmation_required' });
    expect(await deleted()).toBe(0);
    const { confirmationToken } = asked.structuredContent;
    const started = await run('delete_backend', { ...dev, confirmationToken });
    expect(started.structuredContent.job).toMatchObject({ operation: 'DeleteBackend' });
    expect(await run('delete_backend', { ...dev, confirmationToken })).toMatchObject({ isError: true });
    expect(await deleted()).toBe(1);
  });

  it('asks a person with a form if the client has forms', async () => {
    const person: Person = () => ({ action: 'accept', content: { name: 'dev' } });
    const host = await connectHere(scene.sandbox.env, ['--surface', 'compact'], person);
    onTestFinished(() => host.close());
    const result = await host.callTool('run_operation', { tool: 'delete_backend', arguments: dev });
    expect(result.structuredContent.job).toMatchObject({ operation: 'DeleteBackend' });
    expect(await deleted()).toBe(1);
  });
});

describe('calls that the configuration refuses', () => {
  const { connect } = today;

  it.each([
    [['--read-only'], 'clone_backend', 'readOnly'],
    [['--toolsets', 'workflows,auth'], 'get_backend', 'toolsets'],
    [['--protected', 'dev'], 'delete_backend', 'protected'],
  ])('%j: are refused through run_operation as well', async (flags, tool, setting) => {
    const scene = await connect({ AWS_REGION: 'us-east-1' }, ['--sandbox', '--surface', 'compact', ...flags]);
    onTestFinished(() => scene.close());
    const args = tool === 'clone_backend' ? { ...dev, targetEnvironmentName: 'qa' } : dev;
    const result = await scene.callTool('run_operation', { tool, arguments: args });
    expect(result.structuredContent.error).toMatchObject({
      code: 'policy_denied',
      message: expect.stringContaining(`The setting ${setting} refuses ${tool}`),
    });
  });

  it("are audited under the tool's own name", async () => {
    const auditFile = join(tmpdir(), `audit-${crypto.randomUUID()}.jsonl`);
    const flags = ['--sandbox', '--surface', 'compact', '--audit-file', auditFile];
    const host = await connect({}, flags);
    onTestFinished(async () => {
      await host.close();
      await rm(auditFile);
    });
    const args = { ...dev, targetEnvironmentName: 'qa' };
    await host.callTool('run_operation', { tool: 'clone_backend', arguments: args });
    const lines = (await readFile(auditFile, 'utf8')).trim().split('\n');
    expect(lines.map(line => (JSON.parse(line) as Json).tool)).toEqual(['clone_backend', 'clone_backend']);
  });
});

describe('workflows without any other toolset', () => {
  const { connect } = today;
  const scene = setScene(connect, ['--toolsets', 'workflows'], { jobMs: 4_000 });

  it('can use their steps', async () => {
    const sentence = { app: 'shop', from: 'dev', to: 'qa' };
    const answer = scene.client.callTool('clone_environment', sentence);
    await scene.sandbox.arrival('GetBackendJob');
    scene.sandbox.finishJobs();
    expect((await answer).structuredContent).toMatchObject({ verdict: 'complete' });
    const { isError } = await scene.client.callTool('clone_backend', dev);
    expect(isError).toBe(true);
  });

  it('do not affect the reading of resources', async () => {
    const { contents } = await scene.client.readResource(`amplify-backend://apps/${appId}/environments/dev`);
    expect(contents[0]?.text).toContain('shopauth');
  });
});

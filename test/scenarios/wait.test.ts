/**
 * `wait_for_job` waits for the end of a job although polls fail, or until its time is up, reports progress, and stops all
 * polling when it is cancelled.
 */
import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../../src/sandbox/index.ts';
import { type Env, eras, type Json, type Spoken, speak, startChild } from '../support/child.ts';
import { generations, textOf, today } from '../support/clients.ts';
import { startInProcess } from '../support/in-process.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { type Scene, setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

/** Starts a job. @returns the arguments of wait_for_job for it */
const starter = (scene: Scene) =>
  async function start(tool: string, args: Json): Promise<Json> {
    const { structuredContent } = await scene.client.callTool(tool, args);
    const { backendEnvironmentName, jobId } = structuredContent.job as Json;
    return { appId, backendEnvironmentName, jobId };
  };

const { connect: connectFirst } = today;

const clone = on('dev', { targetEnvironmentName: 'qa' });

describe.each(generations)('wait_for_job: $name', ({ connect }) => {
  // Short, so that the durations that the server learns from one test's jobs do not make the next test wait.
  const scene = setScene(connect, ['--confirm', 'never'], { jobMs: 10_000 });

  const start = starter(scene);
  const startClone = () => start('clone_backend', clone);

  it('answers with the end and the next step', async () => {
    const job = await startClone();
    const waiting = scene.client.callTool('wait_for_job', job);
    await scene.sandbox.arrival('GetBackendJob');
    scene.sandbox.finishJobs();
    const { structuredContent, isError } = await waiting;
    expect(isError).toBeFalsy();
    expect(structuredContent).toMatchObject({
      job: { state: 'succeeded', status: 'COMPLETED' },
      progress: 100,
    });
    expect(structuredContent.nextStep).toContain('not a finished clone');
  });

  it('answers at once for an ended job, with one request to AWS', async () => {
    const job = on('dev', { jobId: '00000000-0000-4000-8001-000000000011' });
    for (let time = 0; time < 3; time++) {
      const { structuredContent } = await scene.client.callTool('wait_for_job', job);
      expect(structuredContent).toMatchObject({ job: { state: 'failed' } });
    }
    expect(await scene.sandbox.verdicts('GetBackendJob')).toEqual(['ok']);
  });

  it('says when the time is up that the job runs, and how to continue', async () => {
    const job = await startClone();
    const result = await scene.client.callTool('wait_for_job', { ...job, timeoutSeconds: 1 });
    expect(result.isError).toBeFalsy();
    expect(result.structuredContent).toMatchObject({
      job: { state: 'running' },
      waitingFor: expect.any(String),
    });
    expect(textOf(result)).toContain('call wait_for_job again');
  });

  it('reports a deletion whose job is gone with its environment as a success', async () => {
    const job = await start('delete_backend', on('prod'));
    await scene.client.callTool('wait_for_job', { ...job, timeoutSeconds: 1 });
    // After twice the duration of a job, the sandbox no longer has the jobs of a deleted environment.
    scene.sandbox.finishJobs();
    scene.sandbox.finishJobs();
    const { structuredContent } = await scene.client.callTool('wait_for_job', job);
    expect(structuredContent).toMatchObject({ job: { state: 'succeeded', operation: 'DeleteBackend' } });
    expect(await scene.sandbox.verdicts('GetBackendJob')).toContain('NotFoundException');
  });

  it('refuses a job that AWS does not know', async () => {
    const result = await scene.client.callTool('wait_for_job', on('dev', { jobId: 'unknown' }));
    expect(result).toMatchObject({ isError: true, structuredContent: { error: { code: 'not_found' } } });
  });
});

// Waiting is the same for all clients; trying this with one keeps it short.
describe('wait_for_job while AWS fails', () => {
  const scene = setScene(connectFirst, [], { jobMs: 10_000 });

  it('reaches the end although polls fail in every way', async () => {
    const job = await starter(scene)('clone_backend', clone);
    await scene.client.callTool('wait_for_job', { ...job, timeoutSeconds: 1 });
    const kinds = ['throttle', 'server-error', 'timeout-before', 'reset-before'] satisfies FaultKind[];
    for (const kind of kinds) await scene.sandbox.order('GetBackendJob', kind);
    scene.sandbox.finishJobs();
    const { structuredContent } = await scene.client.callTool('wait_for_job', job);
    expect(structuredContent).toMatchObject({ job: { state: 'succeeded' } });
    expect(await scene.sandbox.faults()).toEqual([]);
  });
});

describe.each(eras)('wait_for_job, line by line in the $era era', spoken => {
  const { open, call, ask, cancel } = speak(spoken);

  async function waiting<Server extends Spoken>(start: (env: Env) => Server) {
    const sandbox = await startTestSandbox();
    const server = start(sandbox.env);
    await open(server);
    const started = (await call(server, 1, 'clone_backend', clone)) as {
      result: { structuredContent: Json };
    };
    const { jobId } = started.result.structuredContent.job as { jobId: string };
    return { sandbox, server, job: on('qa', { jobId }) };
  }

  it('reports strictly increasing progress on request, and nothing after the end', async () => {
    const { sandbox, server, job } = await waiting(env => startInProcess([], env));
    const each = spoken.each as { _meta?: Json };
    const _meta = { ...each._meta, progressToken: 'how-far' };
    server.send({
      ...{ jsonrpc: '2.0', id: 2, method: 'tools/call' },
      params: { name: 'wait_for_job', arguments: job, _meta },
    });
    const steps = () =>
      server
        .lines()
        .map(
          line =>
            JSON.parse(line) as { method?: string; params: { progressToken: string; progress: number } },
        )
        .filter(({ method }) => method === 'notifications/progress')
        .map(({ params }) => params);
    await server.line(() => steps().length >= 2);
    sandbox.finishJobs();
    await server.line(line => JSON.parse(line).id === 2);
    const told = steps();
    expect(new Set(told.map(({ progressToken }) => progressToken))).toEqual(new Set(['how-far']));
    expect(told.map(({ progress }) => progress)).toEqual(
      [...new Set(told.map(({ progress }) => progress))].sort((a, b) => a - b),
    );
    await ask(server, 3, 'tools/list');
    expect(steps()).toEqual(told);
    await server.end();
    await sandbox.close();
  });

  it('is cancelled without an answer or further requests to AWS', async () => {
    const { sandbox, server: child, job } = await waiting(env => startChild(['stdio'], env));
    child.send({
      ...{ jsonrpc: '2.0', id: 2, method: 'tools/call' },
      params: { name: 'wait_for_job', arguments: job, ...spoken.each },
    });
    await sandbox.arrival('GetBackendJob');
    cancel(child, 2);
    const { result } = (await call(child, 3, 'wait_for_job', { ...job, timeoutSeconds: 1 })) as {
      result: Json;
    };
    expect(result).toHaveProperty('structuredContent.job.state', 'running');
    child.stdin.end();
    const { stderr } = await child.ended;
    expect(child.lines().map(line => JSON.parse(line).id)).not.toContain(2);
    expect(stderr).not.toContain('internal');
    await sandbox.close();
  });
});

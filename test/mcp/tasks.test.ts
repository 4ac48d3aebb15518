/**
 * Tasks, message by message: who gets one and when, the answers of `tasks/get`, `tasks/update` and `tasks/cancel`,
 * and ids that are forged, foreign, expired or from an earlier process.
 */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfirmationRequired } from '../../src/call/authorize/confirmation.ts';
import type { Outcome } from '../../src/call/call-operation.ts';
import { ServerError } from '../../src/errors.ts';
import { buildCatalog, buildWorkflowCatalog } from '../../src/mcp/catalog.ts';
import { createTasks, type DetailedTask, TASK_LIFE_MS, type TaskHandle } from '../../src/mcp/tasks.ts';
import { operations } from '../../src/operations/index.ts';
import { createSealer } from '../../src/secrets/seal.ts';
import type { CallTool } from '../../src/tools/call-tool.ts';
import { workflows } from '../../src/tools/index.ts';
import type { Json } from '../support/child.ts';
import { address, createTestJobs, data, jobAt, kindsOf, reportOf, speakTo } from '../support/tasks.ts';

const running = jobAt('PENDING');
const started: Outcome = { answer: { jobId: 'j-1' }, job: running, notes: [] };
const gives = (outcome: Outcome) => async () => outcome;
const throws = (thrown: unknown) => async () => {
  throw thrown;
};
const me = { caller: 'me' };

/** A process: its jobs and tasks, on a clock and with a key that the test may share with another. */
function startProcess({ key = randomBytes(32), now = (): number => 0 } = {}) {
  const play = createTestJobs();
  play.put(reportOf(running));
  const sealer = createSealer<TaskHandle>({ keys: [key], purpose: 'task', lifeMs: TASK_LIFE_MS, now });
  const tasks = createTasks({ kinds: kindsOf(play.jobs), openSealer: async () => sealer, now });
  const speak = (era: 'modern' | 'legacy' = 'modern', callTool: CallTool = gives(started), caller = 'me') =>
    speakTo(era, { tasks, callTool, caller });
  return { ...play, tasks, sealer, speak };
}

const resultOf = (response: Json) => response.result as Json;
const notFound = { error: { code: -32602, message: 'Task not found' } };

describe('a call that starts a job', () => {
  it('is answered with a task that can be read at once', async () => {
    const { ask, call } = await startProcess().speak();
    const created = resultOf(await call('clone_backend'));
    expect(created).toMatchObject({
      resultType: 'task',
      taskId: expect.stringMatching(/^[\w.-]{50,1000}$/),
      status: 'working',
      statusMessage: expect.stringContaining('job j-1 under environment qa is running'),
      createdAt: '1970-01-01T00:00:00.000Z',
      ttlMs: 24 * 3_600_000,
      pollIntervalMs: 2_500,
    });
    expect(created).not.toHaveProperty('result');
    expect(created).not.toHaveProperty('structuredContent');
    const { taskId, status, statusMessage, createdAt, lastUpdatedAt, ttlMs, pollIntervalMs } = created;
    expect(resultOf(await ask('tasks/get', { taskId }))).toMatchObject({
      resultType: 'complete',
      ...{ taskId, status, statusMessage, createdAt, lastUpdatedAt, ttlMs, pollIntervalMs },
    });
  });

  it('is answered without a task if the request does not declare the extension', async () => {
    const { call } = await startProcess().speak();
    await call('clone_backend');
    const result = resultOf(await call('clone_backend', false));
    expect(result).toMatchObject({ resultType: 'complete', structuredContent: { job: { jobId: 'j-1' } } });
    expect(result).not.toHaveProperty('taskId');
  });

  it('is answered without a task in the 2025 era', async () => {
    const { call } = await startProcess().speak('legacy');
    const result = resultOf(await call('clone_backend'));
    expect(result).toMatchObject({ structuredContent: { job: { jobId: 'j-1' } } });
    expect(result).not.toHaveProperty('taskId');
  });

  const plan = { account: '1', region: 'r', request: { operation: 'CloneBackend' }, policy: '' };
  it.each<[string, CallTool, string, Json]>([
    ['a dry run', gives({ answer: { plan }, notes: [] }), 'clone_backend', { structuredContent: { plan } }],
    [
      'a job that has ended already',
      gives({ ...started, job: jobAt('COMPLETED') }),
      'clone_backend',
      { structuredContent: { job: { state: 'succeeded' } } },
    ],
    [
      'a tool that starts none',
      gives(started),
      'get_backend_job',
      { structuredContent: { job: { state: 'running' } } },
    ],
    [
      'a failure',
      throws(new ServerError('throttled')),
      'clone_backend',
      { isError: true, structuredContent: { error: { code: 'throttled' } } },
    ],
    [
      'a confirmation that is wanted first',
      throws(new ConfirmationRequired(plan as never, async () => 'token')),
      'clone_backend',
      { isError: true, structuredContent: { error: { code: 'confirmation_required' } } },
    ],
  ])('%s is answered without a task', async (_, callTool, tool, expected) => {
    const { call } = await startProcess().speak('modern', callTool);
    expect(resultOf(await call(tool))).toMatchObject({ resultType: 'complete', ...expected });
  });

  it('is answered with a note if no task can be created, because the job has begun', async () => {
    const key = new ServerError('seal_key_unusable', { message: 'No such key.' });
    const { jobs } = createTestJobs();
    const without = [
      createTasks({ kinds: kindsOf(jobs), openSealer: throws(key) }),
      // A job that cannot be read cannot become a task.
      createTasks({ kinds: kindsOf(jobs), openSealer: async () => startProcess().sealer }),
    ];
    for (const tasks of without) {
      const { call } = await speakTo('modern', { tasks, callTool: gives(started) });
      expect(resultOf(await call('clone_backend'))).toMatchObject({
        resultType: 'complete',
        structuredContent: {
          job: { jobId: 'j-1' },
          notes: [expect.stringMatching(/^The work has begun, but no task/)],
        },
      });
    }
  });
});

it('the catalogue says which tools start a job', () => {
  const entries = [...buildWorkflowCatalog(workflows, String), ...buildCatalog(operations, String)];
  const starting = entries.filter(({ startsJob }) => startsJob).map(({ tool }) => tool.name);
  expect(starting).toContain('clone_backend');
  expect(starting).toEqual(operations.filter(({ startsJob }) => startsJob).map(({ toolName }) => toolName));
});

describe('the methods', () => {
  const methods = ['tasks/get', 'tasks/update', 'tasks/cancel'];

  it.each(methods)('%s is refused to a request that does not declare the extension', async method => {
    const { ask, call } = await startProcess().speak();
    const { taskId } = resultOf(await call('clone_backend'));
    for (const params of [{ taskId, inputResponses: {} }, {}])
      expect(await ask(method, params, false)).toMatchObject({
        error: {
          code: -32021,
          data: { requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } },
        },
      });
  });

  it.each(methods)('%s does not exist in the 2025 era', async method => {
    const { ask } = await startProcess().speak('legacy');
    expect(await ask(method, { taskId: 'x' })).toMatchObject({ error: { code: -32601 } });
  });

  it.each(methods)('%s without a task is refused', async method => {
    const { ask } = await startProcess().speak();
    const inputResponses = {};
    for (const taskId of ['', 'x', 'a.b.c.d.e', 'x'.repeat(100_000)])
      expect(await ask(method, { taskId, inputResponses })).toMatchObject(notFound);
    for (const taskId of [undefined, 7, null])
      expect(await ask(method, { taskId, inputResponses })).toMatchObject({ error: { code: -32602 } });
  });

  it('tasks/update requires answers, and accepts those to no open question', async () => {
    const { ask, call } = await startProcess().speak();
    const { taskId } = resultOf(await call('clone_backend'));
    const ack = resultOf(await ask('tasks/update', { taskId, inputResponses: { x: { action: 'accept' } } }));
    expect(ack.resultType).toBe('complete');
    expect(Object.keys(ack).filter(key => key !== '_meta')).toEqual(['resultType']);
    expect(await ask('tasks/update', { taskId })).toMatchObject({ error: { code: -32602 } });
  });

  it('tasks/cancel acknowledges, and the task says what was and was not stopped', async () => {
    const { ask, call } = await startProcess().speak();
    const { taskId } = resultOf(await call('clone_backend'));
    const ack = resultOf(await ask('tasks/cancel', { taskId }));
    expect(Object.keys(ack).filter(key => key !== '_meta')).toEqual(['resultType']);
    const cancelled = resultOf(await ask('tasks/get', { taskId }));
    expect(cancelled).toMatchObject({ status: 'cancelled', taskId });
    expect(cancelled.statusMessage).toMatch(/AWS cannot cancel a job: it goes on/);
    expect(cancelled.statusMessage).toContain(running.uri);
  });

  it('say why AWS could not be asked', async () => {
    const { speak, put } = startProcess();
    const { ask, call } = await speak();
    const { taskId } = resultOf(await call('clone_backend'));
    put(new ServerError('credentials_expired'));
    expect(await ask('tasks/get', { taskId })).toMatchObject({
      error: {
        code: -32603,
        message: expect.stringContaining('Next: '),
        data: { error: { code: 'credentials_expired' } },
      },
    });
  });
});

describe('an id', () => {
  const create = ({ tasks }: ReturnType<typeof startProcess>, ctx = me) => tasks.create('job', data, ctx);

  it('is valid in any process with the key, also after a restart', async () => {
    const key = randomBytes(32);
    const { taskId } = await create(startProcess({ key }));
    const second = startProcess({ key });
    second.put(reportOf(jobAt('COMPLETED')));
    expect(await second.tasks.get(taskId, me)).toMatchObject({
      status: 'completed',
      result: { structuredContent: { ...address, job: { state: 'succeeded' } } },
    });
    await expect(startProcess().tasks.get(taskId, me)).rejects.toMatchObject(notFound.error);
  });

  it('of another caller is refused like one that does not exist, without a read', async () => {
    const mine = startProcess();
    const { taskId } = await create(mine);
    mine.reads.length = 0;
    const { ask } = await mine.speak('modern', gives(started), 'somebody else');
    const params = { taskId, inputResponses: {} };
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel'])
      expect((await ask(method, params)).error).toEqual(
        (await ask(method, { ...params, taskId: 'x' })).error,
      );
    const follow = mine.tasks.follow(taskId, { caller: 'somebody else' }, () => undefined);
    await expect(follow).rejects.toMatchObject(notFound.error);
    expect(mine.reads).toEqual([]);
    expect(await mine.tasks.get(taskId, me)).toMatchObject({ status: 'working' });
  });

  it('is valid for a day, and is then reported as expired, to its owner only', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const process = startProcess({ now: () => now });
    const { taskId, createdAt, ttlMs } = await create(process);
    now = Date.parse(createdAt) + ttlMs - 1;
    expect(await process.tasks.get(taskId, me)).toMatchObject({ createdAt, ttlMs });
    now += 1;
    await expect(process.tasks.get(taskId, me)).rejects.toMatchObject({
      code: -32602,
      message: 'Task has expired',
    });
    await expect(process.tasks.get(taskId, { caller: 'x' })).rejects.toMatchObject(notFound.error);
  });

  it('that was altered, or is for a kind that is not served, is refused', async () => {
    const { tasks, sealer, ...rest } = startProcess();
    const { taskId } = await create({ tasks, sealer, ...rest });
    const parts = taskId.split('.');
    const bent = [...parts.slice(0, 3), `A${parts[3]}`, parts[4]].join('.');
    const handle = { data, caller: 'me', createdAt: '2026-01-01T00:00:00.000Z' };
    const others = [bent, await sealer.seal({ ...handle, kind: 'compute' })];
    others.push(await sealer.seal({ ...handle, kind: 'toString' }));
    for (const id of others) await expect(tasks.get(id, me)).rejects.toMatchObject(notFound.error);
  });

  it('is refused if its job no longer exists or the policy no longer allows it', async () => {
    const { tasks, put, ...rest } = startProcess();
    const { taskId } = await create({ tasks, put, ...rest });
    put(new ServerError('not_found'));
    await expect(tasks.get(taskId, me)).rejects.toMatchObject(notFound.error);
    put(new ServerError('policy_denied'));
    await expect(tasks.get(taskId, me)).rejects.toMatchObject({ code: -32603 });
  });
});

it('the key is read once, by the first task, and again after a failure', async () => {
  const { jobs, put } = createTestJobs();
  put(reportOf(running));
  const { sealer } = startProcess();
  let asked = 0;
  const openSealer = async () => {
    asked += 1;
    if (asked === 1) throw new ServerError('seal_key_unusable');
    return sealer;
  };
  const tasks = createTasks({ kinds: kindsOf(jobs), openSealer });
  expect(asked).toBe(0);
  await expect(tasks.create('job', data, me)).rejects.toMatchObject({ code: 'seal_key_unusable' });
  const { taskId } = await tasks.create('job', data, me);
  await tasks.get(taskId, me);
  expect(asked).toBe(2);
});

it('a follower gets each change as tasks/get would answer it, and nothing after its release', async () => {
  const { tasks, put } = startProcess();
  const { taskId } = await tasks.create('job', data, me);
  const told: DetailedTask[] = [];
  const release = await tasks.follow(taskId, me, task => told.push(task));
  put(reportOf(running, { progress: 40 }));
  expect(told).toEqual([await tasks.get(taskId, me)]);
  put(reportOf(jobAt('COMPLETED')));
  expect(told[1]).toEqual(await tasks.get(taskId, me));
  expect(told[1]).toMatchObject({ taskId, status: 'completed' });
  expect(told[1]).not.toHaveProperty('resultType');
  release();
  put(reportOf(jobAt('FAILED')));
  expect(told).toHaveLength(2);
});

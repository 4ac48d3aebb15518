/**
 * Tasks for workflows: when a workflow becomes a task, its states, cancelling, and what another process knows
 * about it.
 */
import { describe, expect, it } from 'vitest';
import { ConfirmationRequired, createConfirmations } from '../../src/call/authorize/confirmation.ts';
import type { CallContext, Outcome } from '../../src/call/call-operation.ts';
import { ServerError } from '../../src/errors.ts';
import type { RunFacts } from '../../src/mcp/run-facts.ts';
import type { WorkflowStart, WorkflowTaskData } from '../../src/mcp/workflow-task.ts';
import { WorkflowTasks } from '../../src/mcp/workflow-task.ts';
import { createLocalFacts } from '../../src/server/local-facts.ts';
import type { CallTool } from '../../src/tools/call-tool.ts';
import { bond } from '../call/authorize/confirmation-set-up.ts';
import { jobAt, reportOf } from '../support/tasks.ts';

const me = { caller: 'me' };
const args = { app: 'shop', from: 'dev', to: 'qa' };
const job = jobAt('PENDING');
const done: Outcome = { answer: { verdict: 'complete' }, notes: [] };

/** A process whose one workflow does what the test says, call by call. */
function setUp(facts?: RunFacts) {
  const calls: { args: unknown; context: CallContext; end: PromiseWithResolvers<Outcome> }[] = [];
  const callTool: CallTool = (_, given, context = {}) => {
    const end = withResolvers<Outcome>();
    context.signal?.addEventListener('abort', () => end.reject(new ServerError('cancelled')));
    calls.push({ args: given, context, end });
    return end.promise;
  };
  const tasks = new WorkflowTasks(callTool, { peek: () => reportOf(job, { ttlMs: 1_234 }) }, facts);
  const begin = (more: Partial<CallContext> = {}, given: Readonly<Record<string, unknown>> = args) =>
    tasks.begin('clone_environment', given, { ...me, ...more });
  return { calls, kind: tasks.kind, begin, close: () => tasks.close() };
}

type PromiseWithResolvers<Value> = {
  promise: Promise<Value>;
  resolve(value: Value): void;
  reject(reason: Error): void;
};

function withResolvers<Value>(): PromiseWithResolvers<Value> {
  let settle: Omit<PromiseWithResolvers<Value>, 'promise'> | undefined;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...(settle as Omit<PromiseWithResolvers<Value>, 'promise'>) };
}

function dataOf(begun: WorkflowStart): WorkflowTaskData {
  if (!('data' in begun)) throw new Error('no task was made');
  return begun.data;
}

/** Starts a workflow that waits for its job. */
async function start(scene: ReturnType<typeof setUp>, given?: Readonly<Record<string, unknown>>) {
  const beginning = scene.begin({}, given);
  const [call] = scene.calls;
  call?.context.onJob?.(job);
  return { data: dataOf(await beginning), call: call as NonNullable<typeof call> };
}

describe('a workflow', () => {
  it('that ends without waiting does not become a task', async () => {
    const scene = setUp();
    const beginning = scene.begin();
    scene.calls[0]?.end.resolve(done);
    expect(await beginning).toMatchObject({ result: { structuredContent: { verdict: 'complete' } } });
  });

  it('that fails before it waits fails like any call', async () => {
    const scene = setUp();
    const beginning = scene.begin();
    scene.calls[0]?.end.reject(new ServerError('pending_job'));
    await expect(beginning).rejects.toMatchObject({ code: 'pending_job' });
  });

  it('that waits becomes a task, is not bound by the time limit of its call, and outlives its caller', async () => {
    const scene = setUp();
    const caller = new AbortController();
    const beginning = scene.begin({ signal: caller.signal });
    scene.calls[0]?.context.onJob?.(job);
    const data = dataOf(await beginning);
    expect(scene.calls[0]?.args).toEqual({ ...args, timeoutSeconds: 3_600 });
    caller.abort();
    expect(await scene.kind.read(data, me)).toMatchObject({
      status: 'working',
      statusMessage: expect.stringContaining('job j-1 under environment qa is running'),
      pollIntervalMs: 1_234,
    });
    scene.calls[0]?.end.resolve(done);
    await expect
      .poll(() => scene.kind.read(data, me))
      .toMatchObject({ status: 'completed', result: { structuredContent: { verdict: 'complete' } } });
    expect(scene.calls).toHaveLength(1);
  });

  it('is cancelled with its call until it waits', async () => {
    const scene = setUp();
    const caller = new AbortController();
    const beginning = scene.begin({ signal: caller.signal });
    caller.abort();
    await expect(beginning).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('that fails later is completed with the failure as its result', async () => {
    const scene = setUp();
    const { data, call } = await start(scene);
    call.end.reject(new ServerError('throttled'));
    await expect
      .poll(() => scene.kind.read(data, me))
      .toMatchObject({
        status: 'completed',
        result: { isError: true, structuredContent: { error: { code: 'throttled' } } },
      });
  });

  it('that needs a confirmation later ends without an approval if the client shows pages, and says how to get one', async () => {
    const { kind, begin, calls } = setUp();
    const beginning = begin({ showsPages: true });
    calls[0]?.context.onJob?.(job);
    const data = dataOf(await beginning);
    const confirmations = createConfirmations();
    const asked = await confirmations
      .check(bond, { showsPages: calls[0]?.context.showsPages })
      .catch((thrown: Error) => thrown);
    calls[0]?.end.reject(asked as Error);
    await expect.poll(async () => (await kind.read(data, me)).status).toBe('completed');
    const ended = JSON.stringify(await kind.read(data, me));
    expect(ended).toContain('asks the person then');
    expect(ended).not.toMatch(/confirmationToken|approval/);
  });

  it('that needs a confirmation later ends with the plan and the token', async () => {
    const scene = setUp();
    const { data, call } = await start(scene);
    const request = { operation: 'CreateBackendAuth', method: 'POST', path: '/', body: {} };
    const plan = { account: '123456789012', region: 'us-east-1', request, policy: 'asks' };
    call.end.reject(new ConfirmationRequired(plan, async way => `token for ${way}`));
    await expect
      .poll(() => scene.kind.read(data, me))
      .toMatchObject({
        result: { isError: true, structuredContent: { plan, confirmationToken: 'token for token' } },
      });
  });
});

describe('a follower', () => {
  it('gets each job and the end, and of an ended task the end once', async () => {
    const scene = setUp();
    const { data, call } = await start(scene);
    const told: string[] = [];
    const follow = () => scene.kind.follow(data, me, state => told.push(state.status));
    const release = await follow();
    call.context.onJob?.(jobAt('CREATING'));
    call.end.resolve(done);
    await expect.poll(() => told).toEqual(['working', 'completed']);
    release();
    await follow();
    expect(told).toEqual(['working', 'completed', 'completed']);
  });
});

describe('cancelling', () => {
  it('ends the workflow, says that AWS continues, and is final', async () => {
    const scene = setUp();
    const { data, call } = await start(scene);
    await scene.kind.cancel(data, me);
    expect(call.context.signal?.aborted).toBe(true);
    const cancelled = { status: 'cancelled', statusMessage: expect.stringContaining('goes on at AWS') };
    expect(await scene.kind.read(data, me)).toMatchObject(cancelled);
    await expect(call.end.promise).rejects.toThrow();
    expect(await scene.kind.read(data, me)).toMatchObject(cancelled);
  });

  it('does not change an ended task', async () => {
    const scene = setUp();
    const { data, call } = await start(scene);
    call.end.resolve(done);
    await expect.poll(() => scene.kind.read(data, me)).toMatchObject({ status: 'completed' });
    await scene.kind.cancel(data, me);
    expect(await scene.kind.read(data, me)).toMatchObject({ status: 'completed' });
  });
});

describe('in a process that did not start it', () => {
  it('it runs again without writes and without the used confirmation', async () => {
    const { data } = await start(setUp(), { ...args, confirmationToken: 'used' });
    const other = setUp();
    expect(await other.kind.read(data, me)).toMatchObject({ status: 'working' });
    expect(other.calls).toHaveLength(1);
    expect(other.calls[0]).toMatchObject({
      args: { ...args, timeoutSeconds: 3_600 },
      context: { caller: 'me', readsOnly: true },
    });
    other.calls[0]?.end.resolve(done);
    await expect.poll(() => other.kind.read(data, me)).toMatchObject({ status: 'completed' });
    expect(other.calls).toHaveLength(1);
  });

  it('it cannot continue if its arguments are too long for a handle, and says so', async () => {
    const { data } = await start(setUp(), { ...args, snapshot: 'x'.repeat(5_000) });
    expect(JSON.stringify(data).length).toBeLessThan(2_500);
    const other = setUp();
    await expect
      .poll(() => other.kind.read(data, me))
      .toMatchObject({ result: { structuredContent: { error: { code: 'task_interrupted' } } } });
    expect(other.calls).toHaveLength(0);
  });
});

describe('whose token has expired', () => {
  it('is forgotten, and runs again for a request with a valid token', async () => {
    const scene = setUp();
    const { data, call } = await start(scene);
    call.end.reject(new ServerError('token_expired'));
    await expect.poll(() => scene.kind.read(data, me).then(() => scene.calls.length)).toBe(2);
    expect(scene.calls[1]).toMatchObject({ args, context: { readsOnly: true } });
    scene.calls[1]?.end.resolve(done);
    await expect.poll(() => scene.kind.read(data, me)).toMatchObject({ status: 'completed' });
  });

  it('fails like any call if it does not wait yet', async () => {
    const scene = setUp();
    const beginning = scene.begin();
    scene.calls[0]?.end.reject(new ServerError('token_expired'));
    await expect(beginning).rejects.toMatchObject({ code: 'token_expired' });
  });
});

describe('for the same caller under other rights', () => {
  /** Two applications of one caller. */
  function both() {
    const callerFacts = createLocalFacts()('me');
    return { one: setUp({ caller: callerFacts }), other: setUp({ caller: callerFacts }) };
  }

  it('is shown as running and nothing more, and does not run a second time', async () => {
    const { one, other } = both();
    const { data } = await start(one);
    const state = await other.kind.read(data, me);
    expect(state).toMatchObject({
      status: 'working',
      statusMessage: expect.stringContaining('another access token'),
    });
    expect(JSON.stringify(state)).not.toContain('j-1');
    expect(other.calls).toHaveLength(0);
  });

  it.each<[string, (call: { end: PromiseWithResolvers<Outcome> }) => void]>([
    ['it has ended', call => call.end.resolve(done)],
    ['its token has ended', call => call.end.reject(new ServerError('token_expired'))],
  ])('runs again with these rights once %s', async (_, endIt) => {
    const { one, other } = both();
    const { data, call } = await start(one);
    await other.kind.read(data, me);
    endIt(call);
    // The other application is notified. Without that it would believe for longer that the workflow runs.
    await expect.poll(() => other.calls.length).toBe(1);
    expect(other.calls[0]?.context.readsOnly).toBe(true);
    other.calls[0]?.end.resolve({ answer: { verdict: 'partial' }, notes: [] });
    await expect
      .poll(() => other.kind.read(data, me))
      .toMatchObject({ result: { structuredContent: { verdict: 'partial' } } });
  });

  it('can be cancelled with any rights, for all of them', async () => {
    const { one, other } = both();
    const { data, call } = await start(one);
    await other.kind.cancel(data, me);
    expect(call.context.signal?.aborted).toBe(true);
    for (const scene of [one, other])
      expect(await scene.kind.read(data, me)).toMatchObject({ status: 'cancelled' });
    expect(other.calls).toHaveLength(0);
  });
});

it('ends with the process', async () => {
  const scene = setUp();
  const { call } = await start(scene);
  scene.close();
  expect(call.context.signal?.aborted).toBe(true);
});

/**
 * `clone_environment` as a task, message by message: the call is answered at once, the workflow continues to
 * its verdict, and a restart loses nothing and starts nothing twice.
 */
import { describe, expect, it } from 'vitest';
import { serveApp } from '../support/app-http.ts';
import type { Json } from '../support/child.ts';
import { setHome } from '../support/home.ts';
import { inProcess, type MessageClient, overHttp, overStdio } from '../support/message-client.ts';

const sentence = { name: 'clone_environment', arguments: { app: 'shop', from: 'dev', to: 'qa' } };

const home = setHome({ jobMs: 4_000 });
const { env } = home;

const wires: [string, (flags?: string[]) => Promise<MessageClient>][] = [
  // The restarts below use a child process each.
  ['stdio', flags => inProcess(env(), flags)],
  ['HTTP', async () => overHttp((await serveApp(env())).url)],
];

async function begin(client: MessageClient, call: Json = sentence): Promise<string> {
  const { result } = await client.ask('tools/call', call);
  expect(result).toMatchObject({ resultType: 'task', status: 'working' });
  return String(result.taskId);
}

/** Asks for the task until it has that state. */
const standsAs = (client: MessageClient, taskId: string, expected: Json) =>
  expect
    .poll(async () => (await client.ask('tasks/get', { taskId })).result, { interval: 200 })
    .toMatchObject(expected);

const verified = {
  status: 'completed',
  result: { structuredContent: { verdict: 'complete', differences: [], job: { state: 'succeeded' } } },
};

describe.each(wires)('over %s', (_, connectTo) => {
  it('ends with the verdict, without another call', async () => {
    const client = await connectTo();
    const taskId = await begin(client);
    home.sandbox.finishJobs();
    await standsAs(client, taskId, verified);
    expect(await home.sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('is sent on a stream, ending with the verdict', async () => {
    const client = await connectTo();
    const taskId = await begin(client);
    const stream = client.listen({ taskIds: [taskId] });
    await stream.next();
    home.sandbox.finishJobs();
    for await (const { params } of stream) {
      if ((params as Json).status === 'working') continue;
      expect(params).toMatchObject({ taskId, ...verified });
      break;
    }
  });

  it('stops after its cancellation, and says that AWS continues', async () => {
    const client = await connectTo();
    const taskId = await begin(client);
    await client.ask('tasks/cancel', { taskId });
    await standsAs(client, taskId, {
      status: 'cancelled',
      statusMessage: expect.stringContaining('goes on at AWS'),
    });
  });

  it('does not become a task if it does not wait', async () => {
    const client = await connectTo();
    for (const more of [{ dryRun: true }, { from: 'gone' }]) {
      const call = { ...sentence, arguments: { ...sentence.arguments, ...more } };
      const { result } = await client.ask('tools/call', call);
      expect(result).toMatchObject({ resultType: 'complete', content: expect.any(Array) });
    }
  });
});

it('provisions an environment, one job after another, and deletes it again', async () => {
  const client = await inProcess(env());
  const qa = { app: 'shop', environment: 'qa' };
  const ends = (taskId: string, expected: Json) =>
    expect
      .poll(
        async () => {
          home.sandbox.finishJobs();
          return (await client.ask('tasks/get', { taskId })).result;
        },
        { interval: 300 },
      )
      .toMatchObject({ status: 'completed', result: { structuredContent: expected } });

  const wishes = { ...qa, auth: {}, storage: {} };
  await ends(await begin(client, { name: 'provision_environment', arguments: wishes }), {
    verdict: 'complete',
  });
  expect(await home.sandbox.verdicts('CreateBackendAuth')).toEqual(['ok']);

  const asked = await client.ask('tools/call', { name: 'decommission_environment', arguments: qa });
  expect(asked.result).toMatchObject({ structuredContent: { error: { code: 'confirmation_required' } } });
  const { confirmationToken } = asked.result.structuredContent as Json;
  const agreed = { ...qa, confirmationToken };
  await ends(await begin(client, { name: 'decommission_environment', arguments: agreed }), {
    verdict: 'gone',
  });
  expect(await home.sandbox.verdicts('DeleteBackend')).toEqual(['ok']);
});

it('survives a restart, and starts nothing twice', async () => {
  const before = await overStdio(env());
  const taskId = await begin(before);
  before.kill();
  const after = await overStdio(env());
  await standsAs(after, taskId, { status: 'working' });
  home.sandbox.finishJobs();
  await standsAs(after, taskId, verified);
  expect(await home.sandbox.verdicts('CloneBackend')).toEqual(['ok']);
});

it('starts nothing again after a restart, although its result is gone', async () => {
  const before = await overStdio(env());
  const taskId = await begin(before);
  before.kill();
  // Simulates that somebody has deleted the target meanwhile.
  await home.sandbox.reset();
  // The second server is another process in any case: the test's own.
  const after = await inProcess(env());
  await standsAs(after, taskId, {
    status: 'completed',
    result: { isError: true, structuredContent: { error: { code: 'task_interrupted' } } },
  });
  expect(await home.sandbox.verdicts('CloneBackend')).toEqual([]);
});

it('works the same through run_operation', async () => {
  const client = await inProcess(env(), ['--surface', 'compact']);
  const { name, arguments: args } = sentence;
  const taskId = await begin(client, { name: 'run_operation', arguments: { tool: name, arguments: args } });
  home.sandbox.finishJobs();
  await standsAs(client, taskId, verified);
});

/** The names that complete URIs, on the test's own clock: how often AWS is asked, and on whose behalf. */
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/server';
import { expect, it, onTestFinished } from 'vitest';
import type { ToolAnswer } from '../../src/call/read-across-targets.ts';
import { ServerError } from '../../src/errors.ts';
import { toJob } from '../../src/jobs/job.ts';
import { serveCompletions } from '../../src/mcp/completion.ts';
import { createDirectory } from '../../src/mcp/directory.ts';

const app = { appId: 'd1shop' };
const dev = { ...app, backendEnvironmentName: 'dev' };

function setUp(answer: () => ToolAnswer['answer'] = () => ({ backendEnvironmentList: ['dev', 'prod'] })) {
  let now = 0;
  const asked: string[] = [];
  const met: string[] = [];
  const directory = createDirectory({
    now: () => now,
    async readTool(tool, { appId }, { caller }) {
      asked.push(`${tool} ${appId} ${caller}`);
      return { answer: answer(), notes: [] };
    },
    knownJobs: caller =>
      caller !== 'ann'
        ? []
        : met.map(jobId => ({
            job: toJob({ ...dev, jobId }, { status: 'CREATING' }, 'CloneBackend'),
            ...{ asOf: '2026-01-01T00:00:00.000Z', nextStep: 'none', ttlMs: 0 },
          })),
    knownApps: () => ['d2', 'd1', 'd2'],
    listApps: async () => {
      asked.push('list_apps');
      return [
        { appId: 'd3', name: 'shop' },
        { appId: 'd1', name: 'blog' },
        { appId: 'd4', name: 'blog' },
      ];
    },
  });
  const pass = (ms: number) => {
    now += ms;
  };
  return { asked, met, directory, pass };
}

it('asks AWS once within ten seconds, and again afterwards', async () => {
  const { asked, directory, pass } = setUp();
  const ask = () => directory.environments(app, 'ann');
  await Promise.all(Array.from({ length: 10 }, ask));
  pass(9_999);
  expect(await ask()).toEqual({ values: ['dev', 'prod'], isPartial: false });
  expect(asked).toHaveLength(1);
  pass(1);
  await ask();
  expect(asked).toHaveLength(2);
});

it('shares no answer between callers or apps', async () => {
  const { asked, directory } = setUp();
  await directory.environments(app, 'ann');
  await directory.environments(app, 'ben');
  await directory.environments({ appId: 'd2' }, 'ann');
  await directory.jobs(dev, 'ann');
  expect(asked).toEqual([
    ...['get_backend d1shop ann', 'get_backend d1shop ben', 'get_backend d2 ann'],
    'list_backend_jobs d1shop ann',
  ]);
});

it('remembers failures too, and asks again later', async () => {
  let isDown = true;
  const { asked, directory, pass } = setUp(() => {
    if (isDown) throw new ServerError('throttled');
    return { backendEnvironmentList: ['dev'] };
  });
  expect((await directory.environments(app, 'ann')).values).toEqual([]);
  isDown = false;
  expect((await directory.environments(app, 'ann')).values).toEqual([]);
  expect(asked).toHaveLength(1);
  pass(10_000);
  expect((await directory.environments(app, 'ann')).values).toEqual(['dev']);
});

it('remembers a bounded number of answers', async () => {
  const { asked, directory } = setUp();
  const ask = (n: number) => directory.environments({ appId: `d${n}` }, 'ann');
  for (let n = 0; n < 201; n++) await ask(n);
  await ask(200);
  expect(asked).toHaveLength(201);
  await ask(0);
  expect(asked).toHaveLength(202);
});

it("has the caller's known jobs first, then the newest that AWS lists, each once", async () => {
  const createTime = (jobId: string, time: string | undefined) => ({ jobId, createTime: time });
  const jobs = [
    createTime('no-time', undefined),
    createTime('old', '1600000000'),
    createTime('new', '2026-01-01T00:00:00Z'),
    createTime('met', '1700000000000'),
  ];
  const { met, directory } = setUp(() => ({ jobs, nextToken: 'more' }));
  met.push('met');
  expect(await directory.jobs(dev, 'ann')).toEqual({
    values: ['met', 'new', 'old', 'no-time'],
    isPartial: true,
  });
  expect((await directory.jobs(dev, 'ben')).values).toEqual(['new', 'met', 'old', 'no-time']);
  expect((await directory.jobs({ ...dev, backendEnvironmentName: 'prod' }, 'ann')).values[0]).toBe('new');
});

it('names each app once, known ones first', async () => {
  const { asked, directory } = setUp();
  for (let key = 0; key < 3; key++)
    expect(await directory.apps('ann')).toEqual({ values: ['d2', 'd1', 'd3', 'd4'], isPartial: false });
  expect(asked).toEqual(['list_apps']);
});

it('finds apps by name and by id, and none if two have the name', async () => {
  const { asked, directory } = setUp();
  const { values } = await directory.appNames('ann');
  expect(values).toEqual(['shop', 'blog', 'd2', 'd1', 'd3', 'd4']);
  const meant = ['shop', 'd3', 'blog', 'd2', 'nothing'].map(app => directory.appIdOf(app, 'ann'));
  expect(await Promise.all(meant)).toEqual(['d3', 'd3', undefined, 'd2', undefined]);
  expect(asked).toEqual(['list_apps']);
});

it('sends at most a hundred values and their number', async () => {
  const backendEnvironmentList = Array.from({ length: 101 }, (_, n) => `e${n}`);
  const { directory } = setUp(() => ({ backendEnvironmentList }));
  const server = new McpServer({ name: 's', version: '1.0.0' }, { capabilities: { completions: {} } });
  serveCompletions(server, directory, 'ann');
  const client = new Client({ name: 'c', version: '1.0.0' });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(far), client.connect(near)]);
  onTestFinished(() => client.close());
  const complete = async (value: string) => {
    const { completion } = await client.complete({
      ref: {
        type: 'ref/resource',
        uri: 'amplify-backend://apps/{appId}/environments/{backendEnvironmentName}',
      },
      argument: { name: 'backendEnvironmentName', value },
      context: { arguments: app },
    });
    return completion;
  };
  const all = await complete('');
  expect([all.values.length, all.total, all.hasMore]).toEqual([100, 101, true]);
  expect(await complete('e10')).toEqual({ values: ['e10', 'e100'], total: 2, hasMore: false });
});

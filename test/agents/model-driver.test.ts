/** A model as the driver, against a server on the loopback that answers in the shape of either API. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { type ModelSettings, openModel, readModelSettings } from './model-apis.ts';
import { modelDriver } from './model-driver.ts';
import type { AgentRequest, Json } from './request.ts';
import type { Session } from './session.ts';

type Api = ModelSettings['api'];

/** What the model says, in no API's shape. */
interface Said {
  readonly text?: string;
  readonly call?: { readonly tool: string; readonly args: Json };
}

/** A turn in the shape of an API. */
function shaped(api: Api, { text = '', call }: Said, at: number): Json {
  const id = `call-${at}`;
  if (api === 'anthropic')
    return {
      content: [
        ...(text ? [{ type: 'text', text }] : []),
        ...(call ? [{ type: 'tool_use', id, name: call.tool, input: call.args }] : []),
      ],
      usage: { input_tokens: 100, output_tokens: 7 },
    };
  const tool_calls = call && [
    { id, type: 'function', function: { name: call.tool, arguments: JSON.stringify(call.args) } },
  ];
  return {
    choices: [{ message: { role: 'assistant', content: text || null, ...(tool_calls && { tool_calls }) } }],
    usage: { prompt_tokens: 100, completion_tokens: 7 },
  };
}

interface Received {
  readonly path: string | undefined;
  readonly key: string | undefined;
  readonly body: Json;
}

/** A model's API that says these things, in order. A number is a status to answer with instead. */
async function serveModel(api: Api, turns: readonly (Said | number)[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const turn = turns[received.length];
    const { authorization, 'x-api-key': key } = request.headers;
    received.push({
      ...{ path: request.url, key: authorization ?? String(key) },
      body: JSON.parse(Buffer.concat(chunks).toString()) as Json,
    });
    response.statusCode = typeof turn === 'number' ? turn : 200;
    response.end(typeof turn === 'object' ? JSON.stringify(shaped(api, turn, received.length)) : 'busy');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { received, model: openModel({ api, baseUrl, key: 'a-key', model: 'a-model' }, 1) };
}

const called: { tool: string; args: Json }[] = [];
afterEach(() => void called.splice(0));

const session: Session = {
  instructions: 'Start with list_apps.',
  tools: [{ name: 'list_apps', description: 'Lists apps.', inputSchema: { type: 'object', properties: {} } }],
  listTokens: 0,
  calls: [],
  async call(tool, args) {
    called.push({ tool, args });
    if (tool !== 'list_apps') throw new Error(`Unknown tool: ${tool}`);
    return { text: 'apps: shop', structured: {}, isError: false };
  },
};
const request: AgentRequest = { id: 'apps', says: 'Which apps?', replies: ['Yes.'], calls: [], tells: [] };
const list = { call: { tool: 'list_apps', args: { target: 'main' } } };
const play = async (api: Api, ...turns: (Said | number)[]) => {
  const { received, model } = await serveModel(api, turns);
  return { received, played: await modelDriver(model).play(request, session) };
};

describe.each([
  ['openai', '/chat/completions', 'Bearer a-key'],
  ['anthropic', '/v1/messages', 'a-key'],
] as const)('a model behind an API of the shape of %s', (api, path, key) => {
  it('gets the tools, the instructions and the words, calls, and ends with its answer', async () => {
    const { received, played } = await play(api, { text: 'I look.', ...list }, { text: 'There is shop.' });
    expect(called).toEqual([{ tool: 'list_apps', args: { target: 'main' } }]);
    expect(played).toEqual({ says: 'I look.\nThere is shop.', usage: { input: 200, output: 14 } });
    const [first, second] = received;
    expect(first).toMatchObject({ path, key, body: { model: 'a-model' } });
    const text = JSON.stringify(first?.body);
    for (const part of ['Which apps?', 'Start with list_apps.', 'Lists apps.']) expect(text).toContain(part);
    expect(JSON.stringify(second?.body)).toContain('apps: shop');
  });

  it('is told of a call that the server refuses', async () => {
    const { received } = await play(api, { call: { tool: 'none', args: {} } }, { text: 'Sorry.' });
    expect(JSON.stringify(received[1]?.body)).toContain('Unknown tool: none');
  });

  it('gets the replies of the user in order, and then a no', async () => {
    const { received } = await play(api, { text: 'Shall I?' }, { text: 'Really?' }, { text: 'Fine. Else?' });
    expect(received).toHaveLength(3);
    expect(JSON.stringify(received[1]?.body)).toContain('Yes.');
    expect(JSON.stringify(received[2]?.body)).toContain('Do nothing more');
  });

  it('is asked again where it is busy, and given up where it refuses', async () => {
    expect((await play(api, 429, 503, { text: 'Done.' })).received).toHaveLength(3);
    await expect(play(api, 401)).rejects.toThrow("the model's API answered 401: busy");
    await expect(play(api, 500, 500, 500, 500)).rejects.toThrow('answered 500');
  });

  it('does not go on forever', async () => {
    await expect(play(api, ...Array.from({ length: 24 }, () => list))).rejects.toThrow('within 24 turns');
  });
});

it('sends each API its own shape', async () => {
  const turns = [{ text: 'I look.', ...list }, { text: 'Done.' }];
  const [openai] = (await play('openai', ...turns)).received.slice(1);
  expect(openai?.body).toMatchObject({
    messages: [
      { role: 'system' },
      { role: 'user', content: 'Which apps?' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'call-1', type: 'function', function: { name: 'list_apps' } }],
      },
      { role: 'tool', tool_call_id: 'call-1', content: 'apps: shop' },
    ],
    tools: [{ type: 'function', function: { name: 'list_apps', parameters: { type: 'object' } } }],
  });
  const [anthropic] = (await play('anthropic', ...turns)).received.slice(1);
  expect(anthropic?.body).toMatchObject({
    max_tokens: expect.any(Number),
    system: expect.stringContaining('Start with list_apps.'),
    messages: [
      { role: 'user', content: 'Which apps?' },
      {
        role: 'assistant',
        content: [{ type: 'text' }, { type: 'tool_use', id: 'call-1', name: 'list_apps' }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call-1', content: 'apps: shop' }] },
    ],
    tools: [{ name: 'list_apps', input_schema: { type: 'object' } }],
  });
});

it.each([
  [{}, undefined],
  [
    { AGENTS_API: 'openai', AGENTS_MODEL: 'm' },
    { baseUrl: 'https://api.openai.com/v1', key: '' },
  ],
  [
    { AGENTS_API: 'anthropic', AGENTS_MODEL: 'm', AGENTS_BASE_URL: 'http://127.0.0.1:1/', AGENTS_KEY: 'k' },
    { baseUrl: 'http://127.0.0.1:1', key: 'k' },
  ],
])('%j names a model', (env, settings) => {
  const read = readModelSettings(env);
  if (settings) expect(read).toMatchObject(settings);
  else expect(read).toBeUndefined();
});

it.each([
  [{ AGENTS_MODEL: 'm' }, 'AGENTS_API'],
  [{ AGENTS_API: 'other', AGENTS_MODEL: 'm' }, 'AGENTS_API'],
  [{ AGENTS_API: 'openai' }, 'AGENTS_MODEL'],
])('%j is refused by the name of the variable', (env, name) => {
  expect(() => readModelSettings(env)).toThrow(name);
});

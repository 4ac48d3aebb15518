/** What a client is told about invalid parameters of a request: the code -32602 and one sentence. */
import { InMemoryTransport, type JSONRPCMessage, McpServer } from '@modelcontextprotocol/server';
import { expect, it } from 'vitest';
import { lazy } from '../../src/lib/lazy.ts';
import { plainError, sendPlainErrors } from '../../src/mcp/plain-errors.ts';
import { serveTools } from '../../src/mcp/tools.ts';

const clientInfo = { name: 'test', version: '1' };
const initialize = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
const none = async () => {
  throw new Error('not expected to be called');
};

/** Sends requests of the 2025 era to a server with all kinds of handlers. @returns the answers by id */
async function ask(...requests: readonly (readonly [method: string, params?: object])[]) {
  const mcp = new McpServer(
    { name: 'server', version: '1' },
    { capabilities: { tools: {}, resources: {}, completions: {} } },
  );
  sendPlainErrors(mcp);
  const surface = { tools: [], callable: [], missing: new Set<string>(), toolHints: () => [] };
  const unused = {
    resolve: () => ({ name: 'x', args: {} }),
    addToolHints: <Result>(result: Result) => result,
  };
  serveTools(
    mcp,
    {
      ...{ surface: { ...surface, ...unused }, toolsWithPages: lazy(none), caller: 'test' },
      planQuestions: { read: none, close: none },
      calls: { asResults: none, asTasks: none },
    },
    false,
  );
  mcp.server.setRequestHandler('resources/read', none);
  mcp.server.setRequestHandler('completion/complete', none);
  const [client, wire] = InMemoryTransport.createLinkedPair();
  await mcp.connect(wire);
  const answers: JSONRPCMessage[] = [];
  const complete = new Promise<void>(resolve => {
    client.onmessage = message => {
      answers.push(message);
      if (answers.length === requests.length) resolve();
    };
  });
  await client.start();
  for (const [id, [method, params]] of requests.entries())
    await client.send({ jsonrpc: '2.0', id, method, ...(params && { params: { ...params } }) });
  await complete;
  await mcp.close();
  return answers;
}

it.each([
  ['initialize', undefined, 'params: missing or null; expected an object'],
  ['completion/complete', undefined, 'params: missing or null; expected an object'],
  [
    'completion/complete',
    { ref: { type: 'x' }, argument: { name: 'a', value: '' } },
    'params.ref: has none of the expected forms',
  ],
  ['resources/read', {}, 'params.uri: missing or null; expected a text'],
  ['tools/call', { name: 'whoami', arguments: '' }, 'params.arguments: expected an object, not a text'],
  ['tools/call', { name: 'whoami', arguments: [] }, 'params.arguments: expected an object, not a list'],
  ['tools/call', { name: 5 }, 'params.name: expected a text, not a number'],
])('%s with %j', async (method, params, words) => {
  const before = method === 'initialize' ? [] : [['initialize', initialize] as const];
  const answers = await ask(...before, params === undefined ? [method] : [method, params]);
  expect(answers.at(-1)).toMatchObject({
    error: { code: -32602, message: `The parameters do not fit: ${words}.` },
  });
});

it.each([
  'Tool not found',
  '[not JSON',
  '[]',
  '[{"code":"custom","path":["other"],"message":"x"}]',
  'Something else: [{"code":"custom","path":["params"],"message":"x"}]',
])('leaves the error %s as it is', message => {
  const error = { jsonrpc: '2.0' as const, id: 1, error: { code: -32603, message } };
  expect(plainError(error)).toBe(error);
});

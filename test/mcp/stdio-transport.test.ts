/** Every line on stdin gets an answer, or a line in the log if it has no id to answer to. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { LONGEST_MESSAGE } from '../../src/mcp/stdio-messages.ts';
import { createStdioTransport } from '../../src/mcp/stdio-transport.ts';
import { TopLevelId } from '../../src/mcp/top-level-id.ts';

const ping = (more: object = {}) => ({ jsonrpc: '2.0', id: 1, method: 'ping', ...more });

/** What a transport reads, reports and answers for bytes on stdin. */
async function receive(...chunks: (string | Buffer)[]) {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const reports: string[] = [];
  const messages: JSONRPCMessage[] = [];
  const transport = createStdioTransport(stdin, stdout, text => reports.push(text));
  transport.onmessage = message => void messages.push(message);
  const closed = new Promise<void>(resolve => {
    transport.onclose = resolve;
  });
  await transport.start();
  for (const chunk of chunks) if (!stdin.write(chunk)) await once(stdin, 'drain');
  stdin.end();
  // The transport stays open until its requests are answered, and nothing answers them here.
  await once(stdin, 'close');
  await transport.close();
  await closed;
  stdout.end();
  const written = (await stdout.toArray()).join('');
  const answers = written
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));
  return { messages, reports, answers };
}

it.each([
  ['params that are null', ping({ params: null }), ping()],
  ['a cursor that is null', ping({ params: { cursor: null } }), ping({ params: {} })],
  ['_meta that is null', ping({ params: { _meta: null } }), ping({ params: {} })],
  [
    'a progress token that is null',
    ping({ params: { _meta: { progressToken: null } } }),
    ping({ params: { _meta: {} } }),
  ],
])('treats %s as absent', async (_, sent, taken) => {
  expect(await receive(`${JSON.stringify(sent)}\n`)).toEqual({ messages: [taken], reports: [], answers: [] });
});

it('reads a line with a byte order mark, with CR LF, in pieces and after empty lines', async () => {
  const line = Buffer.from(`\ufeff${JSON.stringify(ping())}\r\n\n  \n${JSON.stringify(ping({ id: 'é' }))}\n`);
  const { messages, reports } = await receive(...[...line].map(byte => Buffer.from([byte])));
  expect(messages).toEqual([ping(), ping({ id: 'é' })]);
  expect(reports).toEqual([]);
});

it.each([
  ['JSON that breaks off', '{"method":"ping","id":7', 7, -32700],
  ['JSON that breaks off after other members', '{"id":"a,b","params":{"id":3', 'a,b', -32700],
  ['a message without jsonrpc', '{"method":"ping","id":7}', 7, -32600],
  ['a message with an unknown member', JSON.stringify(ping({ id: 7, surprise: 1 })), 7, -32600],
  ['params that are a text', JSON.stringify(ping({ id: 7, params: 'x' })), 7, -32600],
])('answers %s', async (_, line, id, code) => {
  const { answers, messages } = await receive(`${line}\n`);
  expect(answers).toEqual([{ jsonrpc: '2.0', id, error: { code, message: expect.any(String) } }]);
  expect(messages).toEqual([]);
});

it('answers each request of a batch, although the protocol has no batches', async () => {
  const { answers } = await receive(`[${JSON.stringify(ping())},5,${JSON.stringify(ping({ id: 'b' }))}]\n`);
  expect(answers).toMatchObject([
    { id: 1, error: { code: -32600, message: expect.stringContaining('batch') } },
    { id: 'b', error: { code: -32600 } },
  ]);
  const many = await receive(`[${Array.from({ length: 5_000 }, (_, id) => `{"id":${id}}`).join()}]\n`);
  expect(many.answers).toHaveLength(100);
  expect(many.reports).toHaveLength(1);
});

it.each([
  'garbage',
  '[]',
  '[1]',
  'null',
  '5',
  '{"jsonrpc":"2.0"}',
  '{"jsonrpc":"2.0","id":null,"method":"ping"}',
  '\u0000',
])('reports %s, without repeating it', async line => {
  const { answers, reports, messages } = await receive(`${line}\n`);
  expect({ answers, messages }).toEqual({ answers: [], messages: [] });
  expect(reports).toEqual([expect.stringMatching(/^A line on stdin was not read\. The message is/)]);
});

it('refuses a message that names dryRun twice, where the second one would make the call a write', async () => {
  const call = '{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"create_token"';
  for (const rest of [
    '"arguments":{"dryRun":true,"dryRun":false}',
    '"arguments":{"dryRun" :true},"arguments":{"dryRun":false}',
  ]) {
    const { answers, messages } = await receive(`${call},${rest}}}\n`);
    expect(messages).toEqual([]);
    expect(answers).toMatchObject([{ id: 4, error: { message: expect.stringContaining('Name it once') } }]);
  }
});

it('answers no response, whatever it contains', async () => {
  const { answers, reports } = await receive('{"id":3,"result":5}\n');
  expect(answers).toEqual([]);
  expect(reports).toHaveLength(1);
});

it.each([
  ['a last line without an end', ''],
  ['a last line with an end', '\n'],
])('answers the requests before the end of stdin, %s, then closes', async (_, end) => {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const transport = createStdioTransport(stdin, stdout, text => expect.unreachable(text));
  const events: string[] = [];
  const closed = new Promise<void>(resolve => {
    transport.onclose = () => resolve(void events.push('closed'));
  });
  transport.onmessage = async message => {
    if (!('id' in message)) return;
    // The answers are sent after stdin has ended.
    await once(stdin, 'close');
    events.push('answered');
    await transport.send({ jsonrpc: '2.0', id: message.id as number, result: {} });
  };
  await transport.start();
  stdin.end(`${[ping({ id: 5 }), ping({ id: 6 })].map(one => JSON.stringify(one)).join('\n')}${end}`);
  await closed;
  expect(events).toEqual(['answered', 'answered', 'closed']);
  expect(stdout.read().toString()).toMatch(/"id":5[\s\S]*"id":6/);
});

it('does not wait for the answer to a request that is cancelled, nor to a listen', async () => {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const transport = createStdioTransport(stdin, stdout, text => expect.unreachable(text));
  const closed = new Promise<void>(resolve => {
    transport.onclose = resolve;
  });
  await transport.start();
  const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } };
  const listen = { ...ping({ id: 6 }), method: 'subscriptions/listen' };
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  stdin.end([ping({ id: 5 }), cancelled, listen].map(one => `${JSON.stringify(one)}\n`).join(''));
  await closed;
  expect(vi.getTimerCount()).toBe(0);
});

it.each([
  ['a notification', '{"jsonrpc":"2.0","method":"notifications/x"}', { messages: 1, reports: 0, answers: 0 }],
  ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', { messages: 0, reports: 0, answers: 1 }],
  ['blanks', '  ', { messages: 0, reports: 0, answers: 0 }],
  ['a text that is too long', 'x'.repeat(LONGEST_MESSAGE + 1), { messages: 0, reports: 1, answers: 0 }],
])('treats %s in a last line without a line end as in any line', async (_, line, expected) => {
  const { messages, reports, answers } = await receive(line);
  expect({ messages: messages.length, reports: reports.length, answers: answers.length }).toEqual(expected);
});

it('says that stdin ended within a message', async () => {
  expect((await receive('{"jsonrpc"')).reports).toEqual([
    'stdin ended within a message, after 10 bytes of it.',
  ]);
});

it.each([
  ['before', (text: string) => `{"jsonrpc":"2.0","id":8,"params":{"id":1,"a":"${text}"}}`, 8],
  ['after', (text: string) => `{"params":{"a":["}",{"id":"\\"${text}"}]},"id": "last" }`, 'last'],
])('refuses a message that is too long, whose id comes %s the rest, and reads on', async (_, of, id) => {
  const { answers, messages } = await receive(
    `${of('x'.repeat(LONGEST_MESSAGE))}\n${JSON.stringify(ping())}\n`,
  );
  expect(answers).toMatchObject([{ id, error: { code: -32600, message: expect.stringContaining('bytes') } }]);
  expect(messages).toEqual([ping()]);
});

it('reports a line that is too long and has no id', async () => {
  const { answers, reports } = await receive('x'.repeat(LONGEST_MESSAGE + 1), '\n');
  expect(answers).toEqual([]);
  expect(reports[0]).toContain(`more than ${LONGEST_MESSAGE} bytes`);
});

it.each([
  ['{"id":1}', 1],
  ['{ "id" : "x" , "a":1}', 'x'],
  ['{"a":{"id":1}}', undefined],
  ['{"a":"id","b":[{"id":4}]}', undefined],
  ['{"\\"id":1}', undefined],
  ['{"id":null}', undefined],
  ['{"id":[1]}', undefined],
  ['["id",1]', undefined],
  ['{"id"', undefined],
  ['{"id":"unended', undefined],
  ['}}}{"id":1}', undefined],
  ['{"a":{"b":"\\n"},"id":1}', 1],
  ['{"a":["\\\\",{"b":"\\u0022"}],"id":1}', 1],
  [`{"a":"${'x'.repeat(300)}\\n","id":1}`, 1],
])('finds in %s the id %o', (text, id) => {
  const found = new TopLevelId();
  found.read(Buffer.from(text));
  expect(found.id).toBe(id);
  const inPieces = new TopLevelId();
  for (const byte of Buffer.from(text)) inPieces.read(Uint8Array.of(byte));
  expect(inPieces.id).toBe(id);
});

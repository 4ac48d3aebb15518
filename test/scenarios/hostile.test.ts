/**
 * The server on the network under hostile traffic, as a real process: slow, long or numerous requests of one
 * caller do not affect others, memory stays bounded, and the process ends on request.
 */
import { once } from 'node:events';
import { expect, it } from 'vitest';
import {
  lengthOf,
  message,
  modernHeaders,
  shareAttackedServer,
  startAttackedServer,
  statusAt,
  times,
} from '../support/attacked-server.ts';
import { eras } from '../support/child.ts';
import { setHome } from '../support/home.ts';
import { overHttp } from '../support/message-client.ts';
import { connectAndSend, headOf, statusOf } from '../support/raw-http.ts';

const { env } = setHome({});
const [legacy] = eras;
/** Flags for tests that send more than one caller may send in a minute. */
const unmetered = ['--caller-requests-per-minute', '100000'];
/** The server of attacks that end with their test. One that leaves open connections or much in memory has its own server. */
const metered = shareAttackedServer(env);
/** The server of the last attacks, which leave streams and answers open. It must end nevertheless. */
const forMany = shareAttackedServer(env, unmetered);

it('is not blocked by endless headers and slow bodies', async () => {
  const { url, open, othersAreServed, endsWell } = await startAttackedServer(env());
  await times(300, () => connectAndSend(url, 'POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: a'));
  const trickling = await times(300, () => open({ 'content-length': '900000' }, '{'));
  await othersAreServed();
  for (const socket of trickling) socket.write('"');
  await endsWell();
});

it('bounds the memory of endless bodies', async () => {
  const { open, staysWell } = await metered();
  const body = new Uint8Array(900_000).fill(0x20);
  const sockets = await times(400, () => open({ 'content-length': '900001' }, body));
  // Some are refused while the server still waits for the others.
  expect(await Promise.race(sockets.map(statusOf))).toBe(503);
  await staysWell();
});

it('refuses headers and bodies over their limits', async () => {
  const { url, send, open, othersAreServed, staysWell } = await metered();
  const long = `"${'x'.repeat(1_000_000)}"`;
  expect(await statusOf(await open({ 'x-long': 'x'.repeat(20_000) }))).toBe(431);
  expect(await statusOf(await open(lengthOf(long), long.slice(0, 1_000)))).toBe(413);
  const chunk = `${(1_000).toString(16)}\r\n${'x'.repeat(1_000)}\r\n`;
  const endless = await open({ 'transfer-encoding': 'chunked' }, chunk.repeat(1_010));
  expect(await statusOf(endless)).toBe(413);
  const longHead = Buffer.from(headOf(url, { 'x-long': 'x'.repeat(1_000_000) }));
  const masses = await times(300, () => connectAndSend(url, longHead));
  await othersAreServed();
  expect(await Promise.all(masses.map(statusOf))).not.toContain(200);
  expect(await statusAt(await send(long))).toBe(413);
  await staysWell();
});

/** So deep that code which calls itself for each level would overflow its stack. */
const LEVELS = 20_000;
const deep = (open: string, close: string) => `${open.repeat(LEVELS)}1${close.repeat(LEVELS)}`;
const call = (args: string) =>
  message('tools/call', { name: 'whoami', arguments: {} }).replace('"arguments":{}', `"arguments":${args}`);
/** Requests of the 2025 era need no further headers, so that nothing else is wrong with them. */
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const listText = JSON.stringify(list);
const legacyCall = (args: string) => call(args).replace(/,"_meta".*/, '}}');
/** A body with somewhat more values than are allowed. */
const VALUES = 31_000;
const initialize = JSON.stringify({ ...list, method: legacy.opening, params: legacy.first });

type Refused = readonly [string, string | Uint8Array, Record<string, string>?];
const refused: Readonly<Record<string, readonly Refused[]>> = {
  'too deep': [
    ['lists in lists', deep('[', ']')],
    ['objects in objects', deep('{"a":', '}')],
    ['deep arguments', call(deep('{"a":', '}')), { ...modernHeaders('tools/call'), 'mcp-name': 'whoami' }],
    ['deep arguments in the 2025 era', legacyCall(deep('[', ']'))],
  ],
  'too many values': [
    ['a list', `[${'1,'.repeat(VALUES)}1]`],
    ['arguments', legacyCall(`{${'"a":1,'.repeat(VALUES)}"a":1}`)],
    ['items of an argument', legacyCall(`{"a":[${'"",'.repeat(VALUES)}""]}`)],
  ],
  'no message': [
    ['many messages in one', JSON.stringify(Array(10_000).fill(list))],
    ['some messages in one', JSON.stringify([list, { ...list, id: 2 }])],
    ['no UTF-8', Buffer.from(listText.replace('1,', '"\xff\xc0",'), 'latin1')],
    ['text', listText, { 'content-type': 'text/plain' }],
    ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    [
      'another encoding',
      Buffer.from(listText, 'utf16le'),
      { 'content-type': 'application/json; charset=utf-16le' },
    ],
  ],
  'for the prototype of all objects': [
    ['the prototype of all objects', listText.replace('{', '{"__proto__":{"isAdmin":true},')],
    ['a prototype in arguments', legacyCall('{"a":{"__proto__":{"isAdmin":true}}}')],
    ['a prototype by its constructor', legacyCall('{"constructor":{"prototype":{"isAdmin":true}}}')],
  ],
};

it.each(Object.entries(refused))('refuses %s, also in large numbers', async (_, cases) => {
  const { send, othersAreServed, staysWell } = await forMany();
  for (const [what, body, more = {}] of cases) {
    // None may keep its place: each case comes more often than there is room for the calls of one caller (128), and all
    // cases together more often than there is room for calls (256).
    for (let round = 0; round < 2; round++) {
      const statuses = await times(70, async () =>
        statusAt(await send(body, { ...lengthOf(body), ...more })),
      );
      expect([400, 415], what).toContain(statuses[0]);
      expect(new Set(statuses).size, what).toBe(1);
    }
    await othersAreServed();
  }
  for (const body of [listText, legacyCall('{}')]) expect(await statusAt(await send(body))).toBe(200);
  await staysWell();
});

it('has no tool, prompt or method named like a member of every object', async () => {
  const { send, staysWell } = await metered();
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
    for (const method of [name, 'tools/call', 'prompts/get']) {
      const params = method === name ? {} : { name, arguments: {} };
      const response = await send(message(method, params), { ...modernHeaders(method), 'mcp-name': name });
      const [chunk] = (await once(response, 'data')) as [Buffer];
      expect(JSON.parse(String(chunk))).toMatchObject({ error: { code: expect.any(Number) } });
    }
  await staysWell();
});

it('bounds the kept messages of a session with long answers', async () => {
  const { send, endsWell } = await startAttackedServer(env());
  const opened = await send(initialize);
  expect(await statusAt(opened)).toBe(200);
  const session = {
    'mcp-session-id': String(opened.headers['mcp-session-id']),
    'mcp-protocol-version': '2025-11-25',
  };
  // An answer repeats the id of its request.
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'x'.repeat(900_000), method: 'ping' });
  for (let round = 0; round < 75; round++)
    expect(new Set(await times(4, async () => statusAt(await send(body, session))))).toEqual(new Set([200]));
  await endsWell();
});

it('withstands clients that disconnect at once', async () => {
  const { open, staysWell } = await forMany();
  const body = call('{}');
  for (let round = 0; round < 6; round++) {
    const more = { ...modernHeaders('tools/call'), 'mcp-name': 'whoami', ...lengthOf(body) };
    const sockets = await times(100, () => open(more, body));
    await Promise.all(sockets.map(socket => once(socket.resetAndDestroy(), 'close')));
  }
  await staysWell();
});

it('holds a thousand idle streams of one caller, refuses one more, and has room for other callers', async () => {
  const { url, send, ann, staysWell } = await forMany();
  const listen = () =>
    send(
      message('subscriptions/listen', { notifications: { resourcesListChanged: true } }),
      modernHeaders('subscriptions/listen'),
      'POST',
      false,
    );
  const streams = await times(100, async () => {
    const opened = await send(initialize);
    expect(await statusAt(opened)).toBe(200);
    const session = { 'mcp-session-id': String(opened.headers['mcp-session-id']) };
    return send('', { ...session, 'mcp-protocol-version': '2025-11-25' }, 'GET', false);
  });
  for (let round = 0; round < 9; round++) streams.push(...(await times(100, listen)));
  expect(new Set(streams.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  const refused = await listen();
  expect(refused.statusCode).toBe(503);
  expect(refused.headers['retry-after']).toMatch(/^\d+$/);
  const other = overHttp(url, ann).listen({ resourcesListChanged: true });
  expect((await other.next()).value).toMatchObject({ method: 'notifications/subscriptions/acknowledged' });
  await other.return(undefined);
  await staysWell();
});

it('answers a flood with results and refusals only', async () => {
  const { send, othersAreServed, staysWell } = await metered();
  const body = message('server/discover');
  const flood = times(1_000, async () => statusAt(await send(body, modernHeaders('server/discover'))));
  await othersAreServed();
  const statuses = new Set(await flood);
  expect([...statuses].filter(status => ![200, 429, 503].includes(Number(status)))).toEqual([]);
  expect(statuses).toContain(429);
  await staysWell();
});

it('bounds the memory for clients that never read', async () => {
  const { open, url, headers, othersAreServed, endsWell } = await forMany();
  const body = message('tools/list');
  const request = `${headOf(url, { ...headers, ...modernHeaders('tools/list'), ...lengthOf(body) })}${body}`;
  const sockets = await times(20, () =>
    open({ ...modernHeaders('tools/list'), ...lengthOf(body) }, body, request.repeat(100)),
  );
  for (const socket of sockets) socket.pause();
  await othersAreServed();
  await endsWell();
});

it('ends on a signal, after all of these', async () => {
  await (await metered()).endsWell();
});

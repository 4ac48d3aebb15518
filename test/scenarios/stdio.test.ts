/**
 * The protocol on stdio, line by line in both eras: stdout carries only the protocol, and the server says who
 * it is, how to work with it, and what a person must set up.
 */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { lazy } from '../../src/lib/lazy.ts';
import { childEnv, cli, type Ended, eras, type Json, speak, startChild } from '../support/child.ts';
import { startInProcess } from '../support/in-process.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { appId } from './cases/case.ts';

const NOISE = 'noise-of-a-dependency';

/** A process whose stdin ends within its first message. No era is known by then, so the case is the same for both. */
const cutOff = lazy(async () => {
  const child = startChild(['stdio']);
  child.stdin.end('{"jsonrpc"');
  return child.ended;
});

describe.each(eras)('stdio in the $era era', spoken => {
  const { open, ask, call } = speak(spoken);
  let sandbox: TestSandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox();
  });
  beforeEach(() => sandbox.reset());
  afterAll(() => sandbox.close());

  it('introduces itself, and has the capabilities that it declares', async () => {
    const result = await open(startInProcess());
    // In the 2026 era, the metadata of every result names the server.
    const { serverInfo = (result._meta as Json)['io.modelcontextprotocol/serverInfo'] } = result;
    expect(serverInfo).toMatchObject({ name: pkg.name, version: pkg.version });
    expect(result.instructions).toContain('get_backend');
    expect(result.capabilities).toEqual({
      tools: { listChanged: false },
      resources: { subscribe: true, listChanged: true },
      completions: {},
      prompts: { listChanged: false },
      // The tasks extension requires the 2026 era.
      ...(spoken.era === '2026' && { extensions: { 'io.modelcontextprotocol/tasks': {} } }),
    });
  });

  /** The output of a process that answers many requests at the most verbose log level; at the end a dependency prints. */
  async function talk(): Promise<Ended & { readonly lines: string[] }> {
    const print = `--import=data:text/javascript,process.on('exit',()=>console.log('${NOISE}'))`;
    const child = startChild(['--log-level', 'trace'], { ...sandbox.env, NODE_OPTIONS: print });
    expect(await open(child)).toMatchObject({ instructions: expect.stringContaining('get_backend') });
    await ask(child, 1, 'tools/list');
    await call(child, 2, 'get_backend', { appId });
    await call(child, 3, 'get_backend', { appId: 'd1missing' });
    await call(child, 4, 'get_backend', { appId: '..' });
    await call(child, 5, 'make_coffee', {});
    await ask(child, 6, 'resources/read', { uri: 'file:///etc/passwd' });
    await ask(child, 7, 'no/such/method');
    child.stdin.end();
    return { ...(await child.ended), lines: child.lines() };
  }
  const talked = lazy(talk);

  it('writes only the protocol to stdout, at the most verbose log level', async () => {
    const { code, stdout, stderr, lines } = await talked.get();
    expect(code).toBe(0);
    expect(stdout.endsWith('\n')).toBe(true);
    const messages = lines.map(line => JSON.parse(line) as Json);
    expect(messages.map(message => message.jsonrpc)).toEqual(Array(8).fill('2.0'));
    expect(messages.map(message => message.id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    // What was kept off stdout was written to stderr.
    expect(stderr).toContain('"tool":"get_backend"');
  });

  it('sends the output of dependencies to stderr', async () => {
    const { stdout, stderr } = await talked.get();
    expect(stdout).not.toContain(NOISE);
    expect(stderr).toContain(NOISE);
  });

  it('creates no token if dryRun is given twice, or outside the arguments', async () => {
    const server = startInProcess([], sandbox.env);
    await open(server);
    const name = 'create_token';
    const twice = `{"appId":"${appId}","dryRun":true,"dryRun":false}`;
    const inText = await ask(server, 1, 'tools/call', { name, arguments: twice });
    expect(inText).toMatchObject({ error: { code: -32602 } });
    const beside = await ask(server, 2, 'tools/call', { name, arguments: { appId }, dryRun: true });
    expect(beside).toMatchObject({ result: { structuredContent: { plan: { request: {} } } } });
    expect(await sandbox.verdicts('CreateToken')).toEqual([]);
  });

  it('ignores invalid lines on stdin', async () => {
    const server = startInProcess();
    for (const garbage of ['not json', '{', '[]', 'null', '{"jsonrpc":"1.0"}', '{"jsonrpc":"2.0"}', ''])
      server.send(garbage);
    expect(await open(server)).toHaveProperty('capabilities');
    server.send('\u0000\uffff');
    expect(await ask(server, 1, 'tools/list')).toHaveProperty('result.tools');
    for (const line of server.lines()) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  });

  it('writes its last warning before it ends with stdin', async () => {
    const { code, stderr } = await cutOff.get();
    expect(code).toBe(0);
    expect(stderr).toContain('stdin ended within a message, after 10 bytes of it.');
  });

  it('answers each line or logs it, and continues after a message that is too long', async () => {
    const child = startChild(['stdio']);
    child.send('\ufeff'.concat('not JSON'));
    child.send(`{"jsonrpc":"2.0","method":"ping","params":{"text":"${'x'.repeat(12_000_000)}"},"id":"long"}`);
    child.send(
      '[{"jsonrpc":"2.0","method":"ping","id":"first"},{"jsonrpc":"2.0","method":"ping","id":"second"}]',
    );
    child.send('{"jsonrpc":"2.0","method":"ping","id":"broken"');
    const refusalOf = async (id: string | number) =>
      JSON.parse(await child.line(text => JSON.parse(text).id === id)) as Json;
    expect(await refusalOf('long')).toMatchObject({ error: { code: -32600 } });
    for (const id of ['first', 'second'])
      expect(await refusalOf(id)).toMatchObject({ error: { code: -32600 } });
    expect(await refusalOf('broken')).toMatchObject({ error: { code: -32700 } });
    await open(child);
    const params = spoken.era === '2026' ? { cursor: null, ...spoken.each } : null;
    child.send({ jsonrpc: '2.0', id: 1, method: 'resources/templates/list', params });
    expect(await refusalOf(1)).toHaveProperty('result.resourceTemplates');
    child.stdin.end();
    const { code, stderr } = await child.ended;
    expect(code).toBe(0);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('A line on stdin was not read. The message is not JSON.');
  });

  it('refuses arguments that are not an object, and an unknown tool, with protocol errors', async () => {
    const server = startInProcess();
    await open(server);
    const listed = await ask(server, 1, 'tools/call', { name: 'get_backend', arguments: ['d1a'] });
    expect(listed).toHaveProperty('error.code', -32602);
    expect(await call(server, 2, 'make_coffee', {})).toHaveProperty('error.code', -32602);
  });

  it('names the fix for a missing region and for missing credentials', async () => {
    const lost = startInProcess();
    await open(lost);
    const noRegion = await call(lost, 1, 'get_backend', { appId });
    expect(noRegion).toHaveProperty('result.structuredContent.error.code', 'region_missing');
    expect(JSON.stringify(noRegion)).toContain('--region');

    const nobody = startInProcess(['--region', 'us-east-1']);
    await open(nobody);
    const noCredentials = await call(nobody, 1, 'get_backend', { appId });
    expect(noCredentials).toHaveProperty('result.structuredContent.error.code', 'credentials_missing');
    expect(JSON.stringify(noCredentials)).toContain('aws configure');
  });

  it('reports refused credentials and an unreachable endpoint', async () => {
    const stranger = startInProcess([], { ...sandbox.env, AWS_ACCESS_KEY_ID: 'AKIASTRANGER00000000' });
    await open(stranger);
    const refused = await call(stranger, 1, 'get_backend', { appId });
    expect(refused).toHaveProperty('result.structuredContent.error.code', 'credentials_refused');
    await stranger.end();

    const astray = startInProcess([], { ...sandbox.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    await open(astray);
    const notSent = await call(astray, 1, 'create_token', { appId });
    expect(notSent).toHaveProperty('result.structuredContent.error.code', 'not_sent');
    expect(notSent).toHaveProperty('result.structuredContent.error.retryable', true);
  });
});

it('serves a host whose SDK starts a separate process to find out the era', async () => {
  const client = new Client({ name: 'host', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  onTestFinished(() => client.close());
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [cli, 'stdio'], env: childEnv() }),
  );
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  expect((await client.listTools()).tools.length).toBeGreaterThan(10);
});

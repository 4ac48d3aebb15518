/**
 * The server for operators, as a real process: metrics of calls and of AWS, a request from its answer to the
 * log by its id, and traces in a real collector that continue the caller's.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { Child, Env, Json } from '../support/child.ts';
import { setHome } from '../support/home.ts';
import { startHosted } from '../support/hosted.ts';
import { hostInProcess } from '../support/in-process.ts';
import { overHttp } from '../support/message-client.ts';
import { startTrust } from '../support/token-server.ts';
import { appId } from './cases/case.ts';

const home = setHome({ jobMs: 30_000 });

const start = (more: Env = {}, flags: readonly string[] = []) =>
  startHosted({ ...home.env(), ...more }, flags);

const callGet = (environment: string) => ({
  name: 'get_backend',
  arguments: { appId, backendEnvironmentName: environment },
});

/** The log of a child that has ended. */
async function logOf(child: Child): Promise<Json[]> {
  child.kill('SIGTERM');
  const { stderr } = await child.ended;
  return stderr
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line) as Json);
}

it('counts requests to AWS, and throttled ones', async () => {
  const { url } = await hostInProcess(home.env());
  await home.sandbox.order('GetBackend', 'throttle');
  await overHttp(url).ask('tools/call', callGet('dev'));
  const metrics = await (await fetch(new URL('/metrics', url))).text();
  const requests = (outcome: string) =>
    `amplify_backend_mcp_aws_requests_total{service="AmplifyBackend",operation="GetBackend",outcome="${outcome}"} 1`;
  expect(metrics).toContain(requests('throttled'));
  expect(metrics).toContain(requests('ok'));
  expect(metrics).toContain('amplify_backend_mcp_aws_requests_waiting 0');
});

it('names a request in its answer, in its error and in the log', async () => {
  const { url, child } = await start();
  const given = 'agent-7.1';
  const { result } = await overHttp(url, undefined, { 'x-request-id': given }).ask(
    'tools/call',
    callGet('no-such'),
  );
  const { content, structuredContent } = result as { content: { text: string }[]; structuredContent: Json };
  expect(structuredContent.error).toMatchObject({ serverRequestId: given });
  expect(content[0]?.text).toContain(given);
  const made = await fetch(url, { method: 'POST', headers: { 'x-request-id': 'two words\t' } });
  const id = made.headers.get('x-request-id');
  expect(id).toMatch(/^[\da-f-]{36}$/);
  const log = await logOf(child);
  expect(log).toContainEqual(
    expect.objectContaining({ msg: 'call', tool: 'get_backend', serverRequestId: given }),
  );
  expect(log).toContainEqual(expect.objectContaining({ msg: 'request', serverRequestId: id }));
});

it('says where its metrics are, and in the log why a token was refused, without the token', async () => {
  const { flags, tokenOf } = await startTrust({ all: { when: { tenant: 'acme' }, target: 'shop' } });
  const { url, child } = await start({}, [...flags, '--metrics-port', '0']);
  const tokens = [
    await tokenOf({ aud: 'https://other.example/mcp' }),
    await tokenOf({ scope: 'openid' }),
    await tokenOf({ tenant: 'umbrella' }),
    'opaque-token-of-somebody',
  ];
  for (const token of tokens) {
    const response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect([401, 403]).toContain(response.status);
  }
  const body = { headers: { authorization: `Bearer ${await tokenOf({ tenant: 'acme' })}` } };
  await fetch(url, { method: 'POST', ...body });
  child.kill('SIGTERM');
  const { stderr } = await child.ended;
  const [, metricsUrl] =
    /^listening on .*\nmetrics on (http:\/\/127\.0\.0\.1:\d+\/metrics)\n/.exec(stderr) ?? [];
  expect(metricsUrl).toBeDefined();
  const lines = stderr.split('\n').filter(line => line.includes('"token refused"'));
  expect(lines.map(line => JSON.parse(line))).toEqual(
    ['audience', 'scope', 'no_rule', 'opaque'].map(reason =>
      expect.objectContaining({ level: 30, reason, serverRequestId: expect.any(String) }),
    ),
  );
  for (const token of tokens) for (const part of token.split('.')) expect(stderr).not.toContain(part);
});

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

/** A collector of traces on the loopback. */
async function startCollector() {
  const spans: Span[] = [];
  const http = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { resourceSpans } = JSON.parse(body) as {
      resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
    };
    spans.push(...resourceSpans.flatMap(one => one.scopeSpans.flatMap(scope => scope.spans)));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  return { spans, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}

it("traces a call from the caller's trace to AWS, without arguments", async () => {
  const { spans, url: collector } = await startCollector();
  const { url, child } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector });
  const [ofHttp, ofCall] = ['0af7651916cd43dd8448eb211c80319c', '4bf92f3577b34da6a3ce929d0e0e4736'];
  const from = (traceId: string) => `00-${traceId}-b7ad6b7169203331-01`;
  await overHttp(url, undefined, { traceparent: from(ofHttp) }).ask('tools/call', callGet('dev'));
  await overHttp(url).ask('tools/call', { ...callGet('dev'), _meta: { traceparent: from(ofCall) } });
  await overHttp(url, undefined, { traceparent: 'nonsense' }).ask('tools/call', {
    name: 'describe_environment',
    arguments: { app: 'shop', environment: 'dev' },
  });
  await logOf(child);

  const of = (traceId: string) => spans.filter(span => span.traceId === traceId);
  const find = (all: Span[], name: string) => all.find(span => span.name === name) as Span;
  const first = of(ofHttp);
  const request = find(first, 'POST /mcp');
  const call = find(first, 'tools/call get_backend');
  expect(request.parentSpanId).toBe('b7ad6b7169203331');
  expect(call.parentSpanId).toBe(request.spanId);
  expect(find(first, 'AmplifyBackend.GetBackend').parentSpanId).toBe(call.spanId);
  expect(find(of(ofCall), 'tools/call get_backend').parentSpanId).toBe('b7ad6b7169203331');

  const workflow = find(spans, 'tools/call describe_environment');
  const steps = spans.filter(({ parentSpanId }) => parentSpanId === workflow.spanId);
  expect(steps.map(({ name }) => name)).toContain('tools/call get_backend');
  expect(JSON.stringify(spans)).not.toContain(appId);
});

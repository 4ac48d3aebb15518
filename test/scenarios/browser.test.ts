/** Pages in a real browser: one of an origin that `allowedOrigins` names speaks MCP, one of another origin reads nothing. */
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eras } from '../support/child.ts';
import { BROWSER, hasChromium } from '../support/chromium.ts';
import { setHome } from '../support/home.ts';
import { hostInProcess } from '../support/in-process.ts';

const home = setHome({});

/** Opens a session, lists the tools, and reports to the page's own server what the page could read. */
const script = (url: string) => `
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const post = (body, more) =>
    fetch(${JSON.stringify(url)}, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
  const read = async () => {
    const params = ${JSON.stringify(eras[0].first)};
    const opened = await post({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
    const session = { 'mcp-session-id': opened.headers.get('mcp-session-id'), 'mcp-protocol-version': '2025-11-25' };
    await opened.text();
    return (await post({ jsonrpc: '2.0', id: 2, method: 'tools/list' }, session)).text();
  };
  read().catch(String).then(body => fetch('/', { method: 'POST', body }));`;

/** Serves the page under every name. @returns its port, and what the page of a name reports */
async function servePages(urlOf: () => string) {
  const reports = new EventEmitter();
  const pages = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const [name = ''] = String(request.headers.host).split(':');
    if (request.method === 'POST') reports.emit(name, body);
    response.setHeader('content-type', 'text/html');
    const inner = name === 'named.test' ? `<iframe src="http://other.test:${port}/"></iframe>` : '';
    response.end(`<!doctype html>${inner}<script>${script(urlOf())}</script>`);
  }).listen(0, '127.0.0.1');
  await once(pages, 'listening');
  const { port } = pages.address() as AddressInfo;
  onTestFinished(() => {
    pages.close();
    pages.closeAllConnections();
  });
  const reportOf = async (name: string) => String((await once(reports, name))[0]);
  return { port, reportOf };
}

/** Opens a page in a browser that finds every name on this machine. */
function browse(url: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'browser-'));
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    `--user-data-dir=${folder}`,
  ];
  const child = spawn(BROWSER, [...flags, '--host-resolver-rules=MAP *.test 127.0.0.1', url], {
    stdio: 'ignore',
    detached: true,
  });
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    process.kill(-(child.pid as number), 'SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
}

describe.runIf(hasChromium)('a page in Chromium (where chromium is installed)', () => {
  it('lists the tools if its origin is named, and reads nothing if it is not', async () => {
    let url = '';
    const { port, reportOf } = await servePages(() => url);
    ({ url } = await hostInProcess(home.env(), ['--allowed-origins', `http://named.test:${port}`]));
    const reports = Promise.all([reportOf('named.test'), reportOf('other.test')]);
    browse(`http://named.test:${port}/`);
    const [named, other] = await reports;
    expect(named).toContain('"clone_environment"');
    expect(other).toMatch(/^TypeError/);
  });
});

/** The command in a pseudo-terminal: what it draws, colours and prints there and not in a pipe. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { startChild } from '../support/child.ts';
import { hasTerminals, runInTerminal } from '../support/pseudo-terminal.ts';
import { startTestSandbox } from '../support/sandbox.ts';

const COLOR = '\u001b[3';

describe.skipIf(!hasTerminals)('in a terminal (where util-linux has its script)', () => {
  it('the bare command says what it is and what to type, within the width of the terminal', async () => {
    const { code, rows, text } = await runInTerminal([], {}, 100);
    expect(code).toBe(0);
    expect(rows.join(' ')).toMatch(/amplify-backend-mcp \d+\.\d+\.\d+: an MCP server for AWS Amplify Gen 1/);
    for (const command of ['demo', 'doctor', 'call list_apps --sandbox', '--help'])
      expect(rows.join('\n')).toMatch(new RegExp(`^ {2}amplify-backend-mcp ${command} {2,}\\w`, 'm'));
    expect(Math.max(...rows.map(row => row.length))).toBeLessThanOrEqual(100);
    expect(text).toContain(COLOR);
  });

  it('a call shows its progress, then only its text, without colours if NO_COLOR is set', async () => {
    const clone = [
      'call',
      'clone_environment',
      '{"app":"shop","from":"dev","to":"qa"}',
      '--sandbox',
      '--job-ms',
      '700',
    ];
    const { code, rows, text } = await runInTerminal(clone, { NO_COLOR: '1' }, 70);
    expect(code).toBe(0);
    expect(text).toContain('\r\u001b[K1 s  ');
    expect(text).not.toContain(COLOR);
    expect(rows[0]).toMatch(/^CloneBackend: job/);
    expect(Math.max(...rows.map(row => row.length))).toBeLessThanOrEqual(70);
    expect(text).not.toContain('structuredContent');
  });

  it('no text from AWS moves the cursor, in an answer, a failure or the log', async () => {
    const sandbox = await startTestSandbox();
    onTestFinished(() => sandbox.close());
    const name = '\u001b[2J\u009b31m';
    const args = JSON.stringify({ appId: 'd1sandboxshop', backendEnvironmentName: 'dev', jobId: name });
    const { code, text } = await runInTerminal(['call', 'get_backend_job', args, '--log-level', 'trace'], {
      ...sandbox.env,
      NO_COLOR: '1',
    });
    expect(code).toBe(1);
    expect(text.replaceAll('\r\u001b[K', '')).not.toMatch(/(?![\r\n])\p{Cc}/u);
  });

  it('the demo draws a bar', async () => {
    const { code, rows, text } = await runInTerminal(['demo', '--job-ms', '700']);
    expect(code).toBe(0);
    expect(text).toMatch(/\[#+-*\] +\d+ % /);
    expect(rows.join('\n')).not.toContain(' % ');
    expect(rows).toContain('Verified: qa is a complete clone of dev (11 resources).');
  });
});

it('the bare command serves over stdio if stdin is no terminal', async () => {
  const child = startChild([]);
  expect(await child.request(1, 'ping')).toMatchObject({ id: 1 });
  child.stdin.end();
  expect(await child.ended).toMatchObject({ code: 0 });
});

it('http prints how to add it to a host, after the line with its address', async () => {
  const child = startChild(['http', '--port', '0', '--sandbox']);
  const url = (await child.firstError()).replace('listening on ', '');
  child.kill('SIGTERM');
  const { stderr } = await child.ended;
  expect(stderr.split('\n')[1]).toBe(
    `add it to a host, for example: claude mcp add --transport http amplify-backend ${url}`,
  );
});

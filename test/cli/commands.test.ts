/**
 * The commands as a person or a script uses them: `tools`, `call`, `demo` and `sandbox`, each once as a process of its own,
 * with their output and exit codes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import type { Tool } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Env, run, startChild } from '../support/child.ts';
import { today } from '../support/clients.ts';
import { runInMemory, runWithServer } from '../support/command.ts';
import { startTestSandbox } from '../support/sandbox.ts';

describe('tools', () => {
  it('prints the list as the protocol carries it', async () => {
    const { code, stdout, stderr } = await run(['tools', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const client = await today.connect({});
    expect(JSON.parse(stdout).tools).toEqual(await client.listTools());
    await client.close();
  });

  it('prints a line for each tool, and marks those that only read and those that can delete', async () => {
    const { code, stdout } = await runWithServer(['tools']);
    expect(code).toBe(0);
    const [table = '', limits = ''] = stdout.trimEnd().split('\n\n');
    const lines = table.split('\n');
    const { tools } = JSON.parse((await runWithServer(['tools', '--json'])).stdout) as { tools: Tool[] };
    expect(lines).toHaveLength(tools.length);
    for (const [index, { name, title, annotations = {} }] of tools.entries()) {
      const line = lines[index] ?? '';
      expect(line).toMatch(new RegExp(`^${name} .* ${title}$`));
      expect(/ reads /.test(line)).toBe(annotations.readOnlyHint === true);
      expect(/ can destroy /.test(line)).toBe(annotations.destructiveHint === true);
    }
    expect(limits).toMatch(new RegExp(`^${tools.length} tools\\..* Cursor 40`));
    expect(limits).toMatch(/Too many for Cursor: --surface compact/);
  });
});

describe('call', () => {
  const call = (...args: string[]) => runWithServer(['call', '--sandbox', ...args]);

  it('prints the structured content on a pipe, and with --json the whole result', async () => {
    const { code, stdout, stderr } = await run([
      'call',
      '--sandbox',
      'get_backend',
      '{"appId":"d1sandboxshop"}',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ appName: 'shop' });
    const whole = JSON.parse((await call('get_backend', '{"appId":"d1sandboxshop"}', '--json')).stdout);
    expect(whole).toMatchObject({ content: [{ type: 'text' }], structuredContent: { appName: 'shop' } });
  });

  it('prints a list as CSV with --csv, and says if the answer has none', async () => {
    const { code, stdout } = await call('take_inventory', '--csv');
    expect(code).toBe(0);
    const [names = '', ...rows] = stdout.trimEnd().split('\n');
    expect(names).toMatch(/^target,appId,app,generation,environment,branch,state,lastChange,data,imported,/);
    expect(rows.map(row => row.split(',').slice(1, 5).join())).toEqual(
      ['dev', 'prod', 'partner'].map(name => `d1sandboxshop,shop,gen1,${name}`),
    );
    const none = await call('whoami', '--csv');
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('has no list') });
  });

  it('prints an answer with all its pages with --all-pages', async () => {
    const { stdout } = await call('list_s3_buckets', '--all-pages');
    const { buckets, nextToken } = JSON.parse(stdout);
    expect(buckets.length).toBeGreaterThan(25);
    expect(nextToken).toBeUndefined();
  });

  it('needs no arguments if the tool needs none', async () => {
    const { code, stdout } = await call('list_s3_buckets');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).buckets).toHaveLength(25);
  });

  it('exits 1 on a tool error, whose text it prints', async () => {
    const { code, stdout, stderr } = await call('get_backend', '{"appId":"d1missing"}');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'not_found' } });
  });

  it('exits 1 for an unknown tool, and suggests in one line a similar one', async () => {
    const { code, stdout, stderr } = await call('clone_enviroment');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^[^\n]*"clone_enviroment"[^\n]*; did you mean clone_environment\?\n$/);
  });

  it('explains the arguments of a tool, also of one that a compact surface does not list', async () => {
    const { code, stdout } = await call('create_backend_auth', '--help', '--surface', 'compact');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: amplify-backend-mcp call create_backend_auth '\{"appId":/);
    expect(stdout).toMatch(/^ +authResources {2}\(one of .*USER_POOL_ONLY.*; required\)$/m);
    expect((await call('--help')).stdout).toContain('--reveal-secrets');
  });
});

/** The command lines of a process's children, which every user of the machine can read. */
function commandLinesUnder(pid: number | undefined): string[] {
  return readdirSync('/proc').flatMap(entry => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const [, parent] = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${entry}/status`, 'utf8')) ?? [];
      return parent === String(pid) ? [readFileSync(`/proc/${entry}/cmdline`, 'utf8')] : [];
    } catch {
      // The process has ended meanwhile.
      return [];
    }
  });
}

it.runIf(platform() === 'linux')(
  'repeats no setting on the command line of a child (read in /proc)',
  async () => {
    const sandbox = await startTestSandbox();
    onTestFinished(() => sandbox.close());
    await sandbox.order('GetBackend', 'slow', { delayMs: 60_000 });
    const [flag, variable] = ['canary-of-a-flag', 'canary-of-a-variable'];
    const child = startChild(
      ['call', 'get_backend', '{"appId":"d1sandboxshop"}', '--redis', `redis://:${flag}@cache.example:6379`],
      { ...sandbox.env, AMPLIFY_BACKEND_MCP_PROTECTED: variable, AMPLIFY_BACKEND_MCP_SEAL_KEY: 'env:KEY' },
    );
    await expect.poll(() => sandbox.faults()).toEqual([]);
    const [line = '', ...others] = commandLinesUnder(child.pid);
    expect(others).toEqual([]);
    expect(line.split('\0').slice(2, -1)).toEqual(['stdio']);
    for (const setting of [flag, variable]) expect(line).not.toContain(setting);
  },
);

describe('demo', () => {
  it('clones, follows and verifies', async () => {
    const { code, stdout, stderr } = await run(['demo', '--job-ms', '20']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('protocol 2026-07-28');
    expect(stdout).toMatch(/> clone dev to qa\n[\s\S]*Verified: qa is a complete clone of dev/);
    // Outside a terminal there are only plain lines.
    for (const control of ['\r', '\u001b']) expect(stdout).not.toContain(control);
  });

  it('finds the clone whose answer was lost, and verifies it', async () => {
    const { code, stdout } = await runWithServer(['demo', '--job-ms', '20', '--fault', 'timeout-after']);
    expect(stdout).toContain('Verified:');
    expect(code).toBe(0);
  });

  it.each([
    ['clone-leaves-empty-environment', 'DIFFERS   auth/shopauth is missing in qa'],
    ['job-fails', 'Resource is not in the state stackUpdateComplete'],
    ['pending-job', 'already a pending job'],
  ])('fails and says why after the fault %s', async (fault, words) => {
    const { code, stdout } = await runWithServer(['demo', '--job-ms', '20', '--fault', fault]);
    expect(code).toBe(1);
    expect(stdout).toContain(words);
    expect(stdout).not.toContain('Verified:');
  });

  it("uses neither the person's AWS account nor their settings", async () => {
    const env = {
      AWS_PROFILE: 'work',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AMPLIFY_BACKEND_MCP_REGION: 'eu-west-1',
      AMPLIFY_BACKEND_MCP_PROFILE: 'work',
    };
    const { code, stdout } = await runWithServer(['demo', '--job-ms', '20'], env);
    expect(stdout).toContain('Verified:');
    expect(code).toBe(0);
  });
});

it.each(['demo', 'sandbox'])('%s ends on a signal', async command => {
  const args = command === 'demo' ? ['--fault', 'job-stuck'] : ['--port', '0'];
  const child = startChild([command, ...args]);
  await child.line(line => /IN_PROGRESS|AWS_REGION/.test(line));
  child.kill('SIGTERM');
  await child.ended;
});

it('ends without an error if the reader of its output closes the pipe', async () => {
  const child = startChild(['tools', '--json']);
  child.stopReading();
  expect(await child.ended).toMatchObject({ stderr: '' });
});

describe('sandbox', () => {
  it('prints its address and the variables to export, works with them, and ends on a signal', async () => {
    const child = startChild(['sandbox', '--port', '0']);
    const last = await child.line(line => line.includes('AWS_REGION='));
    expect(child.lines()[0]).toMatch(/^sandbox on http:\/\/127\.0\.0\.1:\d+$/);
    const exported = child.lines().slice(1);
    expect(exported).toContain(last);
    const env: Env = Object.fromEntries(
      exported.flatMap(line => {
        const [command, ...pairs] = line.split(' ');
        expect(command).toBe('export');
        return pairs.map(pair => pair.split(/=(.*)/s).slice(0, 2));
      }),
    );
    const { code, stdout } = await runWithServer(['call', 'get_backend', '{"appId":"d1sandboxshop"}'], env);
    expect(JSON.parse(stdout)).toMatchObject({ appName: 'shop' });
    expect(code).toBe(0);

    child.kill('SIGTERM');
    expect(await child.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it('says in one line that its port is in use', async () => {
    const squatter = createServer();
    await new Promise<void>(resolve => squatter.listen(0, '127.0.0.1', resolve));
    const address = squatter.address();
    const port = String(typeof address === 'object' ? address?.port : address);
    const { code, stdout, stderr } = await runInMemory(['sandbox', '--port', port]);
    squatter.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^[^\\n]*\\b${port}\\b[^\\n]*\\n$`));
  });
});

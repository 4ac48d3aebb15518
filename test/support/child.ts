/**
 * The built command as a real child process: a run to its end, or a server that a test speaks to line by line, in either era of
 * the protocol. A child sees nothing of the developer's own AWS configuration.
 */
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { AtEnd } from './share.ts';

/** The bin as it is published. */
export const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export type Env = Readonly<Record<string, string>>;
export type Json = Record<string, unknown>;

/** A complete environment: a home without `~/.aws`, no metadata service, and the given variables. */
export function childEnv(more: Env = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...more,
  };
}

/** How a child ended, and everything that it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A server that a test speaks to line by line. */
export interface Spoken {
  readonly stdin: Writable;
  /** Complete lines of stdout so far. */
  lines(): string[];
  /** Waits for the first line of stdout that fits. @throws if the server ends without one */
  line(passes: (line: string) => boolean): Promise<string>;
  /** Sends one JSON-RPC message, or a line as it is. */
  send(message: Json | string): void;
  /** Sends a request and returns its response. */
  request(id: number, method: string, params?: Json): Promise<Json>;
}

/** A child that runs. */
export interface Child extends Spoken {
  readonly pid: number | undefined;
  readonly ended: Promise<Ended>;
  /** Waits for the first line of stderr. @throws if the child ends without one */
  firstError(): Promise<string>;
  /** Closes the reading end of stdout, as `| head` does. */
  stopReading(): void;
  kill(signal: NodeJS.Signals): void;
}

/** Speaks to a server. @param ended resolves when it has ended, with the message of the error that a waiting call then throws */
export function speakLines(stdin: Writable, stdout: Readable, ended: Promise<unknown>): Spoken {
  const news = new EventEmitter();
  const all: string[] = [];
  let rest = '';
  stdout.setEncoding('utf8').on('data', more => {
    const parts = (rest + more).split('\n');
    rest = parts.pop() ?? '';
    all.push(...parts);
    if (parts.length > 0) news.emit('lines');
  });
  let end: { readonly how: unknown } | undefined;
  const isOver = ended.then(how => {
    end = { how };
  });
  isOver.catch(() => undefined);
  /** Each line is checked once, since checking all lines again for each new one is slow for a server that writes much. */
  async function lineFrom(first: number, passes: (line: string) => boolean): Promise<string> {
    for (let at = first; ; at++) {
      while (at >= all.length) {
        if (end)
          throw new Error(`ended before that line: ${all.join('\n')}${rest}${JSON.stringify(end.how)}`);
        await Promise.race([once(news, 'lines'), isOver]);
      }
      const line = all[at] ?? '';
      if (passes(line)) return line;
    }
  }
  const send: Spoken['send'] = message =>
    void stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
  return {
    stdin,
    lines: () => [...all],
    line: passes => lineFrom(0, passes),
    send,
    async request(id, method, params = {}) {
      // Earlier lines cannot be the response.
      const first = all.length;
      send({ jsonrpc: '2.0', id, method, params });
      return JSON.parse(await lineFrom(first, text => JSON.parse(text).id === id)) as Json;
    },
  };
}

/** Starts the command; the child never outlives its test, or the tests that share it. */
export function startChild(args: readonly string[], env: Env = {}, atEnd?: AtEnd): Child {
  return startProgram([cli, ...args], env, undefined, atEnd);
}

/** Starts any program of Node's in the same way. */
export function startProgram(
  args: readonly string[],
  env: Env = {},
  cwd?: string,
  atEnd: AtEnd = onTestFinished,
): Child {
  const child = spawn(process.execPath, args, { env: childEnv(env), cwd });
  atEnd(() => void child.kill('SIGKILL'));
  const news = new EventEmitter();
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
    news.emit('stderr');
  });
  // A child that ends first breaks the pipe. The test then sees that it has ended.
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, stdout, stderr }));

  const firstError = async () => {
    const early = ended.then(({ code }) => {
      if (!stderr.includes('\n')) throw new Error(`ended with ${code} before a line: ${stdout}`);
    });
    while (!stderr.includes('\n')) await Promise.race([once(news, 'stderr'), early]);
    return stderr.split('\n')[0] ?? '';
  };
  return {
    ...speakLines(child.stdin, child.stdout, ended),
    pid: child.pid,
    ended,
    firstError,
    stopReading: () => void child.stdout.destroy(),
    kill: signal => void child.kill(signal),
  };
}

/** Runs the command to its end. */
export function run(args: readonly string[], env: Env = {}): Promise<Ended> {
  const child = startChild(args, env);
  child.stdin.end();
  return child.ended;
}

const clientInfo = { name: 'line-by-line', version: '1.0.0' };

/** How each era opens a connection, and the parameters that it adds to every request. */
export const eras = [
  {
    era: '2025',
    opening: 'initialize',
    first: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
    each: {},
  },
  {
    era: '2026',
    opening: 'server/discover',
    first: {},
    each: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': clientInfo,
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  },
] as const;

/** Requests in the form of one era. */
export function speak({ era, opening, first, each }: (typeof eras)[number]) {
  const ask = (child: Spoken, id: number, method: string, params: Json = {}) =>
    child.request(id, method, { ...params, ...each });
  return {
    ask,
    call: (child: Spoken, id: number, name: string, args: Json) =>
      ask(child, id, 'tools/call', { name, arguments: args }),
    /** Opens the connection and returns how the server introduced itself. */
    async open(child: Spoken): Promise<Json> {
      const { result } = await ask(child, 0, opening, first);
      if (era === '2025') child.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
      return result as Json;
    },
    cancel: (child: Spoken, requestId: number) =>
      child.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId, ...each } }),
  };
}

/**
 * A real server process under attack. One caller attacks it; the server must answer another caller's requests meanwhile and be
 * unharmed afterwards.
 */
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import { sandboxRoles } from '../../src/sandbox/index.ts';
import { type Env, eras, type Json } from './child.ts';
import { startHosted } from './hosted.ts';
import { startIssuer } from './issuer.ts';
import { overHttp } from './message-client.ts';
import { connectAndSend, headOf, mostMemoryOf } from './raw-http.ts';
import { type AtEnd, share } from './share.ts';

const resource = 'https://mcp.example/mcp';
const MB = 1024 * 1024;
const MOST_GROWTH = 250 * MB;

const target = { roleArn: sandboxRoles.admin.arn, region: 'us-east-1' };
const settings = ['--public-url', resource, '--targets', JSON.stringify({ shop: target })];
const callers = JSON.stringify({ all: { when: { tenant: 'acme' }, target: 'shop' } });

const [, modern] = eras;
const accept = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
/** What such a request's head says of it. */
export const modernHeaders = (method: string) => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': method,
});
/** A request of the 2026 era. */
export const message = (method: string, params: Json = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, ...modern.each } });
export const lengthOf = (body: string | Uint8Array) => ({
  'content-length': String(Buffer.byteLength(body)),
});
/** Runs a function `count` times at the same time. */
export const times = <T>(count: number, make: (at: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, at) => make(at)));

/** Starts a server that knows one caller, ann. It ends with the test, unless `atEnd` says otherwise. */
async function startServer(env: Env, flags: readonly string[], atEnd?: AtEnd) {
  const issuer = await startIssuer(atEnd);
  const sign = await issuer.addKey('one');
  const all = ['--issuer', issuer.issuer, ...settings, '--callers', callers, ...flags];
  const { url, child } = await startHosted(env, all, atEnd);
  const tokenOf = (sub: string) =>
    sign({
      ...{ iss: issuer.issuer, aud: resource, sub, tenant: 'acme', scope: 'amplify:read' },
      exp: Math.floor(Date.now() / 1000) + 600,
    });
  const ann = await tokenOf('ann');
  /** Expects that the server answers another caller's request. */
  async function othersAreServed(): Promise<void> {
    const answer = await overHttp(url, ann).ask('tools/list', {});
    expect(answer).toMatchObject({ result: { tools: expect.arrayContaining([expect.anything()]) } });
  }
  await othersAreServed();
  const before = mostMemoryOf(child.pid);
  /** Expects that the server is unharmed: it answers other callers, and its memory stayed bounded. */
  async function staysWell(): Promise<void> {
    await othersAreServed();
    expect(mostMemoryOf(child.pid) - before).toBeLessThan(MOST_GROWTH);
  }
  return {
    ...{ url, ann, tokenOf, othersAreServed, staysWell },
    /** Expects that the server is unharmed and that its process ends on a signal. */
    async endsWell(): Promise<void> {
      await staysWell();
      child.kill('SIGTERM');
      expect(await child.ended).toMatchObject({ code: 0, signal: null });
    },
  };
}

type Server = Awaited<ReturnType<typeof startServer>>;
let attackers = 0;

/** What the attacker, a caller of this one test, sends to a server. */
async function attack(server: Server) {
  const { url, tokenOf } = server;
  const agent = new Agent({ keepAlive: true, maxSockets: 100 });
  onTestFinished(() => agent.destroy());
  const headers = { ...accept, authorization: `Bearer ${await tokenOf(`eve-${++attackers}`)}` };
  return {
    ...server,
    headers,
    /** Sends a whole request and reads the head of the answer. */
    async send(body: string | Uint8Array, more: Record<string, string> = {}, method = 'POST', shared = true) {
      const request = httpRequest(url, {
        method,
        headers: { ...headers, ...more },
        ...(shared && { agent }),
      });
      const [response] = (await once(request.end(body), 'response')) as [IncomingMessage];
      return response;
    },
    /** Opens a connection and sends these texts. */
    open: (more: Record<string, string>, ...body: readonly (string | Uint8Array)[]) =>
      connectAndSend(url, headOf(url, { ...headers, ...more }), ...body),
  };
}

/** A server for one test. */
export const startAttackedServer = async (env: Env, flags: readonly string[] = []) =>
  attack(await startServer(env, flags));

/** A server that several tests attack, each as a different caller. */
export function shareAttackedServer(env: () => Env, flags: readonly string[] = []) {
  const server = share(atEnd => startServer(env(), flags, atEnd));
  return async () => attack(await server());
}

/** Reads an answer to its end. @returns its status */
export async function statusAt(response: IncomingMessage): Promise<number | undefined> {
  for await (const _ of response);
  return response.statusCode;
}

/**
 * A caller's rights are decided for each request from its own token, with real tokens:
 * removed rights end at once, added rights begin at once, and nothing continues under an expired token.
 */
import { describe, expect, it } from 'vitest';
import { CLOCK_SKEW_S } from '../../src/http/authorization.ts';
import type { Json } from '../support/child.ts';
import { setHome } from '../support/home.ts';
import { messageIn } from '../support/http.ts';
import { overHttp } from '../support/message-client.ts';
import { allScopes, claimsOf, openSession, sendLegacy, startTokenServer } from '../support/token-server.ts';
import { appId, on } from './cases/case.ts';

const home = setHome({ jobMs: 30_000 });

const callers = {
  shoppers: { when: { groups: 'shop' }, target: 'shop' },
  auditors: { when: { groups: 'audit' }, target: 'shop', readOnly: true },
  others: { when: { groups: 'other' }, target: 'other' },
};
const start = () => startTokenServer(home.env(), callers);

const clones = async () => (await home.sandbox.verdicts('CloneBackend')).length;
const clone = (to: string) => ({
  name: 'clone_backend',
  arguments: on('dev', { targetEnvironmentName: to, dryRun: false }),
});
const figure = async (url: string, name: string) => {
  const text = await (await fetch(new URL('/metrics', url))).text();
  return Number(new RegExp(`^amplify_backend_mcp_${name} (\\d+)$`, 'm').exec(text)?.[1]);
};

describe('the rights of a caller', () => {
  it('end with the first token without them, and begin with the first that has them', async () => {
    const { url, tokenOf } = await start();
    const ask = async (groups: string[], to: string) =>
      overHttp(url, await tokenOf({ groups })).ask('tools/call', clone(to));
    const codeOf = ({ result }: { result?: Json }) =>
      (result?.structuredContent as { error?: Json } | undefined)?.error?.code;

    expect((await ask(['shop'], 'qa')).result).toMatchObject({ resultType: 'task' });
    expect(await ask([], 'qb')).toMatchObject({ error: 'access_denied' });
    expect(codeOf(await ask(['audit'], 'qc'))).toBe('policy_denied');
    expect(codeOf(await ask(['shop', 'audit'], 'qd'))).toBe('policy_denied');
    expect(await clones()).toBe(1);

    home.sandbox.finishJobs();
    expect((await ask(['shop'], 'qe')).result).toMatchObject({ resultType: 'task' });
    expect(await clones()).toBe(2);
  });

  it("are those of the token's targets", async () => {
    const { url, tokenOf } = await start();
    const accountOf = async (groups: string[]) => {
      const { ask } = overHttp(url, await tokenOf({ groups }));
      const { result } = await ask('tools/call', { name: 'whoami', arguments: {} });
      return (result.structuredContent as Json).account;
    };
    expect(await accountOf(['shop'])).toBe('123456789012');
    expect(await accountOf(['other'])).toBe('210987654321');
    const both = overHttp(url, await tokenOf({ groups: ['shop', 'other'] }));
    const { tools } = (await both.ask('tools/list', {})).result as { tools: { inputSchema: Json }[] };
    expect(tools[0]?.inputSchema.properties).toMatchObject({ target: { enum: ['shop', 'other'] } });
  });

  it('share one application for equal rights, however tokens spell them', async () => {
    const { url, tokenOf } = await start();
    const spellings = [
      allScopes,
      allScopes.split(' ').reverse().join(' '),
      `openid ${allScopes} profile amplify:admin`,
      `${allScopes} ${allScopes}`,
    ];
    for (const scope of spellings)
      for (const groups of [['shop'], ['x', 'shop'], 'shop']) {
        const { ask } = overHttp(url, await tokenOf({ scope, groups, jti: crypto.randomUUID() }));
        await ask('tools/call', { name: 'get_backend', arguments: { appId } });
      }
    expect(await figure(url, 'callers')).toBe(1);
    const { ask } = overHttp(url, await tokenOf({ scope: 'amplify:read', groups: 'shop' }));
    await ask('tools/call', { name: 'get_backend', arguments: { appId } });
    expect(await figure(url, 'callers')).toBe(2);
  });

  it('are bound to their session, which another token of theirs cannot use', async () => {
    const { url, tokenOf } = await start();
    const token = await tokenOf({ groups: ['shop'] });
    const session = await openSession(url, token);
    const list = { id: 1, method: 'tools/list' };
    const told = async (response: Response) => [response.status, await response.text()];
    for (const claims of [
      { groups: ['audit'] },
      { groups: ['shop', 'audit'] },
      { groups: ['shop', 'other'] },
    ]) {
      const other = await tokenOf(claims);
      for (const [method, body] of [['POST', list], ['GET'], ['DELETE']] as const) {
        const answer = await told(await sendLegacy(url, other, method, body, session));
        const unknown = { 'mcp-session-id': crypto.randomUUID() };
        expect(answer).toEqual(await told(await sendLegacy(url, other, method, body, unknown)));
        expect(answer[0]).toBe(404);
      }
    }
    const later = await tokenOf({ groups: ['shop'], jti: 'another' }, 900);
    expect((await sendLegacy(url, later, 'POST', list, session)).status).toBe(200);
  });
});

/** Reads a stream to its end. @returns its text, and when it ended */
async function readAll(response: Response): Promise<{ text: string; endedAt: number }> {
  const text = await response.text();
  return { text, endedAt: Date.now() };
}

/** When the server stops accepting a token, in epoch milliseconds. */
const endOf = (token: string): number => 1000 * (Number(claimsOf(token).exp) + CLOCK_SKEW_S);

describe('a stream', () => {
  it.each(['GET', 'POST'])(
    'of a session (%s) ends with its token, and continues with the next one',
    async how => {
      const { url, tokenOf } = await start();
      const token = await tokenOf({ groups: ['shop'] }, 3);
      const session = await openSession(url, token);
      const started = await sendLegacy(
        url,
        token,
        'POST',
        { id: 1, method: 'tools/call', params: clone('qa') },
        session,
      );
      const { structuredContent } = (await messageIn(started)).result as { structuredContent: { job: Json } };
      const { jobId } = structuredContent.job;
      const wait = {
        ...{ id: 2, method: 'tools/call' },
        params: { name: 'wait_for_job', arguments: on('qa', { jobId }) },
      };
      const stream =
        how === 'GET'
          ? await sendLegacy(url, token, 'GET', undefined, session)
          : await sendLegacy(url, token, 'POST', wait, session);
      expect(stream.headers.get('content-type')).toContain('text/event-stream');
      const { text, endedAt } = await readAll(stream);
      expect(endedAt).toBeGreaterThanOrEqual(endOf(token));
      expect(text).not.toContain('"result"');
      expect((await sendLegacy(url, token, 'GET', undefined, session)).status).toBe(401);

      const next = await tokenOf({ groups: ['shop'] });
      const [, last] = /^id: (\S+)$/m.exec(text) ?? [];
      const resumed = await sendLegacy(url, next, 'GET', undefined, {
        ...session,
        ...(last !== undefined && { 'last-event-id': last }),
      });
      expect(resumed.status).toBe(200);
      if (how === 'GET') return void (await resumed.body?.cancel());
      home.sandbox.finishJobs();
      for await (const chunk of resumed.body?.pipeThrough(new TextDecoderStream()) ?? [])
        if (chunk.includes('"succeeded"')) break;
    },
  );

  it('of a listen ends with its token, with everything that it followed', async () => {
    const { url, tokenOf } = await start();
    const lasting = overHttp(url, await tokenOf({ groups: ['shop'] }));
    const { taskId } = (await lasting.ask('tools/call', clone('qa'))).result;
    const token = await tokenOf({ groups: ['shop'] }, 3);
    const heard: unknown[] = [];
    for await (const message of overHttp(url, token).listen({
      ...{ taskIds: [taskId], resourcesListChanged: true },
      resourceSubscriptions: [`amplify-backend://apps/${appId}`],
    }))
      heard.push(message.method);
    expect(Date.now()).toBeGreaterThanOrEqual(endOf(token));
    expect(heard[0]).toBe('notifications/subscriptions/acknowledged');
    expect(await figure(url, 'streams')).toBe(0);
  });
});

describe('a workflow that continues as a task', () => {
  const quick = setHome({ jobMs: 4_000 });
  const cloned = async () => (await quick.sandbox.verdicts('CloneBackend')).length;

  /** Runs another clone to its end. Whatever else polls has done so by then. */
  async function cloneToEnd(url: string, token: string, to: string): Promise<void> {
    const { ask, listen } = overHttp(url, token);
    const { taskId } = (await ask('tools/call', clone(to))).result;
    for await (const { params } of listen({ taskIds: [taskId] }))
      if ((params as Json).status === 'completed') return;
  }

  /** Starts a workflow that waits for a blocking job before it writes. */
  async function begin(seconds: number) {
    const server = await startTokenServer(quick.env(), callers);
    const { url, tokenOf } = server;
    const models = { name: 'generate_backend_api_models', arguments: on('dev', { resourceName: 'shopapi' }) };
    const cid = overHttp(url, await tokenOf({ sub: 'cid', groups: ['shop'] }));
    expect((await cid.ask('tools/call', models)).result).toMatchObject({ resultType: 'task' });
    const token = await tokenOf({ groups: ['shop'] }, seconds);
    const args = { app: 'shop', from: 'dev', to: 'qa', waitForPending: true };
    const begun = await overHttp(url, token).ask('tools/call', {
      name: 'clone_environment',
      arguments: args,
    });
    expect(begun.result).toMatchObject({ resultType: 'task' });
    const { taskId } = begun.result;
    const of = async (claims: Json) => {
      const { ask } = overHttp(url, await tokenOf(claims));
      return (await ask('tasks/get', { taskId })).result;
    };
    return { ...server, token, taskId, of };
  }

  it('sends AWS nothing after its token has expired, and continues with a new token', async () => {
    const { url, tokenOf, token, of } = await begin(3);
    for await (const _ of overHttp(url, token).listen({ resourcesListChanged: true }));
    await cloneToEnd(url, await tokenOf({ sub: 'ben', groups: ['shop'] }), 'qy');
    const endedAt = new Date(endOf(token)).toISOString();
    const polls = (await quick.sandbox.requests()).filter(
      ({ operation, path, time }) =>
        operation === 'GetBackendJob' && path.includes('/dev/') && time > endedAt,
    );
    expect(polls).toEqual([]);
    expect(await cloned()).toBe(1);

    const ends = { status: 'completed', result: { structuredContent: { verdict: 'complete' } } };
    await expect.poll(() => of({ groups: ['shop'] })).toMatchObject(ends);
    expect(await cloned()).toBe(2);
  }, 60_000);

  it('is not shown to a token of its owner with fewer rights, but can be cancelled with it', async () => {
    const { url, tokenOf, taskId, of } = await begin(600);
    const told = await of({ groups: ['other'] });
    const statusMessage = expect.stringContaining('another access token');
    expect(told).toMatchObject({ status: 'working', statusMessage });
    expect(told.statusMessage).not.toMatch(/Generate|dev|qa|shop/);
    const own = await of({ groups: ['shop'] });
    expect(own).toMatchObject({ statusMessage: expect.stringContaining('GenerateBackendAPIModels') });

    await overHttp(url, await tokenOf({ groups: ['other'] })).ask('tasks/cancel', { taskId });
    for (const groups of [['other'], ['shop']])
      expect(await of({ groups })).toMatchObject({ status: 'cancelled' });
    await cloneToEnd(url, await tokenOf({ sub: 'ben', groups: ['shop'] }), 'qy');
    expect(await cloned()).toBe(1);
  });
});

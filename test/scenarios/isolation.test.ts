/**
 * Two tenants of one server, each in their own account: with all ids and handles of ann, ben gets from every
 * tool and method what he would get for something that does not exist, and nothing reaches her account. New
 * tools are covered automatically.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Accounts, startAccounts } from '../support/accounts.ts';
import { eras, type Json } from '../support/child.ts';
import { share } from '../support/share.ts';
import { enterTenants, type Handles, sample } from '../support/tenants.ts';
import { appId, on } from './cases/case.ts';

const [legacy] = eras;

let accounts: Accounts;
beforeAll(async () => {
  accounts = await startAccounts();
});
afterAll(() => accounts.close());

/** The tenants that the tests of the enclosing `describe` share, each in their own account. */
function shareTenants() {
  const tenants = share(atEnd => enterTenants(accounts, undefined, atEnd));
  return async () => {
    const scene = await tenants();
    await scene.recount();
    return scene;
  };
}

/** The URIs of ann's resources. */
const uriOf = ({ app, environment }: Handles) => `amplify-backend://apps/${app}/environments/${environment}`;
const uris = [
  uriOf,
  (handles: Handles) => `${uriOf(handles)}/jobs/${handles.job}`,
  (handles: Handles) => `${uriOf(handles)}/snapshot`,
];
const ofEnvironments = ['environment', 'backendEnvironmentName', 'left'];

type Listed = { name: string; inputSchema: Json; annotations?: { readOnlyHint?: boolean } };
/** Arguments that a tool needs although its schema requires none of them. */
const needed: Readonly<Record<string, Json>> = {
  change_environment: { storage: { permissions: { authenticated: ['READ'] } } },
};
const takes = ({ inputSchema }: Listed, ...names: string[]) =>
  names.some(name => Object.hasOwn(inputSchema.properties as Json, name));

it("refuses ann's app to ben with every tool, and sends AWS nothing", async () => {
  const { ben, expectNothing } = await enterTenants(accounts, ['d2bens']);
  const { result } = await ben.ask('tools/list', {});
  const tools = (result.tools as Listed[]).filter(tool => takes(tool, 'app', 'appId', 'arguments'));
  expect(tools.length).toBeGreaterThan(35);
  for (const { name, inputSchema } of tools)
    await expectNothing(name, async handles => {
      const answer = await ben.call(name, { ...(sample(inputSchema, handles) as Json), ...needed[name] });
      // Any other code would mean that the sample lacks an argument, and would say nothing about the app.
      const { error } = answer.result.structuredContent as { error?: Json };
      expect(['policy_denied', 'not_found'], name).toContain(error?.code);
      return answer;
    });
  const paths = (await accounts.second.requests()).map(({ path }) => path);
  expect(paths.filter(path => path.includes(appId))).toEqual([]);
});

describe('ben in his own account', () => {
  const enter = shareTenants();

  it("finds nothing of ann's with any read tool", async () => {
    const { ben, expectNothing } = await enter();
    const { result } = await ben.ask('tools/list', {});
    const tools = (result.tools as Listed[]).filter(({ annotations }) => annotations?.readOnlyHint);
    expect(tools.length).toBeGreaterThan(10);
    for (const { name, inputSchema } of tools.filter(one => takes(one, ...ofEnvironments)))
      await expectNothing(name, async handles => {
        const answer = await ben.call(name, sample(inputSchema, handles) as Json);
        expect(answer.result, name).toMatchObject({ isError: true });
        return answer;
      });
  });

  it("finds nothing of ann's by a confirmation or a token of the Admin UI", async () => {
    const { ben, handles, expectNothing } = await enter();
    for (const name of ['get_token', 'delete_token'])
      await expectNothing(name, ({ session }) => ben.call(name, { appId, sessionId: session }));
    await expectNothing('a confirmation', ({ environment, confirmation }) =>
      ben.call('delete_backend', on(environment, { confirmationToken: confirmation })),
    );
    // Both have an environment of this name, and her confirmation does not count for his.
    await expectNothing('a confirmation', ({ confirmation }) =>
      ben.call('delete_backend', on('dev', { confirmationToken: confirmation })),
    );
    const { result } = await ben.call('get_backend', on('dev'));
    expect(JSON.stringify(result)).not.toContain(handles.environment);
    expect(await accounts.second.verdicts('DeleteBackend')).toEqual([]);
  });

  it("finds nothing of ann's with any method that takes a name", async () => {
    const { ben, expectNothing } = await enter();
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel'])
      await expectNothing(method, ({ task }) => ben.ask(method, { taskId: task, inputResponses: {} }));
    for (const uriOf of uris)
      await expectNothing('resources/read', handles => ben.ask('resources/read', { uri: uriOf(handles) }));
    for (const method of ['resources/list', 'resources/templates/list', 'tools/list', 'prompts/list'])
      await expectNothing(method, ({ cursor }) => ben.ask(method, { cursor }));
    await expectNothing('subscriptions/listen', async handles => {
      const told: Json[] = [];
      const resourceSubscriptions = uris.map(uriOf => uriOf(handles));
      const notifications = { resourceSubscriptions, taskIds: [handles.task] };
      // It ends by itself, because it follows nothing.
      for await (const frame of ben.listen(notifications)) told.push(frame);
      expect(told).toHaveLength(2);
      return told;
    });
  });

  it("gets no completion of ann's, in any template or prompt", async () => {
    const { ben, expectNothing } = await enter();
    const { result: resources } = await ben.ask('resources/templates/list', {});
    const { result: prompts } = await ben.ask('prompts/list', {});
    const refs = [
      ...(resources.resourceTemplates as Json[]).map(({ uriTemplate }) => ({
        ref: { type: 'ref/resource', uri: String(uriTemplate) },
        names: [...String(uriTemplate).matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
      })),
      ...(prompts.prompts as { name: string; arguments?: Json[] }[]).map(
        ({ name, arguments: args = [] }) => ({
          ref: { type: 'ref/prompt', name },
          names: args.map(argument => String(argument.name)),
        }),
      ),
    ];
    expect(refs.length).toBeGreaterThan(5);
    for (const { ref, names } of refs)
      for (const name of names)
        await expectNothing(JSON.stringify([ref, name]), ({ app, environment }) =>
          ben.ask('completion/complete', {
            ref,
            argument: { name, value: '' },
            context: {
              arguments: {
                appId: app,
                app,
                backendEnvironmentName: environment,
                environment,
                from: environment,
              },
            },
          }),
        );
  });

  it("gets no notification of ann's", async () => {
    const { ben, handles } = await enter();
    const { result } = await ben.ask('tools/list', {});
    const free = (result.tools as Listed[]).filter(({ inputSchema }) =>
      ((inputSchema.required as string[] | undefined) ?? []).every(
        name => name === 'app' || name === 'appId',
      ),
    );
    const reads = free.filter(({ annotations }) => annotations?.readOnlyHint);
    expect(reads.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['list_apps', 'list_s3_buckets', 'whoami']),
    );
    const told = [
      ...(await Promise.all(
        reads.map(({ name }) =>
          ben.call(name, { ...(takes(free.find(one => one.name === name) as Listed, 'appId') && { appId }) }),
        ),
      )),
      await ben.call('list_backend_jobs', on('dev', { all: true })),
      await ben.ask('resources/list', {}),
      await ben.ask('resources/read', { uri: `amplify-backend://apps/${appId}` }),
    ];
    const { app: _, ...canaries } = { ...handles, caller: 'canary-ann', account: '123456789012' };
    for (const [name, canary] of Object.entries(canaries))
      expect(JSON.stringify(told), name).not.toContain(canary);
  });
});

describe('ben in the 2025 era', () => {
  const tenants = shareTenants();
  async function enter() {
    const scene = await tenants();
    const { url } = scene;
    const sender =
      (token: string) =>
      async (method: string, body: unknown, more: Record<string, string> = {}) =>
        fetch(url, {
          method,
          headers: {
            accept: 'application/json, text/event-stream',
            ...(body !== undefined && { 'content-type': 'application/json' }),
            authorization: `Bearer ${token}`,
            'mcp-protocol-version': '2025-11-25',
            ...more,
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
    const open = async (send: ReturnType<typeof sender>) => {
      const response = await send('POST', {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: legacy.first,
      });
      await response.text();
      return { 'mcp-session-id': String(response.headers.get('mcp-session-id')) };
    };
    const [asAnn, asBen] = [sender(scene.ann.token), sender(scene.ben.token)];
    return { ...scene, asAnn, asBen, annsSession: await open(asAnn), bensSession: await open(asBen) };
  }
  const told = async (response: Response) => [response.status, await response.text()];

  it("can neither use nor end ann's session", async () => {
    const { asAnn, asBen, annsSession } = await enter();
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
    for (const [method, body] of [['POST', list], ['GET'], ['DELETE']] as const) {
      const hers = await told(await asBen(method, body, annsSession));
      expect(hers).toEqual(await told(await asBen(method, body, { 'mcp-session-id': randomUUID() })));
      expect(hers[0]).toBe(404);
    }
    expect((await asAnn('POST', list, annsSession)).status).toBe(200);
  });

  it("cannot resume ann's stream", async () => {
    const { asAnn, asBen, annsSession, bensSession } = await enter();
    // Only a stream without an immediate answer has an id to resume it by.
    await accounts.first.order('GetBackend', 'slow', { delayMs: 1_000 });
    const params = { name: 'get_backend', arguments: { appId } };
    const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params };
    const [, lastId = ''] = /^id: (\S+)$/m.exec(await (await asAnn('POST', call, annsSession)).text()) ?? [];
    expect(lastId).not.toBe('');
    const resume = async (id: string, session: Record<string, string>) =>
      told(await asBen('GET', undefined, { ...session, accept: 'text/event-stream', 'last-event-id': id }));
    const none = `${randomUUID()}/1`;
    for (const session of [bensSession, annsSession]) {
      const hers = await resume(lastId, session);
      expect(hers).toEqual(await resume(none, session));
      expect(hers[0]).toBeGreaterThanOrEqual(400);
    }
  });

  it("cannot follow anything of ann's", async () => {
    const { asBen, bensSession, expectNothing } = await enter();
    for (const uriOf of uris)
      for (const method of ['resources/subscribe', 'resources/unsubscribe', 'resources/read'])
        await expectNothing(method, async handles => {
          const params = { uri: uriOf(handles) };
          const [, text] = await told(
            await asBen('POST', { jsonrpc: '2.0', id: 3, method, params }, bensSession),
          );
          const [, data = ''] = /^data: (\{.*)$/m.exec(String(text)) ?? [];
          return JSON.parse(data) as Json;
        });
  });
});

/**
 * What counts as a confirmation by the setting confirmBy: a name in a form, a token, or either; clients that
 * answer their own questions; and confirmations across processes of one user.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { eras, type Json } from '../support/child.ts';
import {
  generations,
  type Person,
  stdioGenerations,
  type ToolResult,
  textOf,
  today,
} from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { startInProcess } from '../support/in-process.ts';
import { shareClients } from '../support/scene.ts';
import { on } from './cases/case.ts';

const dev = on('dev');
const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;
/** Nobody can read a plan in less time than this. */
const READING_MS = 1_050;

/** Each generation, with the command in the test's own process. */
const inProcess = [today, ...generations.slice(1)];

describe.each(inProcess)('$name', ({ connect }) => {
  const scene = setHome({});
  const deleted = async () => (await scene.sandbox.verdicts('DeleteBackend')).length;
  const share = shareClients(connect);
  const open = (flags: readonly string[], person?: Person) => share(scene.sandbox.env, flags, person);
  const byItself = (action: 'decline' | 'cancel') => () => ({ action });
  const typesTheName: Person = () => ({ action: 'accept', content: { name: 'dev' } });

  it.each(['decline', 'cancel'] as const)(
    'learns that an immediate %s counts as its own, and continues with a token',
    async action => {
      const host = await open([], byItself(action));
      const result = await host.callTool('delete_backend', dev);
      expect(errorOf(result)).toMatchObject({ code: 'confirmation_required' });
      expect(textOf(result)).toMatch(
        new RegExp(
          `Your client answered the question with ${action} by itself, within \\d+ ms: nobody was asked`,
        ),
      );
      expect(textOf(result)).toContain('shopmedia101530-dev');
      const { confirmationToken } = result.structuredContent;
      const second = await host.callTool('delete_backend', { ...dev, confirmationToken });
      expect(second.structuredContent.job).toMatchObject({ operation: 'DeleteBackend' });
      expect(await deleted()).toBe(1);
    },
  );

  it('under form accepts a typed name', async () => {
    const host = await open(['--confirm-by', 'form'], typesTheName);
    expect((await host.callTool('delete_backend', dev)).structuredContent.job).toBeDefined();
    expect(await deleted()).toBe(1);
  });

  it.each([
    ['shows no form', undefined],
    ['answers its forms by itself', byItself('decline')],
  ])('under form refuses a client that %s, and says what to do', async (_, person) => {
    const host = await open(['--confirm-by', 'form'], person);
    const result = await host.callTool('delete_backend', dev);
    expect(errorOf(result)).toMatchObject({
      code: 'confirmation_unavailable',
      retryable: false,
      hint: expect.stringMatching(/amplify-backend-mcp call .*confirmBy/),
    });
    expect(result.structuredContent.plan).toMatchObject({ confirmation: { type: 'dev' } });
    expect(result.structuredContent).not.toHaveProperty('confirmationToken');
    expect(textOf(result)).not.toContain('confirmationToken:');
    expect(textOf(result).includes('answered the question with decline by itself')).toBe(
      person !== undefined,
    );
    expect(await deleted()).toBe(0);
  });

  it('under form refuses even a token of this server', async () => {
    const lenient = await open([]);
    const { confirmationToken } = (await lenient.callTool('delete_backend', dev)).structuredContent;
    const strict = await open(['--confirm-by', 'form'], typesTheName);
    const result = await strict.callTool('delete_backend', { ...dev, confirmationToken });
    expect(errorOf(result)).toMatchObject({
      code: 'confirmation_invalid',
      message: expect.stringContaining('confirmBy'),
    });
    expect(await deleted()).toBe(0);
  });

  it('under token asks with a token, even if the client has forms', async () => {
    const host = await open(['--confirm-by', 'token'], typesTheName);
    const { confirmationToken } = (await host.callTool('delete_backend', dev)).structuredContent;
    expect(confirmationToken).toMatch(/^[\w-]{40,80}$/);
    await host.callTool('delete_backend', { ...dev, confirmationToken });
    expect(await deleted()).toBe(1);
  });

  it('learns from whoami what each setting proves', async () => {
    for (const [setting, words] of [
      ['form-or-token', /could send it back without asking: a token does not prove/],
      ['form', /typed into a form, and by nothing else/],
      ['token', /does not prove that a person agreed/],
    ] as const) {
      const host = await open(['--confirm-by', setting]);
      const result = await host.callTool('whoami');
      expect(result.structuredContent).toMatchObject({ confirmBy: setting });
      expect(textOf(result)).toMatch(words);
    }
  });
});

describe("a person's refusal", () => {
  const { connect } = today;
  const scene = setHome({});

  it('is final, and gives no token', async () => {
    const host = await connect(scene.sandbox.env, [], async () => {
      await setTimeout(READING_MS);
      return { action: 'decline' };
    });
    onTestFinished(() => host.close());
    const result = await host.callTool('delete_backend', dev);
    expect(errorOf(result)).toMatchObject({ code: 'confirmation_declined' });
    expect(result.structuredContent).not.toHaveProperty('confirmationToken');
  });
});

describe.each(eras)('a client of the $era era', ({ era, opening, first, each }) => {
  const scene = setHome({});

  it('with URL forms only gets the plan and a token', async () => {
    const capabilities = { elicitation: { url: {} } };
    const server = startInProcess([], scene.sandbox.env);
    const meta = (each as { _meta?: Json })._meta;
    const own = meta
      ? { _meta: { ...meta, 'io.modelcontextprotocol/clientCapabilities': capabilities } }
      : {};
    await server.request(0, opening, era === '2025' ? { ...first, capabilities } : own);
    if (era === '2025') server.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const call = (id: number, args: Json) =>
      server.request(id, 'tools/call', { name: 'delete_backend', arguments: args, ...own });
    const asked = (await call(1, dev)).result as ToolResult;
    expect(errorOf(asked)).toMatchObject({ code: 'confirmation_required' });
    const { confirmationToken, plan } = asked.structuredContent;
    expect(plan).toMatchObject({ confirmation: { type: 'dev' } });
    const second = (await call(2, { ...dev, confirmationToken })).result as ToolResult;
    expect(second.structuredContent.job).toMatchObject({ operation: 'DeleteBackend' });
  });
});

describe('processes of one user', () => {
  const [stdio] = stdioGenerations;
  const scene = setHome({});
  const homes: string[] = [];
  afterAll(async () => {
    for (const home of homes) await rm(home, { recursive: true });
  });
  const newHome = async () => {
    const home = await mkdtemp(join(tmpdir(), 'home-'));
    homes.push(home);
    return home;
  };
  type Connect = typeof today.connect;
  /** A server of its own for one call. */
  const callOnce =
    (connect: Connect) =>
    async (home: string, args: Json, flags: readonly string[] = [], more: Json = {}) => {
      const env = { ...scene.sandbox.env, HOME: home, ...more } as Record<string, string>;
      const host = await connect(env, flags);
      const result = await host.callTool('delete_backend', args);
      await host.close();
      return result;
    };
  const inOneProcess = callOnce(today.connect);
  const deleted = async () => (await scene.sandbox.verdicts('DeleteBackend')).length;

  it.each([
    // One process asks and another executes. They share the used confirmations only through files in the home folder.
    ['their own key', stdio.connect, [], {}],
    ['the key that sealKey names', today.connect, ['--seal-key', 'env:SEAL'], { SEAL: 'ab'.repeat(32) }],
  ] as const)("under %s complete each other's confirmations, once", async (_, connect, flags, more) => {
    const home = await newHome();
    const asking = await connect({ ...scene.sandbox.env, HOME: home, ...more }, flags);
    onTestFinished(() => asking.close());
    const asked = await asking.callTool('delete_backend', dev);
    const confirmed = { ...dev, confirmationToken: asked.structuredContent.confirmationToken };
    const done = await callOnce(connect)(home, confirmed, flags, more);
    expect(done.structuredContent.job).toBeDefined();
    // The environment is unchanged, but the confirmation is used up, both in the process that asked and in a later one.
    await scene.sandbox.reset();
    const again = [
      await asking.callTool('delete_backend', confirmed),
      await callOnce(connect)(home, confirmed, flags, more),
    ];
    for (const answer of again) expect(errorOf(answer)).toMatchObject({ code: 'confirmation_invalid' });
    expect(await deleted()).toBe(0);
  });

  it.each<[string, Person | undefined]>([
    ['a form', () => ({ action: 'accept', content: { name: 'dev' } })],
    ['a token', undefined],
  ])('answer a failed question (%s) like any other failure', async (_, person) => {
    const env = { ...scene.sandbox.env, HOME: await newHome() };
    const host = await today.connect(env, ['--seal-key', 'env:NOT_SET'], person);
    onTestFinished(() => host.close());
    const result = await host.callTool('delete_backend', dev);
    expect(errorOf(result)).toMatchObject({
      code: 'seal_key_unusable',
      message: expect.stringContaining('NOT_SET'),
    });
    expect(result.isError).toBe(true);
    expect(await deleted()).toBe(0);
  });

  it('of another user, or without a home, cannot complete them', async () => {
    const asked = await inOneProcess(await newHome(), dev);
    const confirmed = { ...dev, confirmationToken: asked.structuredContent.confirmationToken };
    for (const home of [await newHome(), '/nonexistent'])
      expect(errorOf(await inOneProcess(home, confirmed))).toMatchObject({ code: 'confirmation_invalid' });
    const homeless = await inOneProcess('/nonexistent', dev);
    const again = { ...dev, confirmationToken: homeless.structuredContent.confirmationToken };
    expect(errorOf(await inOneProcess('/nonexistent', again))).toMatchObject({
      code: 'confirmation_invalid',
    });
    expect(await deleted()).toBe(0);
  });
});

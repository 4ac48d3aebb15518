/**
 * The cost of long input grows with its length: each text of each tool, and other input of clients, is filled
 * to its bound with the worst case for patterns and parsers. Twice the length must cost less than three times
 * as much CPU time of this process, which runs client, server and sandbox.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isObject } from '../../src/lib/json.ts';
import { operations } from '../../src/operations/index.ts';
import { declaredTools } from '../../src/tools/index.ts';
import { type AppInMemory, connectToApp } from '../support/app-memory.ts';
import type { Json } from '../support/child.ts';
import { setHome } from '../support/home.ts';
import { argumentsWith } from '../support/sample-arguments.ts';
import { type TextMember, walkTexts } from '../support/text-members.ts';

const fillings = {
  blanks: ' ',
  'line ends': '\n',
  'opening brackets': '([{',
  'closing brackets': ')]}',
  quotes: '"\'`',
  'at signs': '@',
  dots: '.',
  'a word': 'x',
  digits: '7',
  words: 'type x ',
  comments: '#\n',
  models: 'type A @model {a:B}',
  'names of headers': 'x-amz-security-token ',
  'beginnings of keys': '-----BEGIN PRIVATE KEY-----',
  'parts of placeholders': 'with[held]',
} as const;

/** Milliseconds below which a measurement is mostly noise. */
const FLOOR_MS = 40;
const MOST_GROWTH = 3;
/** The factor from the length of one text to that of the next. */
const STEP = 16;
/** From this growth on, a single measurement does not count and the growth is measured again: part of the cost is constant. */
const SUSPICIOUS_GROWTH = 3;
const ROUNDS = 3;
/** A length at which every call is fast. */
const SHORT = 2_000;

type Send = (text: string) => Promise<unknown>;

async function costOf(send: Send, text: string): Promise<number> {
  const before = process.cpuUsage();
  // The answer does not matter: a refusal takes time as well.
  await send(text).catch(() => undefined);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The lengths to measure, shortest first: the bound divided by STEP again and again, down to a short text. */
function lengthsUpTo(most: number): number[] {
  const longer = most / STEP;
  return longer < SHORT ? [most] : [...lengthsUpTo(Math.floor(longer)), most];
}

/** Repeats only whole fillings: a schema that is cut within a declaration is refused at once and would measure nothing. */
const filled = (filling: string, length: number) => filling.repeat(Math.ceil(length / filling.length) - 1);

/**
 * How many times as much a length costs as half of it, by the cheapest measurement of each; 0 if it costs next to nothing.
 * It is measured again only while it seems to cost too much, since one cheap measurement is proof enough.
 * @param cost the last measurement of this length
 */
async function growthAt(send: Send, filling: string, length: number, cost: number): Promise<number> {
  const [whole, half] = [filled(filling, length), filled(filling, length / 2)];
  let [least, leastOfHalf] = [cost, Infinity];
  for (let round = 0; round < ROUNDS; round++) leastOfHalf = Math.min(leastOfHalf, await costOf(send, half));
  const growth = () => (least < FLOOR_MS ? 0 : least / leastOfHalf);
  for (let round = 0; round < ROUNDS && growth() >= MOST_GROWTH; round++)
    least = Math.min(least, await costOf(send, whole));
  return growth();
}

/**
 * Multiplies the length up to the bound, so that bad growth is found before a call takes hours. Each length is measured
 * once, and again, against half of it, only if it costs suspiciously more than the shorter one.
 */
async function growthOf(send: Send, filling: string, most: number): Promise<number> {
  let costBefore: number | undefined;
  for (const length of lengthsUpTo(most)) {
    const cost = await costOf(send, filled(filling, length));
    if (cost >= FLOOR_MS) {
      // Much of what the first call costs may be the same for any length.
      costBefore ??= await costOf(send, filled(filling, length / STEP));
      const growth = cost >= SUSPICIOUS_GROWTH * costBefore ? await growthAt(send, filling, length, cost) : 0;
      if (growth >= MOST_GROWTH) return growth;
    }
    costBefore = cost;
  }
  return 0;
}

/** The fillings whose cost grows too fast, with the growth of each. */
async function excesses(send: Send, most: number, what = ''): Promise<string[]> {
  const found: string[] = [];
  for (const [name, filling] of Object.entries(fillings)) {
    const growth = await growthOf(send, filling, most);
    if (growth >= MOST_GROWTH) found.push(`${what} of ${name}: ${growth.toFixed(1)} times`);
  }
  return found;
}

const home = setHome({});
let app: AppInMemory;
beforeAll(async () => {
  const env = home.env();
  app = await connectToApp(env, { auditFile: join(env.HOME ?? '', 'audit'), confirm: 'never' });
});
afterAll(() => app.close());

const call = (name: string, args: unknown) =>
  app.client.callTool({ name, arguments: args as Json }, { timeout: 120_000 });

/** Merges arguments: the result has the members of all, and the longer one of two texts. */
const mergeAll = (all: readonly unknown[]): Json =>
  all.reduce<unknown>((one, other) => merge(one, other), {}) as Json;

function merge(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) return [merge(one[0], other[0])];
  if (typeof one === 'string' && typeof other === 'string') return one.length > other.length ? one : other;
  if (!isObject(one) || !isObject(other)) return other ?? one;
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map(name => [name, merge(one[name], other[name])]));
}

/** Texts longer than this are also sent to AWS, so that the request and its answer are measured too. */
const LONG = 1_000;

/** Shorter texts share a call, up to this number; a longer one has its own call. */
const TOGETHER = { most: 20_000, texts: 8 };

/** Groups the texts of a tool for one call each, by similar bounds. */
function grouped(texts: readonly TextMember[]): TextMember[][] {
  const groups: TextMember[][] = [];
  const short = texts.filter(({ most }) => most < SHORT);
  if (short.length > 0) groups.push(short);
  const middle = texts.filter(({ most }) => most >= SHORT && most <= TOGETHER.most);
  for (let at = 0; at < middle.length; at += TOGETHER.texts)
    groups.push(middle.slice(at, at + TOGETHER.texts));
  return [...groups, ...texts.filter(({ most }) => most > TOGETHER.most).map(text => [text])];
}

describe.each([...operations, ...declaredTools])('$toolName', ({ toolName, toolInput }) => {
  const { texts } = walkTexts(toolInput);
  const canPlan = 'dryRun' in toolInput.shape;
  const isOperation = operations.some(operation => operation.toolName === toolName);

  it('has a cost proportional to the length of its texts', { timeout: 300_000 }, async () => {
    const found: string[] = [];
    for (const group of grouped(texts)) {
      const most = Math.max(...group.map(one => one.most));
      const names = group.map(({ path }) => path.join('.')).join(', ');
      // One invalid text makes the whole call fail. Valid texts therefore go in a separate call, which gets further.
      const sendWith = (more: Json) => async (text: string) => {
        const all = group.map(({ path, most }) => argumentsWith(toolInput, path, text.slice(0, most)));
        const isTaken = (args: unknown) => toolInput.safeParse(args).success;
        for (const some of [all.filter(isTaken), all.filter(args => !isTaken(args))])
          if (some.length > 0) await call(toolName, { ...mergeAll(some), ...more }).catch(() => undefined);
      };
      found.push(...(await excesses(sendWith(canPlan ? { dryRun: true } : {}), most, names)));
      if (canPlan && isOperation && most > LONG)
        found.push(...(await excesses(sendWith({}), most, `${names}, sent,`)));
    }
    expect(found).toEqual([]);
  });
});

it('shows the difference of two long schemas in a short answer', async () => {
  const appId = 'd1sandboxshop';
  for (const [name, field] of [
    ['longa', 'left'],
    ['longb', 'right'],
  ]) {
    const types = Array.from(
      { length: 11_000 },
      (_, at) => `type T${at} @model { id: ID! ${field}: String }`,
    );
    const place = { appId, backendEnvironmentName: name };
    await call('create_backend', { ...place, appName: 'shop' });
    home.sandbox.finishJobs();
    const resourceConfig = { transformSchema: types.join('\n') };
    await call('create_backend_api', { ...place, resourceName: 'longapi', resourceConfig });
    home.sandbox.finishJobs();
  }
  const result = await call('compare_environments', { app: appId, left: 'longa', right: 'longb' });
  expect(result.structuredContent).toMatchObject({ identical: false });
  expect(JSON.stringify(result)).toContain(
    'of 22000 differences (11000 only in longa, 11000 only in longb, 0 set differently) in 1 resource.',
  );
  expect(JSON.stringify(result).length).toBeLessThan(12_000);
});

describe('input besides tool calls', () => {
  const MOST = 500_000;
  const resource = { type: 'ref/resource' as const };
  const template = 'amplify-backend://apps/{appId}/environments/{backendEnvironmentName}';
  const prompt = { type: 'ref/prompt' as const, name: 'what_failed' };
  const sends: Readonly<Record<string, Send>> = {
    'the name of a tool': text => call(text, {}),
    'the name of an argument': text => call('get_backend', { appId: 'd1sandboxshop', [text]: 1 }),
    'a text beyond its bound': text => call('list_backend_jobs', { appId: text, operation: text }),
    'the URI of a resource': text => app.client.readResource({ uri: text }),
    'an app in a URI': text =>
      app.client.readResource({ uri: `amplify-backend://apps/${encodeURIComponent(text)}` }),
    'a subscription': text => app.client.subscribeResource({ uri: text }),
    'the name of a prompt': text => app.client.getPrompt({ name: text }),
    'an argument of a prompt': text =>
      app.client.getPrompt({ name: 'what_failed', arguments: { app: text, environment: text, jobId: text } }),
    'what is completed': text =>
      app.client.complete({ ref: { ...resource, uri: template }, argument: { name: 'appId', value: text } }),
    'what it is completed by': text =>
      app.client.complete({
        ref: prompt,
        argument: { name: 'jobId', value: '' },
        context: { arguments: { app: text, environment: text } },
      }),
    'a template': text =>
      app.client.complete({ ref: { ...resource, uri: text }, argument: { name: text, value: text } }),
  };

  it.each(Object.entries(sends))(
    '%s has a cost proportional to its length',
    { timeout: 300_000 },
    async (_, send) => {
      expect(await excesses(send, MOST)).toEqual([]);
    },
  );
});

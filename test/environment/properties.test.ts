/**
 * Properties of every environment: no resource is missing, no difference is missed, and no secret is shown.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareEnvironments,
  type Environment,
  readEnvironment,
  removalOf,
  settingsQuestion,
  stackBelongs,
} from '../../src/environment/index.ts';
import { withholdSecretsIn } from '../../src/lib/secret-values.ts';
import { anyText } from '../support/any-text.ts';
import { type Drawn, metaText, type Place, places, resources } from '../support/meta-arbitrary.ts';

const [here, there] = places;

const read = (meta: unknown, { environment }: Place): Promise<Environment> =>
  readEnvironment({ appId: 'd1bakery00001', environment, meta });

/** Every string in the outputs of an entry, with its name. */
function stringsIn(value: unknown, name = ''): [string, string][] {
  if (typeof value === 'string') return [[name, value]];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => stringsIn(inner, Array.isArray(value) ? name : key));
}

/** Whether an output names something that somebody would miss. */
const isOfWorth = ([name, value]: [string, string]) =>
  value.startsWith('arn:') || (/bucket|table|pool/i.test(name) && !name.endsWith('URL'));

const namesOnly = new Set(['PartitionKeyName', 'SortKeyName']);

const ownOutputs = ({ isImported, entryFor }: Drawn) => (isImported ? [] : stringsIn(entryFor(here).output));
const isReference = ([name]: [string, string]) => name.startsWith('AuthCognito') || namesOnly.has(name);

it('an inventory holds every ARN, bucket, table and pool of the environment’s own, and none that was imported', async () => {
  await fc.assert(
    fc.asyncProperty(resources, async all => {
      const removal = removalOf(await read(metaText(all, here), here));
      if (removal.state !== 'known') throw new Error(removal.why);
      const foreign = new Set(
        all.flatMap(one =>
          (one.isImported ? stringsIn(one.entryFor(here).output) : []).map(([, value]) => value),
        ),
      );
      const goes = JSON.stringify(removal.goes);
      for (const output of all.flatMap(ownOutputs)) {
        if (!isOfWorth(output) || isReference(output) || foreign.has(output[1])) continue;
        expect(goes).toContain(output[1]);
      }
      const stays = new Set(removal.stays.map(({ resource }) => resource));
      expect(stays).toEqual(
        new Set(all.filter(one => one.isImported).map(one => `${one.category}/${one.name}`)),
      );
      for (const { resource } of removal.goes) expect(stays.has(resource)).toBe(false);
    }),
  );
});

it('a copy with other names, ids, times, region and account is alike', async () => {
  await fc.assert(
    fc.asyncProperty(resources, async all => {
      const found = await compareEnvironments(
        await read(metaText(all, here), here),
        await read(metaText(all, there), there),
      );
      expect(found).toMatchObject({ state: 'compared', differences: [] });
    }),
  );
});

/** The paths of all values in an entry that are no structures. */
function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [[...path]];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]));
}

/** Changes one value: to another, or takes it away. */
function change(entry: Record<string, unknown>, path: readonly string[], kind: 'other' | 'gone'): void {
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((at, name) => at[name] as Record<string, unknown>, entry);
  const name = path.at(-1) ?? '';
  const value = parent[name];
  if (kind === 'gone') delete parent[name];
  else parent[name] = typeof value === 'boolean' ? !value : `${value}x`;
}

it('a change is found, or named as not compared', async () => {
  const cases = fc.record({
    all: resources,
    at: fc.nat(),
    leaf: fc.nat(),
    kind: fc.constantFrom('other', 'gone'),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ all, at, leaf, kind }) => {
      const chosen = all[at % all.length] as Drawn;
      const leaves = leavesOf(chosen.entryFor(here));
      const path = leaves[leaf % leaves.length] as string[];
      const changed = {
        ...chosen,
        entryFor: (place: Place) => {
          const entry = chosen.entryFor(place);
          change(entry, path, kind as 'other' | 'gone');
          return entry;
        },
      };
      const others = all.map(one => (one === chosen ? changed : one));
      const found = await compareEnvironments(
        await read(metaText(all, here), here),
        await read(metaText(others, here), here),
      );
      if (found.state !== 'compared') throw new Error('not compared');
      const { differences, notCompared } = found.resources.find(
        ({ resource }) => resource === `${chosen.category}/${chosen.name}`,
      ) ?? { differences: [], notCompared: [] };
      const place = path.filter(name => !/^\d+$/.test(name)).join('/');
      const isNamed = notCompared.some(one => place === one || place.startsWith(`${one}/`));
      expect({ path, isFound: differences.length > 0 || isNamed }).toEqual({ path, isFound: true });
    }),
    { numRuns: 300 },
  );
});

describe('no secret is shown', () => {
  const letters = (length: number) => fc.stringMatching(new RegExp(`^[A-Za-z0-9]{${length}}$`));
  const known = fc.oneof(
    letters(26).map(text => `da2-${text.toLowerCase()}`),
    letters(16).map(text => `AKIA${text.toUpperCase()}`),
    letters(24).map(text => `sk_live_${text}`),
    letters(30).map(text => `ghp_${text}`),
    letters(35).map(text => `AIza${text}`),
    letters(20).map(text => `GOCSPX-${text}`),
    letters(20).map(text => `xoxb-${text}`),
    letters(20).map(text => `eyJ${text}.eyJ${text}.${text}`),
    letters(20).map(text => `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----`),
    letters(20).map(text => `postgres://baker:${text}@db.example/bread`),
    letters(20).map(text => `Bearer ${text}`),
  );
  const byName = fc.record({
    name: fc.constantFrom('DbPassword', 'AppClientSecret', 'WebhookToken', 'JWT_SECRET', 'API_KEY'),
    secret: letters(12),
  });
  const planted = fc.oneof(
    known.map(secret => ({ name: 'Plain', secret })),
    byName,
  );

  /** The part that nobody may see: what stands around it in an address or a header may be shown. */
  const core = (secret: string) =>
    /[A-Za-z0-9]{12,}/.exec(secret.replace(/^.*?(?::\/\/baker:|Bearer |KEY-----\n)/s, ''))?.[0] ?? secret;

  it('at any position', async () => {
    const where = fc.constantFrom('output', 'nested', 'variable', 'text', 'entry', 'broken');
    await fc.assert(
      fc.asyncProperty(resources, planted, where, async (all, { name, secret }, place) => {
        const meta = JSON.parse(metaText(all, here));
        const chosen = all[0] as Drawn;
        const entry = meta[chosen.category][chosen.name];
        if (place === 'output') entry.output[name] = secret;
        if (place === 'nested') entry.output.more = { list: [{ [name]: secret }] };
        if (place === 'variable') entry.environmentMap = { [name]: secret };
        if (place === 'text') entry.parameters = JSON.stringify({ a: [{ [name]: secret }] });
        if (place === 'entry' || place === 'broken') entry[name] = secret;
        const text = JSON.stringify(meta);
        const left = await read(place === 'broken' ? text.slice(0, -1) : text, here);
        const right = await read(metaText(all, there), there);
        const told = [
          left,
          removalOf(left),
          await compareEnvironments(left, right),
          await compareEnvironments(right, left),
        ];
        expect(JSON.stringify(told)).not.toContain(core(secret));
        expect(withholdSecretsIn(text)).not.toContain(core(secret));
      }),
      { numRuns: 200 },
    );
  });
});

describe('hostile values', () => {
  const hostile = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      '__proto__',
      'constructor',
      '\n\u202e',
      '{"a":',
      '[',
      'arn:aws:',
      '://',
      '-dev',
      'x'.repeat(5_000),
    ),
    anyText({ maxLength: 50 }),
  );
  const entry = fc.dictionary(
    fc.oneof(
      fc.constantFrom('service', 'serviceType', 'output', 'dependsOn', 'lastPushTimeStamp'),
      fc.string(),
    ),
    hostile,
  );
  const meta = fc.dictionary(
    fc.oneof(fc.constantFrom('providers', 'auth', 'api', '__proto__'), fc.string()),
    fc.oneof(hostile, fc.dictionary(fc.string(), fc.oneof(hostile, entry))),
  );

  /** Any value as a text; `String` throws at an object whose `toString` is no function. */
  const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

  it('never throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(meta, hostile), hostile, async (value, other) => {
        const left = await readEnvironment({
          ...{ appId: 'd1', environment: 'dev', meta: value, flags: other, backendConfig: value },
          schemas: new Map([['api/it', textOf(other)]]),
        });
        const right = await readEnvironment({
          appId: 'd1',
          environment: 'prod',
          meta: JSON.stringify(value),
          flags: value,
        });
        await compareEnvironments(left, right);
        removalOf(left);
        removalOf(left, 'api/it');
        if (left.state !== 'unreadable') left.resources.map(settingsQuestion);
        stackBelongs(textOf(other), { appId: 'd1', environment: textOf(other), appName: textOf(other) });
        JSON.stringify([left, right]);
      }),
      { numRuns: 300 },
    );
  });

  it('ten times as many resources take about ten times as long', async () => {
    const metaOfSize = (size: number) => {
      const names = Array.from({ length: size }, (_, at) => `f${at}`);
      const entryOf = (name: string) => ({
        service: name.endsWith('1') ? 'Lambda' : 'Strange',
        dependsOn: [{ category: 'auth', resourceName: name }],
        output: { Name: `${name}-dev`, Arn: `arn:aws:lambda:eu-west-1:210987654321:function:${name}-dev` },
      });
      return { function: Object.fromEntries(names.map(name => [name, entryOf(name)])) };
    };
    /** Microseconds of the processor, which other processes do not lengthen. */
    const timeOf = async (size: number) => {
      const before = process.cpuUsage();
      const environment = await read(metaOfSize(size), here);
      await compareEnvironments(environment, environment);
      removalOf(environment);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    await timeOf(500);
    const [few, many] = [await timeOf(500), await timeOf(5_000)];
    // A quadratic one takes a hundred times as long.
    expect(many / few).toBeLessThan(40);
  });
});

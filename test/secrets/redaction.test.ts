/**
 * Secrets are withheld: what AWS's schemas mark, known secret outputs, keys in free text, and secrets of a
 * request that AWS repeats. Nothing else is withheld.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { ServerError } from '../../src/errors.ts';
import { WITHHELD } from '../../src/lib/withheld-mark.ts';
import { operations } from '../../src/operations/index.ts';
import { redactBySchema, redactText, refuseWithheldValues, secretsOf } from '../../src/secrets/redaction.ts';
import {
  bare,
  isSecretInput,
  sampleOf,
  sdkOperations,
  sdkSensitivePaths,
  typesInside,
} from '../support/sdk-shapes.ts';

/** A key that nobody has, in the form of a real one. */
const appSyncKey = 'da2-a1b2c3d4e5f6g7h8i9j0k1l2m3';
const pem = '-----BEGIN PRIVATE KEY-----\nMIGTAgEAMBMG\n-----END PRIVATE KEY-----';

type Leaf = { path: string; text: string };

/** A full value of a type in which every free text is its own path, so that each can be told from the others. */
function labelled(type: z.ZodObject): { value: Record<string, unknown>; leaves: Leaf[] } {
  const value = sampleOf(type) as Record<string, unknown>;
  const leaves: Leaf[] = [];
  for (const { path, type: inner } of typesInside(type)) {
    if (bare(inner)._zod.def.type !== 'string' && !isSecretInput(inner)) continue;
    const name = path.at(-1) as string;
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], value);
    const text = `<${path.join('.')}>`;
    (parent as Record<string, unknown>)[name] = text;
    leaves.push({ path: path.join('.'), text });
  }
  return { value, leaves };
}

/** What a social provider gives out to everybody. */
const isPublicId = ({ path }: Leaf) => /\.(client_id|team_id|key_id)$/.test(path);

const sensitiveIn = (raw: unknown) => {
  const marked = sdkSensitivePaths(raw);
  return ({ path }: Leaf) => marked.some(prefix => path.startsWith(`${prefix}.`));
};

describe.each(operations)('$name', operation => {
  const sdk = sdkOperations.find(({ name }) => name === operation.name);

  it('withholds in its answer what AWS marks, except public ids, and the challenge code, and nothing else', () => {
    const { value, leaves } = labelled(operation.output);
    const isMarked = sensitiveIn(sdk?.rawOutput);
    const redacted = JSON.stringify(redactBySchema(operation.sdkOutput, value));
    const gone = leaves.filter(({ text }) => !redacted.includes(text));
    const isSecret = (leaf: Leaf) => isMarked(leaf) && !isPublicId(leaf);
    expect(gone).toEqual(leaves.filter(leaf => isSecret(leaf) || leaf.path === 'challengeCode'));
  });

  it('lists the secrets of its request, longest first', () => {
    const { value, leaves } = labelled(operation.input);
    const secrets = secretsOf(operation.sdkInput, value);
    const marked = leaves.filter(sensitiveIn(sdk?.rawInput)).map(({ text }) => text);
    expect([...secrets].sort()).toEqual(marked.sort());
    expect(secrets.map(({ length }) => length)).toEqual(
      secrets.map(({ length }) => length).sort((a, b) => b - a),
    );
  });
});

it('AWS marks some members, so the cases above test something', () => {
  const marked = sdkOperations.flatMap(({ rawInput, rawOutput }) => [
    ...sdkSensitivePaths(rawInput),
    ...sdkSensitivePaths(rawOutput),
  ]);
  expect(marked.some(path => path.endsWith('.Google'))).toBe(true);
});

it('everything inside a marked structure is secret at every depth', () => {
  const inner = [3, 'ns', 'Inner', 0, ['Keys'], [[64, { jsonName: 'keys' }]]];
  const marked = [3, 'ns', 'Marked', 8, ['Inner'], [[inner, { jsonName: 'inner' }]]];
  const value = { inner: { keys: ['key-1', 'key-22'] } };
  expect(redactBySchema(marked, value)).toEqual({ inner: { keys: [WITHHELD, WITHHELD] } });
  expect(secretsOf(marked, value)).toEqual(['key-22', 'key-1']);
});

describe('by a schema', () => {
  const STRING = 0;
  const LIST_OF_STRINGS = 64;
  const structure = (names: string[], schemas: unknown[], marks = 0) =>
    [3, 'ns', 'Shape', marks, names, schemas.map((schema, at) => [schema, { jsonName: names[at] }])] as const;
  const marked = structure(['a', 'list', 'inner'], [STRING, LIST_OF_STRINGS, structure(['b'], [STRING])], 8);
  const item = structure(['name', 'key'], [STRING, structure(['value'], [STRING], 8)]);
  const open = structure(
    ['text', 'texts', 'items', 'challengeCode', 'inner'],
    [STRING, LIST_OF_STRINGS, [1, 'ns', 'Items', 0, item], STRING, item],
  );

  it('a reference in a marked member is kept, and a value that only looks like one is withheld', () => {
    const reference = { $secret: 'GOOGLE' };
    const value = { a: reference, inner: { b: reference }, list: [{ $secret: 'IN_A_LIST' }] };
    expect(redactBySchema(marked, value)).toEqual({ ...value, list: [{ $secret: WITHHELD }] });
    expect(redactBySchema(marked, { a: { $secret: 'a secret' } })).toEqual({ a: { $secret: WITHHELD } });
    expect(redactBySchema(marked, { a: { ...reference, more: 'x' } })).toEqual({
      a: { $secret: WITHHELD, more: WITHHELD },
    });
  });

  it('an absent member of a marked structure stays absent', () => {
    const value = { a: null, inner: { b: undefined }, list: [null, 'x'] };
    expect(redactBySchema(marked, value)).toEqual({ ...value, list: [null, WITHHELD] });
    expect(redactBySchema(marked, null)).toBeNull();
    expect(redactBySchema(marked, undefined)).toBeUndefined();
    expect(redactBySchema(marked, 'a text in its place')).toBe(WITHHELD);
    expect(redactBySchema(marked, 7)).toBe(WITHHELD);
    expect(redactBySchema(marked, ['x', { a: 'y' }])).toEqual([WITHHELD, { a: WITHHELD }]);
  });

  it('keys are withheld in every text, also in lists of structures, and the rest is kept', () => {
    const text = `the key is ${appSyncKey}`;
    const clean = `the key is ${WITHHELD}`;
    const value = {
      text,
      texts: [text, 'x'],
      items: [{ name: text, key: { value: 'v' } }],
      challengeCode: ['c'],
      inner: { name: 'n', key: { value: 'v' } },
      unknown: 7,
    };
    expect(redactBySchema(open, value)).toEqual({
      text: clean,
      texts: [clean, 'x'],
      items: [{ name: clean, key: { value: WITHHELD } }],
      challengeCode: [WITHHELD],
      inner: { name: 'n', key: { value: WITHHELD } },
      unknown: 7,
    });
  });

  it('a value that does not fit the schema is kept', () => {
    const value = { texts: { of: 'another kind' }, items: null, inner: 7, text: false };
    expect(redactBySchema(open, value)).toEqual(value);
    expect(redactBySchema(open, null)).toBeNull();
    expect(secretsOf(open, { ...value, inner: undefined })).toEqual([]);
    expect(secretsOf(open, null)).toEqual([]);
    expect(secretsOf(open, 'a text')).toEqual([]);
    expect(secretsOf(marked, { a: 7, list: 'not a list', inner: null })).toEqual(['not a list']);
  });

  it('secrets of a request are those of four characters and more, in lists of structures too', () => {
    const value = { items: [{ name: 'name', key: { value: 'four' } }, { key: { value: 'one' } }] };
    expect(secretsOf(open, value)).toEqual(['four']);
    expect(secretsOf(marked, { a: 'abc', list: ['abcd', 'ab', 'abcde'] })).toEqual(['abcde', 'abcd']);
  });
});

describe('redactText', () => {
  it('withholds each of several private keys, and what is between two end lines', () => {
    const other = pem.replace('MIGTAgEAMBMG', 'MIIE');
    expect(redactText(`a ${pem} b ${other} c`)).toBe(`a ${WITHHELD} b ${WITHHELD} c`);
    const end = '-----END PRIVATE KEY-----';
    expect(redactText(`${end} a ${pem} b`)).toBe(`${end} a ${WITHHELD} b`);
    expect(redactText(`${end}${pem} b`)).toBe(`${end}${WITHHELD} b`);
  });

  it.each([
    ['an AppSync key', appSyncKey],
    ['an AWS access key id', 'AKIAABCDEFGHIJKLMNOP'],
    ['a temporary access key id', 'ASIAABCDEFGHIJKLMNOP'],
    ['a private key', pem],
    ['a private key of a kind', pem.replaceAll('PRIVATE', 'EC PRIVATE')],
  ])('withholds %s anywhere in a text', (_, secret) => {
    expect(redactText(`before ${secret} after`)).not.toContain(secret);
    expect(redactText(secret)).toBe(WITHHELD);
    expect(redactText(`"${secret}"`)).toBe(`"${WITHHELD}"`);
  });

  it('withholds everything after the first line of a private key without an end', () => {
    expect(redactText(`before ${pem.slice(0, 40)}" after`)).toBe(`before ${WITHHELD}`);
  });

  it.each([
    ["'POST\n/backend\n\nx-amz-security-token:", "\n\nhost'"],
    ['https://example.com/?X-Amz-Security-Token=', '&X-Amz-Date=0'],
    ['X-Amz-Security-Token: ', ''],
  ])('withholds the session token that AWS repeats after %j', (before, after) => {
    const token = 'IQoJb3JpZ2luX2VjEJr//////wEaCXVz+Zfa%2B_-=';
    expect(redactText(`${before}${token}${after}`)).toBe(`${before}${WITHHELD}${after}`);
  });

  it.each(['da2-short', 'AKIA', 'a public key', ''])('leaves %j as it is', text => {
    expect(redactText(text)).toBe(text);
  });

  it('withholds every occurrence of a given secret, and a longer one whole', () => {
    expect(redactText('abcdef and abcd, abcd', ['abcdef', 'abcd'])).toBe(
      `${WITHHELD} and ${WITHHELD}, ${WITHHELD}`,
    );
  });

  it('treats a given secret as text, not as a pattern', () => {
    expect(redactText('a.*b axxb $& a.*b', ['a.*b'])).toBe(`${WITHHELD} axxb $& ${WITHHELD}`);
  });

  it('does not search its own marks for secrets', () => {
    const parts = ['withheld]', '[with', 'held]', 'with', 'held', 'eld]'];
    const text = 'with held '.repeat(1_000);
    expect(redactText(text, parts)).toBe(`${WITHHELD} ${WITHHELD} `.repeat(1_000));
  });

  it('withholds overlapping secrets as one', () => {
    expect(redactText('a abcdef z', ['abcd', 'cdef'])).toBe(`a ${WITHHELD} z`);
    expect(redactText(`x-amz-security-token: ${appSyncKey}`, [appSyncKey])).toBe(
      `x-amz-security-token: ${WITHHELD}`,
    );
  });

  it('withholds every secret, in any surrounding text', () => {
    // Not of the placeholder's own letters: a secret such as "held" stands in the placeholder itself.
    const secret = fc.stringMatching(/^[A-Z0-9!-+]{4,40}$/);
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.array(fc.string()),
        (secrets, around) => {
          const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
          const text = secrets.map((planted, index) => `${around[index] ?? ''} ${planted}`).join(' ');
          const redacted = redactText(text, longestFirst);
          for (const planted of secrets) expect(redacted).not.toContain(planted);
        },
      ),
    );
  });
});

describe('refuseWithheld', () => {
  it('refuses the mark anywhere, names its member, and says that nothing was sent', () => {
    const args = { appId: 'd1', resourceConfig: { list: [{ client_secret: `x${WITHHELD}` }] } };
    expect(() => refuseWithheldValues(args)).toThrow(ServerError);
    expect(() => refuseWithheldValues(args)).toThrow(
      /^resourceConfig\.list\.0\.client_secret .*nothing was sent/,
    );
  });

  it('accepts everything else', () => {
    expect(() =>
      refuseWithheldValues({ appId: 'd1', note: 'withheld', none: null, list: [1, undefined] }),
    ).not.toThrow();
  });
});

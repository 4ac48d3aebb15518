/**
 * Foreign strings in our texts stay on one line, are bounded and visible, and cannot pass for anything but
 * data.
 */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText, quote, quoteCell, quoteJson, quoteName, quoteNames } from '../../src/lib/quote.ts';
import { anyText } from '../support/any-text.ts';
import { hostileNames, unseenIn } from '../support/hostile-names.ts';

describe.each(Object.entries({ quote, quoteName }))('%s', (_, quoted) => {
  it.each(Object.entries(hostileNames))(
    'shows %s, on one line, within bounds and in quotation marks',
    (_, name) => {
      const text = quoted(name);
      expect(unseenIn(text)).toEqual([]);
      expect(text).toMatch(/^".*"$/);
      expect(text.slice(1, -1).replaceAll('\\"', '')).not.toContain('"');
      expect(text.length).toBeLessThanOrEqual(203);
    },
  );

  it('is one bounded, visible line for any input', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 400 }), fc.nat(300), (name, longest) => {
        const text = quoted(name, longest);
        expect(unseenIn(text)).toEqual([]);
        expect(text.length).toBeLessThanOrEqual(longest + 3);
      }),
    );
  });
});

it.each([
  'shopauth',
  'us-east-1_ShopDev01',
  'us-east-1:0f5c2b3a-1',
  'storage/shop_media.2',
  'https://a.b/graphql',
])('leaves the plain name %s as it is', name => expect(quoteName(name)).toBe(name));

it.each(['', 'two words', 'a,', 'Next:', ': x', '-', 'a;b', 'imported)', 'p|q', '"quoted"', 'Größe'])(
  'puts %j in quotation marks',
  name => expect(quoteName(name)).toBe(`"${name.replaceAll('"', '\\"')}"`),
);

it('distinguishes names that look alike', () => {
  expect(quoteName('shop\u200bmedia')).toBe('"shop\\u200bmedia"');
  expect(quoteName('shop\u{e0041}media')).toBe('"shop\\u{e0041}media"');
  expect(quoteName('shop\\u200bmedia')).toBe('"shop\\\\u200bmedia"');
});

it('keeps the letters of living scripts', () => {
  for (const name of ['Мой магазин', 'ร้านค้า', 'नमस्ते', '店舗', 'Café 🛒'])
    expect(quote(name)).toBe(`"${name}"`);
});

it('never cuts a character or an escape in two', () => {
  expect(quote('🛒🛒', 3)).toBe('"🛒…"');
  expect(quote('a\u0000b', 6)).toBe('"a…"');
});

it('stays inside a cell of a table', () => {
  expect(quoteCell('oAuth/URIs/"https://a.example/"')).toBe('oAuth/URIs/"https://a.example/"');
  expect(quoteCell('a|b\n| c')).toBe('a\\|b\\n\\| c');
  for (const name of Object.values(hostileNames)) expect(unseenIn(quoteCell(name))).toEqual([]);
});

it('counts what a list leaves out', () => {
  expect(quoteNames(['a', 'b c'])).toBe('a, "b c"');
  expect(quoteNames(Array(25).fill('a'), 2)).toBe('a, a, and 23 more');
});

it('writes JSON that means the same', () => {
  const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
  const json = fc.anything({
    key: anyText(),
    values: [anyText(), numbers, fc.maxSafeInteger(), fc.boolean(), fc.constant(null)],
  });
  fc.assert(
    fc.property(json, value => {
      const text = jsonText(value);
      expect(unseenIn(text.replaceAll('\n', ''))).toEqual([]);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(unseenIn(quoteJson(value))).toEqual([]);
    }),
  );
  for (const [what, name] of Object.entries(hostileNames))
    expect(JSON.parse(jsonText({ [name]: name })), what).toEqual({ [name]: name });
});

it('is never passed as a callback that gets an index', () => {
  const src = `${import.meta.dirname}/../../src/`;
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
  const wrong = files.filter(file => /ap\(quote\w*\)/.test(readFileSync(src + file, 'utf8')));
  expect(wrong).toEqual([]);
});

/** What of a body counts toward its bounds: what stands in a text does not, wherever the text ends. */
import { expect, it } from 'vitest';
import { textOf } from '../../src/http/bodies.ts';

const deep = '['.repeat(101);
const refusal = 'The body nests deeper than 100 levels';

it.each([
  ['a text', `{"a":"${deep}"}`],
  ['a text after a quote in it', `{"a":"\\"${deep}"}`],
  ['a text after a backslash and a quote in it', `{"a":"\\\\\\"${deep}"}`],
  ['a text that never ends', `{"a":"${deep}`],
  ['a name', `{"\\"${deep}":1}`],
])('counts no level within %s', (_, body) => {
  expect(textOf(Buffer.from(body))).toBe(body);
});

it.each([
  ['a text', `{"a":"b","c":${deep}`],
  ['a text that ends with a backslash', `{"a":"\\\\","c":${deep}`],
  ['a text that ends with a quote', `{"a":"\\"","c":${deep}`],
  ['an empty text', `{"":${deep}`],
])('counts the levels after %s', (_, body) => {
  expect(() => textOf(Buffer.from(body))).toThrow(refusal);
});

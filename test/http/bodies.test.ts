/** How the nesting depth of a JSON body is counted: brackets within a string do not count, wherever the string ends. */
import { expect, it } from 'vitest';
import { textOf } from '../../src/http/bodies.ts';

const deep = '['.repeat(101);
const refusal = 'The body nests deeper than 100 levels';

it.each([
  ['a string', `{"a":"${deep}"}`],
  ['a string after an escaped quote', `{"a":"\\"${deep}"}`],
  ['a string after an escaped backslash and an escaped quote', `{"a":"\\\\\\"${deep}"}`],
  ['a string that never ends', `{"a":"${deep}`],
  ['the name of a member', `{"\\"${deep}":1}`],
])('counts no level within %s', (_, body) => {
  expect(textOf(Buffer.from(body))).toBe(body);
});

it.each([
  ['a string', `{"a":"b","c":${deep}`],
  ['a string that ends with a backslash', `{"a":"\\\\","c":${deep}`],
  ['a string that ends with a quote', `{"a":"\\"","c":${deep}`],
  ['an empty string', `{"":${deep}`],
])('counts the levels after %s', (_, body) => {
  expect(() => textOf(Buffer.from(body))).toThrow(refusal);
});

/** Points in the past as people write them. */
import { expect, it } from 'vitest';
import { parseSince } from '../../src/lib/since.ts';

const now = Date.parse('2026-03-10T12:00:00Z');
const isoOf = (text: string) => {
  const time = parseSince(text, now);
  return time === undefined ? undefined : new Date(time).toISOString();
};

it.each([
  ['7 days', '2026-03-03T12:00:00.000Z'],
  ['7d', '2026-03-03T12:00:00.000Z'],
  ['last 7 days', '2026-03-03T12:00:00.000Z'],
  ['the last week', '2026-03-03T12:00:00.000Z'],
  ['2 weeks ago', '2026-02-24T12:00:00.000Z'],
  ['1 month', '2026-02-08T12:00:00.000Z'],
  [' 90 Minutes ', '2026-03-10T10:30:00.000Z'],
  ['12 h', '2026-03-10T00:00:00.000Z'],
  ['today', '2026-03-10T00:00:00.000Z'],
  ['Yesterday', '2026-03-09T00:00:00.000Z'],
  ['since yesterday', '2026-03-09T00:00:00.000Z'],
  ['an hour ago', '2026-03-10T11:00:00.000Z'],
  ['a week', '2026-03-03T12:00:00.000Z'],
  ['2026-03-01', '2026-03-01T00:00:00.000Z'],
  ['2026-03-01T08:00', '2026-03-01T08:00:00.000Z'],
  ['2026-03-01T08:00+02:00', '2026-03-01T06:00:00.000Z'],
  ['2026-03-01 08:00:30Z', '2026-03-01T08:00:30.000Z'],
])('%s', (text, iso) => {
  expect(isoOf(text)).toBe(iso);
});

it.each([
  '',
  'soon',
  '7',
  '7 fortnights',
  '-1 day',
  '1.5 h',
  '2026',
  '2026-13-40',
  '03/01/2026',
  'yesterday at 5',
])('nothing: %s', text => {
  expect(isoOf(text)).toBeUndefined();
});

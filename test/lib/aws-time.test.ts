/** AWS's times in every form in which they may come, read on a machine whose zone is not UTC. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { awsTime } from '../../src/lib/aws-time.ts';

const noon = Date.UTC(2026, 0, 1, 12);

beforeAll(() => {
  vi.stubEnv('TZ', 'America/New_York');
  // Node takes the variable in when it is set: without that, no test here would show anything.
  expect(new Date(noon).getHours()).toBe(7);
});
afterAll(() => void vi.unstubAllEnvs());

it.each([
  '2026-01-01T12:00:00Z',
  '2026-01-01T12:00:00',
  '2026-01-01T12:00:00.000',
  '2026-01-01T12:00',
  '2026-01-01 12:00:00',
  '2026-01-01 12:00:00.000000',
  '2026-01-01T14:00:00+02:00',
  'Thu, 01 Jan 2026 12:00:00 GMT',
  'Thu, 01 Jan 2026 12:00:00',
  'Thu Jan 01 2026 12:00:00',
  'Thu Jan 01 2026 13:00:00 GMT+0100 (CET)',
  '1/1/2026, 12:00:00 PM',
  ' 2026-01-01T12:00:00 ',
  noon,
  String(noon),
  noon / 1000,
  String(noon / 1000),
])('%j is noon in UTC', value => {
  expect(awsTime(value)).toBe(noon);
});

it('keeps the fraction of a second', () => {
  expect(awsTime('2026-01-01T12:00:00.500')).toBe(noon + 500);
  expect(awsTime(`${noon / 1000}.5`)).toBe(noon + 500);
});

it.each([
  '',
  'soon',
  'yesterday',
  '2020-13-45',
  '12:00',
  Number.NaN,
  Number.POSITIVE_INFINITY,
  9e15,
  true,
  null,
  {},
])('%j is no time', value => {
  expect(awsTime(value)).toBeUndefined();
});

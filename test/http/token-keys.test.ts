/** The issuer's keys: how long they are accepted, and what happens while the issuer gives none. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { KEYS_LIFE_MS } from '../../src/http/authorization.ts';
import { now, setUp } from './guarded-server.ts';

it('accepts a key for a bounded time, even if no other is requested', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { addKey, removeKey, sign, claims, ask, keys } = await setUp();
  const token = `Bearer ${await sign({ ...claims, exp: now() + 3_600 })}`;
  expect((await ask(token)).status).toBe(200);
  await addKey('two');
  removeKey('one');
  vi.setSystemTime(Date.now() + KEYS_LIFE_MS - 10_000);
  expect([(await ask(token)).status, keys()]).toEqual([200, 1]);
  vi.setSystemTime(Date.now() + 10_000);
  expect((await ask(token)).status).toBe(401);
  expect(KEYS_LIFE_MS).toBeLessThanOrEqual(5 * 60_000);
});

it.each(['/keys', '/.well-known/oauth-authorization-server'])(
  'reads only a bounded part of %s, and calls no token invalid',
  async path => {
    const { flood, sign, claims, ask, handled } = await setUp();
    const token = `Bearer ${await sign(claims)}`;
    const sent = flood(path);
    const refused = await ask(token);
    expect([refused.status, handled()]).toEqual([503, 0]);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await sent).toBeLessThan(16_000_000);
    flood(undefined);
    expect((await ask(token)).status).toBe(200);
  },
);

it('neither accepts tokens nor calls them invalid while the issuer provides no keys', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { fail, sign, claims, ask, handled } = await setUp();
  const token = `Bearer ${await sign({ ...claims, exp: now() + 3_600 })}`;
  expect((await ask(token)).status).toBe(200);
  fail();
  vi.setSystemTime(Date.now() + KEYS_LIFE_MS);
  const refused = await ask(token);
  expect([refused.status, handled()]).toEqual([503, 1]);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(refused.headers.get('www-authenticate')).toBeNull();
});

it('recovers from an issuer that is down for the first token', async () => {
  const { fail, recover, sign, claims, ask, handled } = await setUp();
  const token = `Bearer ${await sign(claims)}`;
  fail();
  for (let round = 0; round < 2; round++) {
    const refused = await ask(token);
    expect([refused.status, handled()]).toEqual([503, 0]);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refused.headers.get('www-authenticate')).toBeNull();
  }
  recover();
  expect([(await ask(token)).status, handled()]).toEqual([200, 1]);
});

it('refuses a revoked key and accepts a new one without a restart', async () => {
  const { addKey, removeKey, sign, claims, ask } = await setUp();
  expect((await ask(`Bearer ${await sign(claims)}`)).status).toBe(200);
  const signAnew = await addKey('two');
  removeKey('one');
  // A token with an unknown key makes the server fetch the keys again, but not at once for each such token.
  await expect.poll(async () => (await ask(`Bearer ${await signAnew(claims)}`)).status).toBe(200);
  expect((await ask(`Bearer ${await sign(claims)}`)).status).toBe(401);
});

/** What is replaced in an environment that is loaded, and what only sounds like a secret. */
import { expect, it } from 'vitest';
import { scrub } from '../../src/sandbox/load/scrub.ts';

it('replaces tokens, and keeps the units of their validity', () => {
  const client = {
    RefreshTokenValidity: 43_200,
    TokenValidityUnits: { RefreshToken: 'minutes', AccessToken: 'hours', IdToken: 'days' },
  };
  expect(scrub(client)).toEqual(client);
  expect(scrub({ refreshToken: 'q8w7e6r5' })).not.toEqual({ refreshToken: 'q8w7e6r5' });
});

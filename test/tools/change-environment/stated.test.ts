/** A call must state something, and only values that AWS can take. */
import { expect, it } from 'vitest';
import type { Json } from '../../../src/lib/json.ts';
import { checkStated } from '../../../src/tools/change-environment/stated.ts';

it.each<['auth' | 'api' | 'storage', Json, string]>([
  ['auth', {}, 'auth states nothing to change'],
  ['auth', { userPoolConfigs: { mfa: {} } }, 'auth states nothing to change'],
  ['api', { schema: '' }, 'api states nothing to change'],
  [
    'storage',
    { permissions: { authenticated: ['READ', 'READ'] } },
    'storage.permissions.authenticated names "READ" twice',
  ],
  [
    'auth',
    { userPoolConfigs: { oAuth: { redirectSignInURIs: ['https://a.example/', 'not a url'] } } },
    '"not a url" is not a URL',
  ],
])('refuses %s %j', (category, stated, message) => {
  expect(() => checkStated(category, stated)).toThrow(message);
});

it('takes lists that empty one, and addresses of apps', () => {
  checkStated('storage', { permissions: { unAuthenticated: [] } });
  checkStated('auth', { userPoolConfigs: { oAuth: { redirectSignOutURIs: ['myapp://home'] } } });
  checkStated('auth', { identityPoolConfigs: { unauthenticatedLogin: false } });
});

/** The app clients of sign-in after their pool has moved to Gen 2: what is left of Gen 1's are the CLI's parameters. */
import { describe, expect, it } from 'vitest';
import { refactored, stackNamed } from '../support/migration-pair.ts';
import { auth2, remove, shown } from '../support/migration-proof.ts';

describe('after a move, the app clients', () => {
  /** The clients move with their pool; the parameters of Gen 1 stay. */
  function movedClients(parameters: Record<string, string>) {
    const facts = refactored();
    const auth1 = stackNamed(facts.gen1, '-authshop-');
    for (const name of ['UserPoolClientWeb', 'UserPoolClient']) remove(auth1, name);
    Object.assign(auth1.parameters, parameters);
    return facts;
  }

  it('are the same by what the CLI asked for', () => {
    const asked = { userpoolClientRefreshTokenValidity: '30', userpoolClientGenerateSecret: 'false' };
    const set = { userpoolClientSetAttributes: 'false', userpoolClientReadAttributes: 'email' };
    expect(shown(movedClients({ ...asked, ...set }))).toEqual([]);
  });

  it.each([
    [
      { userpoolClientRefreshTokenValidity: '120' },
      ['web', 'native'].map(
        kind => `auth | changed | ${kind} client: refresh token, minutes | 172800 | 43200`,
      ),
    ],
    [{ userpoolClientGenerateSecret: 'true' }, ['auth | changed | native client: has a secret | yes | no']],
    [
      { userpoolClientSetAttributes: 'true', userpoolClientReadAttributes: 'email' },
      ['web', 'native'].map(kind => `auth | changed | ${kind} client: readable attributes | email | all`),
    ],
  ])('differ by %j', (parameters, findings) => {
    expect(shown(movedClients(parameters))).toEqual(findings);
  });

  it('are missing where Gen 2 has none', () => {
    const facts = movedClients({ userpoolClientRefreshTokenValidity: '30' });
    remove(auth2(facts), 'amplifyAuthUserPoolNativeAppClient79534448');
    expect(shown(facts)).toEqual(['auth | missing | native client | a client | ']);
  });
});

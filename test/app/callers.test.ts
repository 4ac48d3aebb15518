/** Claims to targets: who gets what, and who gets nothing. */
import { describe, expect, it } from 'vitest';
import { callerKeyOf, configFor, sessionNameOf } from '../../src/app/callers.ts';
import { parseConfig } from '../../src/config.ts';

const roleArn = 'arn:aws:iam::123456789012:role/admin';
const config = parseConfig({
  file: {
    protected: ['main'],
    targets: { shop: { roleArn, region: 'us-east-1', apps: ['d1', 'd2'] }, blog: { vault: 'blog' } },
    vaultFile: 'vault.json',
    vaultKey: 'env:KEY',
    callers: {
      shoppers: { when: { tenant: 'acme', groups: ['dev', 'ops'] }, target: 'shop', tags: { person: 'sub' } },
      readers: { when: { groups: 'audit' }, target: 'shop', apps: ['d2'], readOnly: true, protected: ['qa'] },
      bloggers: { when: { sub: 'ann' }, target: 'blog' },
      strangers: { when: { groups: 'guests' }, target: 'shop', apps: ['d9'] },
      lost: { when: { groups: 'lost' }, target: 'nothing' },
    },
  },
});
const scopes = ['amplify:read'] as const;
const of = (claims: Record<string, unknown>) =>
  configFor(config, { sub: 'ben', iss: 'i', ...claims }, scopes);

describe('a caller', () => {
  it('gets the targets of the rules that they fit, in their own name', () => {
    const own = of({ tenant: 'acme', groups: ['ops', 'other'] });
    expect(own?.targets).toEqual({
      shop: {
        ...{ roleArn, region: 'us-east-1', apps: ['d1', 'd2'] },
        ...{ sessionName: 'ben', sessionTags: { person: 'ben' } },
      },
    });
    expect(own).toMatchObject({ scopes, readOnly: false, protected: ['main'] });
    expect(Object.keys(of({ sub: 'ann', groups: 'audit' })?.targets ?? {})).toEqual(['shop', 'blog']);
  });

  it('is bound by the strictest of the rules, on top of what holds for all', () => {
    const own = of({ groups: ['audit'] });
    expect(own).toMatchObject({
      readOnly: true,
      protected: ['main', 'qa'],
      targets: { shop: { apps: ['d2'] } },
    });
  });

  it('is bound by what holds for all, whatever their rules say', () => {
    const own = configFor({ ...config, readOnly: true }, { sub: 'ann', iss: 'i' }, scopes);
    expect(own).toMatchObject({ readOnly: true, targets: { blog: { vault: 'blog' } } });
  });

  it.each([
    ['with no claim', {}],
    ['with a claim that only begins so', { tenant: 'acme-2', groups: 'dev' }],
    ['with one of two claims', { groups: ['dev'] }],
    ['with a claim that is no text', { tenant: { acme: true }, groups: [7] }],
    ['whose rule leaves no app of the target', { groups: 'guests' }],
    ['whose rule names a target that is not there', { groups: 'lost' }],
    ['with a claim that every object has', { constructor: 'acme', groups: 'dev' }],
  ])('%s gets nothing', (_, claims) => {
    expect(of(claims)).toBeUndefined();
  });
});

it.each([
  ['ann', 'ann'],
  ['auth0|ann smith', 'auth0-ann-smith'],
  ['a', 'caller-a'],
  ['x'.repeat(100), 'x'.repeat(64)],
])('names the session of %s as STS takes it: %s', (sub, expected) => {
  expect(sessionNameOf({ sub })).toBe(expected);
});

it('keeps two issuers apart that know the same subject', () => {
  expect(callerKeyOf({ iss: 'one', sub: 'ann' })).not.toBe(callerKeyOf({ iss: 'two', sub: 'ann' }));
});

/** Claims to rights: who gets what, who gets nothing, and which tokens give the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerKeyOf, createRights, sessionNameOf } from '../../src/app/callers.ts';
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
const rightsOf = createRights(config);
const of = (claims: Record<string, unknown>) =>
  rightsOf({ claims: { sub: 'ben', iss: 'i', ...claims }, scopes })?.config;

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
    const rights = createRights({ ...config, readOnly: true })({ claims: { sub: 'ann', iss: 'i' }, scopes });
    expect(rights?.config).toMatchObject({ readOnly: true, targets: { blog: { vault: 'blog' } } });
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

describe('the key of rights', () => {
  const keyOf = (claims: Record<string, unknown>, scope: readonly string[] = scopes) =>
    rightsOf({ claims: { sub: 'ben', iss: 'i', tenant: 'acme', groups: ['dev'], ...claims }, scopes: scope })
      ?.key;

  it.each<[string, Record<string, unknown>, string[]?]>([
    ['claims that no rule reads', { picture: 'new', jti: '7', iat: 1, exp: 2 }],
    ['groups that no rule asks for', { groups: ['a', 'dev', 'b'] }],
    ['a text in place of a list of one', { groups: 'dev' }],
    ['scopes that mean nothing here', {}, ['openid', 'amplify:read', 'amplify:admin']],
    ['a scope twice', {}, ['amplify:read', 'amplify:read']],
    ['another rule that gives the same', { groups: ['ops'] }],
  ])('is the same with %s', (_, claims, scope) => {
    expect(keyOf(claims, scope)).toBe(keyOf({}));
  });

  it.each<[string, Record<string, unknown>, string[]?]>([
    ['a rule less', { tenant: 'none', sub: 'ann' }],
    ['a rule more, which takes away', { groups: ['dev', 'audit'] }],
    ['a rule more, which gives', { sub: 'ann' }],
    ['another subject', { sub: 'eve' }],
    ['another issuer', { iss: 'other' }],
    ['another name of the person, by which the audit knows them', { email: 'new@example.com' }],
    ['another scope', {}, ['amplify:read', 'amplify:write']],
  ])('is another with %s', (_, claims, scope) => {
    expect(keyOf(claims, scope)).not.toBe(keyOf({}));
  });

  it('follows a claim that becomes a tag, which AWS is told', () => {
    const file = { ...config, callers: { all: { when: {}, target: 'shop', tags: { team: 'team' } } } };
    const rightsOfTagged = createRights(file);
    const of = (team: unknown) => rightsOfTagged({ claims: { sub: 'ben', iss: 'i', team }, scopes });
    expect(of('red')?.key).not.toBe(of('blue')?.key);
    expect(of('red')?.config.targets.shop?.sessionTags).toEqual({ team: 'red' });
    expect(of('red')?.key).toBe(of('red')?.key);
  });

  it('is that of what the rules say, whatever was asked for before', () => {
    const groups = fc.subarray(['dev', 'ops', 'audit', 'guests', 'lost', 'x']);
    const claims = fc.record({
      tenant: fc.constantFrom('acme', 'none'),
      groups,
      sub: fc.constantFrom('ann', 'ben'),
    });
    fc.assert(
      fc.property(fc.array(claims, { maxLength: 20 }), all => {
        const remembering = createRights(config);
        for (const one of all) {
          const token = { claims: { iss: 'i', ...one }, scopes };
          expect(remembering(token)).toEqual(createRights(config)(token));
        }
      }),
    );
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

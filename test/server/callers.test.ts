/** From claims to rights: which rights a caller gets, and which tokens have equal rights. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import {
  callerKeyOf,
  createRights,
  personOf,
  type RightsOf,
  sessionNameOf,
} from '../../src/server/callers.ts';

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
const rightsOf: RightsOf = token => createRights(config)(token);
const of = (claims: Record<string, unknown>) =>
  rightsOf({ claims: { sub: 'ben', iss: 'i', ...claims }, scopes })?.config;

describe('a caller', () => {
  it('gets the targets of the matching rules, in their own name', () => {
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

  it('may be told by a claim inside another one, which may tag their session too', () => {
    const rule = { when: { 'realm_access.roles': 'shop' }, target: 'shop', tags: { person: 'act.name' } };
    const rights = createRights({ ...config, callers: { rule } });
    const token = (roles: unknown) => ({
      claims: { sub: 'ben', iss: 'i', realm_access: { roles }, act: { name: 'Ben' } },
      scopes,
    });
    const own = rights(token(['other', 'shop']));
    expect(own?.config.targets.shop?.sessionTags).toEqual({ person: 'Ben' });
    // Replicas derive the rights again from what was kept of the token.
    expect(own && rights(own.token)?.key).toBe(own?.key);
    for (const roles of [['other'], 'shops', { shop: true }, undefined])
      expect(rights(token(roles))).toBeUndefined();
  });

  it('is bound by the strictest rule and the global settings', () => {
    const own = of({ groups: ['audit'] });
    expect(own).toMatchObject({
      readOnly: true,
      protected: ['main', 'qa'],
      targets: { shop: { apps: ['d2'] } },
    });
  });

  it('is bound by the global settings, even if a rule allows more', () => {
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

describe('several rules together', () => {
  const own = (callers: object, claims: Record<string, unknown> = {}, targets: object = {}) =>
    createRights(
      parseConfig({
        file: {
          targets: { shop: { roleArn, region: 'us-east-1', ...targets } },
          callers: callers as never,
        },
      }),
    )({ claims: { sub: 'ben', iss: 'i', ...claims }, scopes })?.config;

  it('allow every app of the target if one of them names none', () => {
    const some = { when: { sub: 'ben' }, target: 'shop', apps: ['d1'] };
    const more = { when: { iss: 'i' }, target: 'shop', apps: ['d2'] };
    const all = { when: { iss: 'i' }, target: 'shop' };
    expect(own({ some, more })?.targets.shop?.apps).toEqual(['d1', 'd2']);
    expect(own({ some, all })?.targets.shop?.apps).toEqual([]);
    expect(own({ some, all }, {}, { apps: ['d1', 'd9'] })?.targets.shop?.apps).toEqual(['d1', 'd9']);
    expect(own({ some, more }, {}, { apps: ['d2'] })?.targets.shop?.apps).toEqual(['d2']);
    expect(own({ some }, {}, { apps: ['d9'] })).toBeUndefined();
  });

  it('allow the secrets that any of them lists, as far as the target lists them too', () => {
    const one = { when: { sub: 'ben' }, target: 'shop', secrets: ['B', 'A'] };
    const two = { when: { iss: 'i' }, target: 'shop', secrets: ['C', 'A'] };
    const none = { when: { iss: 'i' }, target: 'shop' };
    expect(own({ one, two })?.secretLists).toEqual({ shop: [['A', 'B', 'C']] });
    expect(own({ one, none }, {}, { secrets: ['A'] })?.secretLists).toEqual({ shop: [['A', 'B'], ['A']] });
    expect(own({ none })?.secretLists).toEqual({ shop: [[]] });
  });

  it('are read-only if one of them is, and protect what any of them protects', () => {
    const one = { when: { sub: 'ben' }, target: 'shop', protected: ['prod', 'live'] };
    const two = { when: { iss: 'i' }, target: 'shop', readOnly: true, protected: ['eu', 'prod'] };
    expect(own({ one })).toMatchObject({ readOnly: false, protected: ['live', 'prod'] });
    expect(own({ one, two })).toMatchObject({ readOnly: true, protected: ['eu', 'live', 'prod'] });
  });

  it("give all of their tags, from claims with a text, cut to AWS's length", () => {
    const one = { when: { sub: 'ben' }, target: 'shop', tags: { team: 'team', list: 'list' } };
    const two = { when: { iss: 'i' }, target: 'shop', tags: { site: 'site', none: 'toString' } };
    const claims = { team: 'x'.repeat(300), list: ['a'], site: 'eu' };
    expect(own({ one, two }, claims)?.targets.shop?.sessionTags).toEqual({
      team: 'x'.repeat(256),
      site: 'eu',
    });
  });
});

describe('a person', () => {
  it.each([
    ['by their address', { email: 'ann@example.com', name: 'Ann' }, 'ann@example.com (s-1)'],
    ['by their user name', { preferred_username: 'ann', name: 'Ann' }, 'ann (s-1)'],
    ['by their name', { name: 'Ann', email: '', preferred_username: 7 }, 'Ann (s-1)'],
    ['by their subject, where nothing else is known', {}, 's-1'],
    ['by their subject alone, where it is their name', { email: 's-1' }, 's-1'],
  ])('is known %s', (_, claims, who) => {
    expect(personOf({ sub: 's-1', ...claims }).who).toBe(who);
  });

  it('is named by each claim that names a person, and no other', () => {
    const claims = {
      sub: 's-1',
      email: 'ann@example.com',
      name: '',
      preferred_username: ['ann'],
      phone: '1',
    };
    expect(personOf(claims).claims).toEqual({ sub: 's-1', email: 'ann@example.com' });
    expect(personOf(Object.create({ name: 'inherited', sub: 's-1' })).claims).toEqual({ sub: 's-1' });
  });
});

it('only the claims that rules read are kept of a token', () => {
  const claims = {
    sub: 'ben',
    iss: 'i',
    tenant: 'acme',
    groups: ['x', 'ops', 'audit', 'dev', 'ops', 7],
    jti: '1',
  };
  const rights = rightsOf({ claims, scopes: ['openid', 'amplify:read'] });
  expect(rights?.token).toEqual({
    claims: { sub: 'ben', iss: 'i', tenant: ['acme'], groups: ['audit', 'dev', 'ops'] },
    scopes: ['amplify:read'],
  });
});

it('the person behind a token is kept even if no rule reads it', () => {
  const file = {
    targets: { shop: { roleArn, region: 'us-east-1' } },
    callers: { all: { when: {}, target: 'shop' } },
  };
  const claims = { sub: 'ben', iss: 'i', name: 'Ben', email: ['ben@example.com'] };
  expect(createRights(parseConfig({ file }))({ claims, scopes })?.token.claims).toEqual({
    ...{ sub: 'ben', iss: 'i', name: 'Ben', email: [] },
  });
});

it('a target without a role has no session', () => {
  expect(Object.keys(of({ sub: 'ann' })?.targets.blog ?? {}).sort()).toEqual(['apps', 'vault']);
});

it('a caller is named by a digest', () => {
  expect(callerKeyOf({ iss: 'one', sub: 'ann' })).toMatch(/^[\w-]{43}$/);
});

it('known scopes are kept, in one order', () => {
  const asked = ['openid', 'amplify:destroy', 'amplify:read'];
  const rights = rightsOf({ claims: { sub: 'ann', iss: 'i' }, scopes: asked });
  expect(rights?.config).toMatchObject({ scopes: ['amplify:read', 'amplify:destroy'] });
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
  ])('is equal with %s', (_, claims, scope) => {
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
  ])('differs with %s', (_, claims, scope) => {
    expect(keyOf(claims, scope)).not.toBe(keyOf({}));
  });

  it('depends on a claim that becomes a tag', () => {
    const file = { ...config, callers: { all: { when: {}, target: 'shop', tags: { team: 'team' } } } };
    const rightsOfTagged = createRights(file);
    const of = (team: unknown) => rightsOfTagged({ claims: { sub: 'ben', iss: 'i', team }, scopes });
    expect(of('red')?.key).not.toBe(of('blue')?.key);
    expect(of('red')?.config.targets.shop?.sessionTags).toEqual({ team: 'red' });
    expect(of('red')?.key).toBe(of('red')?.key);
  });

  it('does not depend on earlier requests', () => {
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
  ['ab', 'ab'],
  ['a_b+c=d,e.f@g-h', 'a_b+c=d,e.f@g-h'],
  ['x'.repeat(100), 'x'.repeat(64)],
])('names the session of %s in characters that STS allows: %s', (sub, expected) => {
  expect(sessionNameOf({ sub })).toBe(expected);
});

it('distinguishes equal subjects of two issuers', () => {
  expect(callerKeyOf({ iss: 'one', sub: 'ann' })).not.toBe(callerKeyOf({ iss: 'two', sub: 'ann' }));
});

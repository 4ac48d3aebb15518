/** Compares which identity providers the identity pools and app clients accept, and which rules assign roles. */
import { isObject, memberOf, objectOf, textOf } from '../lib/json.ts';
import { jsonParameter, parseList, providerNames } from './auth-settings.ts';
import type { Finding } from './findings.ts';
import { unresolved } from './intrinsics.ts';
import type { StackView } from './stack-view.ts';

/** The user pool's name of a social provider, by the identity pool's name of it. */
const ofUserPool: Readonly<Record<string, string>> = {
  'accounts.google.com': 'Google',
  'graph.facebook.com': 'Facebook',
  'www.amazon.com': 'LoginWithAmazon',
  'appleid.apple.com': 'SignInWithApple',
};

interface IdentitySettings {
  readonly logins: readonly string[];
  /** Providers by OpenID Connect, SAML or of a developer's own. */
  readonly others: readonly string[];
  readonly isClassic: boolean;
  /** The rules that assign roles by the claims of a token. */
  readonly rules: readonly string[];
  readonly isKnown: boolean;
}

const others = ['OpenIdConnectProviderARNs', 'SamlProviderARNs', 'DeveloperProviderName'] as const;

function rulesOf(stack: StackView): string[] {
  return stack
    .ofType('AWS::Cognito::IdentityPoolRoleAttachment')
    .flatMap(attachment => Object.values(objectOf(stack.property(attachment, 'RoleMappings'))))
    .flatMap(mapping => {
      const rules = memberOf(memberOf(mapping, 'RulesConfiguration'), 'Rules');
      return Array.isArray(rules) ? rules.filter(isObject) : [];
    })
    .map(({ Claim, MatchType, Value }) =>
      [Claim, MatchType, Value].map(each => textOf(each) ?? '?').join(' '),
    );
}

function settingsIn(stacks: readonly StackView[]): IdentitySettings | undefined {
  const [found] = stacks.flatMap(stack =>
    stack.ofType('AWS::Cognito::IdentityPool').map(pool => ({ stack, pool })),
  );
  if (!found) return undefined;
  const { stack, pool } = found;
  const logins = stack.property(pool, 'SupportedLoginProviders');
  return {
    logins: Object.entries(objectOf(logins)).flatMap(([name, id]) => (id === '' ? [] : [name])),
    others: others.flatMap(name => {
      const given = stack.property(pool, name);
      return given === undefined || given === '' || (Array.isArray(given) && given.length === 0)
        ? []
        : [name];
    }),
    isClassic: String(stack.property(pool, 'AllowClassicFlow')).toLowerCase() === 'true',
    rules: stacks.flatMap(rulesOf),
    isKnown: logins !== unresolved,
  };
}

/** The identity providers that app clients accept besides the user pool itself. */
function clientProviders(stacks: readonly StackView[]): string[] {
  return stacks.flatMap(stack =>
    stack.ofType('AWS::Cognito::UserPoolClient').flatMap(client => {
      const given = stack.property(client, 'SupportedIdentityProviders');
      return parseList(given).filter(name => name !== 'COGNITO' && !name.includes('${'));
    }),
  );
}

/** The clients by which the pool's own users cannot sign in. */
const withoutPool = (stacks: readonly StackView[]): string[] =>
  stacks.flatMap(stack =>
    stack.ofType('AWS::Cognito::UserPoolClient').flatMap(client => {
      const given = stack.property(client, 'SupportedIdentityProviders');
      return Array.isArray(given) && given.length > 0 && !given.includes('COGNITO') ? [client.logicalId] : [];
    }),
  );

function compareClientProviders(gen1: readonly StackView[], gen2: readonly StackView[]): Finding[] {
  const had = new Set([...providerNames(gen1), ...clientProviders(gen1)]);
  const more = [...new Set(clientProviders(gen2))].filter(name => !had.has(name));
  const gen1AcceptsPoolUsers = withoutPool(gen1).length === 0;
  return [
    // Another finding reports a provider that only Gen 2's pool has.
    ...more
      .filter(name => !providerNames(gen2).includes(name))
      .map(
        name =>
          ({ area: 'auth', change: 'wider', subject: `app clients: provider ${name}`, gen2: name }) as const,
      ),
    ...(gen1AcceptsPoolUsers ? withoutPool(gen2) : []).map(
      name =>
        ({
          area: 'auth',
          change: 'missing',
          subject: `app client ${name}: the pool's own users`,
          gen1: 'COGNITO',
        }) as const,
    ),
  ];
}

/** What only Gen 2 accepts, and what it no longer accepts. A pool that has moved out of Gen 1 cannot be compared. */
export function compareIdentityPools(gen1: readonly StackView[], gen2: readonly StackView[]): Finding[] {
  const [before, after] = [settingsIn(gen1), settingsIn(gen2)];
  const clients = compareClientProviders(gen1, gen2);
  if (!before || !after || !before.isKnown) return clients;
  // Gen 2 lets a social provider of the user pool into the identity pool too.
  const social = new Set(providerNames(gen1));
  const federated = gen1.some(stack => jsonParameter(stack, 'hostedUIProviderMeta') !== undefined);
  const isNew = (name: string) => !before.logins.includes(name) && !social.has(ofUserPool[name] ?? '');
  const only = (left: readonly string[], right: readonly string[]) =>
    left.filter(name => !right.includes(name));
  const finding = (change: 'wider' | 'missing', subject: string, value: string): Finding => ({
    ...{ area: 'auth', change, subject },
    ...(change === 'wider' ? { gen2: value } : { gen1: value }),
  });
  return [
    ...clients,
    ...after.logins.filter(isNew).map(name => finding('wider', `identity pool: logins of ${name}`, name)),
    ...only(before.logins, after.logins).map(name =>
      finding('missing', `identity pool: logins of ${name}`, name),
    ),
    ...(federated ? [] : only(after.others, before.others)).map(name =>
      finding('wider', `identity pool: ${name}`, name),
    ),
    ...(after.isClassic && !before.isClassic
      ? [finding('wider', 'identity pool: classic flow', 'allowed')]
      : []),
    ...only(after.rules, before.rules).map(rule =>
      finding('wider', `identity pool: role where ${rule}`, rule),
    ),
  ];
}

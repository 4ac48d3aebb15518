/** Compares sign-in: the user pool, its clients, groups, triggers, social providers, the hosted pages, and guests. */
import { isObject, memberOf, objectOf, textOf } from '../lib/json.ts';
import {
  clientSettings,
  clientSettingsOfParameters,
  jsonParameter,
  parseList,
  poolSettings,
  providerNames,
  resolvedProperties,
  type Settings,
  settingsOfParameters,
} from './auth-settings.ts';
import type { Finding } from './findings.ts';
import { compareIdentityPools } from './identity-pools.ts';
import { isSameSetting, moreClientSettings, morePoolSettings } from './more-auth-settings.ts';
import type { StackView, TemplateResource } from './stack-view.ts';

/** The differences, and what could not be compared: a sentence each. */
export interface AuthComparison {
  readonly findings: readonly Finding[];
  readonly unproven: readonly string[];
}

interface Placed {
  readonly stack: StackView;
  readonly resource: TemplateResource;
}

const ofType = (stacks: readonly StackView[], type: string): Placed[] =>
  stacks.flatMap(stack => stack.ofType(type).map(resource => ({ stack, resource })));

const propertiesOf = ({ stack, resource }: Placed) => resolvedProperties(stack, resource);

/** The Gen 1 stack whose parameters have the settings of the pool. They stay there when the pool has moved to Gen 2. */
const stackOfParameters = (stacks: readonly StackView[]) =>
  stacks.find(({ facts: { parameters } }) => Object.hasOwn(parameters, 'passwordPolicyMinLength'));

const allPoolSettings = (properties: unknown) => ({
  ...poolSettings(properties),
  ...morePoolSettings(properties),
});
const allClientSettings = (properties: unknown) => ({
  ...clientSettings(properties),
  ...moreClientSettings(properties),
});

function compareSettings(subject: string, left: Settings, right: Settings): AuthComparison {
  const names = Object.keys(left).filter(name => Object.hasOwn(right, name));
  return {
    findings: names.flatMap(name => {
      const [gen1, gen2] = [left[name], right[name]];
      return typeof gen1 === 'string' && typeof gen2 === 'string' && !isSameSetting(name, gen1, gen2, right)
        ? [{ area: 'auth' as const, change: 'changed' as const, subject: `${subject}: ${name}`, gen1, gen2 }]
        : [];
    }),
    unproven: names
      .filter(name => left[name] === null || right[name] === null)
      .map(name => `${subject}: ${name} could not be read from the templates.`),
  };
}

/** The Lambda functions that Cognito calls, by their kinds. In Gen 1 a resource of the CLI can set them. */
function triggersOf(stacks: readonly StackView[]): string[] {
  const ofPools = ofType(stacks, 'AWS::Cognito::UserPool').flatMap(pool =>
    Object.entries(objectOf(propertiesOf(pool).LambdaConfig)).flatMap(([kind, value]) =>
      value === '' || kind === 'KMSKeyID' ? [] : [kind.replace(/Config$/, '')],
    ),
  );
  const ofCli = stacks.flatMap(stack =>
    stack.resources
      .filter(({ type }) => type.startsWith('Custom::') && type.includes('AuthTrigger'))
      .flatMap(resource => {
        const config = stack.property(resource, 'lambdaConfig');
        const list = Array.isArray(config) ? config : [];
        return list.flatMap(item => textOf(memberOf(item, 'triggerType')) ?? []);
      }),
  );
  return [...new Set([...ofPools, ...ofCli])].sort();
}

/** The groups of the pool, the most important first where their order is given. */
function groupsOf(stacks: readonly StackView[]): string[] {
  const groups = ofType(stacks, 'AWS::Cognito::UserPoolGroup').map(group => {
    const { GroupName, Precedence } = propertiesOf(group);
    return { name: textOf(GroupName) ?? group.resource.logicalId, order: Number(Precedence ?? Number.NaN) };
  });
  const isOrdered = groups.every(({ order }) => Number.isFinite(order));
  return groups
    .sort((a, b) => (isOrdered ? a.order - b.order : 0) || a.name.localeCompare(b.name))
    .map(({ name }) => name);
}

interface HostedPages {
  readonly flows: string;
  readonly scopes: string;
  readonly callbacks: readonly string[];
  readonly logouts: readonly string[];
}

/** What Cognito's hosted pages allow; undefined where the pool has no domain for them. */
function hostedPages(stacks: readonly StackView[]): HostedPages | undefined {
  const from = (properties: unknown): HostedPages => ({
    flows: parseList(memberOf(properties, 'AllowedOAuthFlows')).sort().join(', ') || 'none',
    scopes: parseList(memberOf(properties, 'AllowedOAuthScopes')).sort().join(', ') || 'none',
    callbacks: parseList(memberOf(properties, 'CallbackURLs')),
    logouts: parseList(memberOf(properties, 'LogoutURLs')),
  });
  const cli = stacks.map(stack => jsonParameter(stack, 'oAuthMetadata')).find(isObject);
  if (cli) return from(cli);
  if (ofType(stacks, 'AWS::Cognito::UserPoolDomain').length === 0) return undefined;
  const [client] = ofType(stacks, 'AWS::Cognito::UserPoolClient')
    .filter(({ resource }) => !isNative(resource))
    .map(propertiesOf);
  return client && from(client);
}

const isNative = ({ logicalId }: TemplateResource) =>
  logicalId === 'UserPoolClient' || /Native/.test(logicalId);

function compareNames(subject: string, left: readonly string[], right: readonly string[]): Finding[] {
  const lost = left.filter(name => !right.includes(name));
  const more = right.filter(name => !left.includes(name));
  return [
    ...lost.map(name => ({
      area: 'auth' as const,
      change: 'missing' as const,
      subject: `${subject} ${name}`,
      gen1: name,
    })),
    ...more.map(name => ({
      area: 'auth' as const,
      change: 'wider' as const,
      subject: `${subject} ${name}`,
      gen2: name,
    })),
  ];
}

function compareHosted(left: HostedPages | undefined, right: HostedPages | undefined): Finding[] {
  if (!left && !right) return [];
  if (!left || !right)
    return [
      {
        area: 'auth',
        change: left ? 'missing' : 'wider',
        subject: 'hosted sign-in pages (OAuth domain)',
        ...(left ? { gen1: left.flows } : { gen2: right?.flows ?? '' }),
      },
    ];
  const { findings } = compareSettings(
    'OAuth',
    { flows: left.flows, scopes: left.scopes },
    { flows: right.flows, scopes: right.scopes },
  );
  // Gen 2 needs further addresses of its own, so additional ones are no difference.
  const lost = (name: string, before: readonly string[], after: readonly string[]) =>
    compareNames(name, before, after).filter(({ change }) => change === 'missing');
  return [
    ...findings,
    ...lost('OAuth callback', left.callbacks, right.callbacks),
    ...lost('OAuth logout', left.logouts, right.logouts),
  ];
}

function compareGroups(left: readonly string[], right: readonly string[]): Finding[] {
  const differences = compareNames('group', left, right);
  return differences.length > 0 || left.join('\n') === right.join('\n')
    ? differences
    : [
        {
          area: 'auth',
          change: 'changed',
          subject: 'order of groups',
          gen1: left.join(', '),
          gen2: right.join(', '),
        },
      ];
}

const clientsIn = (stacks: readonly StackView[], native: boolean) =>
  ofType(stacks, 'AWS::Cognito::UserPoolClient').filter(({ resource }) => isNative(resource) === native);

function compareClients(gen1: readonly StackView[], gen2: readonly StackView[]): AuthComparison[] {
  return [false, true].map(native => {
    const subject = native ? 'native client' : 'web client';
    const [[left], [right]] = [clientsIn(gen1, native), clientsIn(gen2, native)];
    // Clients move with their pool. The parameters of the Gen 1 stack keep their settings.
    const parameters = stackOfParameters(gen1);
    const before = left
      ? allClientSettings(propertiesOf(left))
      : parameters && clientSettingsOfParameters(parameters, native);
    if (!before || Object.keys(before).length === 0) return { findings: [], unproven: [] };
    if (!right)
      return {
        findings: [
          { area: 'auth', change: 'missing', subject, gen1: left?.resource.logicalId ?? 'a client' },
        ],
        unproven: [],
      };
    return compareSettings(subject, before, allClientSettings(propertiesOf(right)));
  });
}

/** Gen 2's clients besides the one for the web and the one for native apps. */
function compareMoreClients(gen1: readonly StackView[], gen2: readonly StackView[]): Finding[] {
  return [false, true].flatMap(native =>
    clientsIn(gen2, native)
      .slice(Math.max(1, clientsIn(gen1, native).length))
      .map(({ resource: { logicalId } }) => ({
        ...{ area: 'auth' as const, change: 'wider' as const },
        ...{ subject: `app client ${logicalId}`, gen2: logicalId },
      })),
  );
}

const guestsIn = (stacks: readonly StackView[]): boolean | undefined => {
  const [pool] = ofType(stacks, 'AWS::Cognito::IdentityPool');
  const allowed = pool
    ? propertiesOf(pool).AllowUnauthenticatedIdentities
    : stacks.map(({ facts }) => memberOf(facts.parameters, 'allowUnauthenticatedIdentities')).find(Boolean);
  return allowed === undefined ? undefined : String(allowed).toLowerCase() === 'true';
};

/** Compares sign-in. An environment without a user pool has nothing to compare. */
export function compareAuth(gen1: readonly StackView[], gen2: readonly StackView[]): AuthComparison {
  const [pool1] = ofType(gen1, 'AWS::Cognito::UserPool');
  const [pool2] = ofType(gen2, 'AWS::Cognito::UserPool');
  const parameters = stackOfParameters(gen1);
  const before = pool1
    ? allPoolSettings(propertiesOf(pool1))
    : parameters && settingsOfParameters(parameters);
  if (!before) return { findings: [], unproven: [] };
  if (!pool2)
    return {
      findings: [],
      unproven: [
        'No user pool is in the Gen 2 stacks that were read: one that Gen 2 refers to is not compared.',
      ],
    };
  const [guests1, guests2] = [guestsIn(gen1), guestsIn(gen2)];
  const parts: AuthComparison[] = [
    compareSettings('user pool', before, allPoolSettings(propertiesOf(pool2))),
    ...compareClients(gen1, gen2),
  ];
  return {
    findings: [
      ...parts.flatMap(({ findings }) => findings),
      ...compareMoreClients(gen1, gen2),
      ...compareGroups(groupsOf(gen1), groupsOf(gen2)),
      ...compareNames('trigger', triggersOf(gen1), triggersOf(gen2)),
      ...compareNames('social provider', providerNames(gen1), providerNames(gen2)),
      ...compareIdentityPools(gen1, gen2),
      ...compareHosted(hostedPages(gen1), hostedPages(gen2)),
      ...(guests1 !== undefined && guests2 !== undefined && guests1 !== guests2
        ? [
            {
              area: 'auth' as const,
              change: guests2 ? ('wider' as const) : ('narrower' as const),
              subject: 'guests',
              gen1: guests1 ? 'allowed' : 'not allowed',
              gen2: guests2 ? 'allowed' : 'not allowed',
            },
          ]
        : []),
    ],
    unproven: parts.flatMap(({ unproven }) => unproven),
  };
}

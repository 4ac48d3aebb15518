/**
 * The settings of a user pool and its clients in one form for both generations. A setting that a template leaves out has
 * Cognito's default. Lists and numbers that are written as texts are parsed. `null` stands for an unknown value.
 */
import { isObject, memberOf, objectOf, textOf } from '../lib/json.ts';
import { unresolved } from './intrinsics.ts';
import type { StackView, TemplateResource } from './stack-view.ts';

/** Settings by their names; texts are foreign. */
export type Settings = Readonly<Record<string, string | null>>;

/** A list in either form: `email,phone_number`, `["email"]`, a list. */
export function parseList(value: unknown): string[] {
  const items = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  return items.flatMap(item => {
    const text = typeof item === 'string' ? item.replace(/[[\]"']/g, '').trim() : '';
    return text === '' ? [] : [text];
  });
}

const sorted = (value: unknown) => parseList(value).sort().join(', ') || 'none';
const flag = (value: unknown, byDefault: boolean) =>
  String(value === undefined ? byDefault : value).toLowerCase() === 'true' ? 'yes' : 'no';
const number = (value: unknown, byDefault: number) =>
  String(value === undefined || value === '' || value === 'null' ? byDefault : Number(value));

/** A setting whose value could not be resolved is not known. */
const known = (value: unknown, read: (value: unknown) => string): string | null =>
  value === unresolved || (typeof value === 'string' && value.startsWith('${')) ? null : read(value);

const passwordRules = ['RequireLowercase', 'RequireUppercase', 'RequireNumbers', 'RequireSymbols'];

/** The settings of a pool, from its properties. */
export function poolSettings(properties: unknown): Settings {
  const of = (name: string) => memberOf(properties, name);
  const policy = memberOf(of('Policies'), 'PasswordPolicy');
  const schema = of('Schema');
  const attributes = Array.isArray(schema) ? schema.filter(isObject) : [];
  const names = (wanted: (attribute: object) => boolean) =>
    attributes
      .filter(wanted)
      .map(({ Name }) => textOf(Name)?.replace(/^custom:/, '') ?? '')
      .sort()
      .join(', ') || 'none';
  const mfa = textOf(of('MfaConfiguration')) ?? 'OFF';
  return {
    'sign-in names': known(of('UsernameAttributes'), sorted),
    'sign-in aliases': known(of('AliasAttributes'), sorted),
    'verified attributes': known(of('AutoVerifiedAttributes'), sorted),
    'required attributes': names(attribute => flag(memberOf(attribute, 'Required'), false) === 'yes'),
    'custom attributes': names(
      attribute => !standardAttributes.has(textOf(memberOf(attribute, 'Name')) ?? ''),
    ),
    MFA: known(of('MfaConfiguration'), () => mfa),
    'MFA methods': mfa === 'OFF' ? 'none' : known(of('EnabledMfas'), sorted),
    'password length': known(memberOf(policy, 'MinimumLength'), value => number(value, 8)),
    'password rules':
      policy === unresolved
        ? null
        : passwordRules
            // Without a policy Cognito requires all of them.
            .filter(rule => flag(memberOf(policy, rule), policy === undefined) === 'yes')
            .map(rule => rule.slice('Require'.length).toLowerCase())
            .join(', ') || 'none',
    'temporary passwords, days': known(memberOf(policy, 'TemporaryPasswordValidityDays'), value =>
      number(value, 7),
    ),
    'only admins create users': known(
      memberOf(of('AdminCreateUserConfig'), 'AllowAdminCreateUserOnly'),
      value => flag(value, false),
    ),
    'case matters in names': known(memberOf(of('UsernameConfiguration'), 'CaseSensitive'), value =>
      flag(value, true),
    ),
  };
}

/** Cognito's own attributes: all others are custom. */
const standardAttributes = new Set(
  `sub address birthdate email email_verified family_name gender given_name locale middle_name name nickname
  phone_number phone_number_verified picture preferred_username profile updated_at website zoneinfo`.split(
    /\s+/,
  ),
);

const minutesOf: Readonly<Record<string, number>> = { seconds: 1 / 60, minutes: 1, hours: 60, days: 1_440 };

function minutes(
  properties: unknown,
  token: 'RefreshToken' | 'AccessToken' | 'IdToken',
  byDefault: number,
): string | null {
  const value = memberOf(properties, `${token}Validity`);
  // Cognito counts refresh tokens in days and the others in hours, where no unit is named.
  const unit =
    textOf(memberOf(memberOf(properties, 'TokenValidityUnits'), token)) ??
    (token === 'RefreshToken' ? 'days' : 'hours');
  if (!Object.hasOwn(minutesOf, unit)) return null;
  return known(value, given => {
    const amount = Number(given ?? 0);
    return amount > 0 ? String(amount * (minutesOf[unit] ?? 1)) : String(byDefault);
  });
}

const flowsByDefault = ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH'];

/** The settings of a client, from its properties. */
export function clientSettings(properties: unknown): Settings {
  const of = (name: string) => memberOf(properties, name);
  const flows = parseList(of('ExplicitAuthFlows'));
  return {
    'refresh token, minutes': minutes(properties, 'RefreshToken', 43_200),
    'access token, minutes': minutes(properties, 'AccessToken', 60),
    'id token, minutes': minutes(properties, 'IdToken', 60),
    'has a secret': known(of('GenerateSecret'), value => flag(value, false)),
    flows: known(of('ExplicitAuthFlows'), () => sorted(flows.length > 0 ? flows : flowsByDefault)),
    'readable attributes': known(of('ReadAttributes'), value =>
      value === undefined ? 'all' : sorted(value),
    ),
    'writable attributes': known(of('WriteAttributes'), value =>
      value === undefined ? 'all' : sorted(value),
    ),
  };
}

/** The properties of a resource, resolved. */
export const resolvedProperties = (stack: StackView, resource: TemplateResource): Record<string, unknown> =>
  Object.fromEntries(Object.keys(resource.properties).map(name => [name, stack.property(resource, name)]));

/** The value of a JSON text that the CLI passes as a parameter; undefined where it is none. */
export function jsonParameter(stack: StackView, name: string): unknown {
  const text = textOf(memberOf(stack.facts.parameters, name));
  if (text === undefined || text.length > 20_000) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The parameters of a Gen 1 stack of sign-in, and the settings that each gives. */
const parameterSettings: readonly (readonly [parameter: string, setting: string])[] = [
  ['usernameAttributes', 'sign-in names'],
  ['aliasAttributes', 'sign-in aliases'],
  ['autoVerifiedAttributes', 'verified attributes'],
  ['requiredAttributes', 'required attributes'],
  ['mfaConfiguration', 'MFA'],
  ['passwordPolicyMinLength', 'password length'],
  ['passwordPolicyCharacters', 'password rules'],
  ['usernameCaseSensitive', 'case matters in names'],
];

/** The pool's settings that a Gen 1 stack's parameters give, for a pool that has moved out of its template. */
export function settingsOfParameters({ facts: { parameters } }: StackView): Settings {
  const of = (name: string) => memberOf(parameters, name);
  const characters = textOf(of('passwordPolicyCharacters')) ?? '';
  const policy = Object.fromEntries(
    passwordRules.map(rule => [rule, characters.includes(`Requires ${rule.slice('Require'.length)}`)]),
  );
  const all = poolSettings({
    UsernameAttributes: of('usernameAttributes'),
    AliasAttributes: of('aliasAttributes'),
    AutoVerifiedAttributes: of('autoVerifiedAttributes'),
    Schema: parseList(of('requiredAttributes')).map(Name => ({ Name, Required: true })),
    MfaConfiguration: of('mfaConfiguration'),
    Policies: { PasswordPolicy: { MinimumLength: of('passwordPolicyMinLength'), ...policy } },
    UsernameConfiguration: { CaseSensitive: of('usernameCaseSensitive') },
  });
  const given = parameterSettings.filter(([parameter]) => of(parameter) !== undefined);
  return Object.fromEntries(given.map(([, setting]) => [setting, all[setting] ?? null]));
}

/** A client's settings that a Gen 1 stack's parameters give, for clients that have moved with their pool. */
export function clientSettingsOfParameters({ facts: { parameters } }: StackView, native: boolean): Settings {
  const of = (name: string) => memberOf(parameters, `userpoolClient${name}`);
  const isLimited = String(of('SetAttributes')).toLowerCase() === 'true';
  const all = clientSettings({
    RefreshTokenValidity: of('RefreshTokenValidity'),
    TokenValidityUnits: { RefreshToken: 'days' },
    GenerateSecret: of('GenerateSecret'),
    ...(isLimited && { ReadAttributes: of('ReadAttributes'), WriteAttributes: of('WriteAttributes') }),
  });
  const given: readonly (readonly [parameter: string, setting: string])[] = [
    ['RefreshTokenValidity', 'refresh token, minutes'],
    // The CLI gives a secret to the native client alone.
    ...(native ? ([['GenerateSecret', 'has a secret']] as const) : []),
    ['SetAttributes', 'readable attributes'],
    ['SetAttributes', 'writable attributes'],
  ];
  return Object.fromEntries(
    given.flatMap(([parameter, setting]) =>
      of(parameter) === undefined ? [] : [[setting, all[setting] ?? null]],
    ),
  );
}

/** The name of each identity provider, as Cognito has it. */
export function providerNames(stacks: readonly StackView[]): string[] {
  const names = stacks.flatMap(stack => [
    ...stack
      .ofType('AWS::Cognito::UserPoolIdentityProvider')
      .map(provider => textOf(stack.property(provider, 'ProviderName')) ?? ''),
    ...parseList(jsonParameter(stack, 'authProvidersUserPool')),
    ...metaNames(jsonParameter(stack, 'hostedUIProviderMeta')),
  ]);
  return [...new Set(names.filter(name => name !== ''))].sort();
}

const metaNames = (meta: unknown): string[] =>
  Array.isArray(meta)
    ? meta.flatMap(provider => textOf(memberOf(objectOf(provider), 'ProviderName')) ?? [])
    : [];

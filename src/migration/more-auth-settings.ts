/**
 * Further settings of a pool and its clients, each with Cognito's default. A difference that only comes from the generators
 * of the two generations does not count.
 */
import { isObject, memberOf, textOf } from '../lib/json.ts';
import { parseList, type Settings } from './auth-settings.ts';
import { unresolved } from './intrinsics.ts';

/** The value at a path in the properties; `unresolved` if that value, or one that contains it, is unknown. */
function valueAt(properties: unknown, path: string): unknown {
  let value = properties;
  for (const name of path.split('.')) {
    if (value === unresolved || (typeof value === 'string' && value.includes('${'))) return unresolved;
    value = memberOf(value, name);
  }
  return typeof value === 'string' && value.includes('${') ? unresolved : value;
}

/** Name, place in the properties, and Cognito's default. Numbers and flags may be texts. */
type Row = readonly [name: string, path: string, byDefault: string];

const poolRows: readonly Row[] = [
  ['e-mails sent by', 'EmailConfiguration.EmailSendingAccount', 'COGNITO_DEFAULT'],
  ['e-mails come from', 'EmailConfiguration.From', 'not set'],
  ['e-mails are answered to', 'EmailConfiguration.ReplyToEmailAddress', 'not set'],
  ['verification e-mail by', 'VerificationMessageTemplate.DefaultEmailOption', 'CONFIRM_WITH_CODE'],
  ['threat protection', 'UserPoolAddOns.AdvancedSecurityMode', 'OFF'],
  ['challenge on a new device', 'DeviceConfiguration.ChallengeRequiredOnNewDevice', 'false'],
  ['device remembered on consent', 'DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt', 'false'],
  ['former passwords refused', 'Policies.PasswordPolicy.PasswordHistorySize', '0'],
];

const clientRows: readonly Row[] = [
  ['token revocation', 'EnableTokenRevocation', 'true'],
  ['sign-in session, minutes', 'AuthSessionValidity', '3'],
  ['user context from the caller', 'EnablePropagateAdditionalUserContextData', 'false'],
  ['tells whether a user exists', 'PreventUserExistenceErrors', 'LEGACY'],
  ['refresh token rotation', 'RefreshTokenRotation.Feature', 'DISABLED'],
];

const read = (rows: readonly Row[], properties: unknown): Settings =>
  Object.fromEntries(
    rows.map(([name, path, byDefault]) => {
      const value = valueAt(properties, path);
      const isSet = value !== undefined && value !== '' && value !== null;
      return [name, value === unresolved ? null : isSet ? String(value) : byDefault];
    }),
  );

const RECOVERY = 'account recovery';
const BY_CHANNEL = 'whatever is verified';

/** The ways to recover an account, in the order of their priority. */
function recovery(properties: unknown): string | null {
  const ways = valueAt(properties, 'AccountRecoverySetting.RecoveryMechanisms');
  if (ways === undefined) return BY_CHANNEL;
  if (!Array.isArray(ways)) return null;
  return ways
    .filter(isObject)
    .sort((a, b) => Number(a.Priority) - Number(b.Priority))
    .flatMap(({ Name }) => textOf(Name) ?? [])
    .join(', ');
}

const factors = (properties: unknown) => {
  const given = valueAt(properties, 'Policies.SignInPolicy.AllowedFirstAuthFactors');
  return given === unresolved ? null : parseList(given).sort().join(', ') || 'PASSWORD';
};

const confirmedBeforeUpdate = (properties: unknown) => {
  const given = valueAt(properties, 'UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate');
  return given === unresolved ? null : parseList(given).sort().join(', ') || 'none';
};

export const morePoolSettings = (properties: unknown): Settings => ({
  ...read(poolRows, properties),
  [RECOVERY]: recovery(properties),
  'first factors': factors(properties),
  'attributes confirmed before a change': confirmedBeforeUpdate(properties),
  'deletion protection': read([['on', 'DeletionProtection', 'INACTIVE']], properties).on ?? null,
});

export const moreClientSettings = (properties: unknown): Settings => read(clientRows, properties);

const names = (list: string | null | undefined) =>
  new Set((list ?? '').split(', ').filter(name => name !== 'none'));
const includesAll = (whole: string, part: string) => [...names(part)].every(name => names(whole).has(name));

/** Settings with differences that do not count: Gen 2's generator sets them by itself, or sets more than Gen 1's did. */
const tolerances: Readonly<Record<string, (gen1: string, gen2: string, pool2: Settings) => boolean>> = {
  // The CDK lists the ways to recover an account. The CLI lists none, and Cognito then uses each verified attribute. No user can
  // recover an account by an attribute that the pool does not verify, so such a way does not count.
  [RECOVERY]: (gen1, gen2, pool2) => {
    const verified = names(pool2['verified attributes']);
    const ways = gen2.split(', ').map(way => way.replace(/^verified_/, ''));
    return (
      gen1 === BY_CHANNEL &&
      gen2 !== 'admin_only' &&
      (verified.size === 0 || ways.some(way => verified.has(way)))
    );
  },
  'tells whether a user exists': (_, gen2) => gen2 === 'ENABLED',
  'attributes confirmed before a change': (gen1, gen2) => includesAll(gen2, gen1),
  'deletion protection': gen1 => gen1 !== 'ACTIVE',
  'e-mails come from': gen1 => gen1 === 'not set',
  'e-mails are answered to': gen1 => gen1 === 'not set',
};

/** Whether both generations have the same setting, apart from differences that do not count. */
export const isSameSetting = (name: string, gen1: string, gen2: string, settings2: Settings): boolean =>
  gen1 === gen2 || (tolerances[name]?.(gen1, gen2, settings2) ?? false);

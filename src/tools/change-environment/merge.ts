/**
 * Builds the whole configuration that a change sends: what AWS shows, merged with the stated members. Lists are replaced as
 * a whole. Pure, except that it loads the schema parser.
 */
import { isObject, type Json, objectOf } from '../../lib/json.ts';
import type { Category } from '../shared/snapshot/read.ts';
import { secretPaths, withholdSecrets } from '../shared/snapshot/secrets.ts';
import { api } from './merge-api.ts';
import { type MergeResult, type MergeSource, mergeValues, refuse } from './merge-values.ts';
import { updatableMembers } from './updatable-members.ts';

/** The part of a configuration that an update takes. Its secrets are withheld even where answers reveal them. */
export function updatableConfig(category: Category, config: Json): Json {
  const part = updatableMembers(category, config);
  return category === 'auth' ? withholdSecrets(part) : part;
}

const withoutMembers = (of: Json, names: readonly unknown[]): Json =>
  Object.fromEntries(Object.entries(of).filter(([name]) => !names.includes(name)));

/** Replaces one structure inside a configuration. */
const withInner = (config: Json, path: readonly string[], change: (inner: Json) => Json): Json => {
  const [name, ...rest] = path;
  if (name === undefined) return change(config);
  return { ...config, [name]: withInner(objectOf(config[name]), rest, change) };
};

const PROVIDERS = ['userPoolConfigs', 'oAuth', 'socialProviderSettings'];

const inside = (config: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => objectOf(inner)[name], config);

/** Refuses a configuration that would delete the secret of a social sign-in. @throws ServerError invalid_arguments */
function checkSecrets(config: Json): void {
  const missing = secretPaths.filter(
    path => isObject(inside(config, path.slice(0, -1))) && inside(config, path) === undefined,
  );
  if (missing.length === 0) return;
  const members = missing.map(path => `auth.${path.join('.')}`).join(', ');
  throw refuse(
    `AWS does not show the secrets of these social sign-ins, and a change sends the whole configuration: ${members}.`,
    'State each of these members again in the same call, as {"$secret": NAME}; whoami or the operator names the secrets that the server has.',
  );
}

function auth({ config }: MergeSource, stated: Json): MergeResult {
  const { removeProviders, ...rest } = stated;
  const notes: string[] = [];
  let whole = mergeValues(config, rest) as Json;
  const gone = Array.isArray(removeProviders) ? removeProviders : [];
  if (gone.length > 0 && isObject(inside(whole, PROVIDERS)))
    whole = withInner(whole, PROVIDERS, providers => withoutMembers(providers, gone));
  const { MFAMode, settings } = objectOf(inside(whole, ['userPoolConfigs', 'mfa']));
  const { mfaTypes } = objectOf(settings);
  const hasTypes = Array.isArray(mfaTypes) && mfaTypes.length > 0;
  const isMfaStated = inside(rest, ['userPoolConfigs', 'mfa', 'MFAMode']) !== undefined;
  if (isMfaStated && MFAMode !== 'OFF' && !hasTypes) {
    whole = withInner(whole, ['userPoolConfigs', 'mfa', 'settings'], inner => ({
      ...inner,
      mfaTypes: ['TOTP'],
    }));
    notes.push('MFA needs a second factor: TOTP (an authenticator app) is set, since mfaTypes names none.');
  }
  const asksForGuests = inside(rest, ['identityPoolConfigs', 'unauthenticatedLogin']) === true;
  if (asksForGuests && whole.authResources === 'USER_POOL_ONLY') {
    whole = { ...whole, authResources: 'IDENTITY_POOL_AND_USER_POOL' };
    notes.push('Guests need an identity pool, so authResources becomes IDENTITY_POOL_AND_USER_POOL.');
  }
  checkSecrets(whole);
  return { config: { ...whole, service: 'COGNITO' }, notes, alreadyTrue: [] };
}

function storage({ config }: MergeSource, stated: Json): MergeResult {
  const permissions = { authenticated: [], ...objectOf(mergeValues(config.permissions, stated.permissions)) };
  return { config: { permissions, serviceName: 'S3' }, notes: [], alreadyTrue: [] };
}

const merges = { auth, api, storage } as const;

/** The whole configuration of a category. @throws ServerError invalid_arguments where the change does not fit */
export const mergeConfig = async (
  category: Category,
  source: MergeSource,
  stated: Json,
): Promise<MergeResult> => merges[category](source, stated);

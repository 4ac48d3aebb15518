/**
 * The whole configuration that a change asks for: what AWS shows, with the stated members in place. Objects merge, lists
 * replace. Pure, except that a schema is parsed.
 */
import type { SchemaEdit } from '../../environment/schema-edit.ts';
import { ServerError } from '../../errors.ts';
import { isObject, type Json, objectOf, textOf } from '../../lib/json.ts';
import { quoteName } from '../../lib/quote.ts';
import { isWithheld } from '../../lib/withheld-mark.ts';
import { usesUserPool, withUserPool } from '../provision-environment/names.ts';
import type { Category } from '../shared/snapshot/read.ts';
import { secretPaths, withholdSecrets } from '../shared/snapshot/secrets.ts';
import { pickBy } from './pick-by.ts';

/** A configuration to send, and what a person should know about it, a sentence each. */
export interface Wanted {
  readonly config: Json;
  /** What the change brings besides what was stated. */
  readonly notes: readonly string[];
  /** What was stated and needs no change. */
  readonly alreadyTrue: readonly string[];
}

/** What the merge of one category starts from. */
export interface MergeSource {
  /** The configuration as AWS shows it, as far as the update takes it. */
  readonly config: Json;
  readonly userPoolId: string | undefined;
}

export const refuse = (message: string, hint?: string) =>
  new ServerError('invalid_arguments', {
    message: `${message} Nothing was sent.`,
    ...(hint !== undefined && { hint }),
  });

/** Objects merge, everything else is replaced. */
function merged(found: unknown, stated: unknown): unknown {
  if (stated === undefined) return found;
  if (!isObject(stated) || !isObject(found) || '$secret' in stated) return stated;
  const names = [...new Set([...Object.keys(found), ...Object.keys(stated)])];
  return Object.fromEntries(names.map(name => [name, merged(found[name], stated[name])]));
}

/** The part of a configuration that an update takes; secrets are withheld, also where answers reveal them. */
export function updatable(category: Category, config: Json): Json {
  const part = pickBy(category, config);
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

/** Providers without a secret would lose theirs. @throws ServerError invalid_arguments */
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

function auth({ config }: MergeSource, stated: Json): Wanted {
  const { removeProviders, ...rest } = stated;
  const notes: string[] = [];
  let whole = merged(config, rest) as Json;
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

/** The new schema, where one is stated. @throws ServerError invalid_arguments */
async function schemaOf(
  config: Json,
  { schema, types }: Json,
): Promise<{ readonly schema?: string; readonly notes: readonly string[] }> {
  if (schema !== undefined && types !== undefined) throw refuse('State api.schema or api.types, not both.');
  if (typeof schema === 'string') {
    const { readDefinitions } = await import('../../environment/schema.ts');
    const unreadable = await readDefinitions(schema, () => undefined);
    if (unreadable !== undefined) throw refuse(`api.schema ${unreadable}.`);
    return { schema, notes: [] };
  }
  if (!isObject(types)) return { notes: [] };
  const present = textOf(config.transformSchema);
  const whole = 'Send the whole schema as api.schema.';
  if (present === undefined) throw refuse('AWS does not show the present schema.', whole);
  if (isWithheld(present))
    throw refuse(
      'The present schema holds a withheld value (a header of @http, for instance), so single types cannot be changed.',
      whole,
    );
  // The parser is large, and loaded by the first schema that is edited.
  const { editSchema } = await import('../../environment/schema-edit.ts');
  const edited = await editSchema(present, types as SchemaEdit);
  if ('refused' in edited) throw refuse(`api.types: ${edited.refused}`);
  return edited;
}

/** The default way to authorize: another mode takes none of the old mode's settings along. */
function defaultType(found: unknown, stated: unknown): unknown {
  const [was, is] = [objectOf(found), objectOf(stated)];
  return is.mode !== undefined && is.mode !== was.mode ? stated : merged(found, stated);
}

const modeOf = (type: unknown) => textOf(objectOf(type).mode);

/** The other ways to authorize, without the one that is the default now. */
function furtherTypes(types: unknown, mode: string | undefined): unknown {
  return Array.isArray(types) ? types.filter(type => modeOf(type) !== mode) : types;
}

async function api({ config, userPoolId }: MergeSource, stated: Json): Promise<Wanted> {
  const { schema, notes } = await schemaOf(config, stated);
  const { defaultAuthType: type, additionalAuthTypes: further } = stated;
  const defaultAuthType = defaultType(config.defaultAuthType, type);
  const additionalAuthTypes = furtherTypes(further ?? config.additionalAuthTypes, modeOf(defaultAuthType));
  const whole: Json = {
    ...config,
    ...(schema !== undefined && { transformSchema: schema }),
    ...(defaultAuthType !== undefined && { defaultAuthType }),
    ...(additionalAuthTypes !== undefined && { additionalAuthTypes }),
  };
  const asksForUsers = usesUserPool({ defaultAuthType: type, additionalAuthTypes: further });
  if (asksForUsers && userPoolId === undefined)
    throw refuse('The API is to authorize users, but the environment has no user pool.', 'Add auth first.');
  const old = modeOf(config.defaultAuthType);
  const ways = [defaultAuthType, ...(Array.isArray(additionalAuthTypes) ? additionalAuthTypes : [])];
  const lost = old !== undefined && !ways.some(way => modeOf(way) === old);
  const lostText = `${quoteName(old ?? '')} authorizes nobody any more: clients that use it are refused. Keep it with additionalAuthTypes.`;
  return {
    config: asksForUsers ? withUserPool(whole, userPoolId) : whole,
    notes: lost ? [lostText] : [],
    alreadyTrue: notes,
  };
}

const isFilled = (list: unknown) => Array.isArray(list) && list.length > 0;

const GUESTS_NEED_LOGIN =
  'Guests reach files only where they get AWS credentials: auth.identityPoolConfigs.unauthenticatedLogin, which get_backend_auth shows.';

function storage({ config }: MergeSource, stated: Json): Wanted {
  const permissions = { authenticated: [], ...objectOf(merged(config.permissions, stated.permissions)) };
  const { unAuthenticated: before } = objectOf(config.permissions);
  const { unAuthenticated: after } = permissions as Json;
  const opens = isFilled(after) && !isFilled(before);
  return {
    config: { permissions, serviceName: 'S3' },
    notes: opens ? [GUESTS_NEED_LOGIN] : [],
    alreadyTrue: [],
  };
}

const merges = { auth, api, storage } as const;

/** The whole configuration of a category. @throws ServerError invalid_arguments where the change does not fit */
export const mergeConfig = async (category: Category, source: MergeSource, stated: Json): Promise<Wanted> =>
  merges[category](source, stated);

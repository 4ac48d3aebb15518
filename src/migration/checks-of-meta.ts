/** What the environment's meta, settings and schemas say of its migration. */
import { detectsConflicts } from '../environment/api-tables.ts';
import type { ReadEnvironment, Resource } from '../environment/index.ts';
import { memberOf, textOf } from '../lib/json.ts';
import { quoteName } from '../lib/quote.ts';
import type { RequirementName } from './requirements.ts';

/** A feature, and where it was seen: a resource's label, a type, a stack's resource. Foreign text. */
export interface Seen {
  readonly name: RequirementName;
  readonly at: string;
}

/** What was seen, and what could not be looked at: a sentence each. */
export interface Checked {
  readonly seen: readonly Seen[];
  readonly unknown: readonly string[];
}

/** By category and service, as the meta names them. `null`: another check judges it. */
const services: Readonly<Record<string, RequirementName | null>> = {
  'auth Cognito': 'user pool',
  'auth Cognito-UserPool-Groups': 'groups',
  'api AppSync': 'GraphQL API',
  'api API Gateway': 'REST API',
  'storage S3': 'S3 storage',
  'storage DynamoDB': 'DynamoDB storage',
  // Runtimes are in the templates.
  'function Lambda': null,
  'function LambdaLayer': 'layers',
  'analytics Kinesis': 'Kinesis',
  'analytics Pinpoint': 'Pinpoint',
  'geo Map': 'geo map',
  'geo PlaceIndex': 'geo place index',
  'geo GeofenceCollection': 'geofences',
  'interactions Lex': 'interactions',
  'interactions LexV2': 'interactions',
  'custom customCDK': 'custom CDK',
  'custom customCloudformation': 'custom CloudFormation',
  'hosting S3AndCloudFront': 'hosting by CloudFront',
};

const byCategory: Readonly<Record<string, RequirementName>> = {
  predictions: 'predictions category',
  notifications: 'notifications',
};

function requirementOf({ category, service, origin, name, facts }: Resource): RequirementName | null {
  if (origin === 'imported')
    return category === 'auth'
      ? 'imported auth'
      : category === 'storage'
        ? 'imported bucket'
        : 'unknown service';
  if (name === 'AdminQueries' && category === 'api') return 'admin queries';
  if (category === 'hosting' && service === 'amplifyhosting')
    return facts.type === 'manual' ? 'hosting by hand' : 'hosting by Git';
  const key = `${category} ${service}`;
  if (Object.hasOwn(services, key)) return services[key] ?? null;
  return (Object.hasOwn(byCategory, category) ? byCategory[category] : undefined) ?? 'unknown service';
}

/** The GraphQL modes that AWS's tool does not know, by the meta. */
function modesOf({ facts, label }: Resource): Seen[] {
  const config = memberOf(memberOf(facts, 'output'), 'authConfig');
  const more = memberOf(config, 'additionalAuthenticationProviders');
  const modes = [memberOf(config, 'defaultAuthentication'), ...(Array.isArray(more) ? more : [])];
  const types = modes.map(mode => textOf(memberOf(mode, 'authenticationType')));
  return modesSeen(types, label);
}

/** The modes that AWS's tool does not know. */
export const modesSeen = (types: readonly (string | undefined)[], at: string): Seen[] => [
  ...(types.includes('OPENID_CONNECT') ? [{ name: 'OIDC' as const, at }] : []),
  ...(types.includes('AWS_LAMBDA') ? [{ name: 'Lambda authorizer' as const, at }] : []),
];

const directives: Readonly<Record<string, RequirementName>> = {
  manyToMany: 'manyToMany',
  searchable: 'searchable',
  predictions: 'predictions',
};

const providers: Readonly<Record<string, RequirementName>> = {
  iam: 'IAM rules',
  oidc: 'OIDC',
  function: 'Lambda authorizer',
};

/** Places of one kind that are listed one by one. */
const MOST_PLACES = 20;

async function checkSchema(label: string, text: string): Promise<Checked> {
  // The parser is large, and loaded by the first schema that is read.
  const { readSchemaFeatures } = await import('../environment/schema-features.ts');
  const read = await readSchemaFeatures(text);
  if ('unreadable' in read)
    return {
      seen: [],
      unknown: [`The schema of ${quoteName(label)} ${read.unreadable}: its directives are not known.`],
    };
  const { directives: used, unprotected, providers: named } = read.value;
  const from = (
    table: Readonly<Record<string, RequirementName>>,
    found: ReadonlyMap<string, readonly string[]>,
  ) =>
    Object.entries(table).flatMap(([key, name]) =>
      (found.get(key) ?? []).slice(0, MOST_PLACES).map(at => ({ name, at })),
    );
  return {
    seen: [
      ...from(directives, used),
      ...from(providers, named),
      ...unprotected.slice(0, MOST_PLACES).map(at => ({ name: 'no @auth' as const, at })),
    ],
    unknown: [],
  };
}

/** The transformer's version, by the feature flags. */
function checkTransformer({ flags, resources }: ReadEnvironment): Checked {
  const api = resources.find(({ category, service }) => category === 'api' && service === 'AppSync');
  if (!api) return { seen: [], unknown: [] };
  if (flags.state !== 'read')
    return {
      seen: [],
      unknown: ['The feature flags could not be read: the transformer version of the schema is not known.'],
    };
  const transformer = memberOf(memberOf(flags.value, 'features'), 'graphqltransformer');
  const version = memberOf(transformer, 'transformerversion') ?? memberOf(transformer, 'transformerVersion');
  return { seen: Number(version) === 2 ? [] : [{ name: 'transformer 1', at: api.label }], unknown: [] };
}

/** @param environment read with its settings, which have the schemas */
export async function checkMeta(environment: ReadEnvironment): Promise<Checked> {
  const seen: Seen[] = [];
  const unknown: string[] = [];
  for (const resource of environment.resources) {
    const name = requirementOf(resource);
    if (name) seen.push({ name, at: resource.label });
    if (resource.category !== 'api' || resource.service !== 'AppSync') continue;
    seen.push(...modesOf(resource));
    if (detectsConflicts(environment.settings.get(resource.label)))
      seen.push({ name: 'conflict detection', at: resource.label });
    const schema = environment.schemas.get(resource.label);
    if (schema === undefined) {
      unknown.push(`The schema of ${quoteName(resource.label)} was not read: its directives are not known.`);
      continue;
    }
    const checked = await checkSchema(resource.label, schema);
    seen.push(...checked.seen);
    unknown.push(...checked.unknown);
  }
  const transformer = checkTransformer(environment);
  const entries = environment.unreadableEntries.map(
    label => `${quoteName(label)} in the meta cannot be read.`,
  );
  return { seen: [...seen, ...transformer.seen], unknown: [...unknown, ...transformer.unknown, ...entries] };
}

/**
 * Recognizes what identifies a thing in AWS, by the form of a value and the name of its output. Services without a row in
 * `service-table.ts` need this, and so do outputs that people add to other services.
 */

import { wordsOf } from '../lib/secret-names.ts';
import { isWithheld } from '../lib/withheld-mark.ts';
import { createThing, type HeldThing, type ThingKind } from './held-things.ts';

/** Longer values are texts. */
const LONGEST = 2_048;

/** Kinds by the service and the type of an ARN: `arn:aws:dynamodb:us-east-1:1:table/orders` is of `dynamodb table`. */
const kindsOfArns: readonly (readonly [string, ThingKind])[] = [
  ['dynamodb table/.../stream', 'table stream'],
  ['dynamodb table', 'table'],
  ['s3', 'bucket'],
  ['lambda function', 'function'],
  ['lambda layer', 'layer version'],
  ['cognito-idp userpool', 'user pool'],
  ['cognito-identity identitypool', 'identity pool'],
  ['iam', 'role'],
  ['sqs', 'queue'],
  ['sns', 'topic'],
  ['kinesis', 'stream'],
  ['firehose', 'stream'],
  ['mobiletargeting', 'Pinpoint app'],
  ['appsync', 'GraphQL API'],
  ['apigateway', 'REST API'],
  ['execute-api', 'REST API'],
  ['es', 'search domain'],
  ['aoss', 'search domain'],
  ['cloudfront', 'CloudFront distribution'],
  ['events', 'event rule'],
  ['lex', 'Lex bot'],
  ['geo map', 'map'],
  ['geo place-index', 'place index'],
  ['geo geofence-collection', 'geofence collection'],
  ['geo tracker', 'tracker'],
  ['rekognition', 'Rekognition collection'],
  ['sagemaker', 'SageMaker endpoint'],
  ['ivs', 'live channel'],
  ['medialive', 'live channel'],
  ['mediapackage', 'live channel'],
  ['mediastore', 'bucket'],
  ['ecs service', 'container service'],
  ['ecs cluster', 'cluster'],
  ['codepipeline', 'pipeline'],
  ['rds', 'database'],
  ['docdb', 'database'],
  ['elasticache', 'database'],
  ['redshift', 'database'],
  ['secretsmanager', 'secret'],
  ['ssm', 'secret'],
  ['kms', 'encryption key'],
  ['acm', 'certificate'],
  ['ec2', 'network'],
  ['elasticloadbalancing', 'network'],
  ['logs', 'log group'],
  ['states', 'state machine'],
  ['ecr', 'repository'],
  ['cloudformation', 'stack'],
];

/** The parts of an ARN: its service, the type of the thing that it names, and the thing's name where the form of the ARN shows it. */
function partsOfArn(arn: string) {
  const [, , service = '', , , ...rest] = arn.split(':');
  const [first = '', second] = rest.join(':').split(/[:/]/);
  const isStream = service === 'dynamodb' && arn.includes('/stream/');
  const type = isStream ? 'dynamodb table/.../stream' : `${service} ${first}`;
  return { service, type, name: untyped.has(service) ? first : second };
}

/** Services whose ARNs have a name and no type. */
const untyped = new Set(['s3', 'sqs', 'sns']);

/** Kinds that people know by the name in the ARN. */
const namedInArns: readonly ThingKind[] = [
  'bucket',
  'table',
  'function',
  'queue',
  'topic',
  'stream',
  'user pool',
];

/** The thing that an ARN identifies. */
export function heldByArn(arn: string, isGuess = true): HeldThing {
  const { service, type, name } = partsOfArn(arn);
  const found = kindsOfArns.find(([of]) => of === type) ?? kindsOfArns.find(([of]) => of === service);
  const kind = found?.[1] ?? 'something else';
  const isNamed = namedInArns.includes(kind) && name !== undefined && name !== '';
  return createThing(
    kind,
    isNamed ? { [kind === 'user pool' ? 'id' : 'name']: name, arn } : { arn },
    isGuess,
  );
}

/** Whether a value is an ARN, as a whole. */
export const isArn = (value: string): boolean => /^arn:[\w-]+:[\w-]+:\S+$/.test(value);

/** Kinds by a part of a host name. */
const kindsOfHosts: readonly (readonly [string, ThingKind])[] = [
  ['.cloudfront.net', 'CloudFront distribution'],
  ['.appsync-api.', 'GraphQL API'],
  ['.execute-api.', 'REST API'],
  ['sqs.', 'queue'],
  ['.s3.', 'bucket'],
  ['.s3-', 'bucket'],
  ['.es.amazonaws.com', 'search domain'],
  ['.aoss.amazonaws.com', 'search domain'],
  ['.rds.amazonaws.com', 'database'],
  ['.elb.amazonaws.com', 'network'],
];

const kindOfHost = (host: string): ThingKind =>
  kindsOfHosts.find(([part]) => host.endsWith(part) || host.includes(part))?.[1] ?? 'address';

/** The host of an address; undefined where the value is none. */
function hostOf(value: string): string | undefined {
  if (/^[\w-]+\.cloudfront\.net$/.test(value)) return value;
  const at = value.indexOf('://');
  if (at < 0 || !/^[a-z][a-z0-9+.-]*$/i.test(value.slice(0, at))) return undefined;
  const [host = ''] = value.slice(at + 3).split(/[\s/?#]/);
  return host === '' ? undefined : host;
}

/** `us-east-1_AbCdEfGhI` is a user pool, `us-east-1:0a1b...` an identity pool. */
const userPool = /^[a-z]{2}(?:-[a-z]+){1,3}-\d_[A-Za-z0-9]+$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Kinds by the words of an output's name, the most specific first. */
const kindsOfWords: readonly (readonly [string, ThingKind])[] = [
  ['userpool', 'user pool'],
  ['identitypool', 'identity pool'],
  ['loggroup', 'log group'],
  ['kms', 'encryption key'],
  ['encryptionkey', 'encryption key'],
  ['statemachine', 'state machine'],
  ['repository', 'repository'],
  ['certificate', 'certificate'],
  ['vpc', 'network'],
  ['subnet', 'network'],
  ['securitygroup', 'network'],
  ['bucket', 'bucket'],
  ['s3', 'bucket'],
  ['table', 'table'],
  ['queue', 'queue'],
  ['topic', 'topic'],
  ['stream', 'stream'],
  ['distribution', 'CloudFront distribution'],
  ['opensearch', 'search domain'],
  ['elasticsearch', 'search domain'],
  ['lambda', 'function'],
  ['function', 'function'],
  ['layer', 'layer version'],
  ['role', 'role'],
  ['database', 'database'],
  ['cluster', 'cluster'],
  ['pipeline', 'pipeline'],
  ['restapi', 'REST API'],
  ['api', 'REST API'],
  ['bot', 'Lex bot'],
  ['pinpoint', 'Pinpoint app'],
  ['collection', 'something else'],
];

/** Words at the end of an output's name that mean that its value identifies something. */
const identifying = new Set(
  `name id ids identifier arn url uri endpoint domain host hostname bucket s3 table queue topic stream distribution
  lambda function layer role database cluster pipeline api bot index map tracker collection channel pool repository
  vpc subnet address group identity machine certificate`.split(/\s+/),
);

function kindOfName(name: string): ThingKind {
  const joined = wordsOf(name).join('');
  return kindsOfWords.find(([word]) => joined.includes(word))?.[1] ?? 'something else';
}

/** Whether the name of an output says that its value, or each of its values, identifies something. */
function nameMeansIdentifier(name: string): boolean {
  const last = wordsOf(name).at(-1) ?? '';
  return identifying.has(last) || identifying.has(last.replace(/s$/, ''));
}

/** Whether a value ends with the environment's name, like names of its things: `ledger-dev`. */
const endsWithEnvironment = (value: string, environment: string) =>
  environment !== '' && (value.endsWith(`-${environment}`) || value.endsWith(`_${environment}`));

/** Whether a value is the name of a region, which identifies nothing. */
export const isRegion = (value: string): boolean => /^[a-z]{2}(?:-[a-z]+){1,3}-\d$/.test(value);

function isIdentityPool(value: string): boolean {
  const [region = '', id = '', ...more] = value.split(':');
  return more.length === 0 && isRegion(region) && uuid.test(id);
}

/** What a single value identifies by its form alone. */
function byForm(value: string): HeldThing | undefined {
  if (isArn(value)) return heldByArn(value);
  const host = hostOf(value);
  if (host !== undefined) return ofAddress(value, host);
  if (userPool.test(value)) return createThing('user pool', { id: value }, true);
  return isIdentityPool(value) ? createThing('identity pool', { id: value }, true) : undefined;
}

/**
 * What a value identifies, by its form and its name; undefined where it identifies nothing, like `Kimberly`, `en-US`, `7`.
 * @param environment the name with which names of its things end
 */
export function identified(name: string, given: unknown, environment: string): HeldThing | undefined {
  if (typeof given !== 'string' || given.length > LONGEST) return undefined;
  const value = given.trim();
  if (value === '' || (isWithheld(value) && !value.includes('://'))) return undefined;
  const found = byForm(value);
  if (found || isRegion(value)) return found;
  const isNamed = nameMeansIdentifier(name) || endsWithEnvironment(value, environment);
  if (uuid.test(value) || /(?:id|ids|identifier)$/i.test(name))
    return createThing(kindOfName(name), { id: value }, true);
  return isNamed ? createThing(kindOfName(name), { name: value }, true) : undefined;
}

/** How many characters of a text are searched for a list. */
const LONGEST_LIST = 100_000;

/** The items of a list in a text. The names of roles may hold commas. */
const itemsIn = (text: string) =>
  (text.includes(':iam::')
    ? text.replaceAll(',arn:', ' arn:').split(/[\s;|]+/)
    : text.split(/[\s;|,]+/)
  ).filter(Boolean);

/** The ARN at the end of an item, as in `table=arn:aws:dynamodb:...`; else the item. */
function withoutLabel(item: string): string {
  const at = item.indexOf('arn:');
  return at > 0 && !/\w/.test(item[at - 1] ?? '') && isArn(item.slice(at)) ? item.slice(at) : item;
}

/**
 * All things that the text of an output identifies: one thing, or the items of a list. Items are recognized by their
 * form; in a list with commas also by the output's name.
 */
export function identifiedIn(name: string, text: string, environment: string): HeldThing[] {
  const items = itemsIn(text.slice(0, LONGEST_LIST));
  const isList = items.length > 1 && items.length === text.split(/[;|,]/).length;
  if (isList) return items.flatMap(item => identified(name, withoutLabel(item), environment) ?? []);
  const seen = items.flatMap(item => byForm(withoutLabel(item)) ?? []);
  if (seen.length > 0 && items.length > 1) return seen;
  return [identified(name, withoutLabel(text), environment) ?? []].flat();
}

/** The bucket in an address of S3: `s3://bucket/key`, `https://s3.us-east-1.amazonaws.com/bucket/key`. */
function bucketIn(value: string, host: string): string | undefined {
  if (/^s3[an]?:/i.test(value)) return host;
  if (!host.includes('.amazonaws.com')) return undefined;
  const end = Math.max(host.lastIndexOf('.s3.'), host.lastIndexOf('.s3-'));
  if (end > 0) return host.slice(0, end);
  if (!/^s3[.-]/.test(host)) return undefined;
  return value.slice(value.indexOf('://') + 3).split(/[/?#]/)[1] || undefined;
}

/** The identifier in an address: a bucket's name, the last part of a queue's address, otherwise the whole address. */
function ofAddress(value: string, host: string): HeldThing {
  const bucket = bucketIn(value, host);
  if (bucket !== undefined) return createThing('bucket', { name: bucket }, true);
  const kind = kindOfHost(host);
  const name = kind === 'queue' ? value.slice(value.lastIndexOf('/') + 1) : undefined;
  return createThing(kind, name ? { name, id: value } : { id: value }, true);
}

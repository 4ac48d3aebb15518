/** Random metas of every service, and the facts about each that tests check: what it owns, and which values are secrets. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { serviceTable } from '../../src/environment/service-table.ts';
import { account } from './metas.ts';

/** The names, ids and times in which two environments of one project differ. */
export interface Place {
  readonly environment: string;
  readonly region: string;
  readonly account: string;
  /** Digits and hex that ids are made of. */
  readonly seed: string;
  readonly time: string;
}

export const places: readonly [Place, Place] = [
  { environment: 'dev', region: 'eu-west-1', account, seed: '0a1b2c3d', time: '2024-03-02T01:00:00.000Z' },
  {
    environment: 'prod',
    region: 'us-east-2',
    account: '123123123123',
    seed: '9f8e7d6c',
    time: '2025-11-30T23:59:59.999Z',
  },
];

type Make = (place: Place) => unknown;
type Output = readonly [name: string, value: Make];

const arnOf =
  (service: string, resource: string): Make =>
  ({ region, account: of, environment, seed }) =>
    `arn:aws:${service}:${region}:${of}:${resource.replace('ENV', environment).replace('SEED', seed)}`;

/** A value for an output, by its name and how the table speaks of it. */
function makeFor(name: string, isSetting: boolean): Make {
  if (name === 'authConfig') return () => ({ defaultAuthentication: { authenticationType: 'API_KEY' } });
  if (isSetting) return () => `fact of ${name}`;
  if (name.endsWith('GroupRole')) return arnOf('iam', `role/SEED-${name}`);
  if (/Arn$/.test(name) || name === 'CreatedSNSRole') return arnOf('dynamodb', `table/${name}-SEED-ENV`);
  if (name === 'UserPoolId') return ({ region, seed }) => `${region}_${seed}A`;
  if (name === 'IdentityPoolId') return ({ region, seed }) => `${region}:${seed}-0000-4000-8000-000000000000`;
  if (/url|endpoint|egress|output$/i.test(name) && !name.includes('S3'))
    return ({ seed, environment }) => `https://${seed}.example/${environment}`;
  return ({ seed, environment }) => `${name.toLowerCase()}-${seed}-${environment}`;
}

/** The outputs that a row of the table knows; a layer's ARN ends with its version. */
function outputsOf(row: (typeof serviceTable)[number]): Output[] {
  if (row.service === 'LambdaLayer') return [['Arn', arnOf('lambda', 'layer:SEED-ENV:7')]];
  if (row.service === 'Cognito-UserPool-Groups')
    return ['bakers', 'owners'].map(group => [`${group}GroupRole`, makeFor('xGroupRole', false)] as const);
  const settings = row.settings ?? [];
  const names = [
    ...(row.holds ?? []).flatMap(({ kind: _, ...outputs }) => Object.values(outputs)),
    ...(row.knownAs ?? []),
    ...(row.features ?? []),
    ...settings,
  ];
  return [...new Set(names)].map(name => [name, makeFor(name, settings.includes(name))] as const);
}

/** Outputs that people add, and outputs of unknown services. */
const others: readonly Output[] = [
  [
    'QueueUrl',
    ({ region, account: of, environment }) => `https://sqs.${region}.amazonaws.com/${of}/q-${environment}`,
  ],
  ['TableName', ({ environment, seed }) => `ledger${seed}-${environment}`],
  ['ArchiveBucket', ({ environment, seed }) => `archive${seed}-${environment}`],
  ['TopicArn', arnOf('sns', 'news-SEED-ENV')],
  ['nested', place => ({ list: [arnOf('sqs', 'inner-SEED-ENV')(place)], quality: 'high' })],
  ['shards', () => '3'],
  ['isOn', () => true],
];

const word = fc.stringMatching(/^[a-z]{3,8}$/);
/** Names that hold any word, also those of secrets. */
const resourceName = fc.oneof(
  word,
  fc.constantFrom(
    'secretsanta',
    'ForgotPassword',
    'apiKeys',
    'tokens',
    '__proto__',
    'constructor',
    'credentials',
  ),
);

/** A resource, written down for either place. */
export interface Drawn {
  readonly category: string;
  readonly name: string;
  readonly isImported: boolean;
  readonly entryFor: (place: Place) => Record<string, unknown>;
}

const row = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...serviceTable) },
  {
    weight: 1,
    arbitrary: word.map(service => ({ category: `odd${service}`, service: `X-${service}`, notShown: '' })),
  },
);

/** Eight hex digits of a text. */
const seedOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    row,
    name: resourceName,
    isImported: fc.boolean(),
    added: fc.subarray([...others]),
    dependsOn: fc.option(word),
    runtime: fc.option(fc.constantFrom('nodejs18.x', 'nodejs20.x')),
  })
  .map(({ row: of, name, isImported, added, dependsOn, runtime }) => ({
    ...{ category: of.category, name, isImported },
    entryFor: whole => {
      // No two things of a project have the same ids.
      const place = { ...whole, seed: seedOf(`${whole.seed}/${of.category}/${name}`) };
      return {
        service: of.service,
        providerPlugin: 'awscloudformation',
        lastPushTimeStamp: place.time,
        lastPushDirHash: place.seed,
        providerMetadata: { s3TemplateURL: `https://s3.amazonaws.com/${place.seed}`, logicalId: name },
        ...(isImported && { serviceType: 'imported' }),
        ...(runtime && { runtime }),
        ...(dependsOn && {
          dependsOn: [{ category: 'auth', resourceName: dependsOn, attributes: ['UserPoolId'] }],
        }),
        output: Object.fromEntries(
          [...outputsOf(of), ...added].map(([output, make]) => [output, make(place)]),
        ),
      };
    },
  }));

/** Resources of one project, each under its own label. */
export const resources: fc.Arbitrary<readonly Drawn[]> = fc.uniqueArray(drawn, {
  selector: ({ category, name }) => `${category}/${name}`,
  minLength: 1,
  maxLength: 12,
});

/** The meta of a place, as text: so that `__proto__` is a member like others. */
export function metaText(all: readonly Drawn[], place: Place): string {
  const { environment, seed, region, account: of } = place;
  const stack = `amplify-bakery-${environment}-${seed}`;
  const categories = new Map<string, [string, unknown][]>();
  for (const { category, name, entryFor } of all)
    categories.set(category, [...(categories.get(category) ?? []), [name, entryFor(place)]]);
  const cloud = {
    ...{ Region: region, StackName: stack, DeploymentBucketName: `${stack}-deployment` },
    StackId: `arn:aws:cloudformation:${region}:${of}:stack/${stack}/${seed}`,
  };
  const members: [string, unknown][] = [['providers', { awscloudformation: cloud }]];
  for (const [category, entries] of categories) members.push([category, Object.fromEntries(entries)]);
  return JSON.stringify(Object.fromEntries(members));
}

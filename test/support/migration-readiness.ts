/** An environment that AWS's tool can migrate completely, the changes that a test can make to it, and its readiness. */
import { expect } from 'vitest';
import { type ReadEnvironment, readEnvironment } from '../../src/environment/index.ts';
import { matrixDate } from '../../src/migration/feature-matrix.ts';
import { assessMigration, type MigrationFacts } from '../../src/migration/index.ts';
import { migrationPair, stackNamed } from './migration-pair.ts';
import { root1 } from './migration-templates.ts';

const now = Date.parse(matrixDate) + 1_000;

/** What a case may change. */
export interface Scene {
  readonly facts: MigrationFacts;
  // biome-ignore lint/suspicious/noExplicitAny: cases change any part of a meta
  readonly meta: any;
  schema: string | undefined;
  flags: string;
  /** The API's settings, where they were read. */
  config?: Readonly<Record<string, unknown>>;
}

export const scene = (): Scene => ({
  // No Gen 2 branch is deployed yet.
  facts: { ...migrationPair(['Order']), branches: [], gen2: [] },
  meta: {
    providers: { awscloudformation: { StackName: root1, Region: 'eu-west-1' } },
    auth: { shop: { service: 'Cognito', output: { UserPoolId: 'eu-west-1_gen1pool' } } },
    api: { shop: { service: 'AppSync', output: { GraphQLAPIIdOutput: 'a', authConfig: {} } } },
    storage: { files: { service: 'S3', output: { BucketName: 'b' } } },
    hosting: { amplifyhosting: { service: 'amplifyhosting', type: 'cicd' } },
  },
  schema: 'type Order @model @auth(rules: [{ allow: owner }]) { id: ID! }',
  flags: '{"features":{"graphqltransformer":{"transformerversion":2}}}',
});

export async function assess({ facts, meta, schema, flags, config }: Scene, at = now) {
  const environment = await readEnvironment({
    appId: 'd1shop',
    environment: 'dev',
    meta: JSON.stringify(meta),
    flags,
    ...(config && { settings: new Map([['api/shop', { state: 'read' as const, config }]]) }),
    schemas: new Map(schema === undefined ? [] : [['api/shop', schema]]),
  });
  return assessMigration(facts, environment as ReadEnvironment, at);
}

/** Adds the stack of a function with these properties, and with more beside it. */
export const addFunction = ({ facts }: Scene, properties: object, more: object = {}) =>
  Object.assign(facts, {
    gen1: [
      ...facts.gen1,
      {
        name: `${root1}-functionhello-AAAA`,
        parentName: root1,
        parameters: {},
        outputs: {},
        template: {
          Resources: { LambdaFunction: { Type: 'AWS::Lambda::Function', Properties: properties }, ...more },
        },
      },
    ],
  });

/** Adds a resource to the stack of the API. */
export const inApi = ({ facts }: Scene, name: string, resource: object) =>
  Object.assign(stackNamed(facts.gen1, '-apishop-').template?.Resources ?? {}, { [name]: resource });

/** A change of the environment, and the finding and the verdict that belong to it. */
export type Case = [what: string, change: (scene: Scene) => unknown, seenAt: string, verdict: string];

/** Checks that a change gives the finding that belongs to it, and nothing else. */
export async function expectOnly(...[what, change, seenAt, expected]: Case): Promise<void> {
  const before = await assess(scene());
  const changed = scene();
  change(changed);
  const { verdict, findings } = await assess(changed);
  const known = new Set<string>(before.findings.map(finding => finding.what));
  // A change may add a function, which gives this finding as well.
  if (what !== 'Node.js function') known.add('Node.js function');
  const added = findings.filter(finding => !known.has(finding.what));
  expect(added.map(finding => [finding.what, finding.seenAt])).toEqual([[what, [seenAt]]]);
  expect(verdict).toBe(expected);
  expect(added[0]?.page).toMatch(/^https:\/\//);
}

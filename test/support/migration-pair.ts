/**
 * An environment and its Gen 2 branch, both deployed, that give people the same data and rights. Their small templates have the
 * form of the Amplify CLI and of the CDK. A test changes one thing in them.
 */
import { objectOf } from '../../src/lib/json.ts';
import type { MigrationFacts, StackFacts } from '../../src/migration/index.ts';
import { gen1Stacks } from './migration-gen1.ts';
import { gen2Stacks } from './migration-gen2.ts';
import { account, region, root2, stackArn } from './migration-templates.ts';

/** Facts of an environment `dev` and its branch `gen2`, which give the same. Deep copies: a test may change them. */
export function migrationPair(models: readonly string[] = ['Order', 'Customer']): MigrationFacts {
  return structuredClone({
    appId: 'd1shop',
    environment: 'dev',
    appVariables: { GEN2_MIGRATION_ENVIRONMENT_NAME: 'dev' },
    branches: [
      {
        name: 'main',
        backendEnvironmentArn: `arn:aws:amplify:${region}:${account}:apps/d1shop/backendenvironments/dev`,
      },
      { name: 'gen2', backendStackArn: stackArn(root2) },
    ],
    gen1: gen1Stacks(models),
    gen2: gen2Stacks(models),
    holding: [],
    unread: [],
  });
}

/** The stack whose name contains a text. */
export function stackNamed(stacks: readonly StackFacts[], part: string): StackFacts {
  const found = stacks.find(({ name }) => name.includes(part));
  if (!found) throw new Error(`No stack ${part}`);
  return found;
}

/** A resource of a stack's template, to be changed. */
// biome-ignore lint/suspicious/noExplicitAny: tests change any part of a template
export function resourceOf(facts: StackFacts, logicalId: string): any {
  return objectOf(facts.template?.Resources)[logicalId];
}

/** Moves the pools, the bucket and the table of orders into the Gen 2 stacks, as `refactor` does. */
export function refactored(): MigrationFacts {
  const facts = migrationPair();
  const moves: [gen1: string, logicalId: string, gen2: string, inGen2: string, name: string][] = [
    ['-authshop-', 'UserPool', '-auth179371D7-', 'amplifyAuthUserPool4BA7F805', 'eu-west-1_gen1pool'],
    [
      '-authshop-',
      'IdentityPool',
      '-auth179371D7-',
      'amplifyAuthIdentityPool3FDE84CC',
      'eu-west-1:gen1-identities',
    ],
    ['-storagefiles-', 'S3Bucket', '-storage0EC3F24A-', 'filesBucket12345678', 'shopfiles1a2b3-dev'],
    ['-storageorders-', 'DynamoDBTable', '-storage0EC3F24A-', 'orders1E902D9C', 'orders-dev'],
  ];
  for (const [gen1, logicalId, gen2, inGen2, name] of moves) {
    Reflect.deleteProperty(objectOf(stackNamed(facts.gen1, gen1).template?.Resources), logicalId);
    const to = stackNamed(facts.gen2, gen2);
    const listed = [...(to.resources ?? []), { logicalId: inGen2, physicalId: name, type: 'x' }];
    Object.assign(to, { resources: listed });
  }
  return facts;
}

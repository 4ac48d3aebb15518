/** Which ways to authorize the `@auth` rules of a GraphQL schema of Amplify need. Pure. */
import { type ConstDirectiveNode, type ConstValueNode, Kind } from 'graphql';
import { readInPieces, visitUses } from './schema.ts';
import { nameOf } from './schema-types.ts';

/** AppSync's modes, by the `provider` of a rule. */
const modeOfProvider: Readonly<Record<string, string>> = {
  userPools: 'AMAZON_COGNITO_USER_POOLS',
  apiKey: 'API_KEY',
  iam: 'AWS_IAM',
  identityPool: 'AWS_IAM',
  oidc: 'OPENID_CONNECT',
};

/** The provider of a rule that names none, by whom it allows. */
const providerOf: Readonly<Record<string, string>> = {
  owner: 'userPools',
  groups: 'userPools',
  private: 'userPools',
  public: 'apiKey',
};

const memberOf = (value: ConstValueNode, name: string): string | undefined => {
  if (value.kind !== Kind.OBJECT) return undefined;
  const member = value.fields.find(field => field.name.value === name)?.value;
  return member?.kind === Kind.ENUM || member?.kind === Kind.STRING ? member.value : undefined;
};

/** The modes that the rules of one `@auth` need. */
function modesOf({ arguments: given = [] }: ConstDirectiveNode): string[] {
  const rules = given.find(({ name }) => name.value === 'rules')?.value;
  const all = rules?.kind === Kind.LIST ? rules.values : rules ? [rules] : [];
  return all.flatMap(rule => {
    const allow = memberOf(rule, 'allow') ?? '';
    const provider =
      memberOf(rule, 'provider') ?? (Object.hasOwn(providerOf, allow) ? providerOf[allow] : undefined) ?? '';
    const mode = Object.hasOwn(modeOfProvider, provider) ? modeOfProvider[provider] : undefined;
    return mode === undefined ? [] : [mode];
  });
}

/** The names of the types whose rules need a mode, by mode; empty where the schema cannot be read. */
export async function modesInRules(schema: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, Set<string>>();
  const unreadable = await readInPieces(schema, definitions =>
    visitUses(definitions, (used, definition) => {
      if (used.kind !== Kind.DIRECTIVE || used.name.value !== 'auth') return;
      for (const mode of modesOf(used as ConstDirectiveNode))
        found.set(mode, (found.get(mode) ?? new Set()).add(nameOf(definition)));
    }),
  );
  return unreadable === undefined
    ? new Map([...found].map(([mode, names]) => [mode, [...names]]))
    : new Map();
}

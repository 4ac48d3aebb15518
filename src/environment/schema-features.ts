/** Which directives a GraphQL schema of Amplify uses and where, and who its rules let in. */
import { type ConstDirectiveNode, type ConstValueNode, type DefinitionNode, Kind } from 'graphql';
import { readDefinitions, type SchemaReading } from './schema.ts';

/** Names in it are foreign text: quote them. */
export interface SchemaFeatures {
  /** Places by the directive's name: `Todo`, `Todo.tags`. */
  readonly directives: ReadonlyMap<string, readonly string[]>;
  /** Types with `@model` that no `@auth` protects. */
  readonly unprotected: readonly string[];
  /** Types by the provider that their rules name: `iam`, `oidc`, `function`, `apiKey`, `userPools`. */
  readonly providers: ReadonlyMap<string, readonly string[]>;
}

const MOST_PLACES = 200;

/** Providers as a value of a rule names them. */
function providersIn(value: ConstValueNode | undefined): string[] {
  if (value?.kind === Kind.LIST) return value.values.flatMap(providersIn);
  if (value?.kind !== Kind.OBJECT) return [];
  return value.fields.flatMap(({ name, value: of }) =>
    name.value === 'provider' && (of.kind === Kind.ENUM || of.kind === Kind.STRING) ? [of.value] : [],
  );
}

const rulesOf = ({ arguments: given = [] }: ConstDirectiveNode) =>
  providersIn(given.find(({ name }) => name.value === 'rules')?.value);

class Places extends Map<string, string[]> {
  put(name: string, place: string): void {
    const places = this.get(name) ?? [];
    if (places.length < MOST_PLACES && places.at(-1) !== place) places.push(place);
    this.set(name, places);
  }
}

/** Reads the features of a schema's text. */
export async function readSchemaFeatures(text: string): Promise<SchemaReading<SchemaFeatures>> {
  const [directives, providers] = [new Places(), new Places()];
  const [models, protectedTypes] = [new Set<string>(), new Set<string>()];
  const take = (list: readonly ConstDirectiveNode[] | undefined, type: string, place: string) => {
    for (const directive of list ?? []) {
      const name = directive.name.value;
      directives.put(name, place);
      if (name === 'model') models.add(type);
      if (name !== 'auth') continue;
      if (place === type) protectedTypes.add(type);
      for (const provider of rulesOf(directive)) providers.put(provider, type);
    }
  };
  const unreadable = await readDefinitions(text, (node: DefinitionNode) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) return;
    const type = node.name.value;
    take(node.directives, type, type);
    for (const field of node.fields ?? []) take(field.directives, type, `${type}.${field.name.value}`);
  });
  if (unreadable !== undefined) return { unreadable };
  const unprotected = [...models].filter(name => !protectedTypes.has(name)).slice(0, MOST_PLACES);
  return { value: { directives, unprotected, providers } };
}

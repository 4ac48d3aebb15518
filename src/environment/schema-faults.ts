/**
 * What is wrong with a GraphQL schema that parses: types that do not exist, double definitions, types without fields, and
 * directives that Amplify does not have. AWS says so only when its job has failed. Pure.
 */
import { type DefinitionNode, Kind } from 'graphql';
import { quoteName, quoteNames } from '../lib/quote.ts';
import { readInPieces, type SchemaReading, visitUses } from './schema.ts';
import { nameOf } from './schema-types.ts';

/** What is wrong, a sentence each. */
export interface SchemaFaults {
  /** Why no API can have this schema. */
  readonly faults: readonly string[];
  /** What may be a mistake, or may be valid in a version of Amplify that this server does not know. */
  readonly doubts: readonly string[];
}

/** Scalars of GraphQL, of AppSync, and of the transformer. */
const scalars = [
  ...['ID', 'String', 'Int', 'Float', 'Boolean', 'BigInt', 'Double'],
  ...['AWSDate', 'AWSTime', 'AWSDateTime', 'AWSTimestamp', 'AWSEmail'],
  ...['AWSJSON', 'AWSURL', 'AWSPhone', 'AWSIPAddress'],
];

/** Whether Amplify generates a type of this name, which a schema may use: for models, searches, keys, `@http`. */
function isGenerated(name: string, isDefined: (name: string) => boolean): boolean {
  if (/^(Model|Searchable)[A-Z]/.test(name)) return true;
  if (!name.endsWith('Input')) return false;
  const subject = name.slice(0, -'Input'.length);
  return (
    /^(Create|Update|Delete)\w/.test(subject) ||
    ['KeyCondition', 'Params', 'Query', 'Body'].some(ending => subject.endsWith(ending)) ||
    isDefined(subject)
  );
}

/** Types that Amplify completes, so a schema may extend them without a definition. */
const roots = ['Query', 'Mutation', 'Subscription'];

/** Directives of both transformers, of AppSync, and of GraphQL. */
const directives = new Set([
  ...['model', 'auth', 'key', 'primaryKey', 'index', 'connection', 'hasOne', 'hasMany', 'belongsTo'],
  ...['manyToMany', 'default', 'function', 'http', 'predictions', 'searchable', 'versioned', 'mapsTo'],
  ...['refersTo', 'sql', 'validate', 'generation', 'conversation', 'deprecated', 'specifiedBy', 'oneOf'],
  ...['aws_subscribe', 'aws_publish', 'aws_auth', 'aws_api_key', 'aws_iam', 'aws_oidc', 'aws_lambda'],
  ...['aws_cognito_user_pools', 'canonical'],
]);

type Named = { readonly name: { readonly value: string } };

/** A definition with its extensions, while the schema is read. */
interface Type {
  definitions: number;
  members: string[];
}

const membersOf = (node: DefinitionNode): readonly Named[] =>
  ('fields' in node ? node.fields : 'values' in node ? node.values : 'types' in node ? node.types : []) ?? [];

const filledKinds: readonly string[] = [
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
  Kind.ENUM_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
];

function repeatedIn(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(names.filter(name => seen.size === seen.add(name).size))];
}

/** Pairs of a used name and a type that uses it. Each pair gives a sentence of its own, so that `newSchemaFaults` recognizes it. */
const pairsOf = (uses: ReadonlyMap<string, ReadonlySet<string>>) =>
  [...uses].flatMap(([name, by]) => [...by].map(user => [name, user] as const));

class Reader {
  readonly #types = new Map<string, Type>();
  readonly #needsMembers = new Set<string>();
  /** Names that are used, with the types that use them. */
  readonly #uses = new Map<string, Set<string>>();
  readonly #directives = new Map<string, Set<string>>();

  add(definitions: readonly DefinitionNode[]): void {
    for (const definition of definitions) this.#addType(definition);
    visitUses(definitions, ({ kind, name: used }, definition) => {
      const map = kind === Kind.NAMED_TYPE ? this.#uses : this.#directives;
      map.set(used.value, (map.get(used.value) ?? new Set()).add(nameOf(definition)));
    });
  }

  #addType(node: DefinitionNode): void {
    const name = nameOf(node);
    const type = this.#types.get(name) ?? { definitions: 0, members: [] };
    this.#types.set(name, type);
    if (!node.kind.endsWith('Extension')) type.definitions += 1;
    if (filledKinds.includes(node.kind)) this.#needsMembers.add(name);
    for (const member of membersOf(node)) type.members.push(member.name.value);
  }

  #ofTypes(): string[] {
    return [...this.#types].flatMap(([name, { definitions, members }]) => [
      ...(definitions > 1 ? [`${quoteName(name)} is defined more than once.`] : []),
      ...(definitions === 0 && name !== 'schema' && !roots.includes(name)
        ? [`${quoteName(name)} is extended, but not defined.`]
        : []),
      ...repeatedIn(members).map(member => `${quoteName(name)} has ${quoteName(member)} twice.`),
      ...(this.#needsMembers.has(name) && members.length === 0 ? [`${quoteName(name)} has no fields.`] : []),
    ]);
  }

  result(): SchemaFaults {
    const isKnown = (name: string) =>
      scalars.includes(name) ||
      roots.includes(name) ||
      this.#types.has(name) ||
      isGenerated(name, of => this.#types.has(of));
    const missing = pairsOf(this.#uses).filter(([name]) => !isKnown(name));
    const unknown = pairsOf(this.#directives).filter(([name]) => !directives.has(name));
    const faults = [
      ...this.#ofTypes(),
      ...missing.map(([name, by]) => `${quoteName(by)} uses ${quoteName(name)}, but there is no such type.`),
    ];
    const doubts = unknown.map(
      ([name, on]) =>
        `@${quoteName(name)} (on ${quoteName(on)}) is not a directive of Amplify or AppSync that this server knows: check its spelling.`,
    );
    const defined = [...this.#types.keys()].filter(name => name.startsWith('@'));
    const own = defined.map(name => name.slice(1)).filter(name => !directives.has(name));
    if (own.length > 0)
      doubts.push(
        `The schema defines ${own.length === 1 ? 'the directive' : 'the directives'} ${quoteNames(own)}: Amplify acts on its own directives only.`,
      );
    return { faults, doubts };
  }
}

/** Reads what is wrong with a schema. */
export async function findSchemaFaults(text: string): Promise<SchemaReading<SchemaFaults>> {
  const reader = new Reader();
  const unreadable = await readInPieces(text, definitions => reader.add(definitions));
  return unreadable === undefined ? { value: reader.result() } : { unreadable };
}

/** What is wrong with a new schema, and was not before. @param before the present schema, undefined for none */
export async function newSchemaFaults(
  before: string | undefined,
  after: string,
): Promise<SchemaReading<SchemaFaults>> {
  const found = await findSchemaFaults(after);
  if ('unreadable' in found || before === undefined) return found;
  const present = await findSchemaFaults(before);
  if ('unreadable' in present) return found;
  const [old, { faults, doubts }] = [present.value, found.value];
  return {
    value: {
      faults: faults.filter(fault => !old.faults.includes(fault)),
      doubts: doubts.filter(doubt => !old.doubts.includes(doubt)),
    },
  };
}

const MOST_SHOWN = 5;

/** The first faults as one text. */
export const faultsText = (faults: readonly string[]): string =>
  [
    ...faults.slice(0, MOST_SHOWN),
    ...(faults.length > MOST_SHOWN ? [`And ${faults.length - MOST_SHOWN} more.`] : []),
  ].join(' ');

/**
 * The mapping between AWS's two spellings: PascalCase in the SDK, the REST API's own names on the wire
 * and in our tools. Read from the schemas that the SDK exports (structures are
 * `[3, namespace, name, traits, memberNames, memberSchemas, requiredCount]`), so nothing is spelled twice.
 */

/** A schema value of the SDK: a number for simple types, a tuple for shapes, a function for a lazy schema. */
export type SdkSchema = number | readonly unknown[] | (() => SdkSchema);

/** One member of a structure in the SDK's schema. */
export interface Member {
  /** The SDK's name: `AppId`. */
  readonly sdkName: string;
  /** The REST API's name: `appId`. */
  readonly wireName: string;
  readonly schema: SdkSchema;
  readonly required: boolean;
  /** Whether the value becomes a segment of the URL's path. */
  readonly inPath: boolean;
}

const LIST = 1;
const STRUCTURE = 3;
const LABEL_TRAIT = 1;
const SENSITIVE_TRAIT = 8;
/** Bit that marks a list of the simple type in the lower bits. */
const LIST_OF_SIMPLE = 64;

/** Resolves a lazy schema and a member's own `[schema, traits]` pair to the shape. */
function resolve(schema: SdkSchema): SdkSchema {
  let current: SdkSchema = schema;
  for (;;) {
    if (typeof current === 'function') current = current();
    else if (Array.isArray(current) && current.length === 2) current = current[0] as SdkSchema;
    else return current;
  }
}

function traitsOf(schema: SdkSchema): unknown {
  return Array.isArray(schema) && schema.length === 2 ? schema[1] : undefined;
}

function isStructure(schema: SdkSchema): schema is readonly unknown[] {
  return Array.isArray(schema) && schema[0] === STRUCTURE;
}

/** The element schema of a list, or undefined for anything else. */
export function elementOf(schema: SdkSchema): SdkSchema | undefined {
  const resolved = resolve(schema);
  if (typeof resolved === 'number') return resolved & LIST_OF_SIMPLE ? resolved & ~LIST_OF_SIMPLE : undefined;
  return Array.isArray(resolved) && resolved[0] === LIST ? (resolved[4] as SdkSchema) : undefined;
}

function readMembers(resolved: readonly unknown[]): readonly Member[] {
  const names = resolved[4] as string[];
  const schemas = resolved[5] as SdkSchema[];
  const requiredCount = (resolved[6] as number | undefined) ?? 0;
  return schemas.map((memberSchema, index) => {
    const sdkName = names[index] as string;
    const traits = traitsOf(memberSchema);
    const inPath = traits === LABEL_TRAIT;
    const jsonName = (traits as { jsonName?: string } | undefined)?.jsonName;
    const wireName = jsonName ?? (inPath ? sdkName.charAt(0).toLowerCase() + sdkName.slice(1) : sdkName);
    return { sdkName, wireName, schema: memberSchema, required: index < requiredCount, inPath };
  });
}

/** The members of each schema, cached because every call needs the same ones several times. */
const membersBySchema = new WeakMap<readonly unknown[], readonly Member[]>();

/** The members of a structure in the SDK's order; undefined if the schema is not a structure. */
export function membersOf(schema: SdkSchema): readonly Member[] | undefined {
  const resolved = resolve(schema);
  if (!isStructure(resolved)) return undefined;
  const known = membersBySchema.get(resolved) ?? readMembers(resolved);
  membersBySchema.set(resolved, known);
  return known;
}

/** Whether AWS marks the shape itself as sensitive. */
export function isSensitive(schema: SdkSchema): boolean {
  const resolved = resolve(schema);
  return isStructure(resolved) && resolved[3] === SENSITIVE_TRAIT;
}

/** Rebuilds a value in the other spelling; members that are not in the schema are left out. */
function rename(schema: SdkSchema, value: unknown, from: 'sdkName' | 'wireName'): unknown {
  if (value === undefined || value === null) return undefined;
  const element = elementOf(schema);
  if (element !== undefined && Array.isArray(value)) return value.map(item => rename(element, item, from));
  const members = membersOf(schema);
  if (!members || typeof value !== 'object') return value;
  const to = from === 'sdkName' ? 'wireName' : 'sdkName';
  const renamed: Record<string, unknown> = {};
  for (const member of members) {
    const inner = rename(member.schema, (value as Record<string, unknown>)[member[from]], from);
    if (inner !== undefined) renamed[member[to]] = inner;
  }
  return renamed;
}

/** Converts arguments from the REST API's spelling to the SDK's. */
export function toSdk(schema: SdkSchema, value: Record<string, unknown>): Record<string, unknown> {
  return rename(schema, value, 'wireName') as Record<string, unknown>;
}

/** Converts an answer of the SDK to the REST API's spelling. Absent members stay absent; `$metadata` is left out. */
export function fromSdk(schema: SdkSchema, value: object): Record<string, unknown> {
  return rename(schema, value, 'sdkName') as Record<string, unknown>;
}

/**
 * Reads AWS's model out of the SDK and our own model out of Zod into one plain form, so that a test can
 * compare the two member for member. Decodes the SDK's schemas by itself, and not with the product's own
 * reader: a mistake that both shared would agree with itself.
 */
import * as sdk from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';

/** A shape in plain form: a simple type, a list of a shape, or the members by their wire names. */
export type Shape = 'string' | 'number' | 'boolean' | { list: Shape } | { members: Record<string, Field> };

/** One member of a structure. */
export interface Field {
  required: boolean;
  shape: Shape;
}

/** One operation as the SDK declares it. */
export interface SdkOperation {
  name: string;
  method: string;
  path: string;
  /** Undecoded, for those who look for traits. */
  rawInput: unknown;
  rawOutput: unknown;
}

type Tuple = readonly unknown[];

const exported = Object.entries(sdk) as [string, unknown][];
const kindOf = (value: unknown) => (Array.isArray(value) ? value[0] : undefined);

/** The operations that the SDK exports a command class for. */
export const sdkOperations: SdkOperation[] = exported
  .map(([key]) => key)
  .filter(key => key.endsWith('Command') && key !== '$Command')
  .map(key => {
    const schema = new Map(exported).get(`${key.slice(0, -'Command'.length)}$`) as Tuple;
    const [, , name, { http }, rawInput, rawOutput] = schema as [
      9,
      string,
      string,
      { http: Tuple },
      ...Tuple,
    ];
    return { name, method: String(http[0]), path: String(http[1]), rawInput, rawOutput };
  });

/** The enums that the SDK exports, by name: objects whose every key is its own value. */
export const sdkEnums: ReadonlyMap<string, string[]> = new Map(
  exported
    .filter(([, value]) => value !== null && typeof value === 'object' && !Array.isArray(value))
    .map(([name, value]) => [name, Object.entries(value as object)] as const)
    .filter(([, entries]) => entries.length > 0 && entries.every(([key, value]) => key === value))
    .map(([name, entries]) => [name, entries.map(([key]) => key).sort()]),
);

/** A structure of the SDK, taken apart: its members with the schema and the traits of each. */
export function sdkMembers(structure: unknown): { sdkName: string; schema: unknown; traits: unknown }[] {
  const [, , , , names, schemas] = unwrap(structure) as [
    number,
    string,
    string,
    unknown,
    string[],
    unknown[],
  ];
  return names.map((sdkName, index) => {
    const member = schemas[index];
    const [schema, traits] = Array.isArray(member) && member.length === 2 ? member : [member, undefined];
    return { sdkName, schema, traits };
  });
}

/** The schema behind the function that defers it, and behind the `[schema, traits]` pair of a list's element. */
export function unwrap(schema: unknown): unknown {
  if (typeof schema === 'function') return unwrap(schema());
  return Array.isArray(schema) && schema.length === 2 ? unwrap(schema[0]) : schema;
}

/** Every `jsonName` that the SDK gives to a member of that name, in whatever structure. */
const jsonNames = new Map<string, Set<string>>();
for (const [, structure] of exported.filter(([, value]) => kindOf(value) === 3)) {
  for (const { sdkName, traits } of sdkMembers(structure)) {
    const { jsonName } = (traits ?? {}) as { jsonName?: string };
    if (jsonName) jsonNames.set(sdkName, (jsonNames.get(sdkName) ?? new Set()).add(jsonName));
  }
}

const LABEL = 1;

/** A member's name on the wire. A path label has none of its own, and is called as it is in every body. */
function wireNameOf(sdkName: string, traits: unknown): string {
  if (traits !== LABEL) return (traits as { jsonName?: string } | undefined)?.jsonName ?? sdkName;
  const [name, ...others] = jsonNames.get(sdkName) ?? [];
  if (name === undefined || others.length > 0) throw new Error(`no one wire name for the label ${sdkName}`);
  return name;
}

const simpleTypes = ['string', 'number', 'boolean'] as const;
const LIST_OF_SIMPLE = 64;

/** A schema of the SDK in plain form. @throws for a kind of schema that this API had no use for until now */
export function sdkShape(schema: unknown): Shape {
  const plain = unwrap(schema);
  if (typeof plain === 'number') {
    const simple = simpleTypes[plain % LIST_OF_SIMPLE];
    if (simple !== undefined) return plain >= LIST_OF_SIMPLE ? { list: simple } : simple;
  }
  if (kindOf(plain) === 1) return { list: sdkShape((plain as Tuple)[4]) };
  if (kindOf(plain) !== 3) throw new Error(`unknown kind of schema: ${JSON.stringify(plain)}`);
  const required = Number((plain as Tuple)[6] ?? 0);
  const members = sdkMembers(plain).map(
    ({ sdkName, schema: inner, traits }, index) =>
      [wireNameOf(sdkName, traits), { required: index < required, shape: sdkShape(inner) }] as const,
  );
  return { members: Object.fromEntries(members) };
}

const SENSITIVE = 8;

/** The ways, by wire names, to the structures inside that AWS marks as sensitive. */
export function sdkSensitivePaths(schema: unknown, path: string[] = []): string[] {
  const plain = unwrap(schema);
  if (kindOf(plain) === 1) return sdkSensitivePaths((plain as Tuple)[4], [...path, '0']);
  if (kindOf(plain) !== 3) return [];
  if ((plain as Tuple)[3] === SENSITIVE) return [path.join('.')];
  return sdkMembers(plain).flatMap(member =>
    sdkSensitivePaths(member.schema, [...path, wireNameOf(member.sdkName, member.traits)]),
  );
}

/** A Zod type and what it wraps, from the outside to the bare type; the wrappers only say what is required. */
export function layersOf(type: z.core.$ZodType): z.core.$ZodType[] {
  const isWrapper = type instanceof z.ZodOptional || type instanceof z.ZodNonOptional;
  return isWrapper ? [type, ...layersOf(type.unwrap())] : [type];
}

/** A Zod type without its wrappers. */
export function bare(type: z.core.$ZodType): z.core.$ZodType {
  return layersOf(type).at(-1) ?? type;
}

/** Whether a Zod type takes a secret: a text, or a reference in its place. */
export function isSecretInput(type: z.core.$ZodType): boolean {
  return z.globalRegistry.get(bare(type) as z.ZodType)?.secret === true;
}

/**
 * A Zod type in plain form; an enum counts as the string that AWS's model makes of it,
 * and so does a secret, whose references never reach AWS.
 */
export function zodShape(type: z.core.$ZodType): Shape {
  const inner = bare(type);
  if (inner instanceof z.ZodString || inner instanceof z.ZodEnum || isSecretInput(inner)) return 'string';
  if (inner instanceof z.ZodNumber) return 'number';
  if (inner instanceof z.ZodBoolean) return 'boolean';
  if (inner instanceof z.ZodArray) return { list: zodShape(inner.element) };
  if (!(inner instanceof z.ZodObject)) throw new Error(`no shape of AWS's is a ${inner._zod.def.type}`);
  const members = Object.entries(inner.shape).map(
    ([name, member]) =>
      [name, { required: !(member instanceof z.ZodOptional), shape: zodShape(member) }] as const,
  );
  return { members: Object.fromEntries(members) };
}

/** A Zod type somewhere inside another, and the way to it. */
export interface Inside {
  path: (string | number)[];
  type: z.core.$ZodType;
}

/** Every Zod type inside, the given one first; a list's element stands at index 0. */
export function typesInside(type: z.core.$ZodType, path: (string | number)[] = []): Inside[] {
  const inner = bare(type);
  const here = { path, type };
  if (inner instanceof z.ZodArray) return [here, ...typesInside(inner.element, [...path, 0])];
  if (!(inner instanceof z.ZodObject)) return [here];
  const members = Object.entries(inner.shape) as [string, z.core.$ZodType][];
  return [here, ...members.flatMap(([name, member]) => typesInside(member, [...path, name]))];
}

const candidates: unknown[] = ['dev', 'd1sample', 7, true];

/** A value that a Zod type accepts, with every member present. */
export function sampleOf(type: z.core.$ZodType): unknown {
  const inner = bare(type);
  if (inner instanceof z.ZodEnum) return inner.options[0];
  if (inner instanceof z.ZodArray) return [sampleOf(inner.element)];
  if (inner instanceof z.ZodObject)
    return Object.fromEntries(Object.entries(inner.shape).map(([name, member]) => [name, sampleOf(member)]));
  const fitting = candidates.find(value => z.safeParse(inner, value).success);
  if (fitting === undefined) throw new Error(`no sample fits a ${inner._zod.def.type}`);
  return fitting;
}

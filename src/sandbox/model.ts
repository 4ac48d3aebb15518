/**
 * The AmplifyBackend model, read from the schema values that the AWS SDK exports: operations with their routes, and
 * shapes with wire names and required members. The sandbox has no other copy of the model.
 */
import * as sdk from '@aws-sdk/client-amplifybackend';

type Sdk = typeof sdk;

/** The AWS name of one of the operations, e.g. `CloneBackend`. */
export type OperationName = {
  [K in keyof Sdk]: K extends `${infer Name}$`
    ? Sdk[K] extends readonly [9, ...unknown[]]
      ? Name
      : never
    : never;
}[keyof Sdk];

export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' }
  | { readonly kind: 'list'; readonly element: Shape }
  | Structure;

/** A structure and its members, in the model's order. */
export interface Structure {
  readonly kind: 'structure';
  readonly name: string;
  readonly members: readonly Member[];
}

/** One member of a structure. */
export interface Member {
  /** The SDK's name, e.g. `AppId`. */
  readonly name: string;
  /** The name on the wire, e.g. `appId`. */
  readonly wire: string;
  readonly required: boolean;
  /** Whether the value is sent in the path, not in the body. */
  readonly label: boolean;
  readonly shape: Shape;
}

/** An operation and its route. */
export interface Operation {
  readonly name: OperationName;
  readonly method: string;
  /** Path template split at `/`; a label is written `{AppId}`. */
  readonly path: readonly string[];
  readonly input: Structure;
  readonly output: Structure;
  /** Whether it starts a job: its output has a job id and its input has none. */
  readonly startsJob: boolean;
}

const scalars = ['string', 'number', 'boolean'] as const;
const listBit = 64;
const labelBit = 1;

/** All operations of the model, by AWS name. */
export const operations: ReadonlyMap<OperationName, Operation> = new Map(
  Object.values<unknown>(sdk).flatMap(value => {
    if (!Array.isArray(value) || value[0] !== 9) return [];
    const operation = readOperation(value);
    return [[operation.name, operation] as const];
  }),
);

/** Every structure that requests and answers are made of, nested ones included. */
export function allStructures(): Structure[] {
  const found = new Map<string, Structure>();
  const visit = (shape: Shape): void => {
    if (shape.kind === 'list') visit(shape.element);
    if (shape.kind !== 'structure' || found.has(shape.name)) return;
    found.set(shape.name, shape);
    for (const member of shape.members) visit(member.shape);
  };
  for (const { input, output } of operations.values()) {
    visit(input);
    visit(output);
  }
  return [...found.values()];
}

function readOperation(schema: readonly unknown[]): Operation {
  const [, , name, traits, inputRef, outputRef] = schema as [
    9,
    string,
    OperationName,
    object,
    unknown,
    unknown,
  ];
  const [method, path] = (traits as { http: [string, string, number] }).http;
  const input = structureOf(inputRef);
  const output = structureOf(outputRef);
  const hasJobId = (structure: Structure) => structure.members.some(member => member.name === 'JobId');
  return {
    name,
    method,
    path: path.split('/').filter(segment => segment !== ''),
    input,
    output,
    startsJob: hasJobId(output) && !hasJobId(input),
  };
}

function structureOf(ref: unknown): Structure {
  const shape = shapeOf(ref);
  if (shape.kind !== 'structure') throw new TypeError('The SDK model has an operation without a structure');
  return shape;
}

function shapeOf(ref: unknown): Shape {
  const schema: unknown = typeof ref === 'function' ? ref() : ref;
  if (typeof schema === 'number') {
    if (schema & listBit) return { kind: 'list', element: shapeOf(schema & ~listBit) };
    const kind = scalars[schema];
    if (kind) return { kind };
  }
  if (Array.isArray(schema)) {
    // A reference is a pair of schema and traits; schemas proper are longer and start with the kind's number.
    if (schema.length === 2) return shapeOf(schema[0]);
    if (schema[0] === 1) return { kind: 'list', element: shapeOf(schema[4]) };
    if (schema[0] === 3) return readStructure(schema);
  }
  throw new TypeError('The SDK model holds a kind of schema that the sandbox does not know');
}

function readStructure(schema: readonly unknown[]): Structure {
  const [, , name, , names, refs, required = 0] = schema as [
    3,
    string,
    string,
    unknown,
    string[],
    unknown[],
    number?,
  ];
  const members = names.map((member, index): Member => {
    const ref = refs[index];
    const traits: unknown = Array.isArray(ref) && ref.length === 2 ? ref[1] : 0;
    const wire =
      typeof traits === 'object' && traits !== null && 'jsonName' in traits ? traits.jsonName : member;
    return {
      name: member,
      wire: String(wire),
      required: index < required,
      label: typeof traits === 'number' && (traits & labelBit) !== 0,
      shape: shapeOf(ref),
    };
  });
  return { kind: 'structure', name, members };
}

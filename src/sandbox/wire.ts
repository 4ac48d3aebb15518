/**
 * Converts between JSON on the wire and the SDK's member names, and checks requests against an operation's input
 * schema. Error messages name a member by its path on the wire.
 */
import { enumValues } from './enums.ts';
import type { Member, Operation, Shape, Structure } from './model.ts';
import { badRequest } from './service-error.ts';

type Fields = Record<string, unknown>;

/** The only numeric bound in AWS's REST reference: a page has 1 to 25 entries. */
const integerBounds: ReadonlyMap<string, readonly [number, number]> = new Map([['MaxResults', [1, 25]]]);

/**
 * Parses and checks a request.
 * @param labels path labels by member name, already percent-decoded
 * @param body the raw body; empty means no members. Like AWS, it ignores unknown members and takes `null` for absent
 * @returns the input with the SDK's member names
 * @throws ServiceError 400 that names the first invalid member
 */
export function readInput(operation: Operation, labels: ReadonlyMap<string, string>, body: Buffer): Fields {
  const fields = readStructure(operation.input, parseObject(body), '');
  for (const [name, value] of labels) fields[name] = value;
  for (const { name, wire, required } of operation.input.members) {
    const value = fields[name];
    if (required && typeof value === 'string' && value.trim() === '')
      throw badRequest(`${wire} must not be empty`);
  }
  return fields;
}

/** Converts an answer to wire names and leaves out absent members. */
export function writeOutput(structure: Structure, output: object): Fields {
  const fields = output as Fields;
  const wire: Fields = {};
  for (const member of structure.members) {
    const value = fields[member.name];
    if (value !== undefined && value !== null) wire[member.wire] = write(member.shape, value);
  }
  return wire;
}

function write(shape: Shape, value: unknown): unknown {
  if (shape.kind === 'structure') return writeOutput(shape, value as Fields);
  if (shape.kind === 'list') return (value as unknown[]).map(element => write(shape.element, element));
  return value;
}

/**
 * Parses a JSON body that must be an object; an empty body is an empty object.
 * @throws ServiceError 400 for anything else, invalid UTF-8 included
 */
export function parseObject(body: Buffer): Fields {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw badRequest('The request body is not valid JSON');
  }
  if (!isObject(value)) throw badRequest('The request body must be a JSON object');
  return value;
}

function readStructure(structure: Structure, wire: Fields, path: string): Fields {
  const fields: Fields = {};
  for (const member of structure.members) {
    if (member.label) continue;
    const at = path === '' ? member.wire : `${path}.${member.wire}`;
    const value = wire[member.wire];
    if (value !== undefined && value !== null) fields[member.name] = readMember(structure, member, value, at);
    else if (member.required) throw badRequest(`${at} is required`);
  }
  return fields;
}

function readMember(structure: Structure, member: Member, value: unknown, at: string): unknown {
  const read = readValue(member.shape, value, at);
  const allowed = enumValues(structure.name, member.name);
  if (allowed) {
    for (const element of Array.isArray(read) ? read : [read]) {
      if (!allowed.includes(element)) throw badRequest(`${at} must be one of ${allowed.join(', ')}`);
    }
  }
  const bounds = integerBounds.get(member.name);
  if (bounds && typeof read === 'number') {
    const [least, most] = bounds;
    if (!Number.isInteger(read) || read < least || read > most) {
      throw badRequest(`${at} must be an integer from ${least} to ${most}`);
    }
  }
  return read;
}

function readValue(shape: Shape, value: unknown, at: string): unknown {
  switch (shape.kind) {
    case 'structure':
      if (!isObject(value)) throw badRequest(`${at} must be an object`);
      return readStructure(shape, value, at);
    case 'list':
      if (!Array.isArray(value)) throw badRequest(`${at} must be a list`);
      return value.map((element, index) => readValue(shape.element, element, `${at}[${index}]`));
    default:
      if (typeof value !== shape.kind) throw badRequest(`${at} must be a ${shape.kind}`);
      return value;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

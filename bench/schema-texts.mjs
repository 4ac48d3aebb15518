/** Finds the text members of a tool's input schema, and makes arguments in which one of them has a given text. */
import { appId } from './child.mjs';

/**
 * The keywords of an input schema that are read here.
 * @typedef {object} Schema
 * @property {string} [type]
 * @property {readonly string[]} [enum]
 * @property {Readonly<Record<string, Schema>>} [properties]
 * @property {readonly string[]} [required]
 * @property {Schema} [items]
 */
/** @typedef {readonly (string | 0)[]} MemberPath member names; 0 stands for the element of a list */

/**
 * The paths to the text members of a listed schema.
 * @param {Schema} schema
 * @param {MemberPath} [path] the path to the schema itself
 * @returns {MemberPath[]}
 */
export function textsIn({ type, enum: values, properties = {}, items }, path = []) {
  if (type === 'string' && !values) return [path];
  if (items) return textsIn(items, [...path, 0]);
  return Object.entries(properties).flatMap(([name, inner]) => textsIn(inner, [...path, name]));
}

/** @type {Readonly<Record<string, string>>} */
const samples = {
  appId,
  app: 'shop',
  backendEnvironmentName: 'dev',
  environment: 'dev',
  targetEnvironmentName: 'qa',
};

/**
 * @returns the schema of a member or an element
 * @throws if the schema around it does not describe it
 * @param {Schema | undefined} schema
 */
function described(schema) {
  if (!schema) throw new Error('a schema asks for something that it does not describe');
  return schema;
}

/**
 * The smallest valid value of an object: its required members alone.
 * @param {Schema} schema
 * @returns {Record<string, unknown>}
 */
function smallestObject({ properties = {}, required = [] }) {
  return Object.fromEntries(
    required.map(member => [member, smallest(described(properties[member]), member)]),
  );
}

/**
 * A small valid value of a schema.
 * @param {Schema} schema
 * @param {string} name of the member that it describes
 */
function smallest(schema, name) {
  const { type, enum: values } = schema;
  if (values) return values[0];
  if (type === 'string') return samples[name] ?? 'dev';
  if (type === 'array') return [];
  if (type === 'boolean') return true;
  if (type !== 'object') return 7;
  return smallestObject(schema);
}

/**
 * A small valid value of a schema, with a text at a path.
 * @param {Schema} schema
 * @param {MemberPath} path
 * @param {string} text
 * @returns {unknown}
 */
function withText(schema, [step, ...rest], text) {
  if (step === undefined) return text;
  if (step === 0) return [withText(described(schema.items), rest, text)];
  return objectWithText(schema, step, rest, text);
}

/**
 * The smallest valid value of an object, with a text in one of its members or below it.
 * @param {Schema} schema
 * @param {string} member
 * @param {MemberPath} path from that member on
 * @param {string} text
 */
export function objectWithText(schema, member, path, text) {
  return {
    ...smallestObject(schema),
    [member]: withText(described(schema.properties?.[member]), path, text),
  };
}

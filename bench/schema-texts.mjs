/** The texts that a tool's input schema allows, and arguments with one of them filled. */
import { appId } from './child.mjs';

/**
 * What is read of an input schema.
 * @typedef {object} Schema
 * @property {string} [type]
 * @property {readonly string[]} [enum]
 * @property {Readonly<Record<string, Schema>>} [properties]
 * @property {readonly string[]} [required]
 * @property {Schema} [items]
 */
/** @typedef {readonly (string | 0)[]} MemberPath member names; 0 stands for the element of a list */

/**
 * The paths to the texts of a listed schema.
 * @param {Schema} schema
 * @param {MemberPath} [way] the path to the schema itself
 * @returns {MemberPath[]}
 */
export function textsIn({ type, enum: values, properties = {}, items }, way = []) {
  if (type === 'string' && !values) return [way];
  if (items) return textsIn(items, [...way, 0]);
  return Object.entries(properties).flatMap(([name, inner]) => textsIn(inner, [...way, name]));
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
 * The schema of a member or an element.
 * @param {Schema | undefined} schema
 */
function present(schema) {
  if (!schema) throw new Error('a schema asks for something that it does not describe');
  return schema;
}

/**
 * The least that the schema of an object asks for.
 * @param {Schema} schema
 * @returns {Record<string, unknown>}
 */
function leastObject({ properties = {}, required = [] }) {
  return Object.fromEntries(required.map(member => [member, least(present(properties[member]), member)]));
}

/**
 * The least that a schema asks for.
 * @param {Schema} schema
 * @param {string} name of the member that it describes
 */
function least(schema, name) {
  const { type, enum: values } = schema;
  if (values) return values[0];
  if (type === 'string') return samples[name] ?? 'dev';
  if (type === 'array') return [];
  if (type === 'boolean') return true;
  if (type !== 'object') return 7;
  return leastObject(schema);
}

/**
 * The same with a text at that way.
 * @param {Schema} schema
 * @param {MemberPath} way
 * @param {string} text
 * @returns {unknown}
 */
function withText(schema, [step, ...rest], text) {
  if (step === undefined) return text;
  if (step === 0) return [withText(present(schema.items), rest, text)];
  return objectWithText(schema, step, rest, text);
}

/**
 * The least that the schema of an object asks for, with a text in one of its members.
 * @param {Schema} schema
 * @param {string} member
 * @param {MemberPath} way from that member on
 * @param {string} text
 */
export function objectWithText(schema, member, way, text) {
  return { ...leastObject(schema), [member]: withText(present(schema.properties?.[member]), way, text) };
}

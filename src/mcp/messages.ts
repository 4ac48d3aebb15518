/**
 * Messages as clients send them, before the SDK's schemas see them: a member that is `null` counts as absent, and a tool's
 * arguments may be JSON in a text. Clients in languages that write every member send `"params": null`
 * (chaitin/MonkeyCode#1268), and models send whole arguments as a text (Zoo-Code-Org/Zoo-Code#255).
 */
import { isObject, type Json, parseStructure } from '../lib/json.ts';

/** The longest text that is parsed as arguments, in characters. No tool accepts arguments of this length. */
const LONGEST_TEXT = 2_000_000;

/** The object without its null members. Returns the same object if it has none. */
function withoutNullMembers(value: Json): Json {
  for (const name in value)
    if (value[name] === null)
      return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
  return value;
}

/** The value if it is an object, or the object that it holds as JSON in a string. */
export function structureOf(value: unknown): Json | undefined {
  const isText = typeof value === 'string' && value.length <= LONGEST_TEXT;
  const structure = isText ? parseStructure(value) : value;
  return isObject(structure) ? structure : undefined;
}

/** Applies `change` to the members that it names. Returns the same object if no member changes. */
function mapMembers(value: Json, change: Readonly<Record<string, (member: unknown) => unknown>>): Json {
  let result = value;
  for (const [name, apply] of Object.entries(change)) {
    if (!Object.hasOwn(value, name)) continue;
    const now = apply(value[name]);
    if (now !== value[name]) result = { ...result, [name]: now };
  }
  return result;
}

const omitNulls = (value: unknown) => (isObject(value) ? withoutNullMembers(value) : value);
const trimmed = (value: unknown) => (typeof value === 'string' ? value.trim() : value);
const parseIfStructure = (value: unknown) => structureOf(value) ?? value;

/** How parameters are normalized, by method. Arguments of tools keep their null members: the tools' schemas decide. */
const byMethod: Readonly<Record<string, Readonly<Record<string, (member: unknown) => unknown>>>> = {
  'tools/call': { arguments: parseIfStructure },
  'prompts/get': { arguments: value => omitNulls(parseIfStructure(value)) },
  'completion/complete': {
    context: value =>
      isObject(value) ? mapMembers(withoutNullMembers(value), { arguments: omitNulls }) : value,
  },
  'resources/read': { uri: trimmed },
  'resources/subscribe': { uri: trimmed },
  'resources/unsubscribe': { uri: trimmed },
};

/**
 * Moves a `dryRun` that is next to the arguments into the arguments. The SDK drops unknown members of a call's parameters, so
 * that a call meant as a dry run would be executed as a write.
 */
function withDryRunInside(params: Json): Json {
  if (!Object.hasOwn(params, 'dryRun')) return params;
  const { dryRun, arguments: args = {}, ...rest } = params;
  return { ...rest, arguments: isObject(args) ? { dryRun, ...args } : args };
}

/** The message in the form that the SDK accepts. Returns the same object if nothing changes. */
export function normalizeMessage(message: unknown): unknown {
  if (!isObject(message) || typeof message.method !== 'string' || !('params' in message)) return message;
  const { params, ...rest } = message;
  if (params === null) return rest;
  if (!isObject(params)) return message;
  const present = mapMembers(withoutNullMembers(params), { _meta: omitNulls });
  const forMethod = Object.hasOwn(byMethod, message.method) ? byMethod[message.method] : undefined;
  const changedParams = forMethod ? mapMembers(present, forMethod) : present;
  const now = message.method === 'tools/call' ? withDryRunInside(changedParams) : changedParams;
  return now === params ? message : { ...message, params: now };
}

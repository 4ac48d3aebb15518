/**
 * Messages as clients send them, before the SDK's schemas see them: a member that is `null` counts as absent, and a tool's
 * arguments may be JSON in a text. Clients in languages that write every member send `"params": null`
 * (chaitin/MonkeyCode#1268), and models send whole arguments as a text (Zoo-Code-Org/Zoo-Code#255).
 */
import { isObject, type Json, parseStructure } from '../lib/json.ts';

/** Characters of arguments that are read from a text; all tools take less. */
const LONGEST_TEXT = 2_000_000;

/** The structure without its null members; the same one where it has none. */
function withoutNulls(value: Json): Json {
  for (const name in value)
    if (value[name] === null)
      return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
  return value;
}

/** The structure that a value is, or that it holds as JSON in a text. */
export function structureOf(value: unknown): Json | undefined {
  const isText = typeof value === 'string' && value.length <= LONGEST_TEXT;
  const structure = isText ? parseStructure(value) : value;
  return isObject(structure) ? structure : undefined;
}

/** Replaces members by what `change` makes of them; the same structure where nothing changes. */
function changed(value: Json, change: Readonly<Record<string, (member: unknown) => unknown>>): Json {
  let result = value;
  for (const [name, apply] of Object.entries(change)) {
    if (!Object.hasOwn(value, name)) continue;
    const now = apply(value[name]);
    if (now !== value[name]) result = { ...result, [name]: now };
  }
  return result;
}

const nullsLeftOut = (value: unknown) => (isObject(value) ? withoutNulls(value) : value);
const trimmed = (value: unknown) => (typeof value === 'string' ? value.trim() : value);
const structure = (value: unknown) => structureOf(value) ?? value;

/** What is made of the parameters, by method. Arguments of tools keep their nulls: their schemas decide about them. */
const byMethod: Readonly<Record<string, Readonly<Record<string, (member: unknown) => unknown>>>> = {
  'tools/call': { arguments: structure },
  'prompts/get': { arguments: value => nullsLeftOut(structure(value)) },
  'completion/complete': {
    context: value => (isObject(value) ? changed(withoutNulls(value), { arguments: nullsLeftOut }) : value),
  },
  'resources/read': { uri: trimmed },
  'resources/subscribe': { uri: trimmed },
  'resources/unsubscribe': { uri: trimmed },
};

/**
 * The parameters of a call with a `dryRun` that stands beside the arguments put among them. The SDK drops what is unknown
 * there, and the plan that was asked for would be a write.
 */
function withDryRunInside(params: Json): Json {
  if (!Object.hasOwn(params, 'dryRun')) return params;
  const { dryRun, arguments: args = {}, ...rest } = params;
  return { ...rest, arguments: isObject(args) ? { dryRun, ...args } : args };
}

/** The message as the SDK takes it: the very same one where nothing is to be changed. */
export function tolerateMessage(message: unknown): unknown {
  if (!isObject(message) || typeof message.method !== 'string' || !('params' in message)) return message;
  const { params, ...rest } = message;
  if (params === null) return rest;
  if (!isObject(params)) return message;
  const present = changed(withoutNulls(params), { _meta: nullsLeftOut });
  const forMethod = Object.hasOwn(byMethod, message.method) ? byMethod[message.method] : undefined;
  const changedParams = forMethod ? changed(present, forMethod) : present;
  const now = message.method === 'tools/call' ? withDryRunInside(changedParams) : changedParams;
  return now === params ? message : { ...message, params: now };
}

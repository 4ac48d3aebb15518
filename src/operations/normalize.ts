/**
 * Normalizes arguments as models and hosts send them, before they are validated: `null` or an empty text for an absent member,
 * JSON in a text, blanks around names. The tool's schema decides which of these applies. A value that fits its member is never
 * changed, except that an empty text means absent for optional members. If a call does more without a member
 * (`refusedWhenEmpty`), an empty value of it is kept, and the validation refuses it.
 *
 * Seen at: CodeWithCJ/SparkyFitness#1540 (`null`), cursor/cursor#3614 (empty texts), PrefectHQ/fastmcp#932 (objects as
 * texts), PrefectHQ/fastmcp#3931 (texts that look like JSON and are none).
 */
import { z } from 'zod';
import { isObject, repeatsDryRun } from '../lib/json.ts';
import { bounds } from './bounds.ts';
import { excessOf } from './excess.ts';
import { memberNamed } from './member-synonyms.ts';
import { referenceIn } from './secret-input.ts';
import { type WhenEmpty, whenEmptyOf } from './when-empty.ts';

/** The kinds of values that are normalized differently. */
type Form =
  | ObjectForm
  | { readonly kind: 'list'; readonly item: Form }
  | { readonly kind: 'document' | 'number' | 'boolean' | 'name' | 'secret' | 'other' };

interface ObjectForm {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, Member>;
}

interface Member {
  readonly form: Form;
  readonly isOptional: boolean;
  readonly whenEmpty: WhenEmpty;
}

const unwrap = (type: z.core.$ZodType): z.core.$ZodType =>
  type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodNullable
    ? unwrap(type.unwrap())
    : type;

const isOptional = (type: z.core.$ZodType) => type instanceof z.ZodOptional || type instanceof z.ZodDefault;

/** Whether a type is an id or a name, around which blanks are removed. Types of longer texts hold prose, keys or schemas. */
const isName = (type: z.core.$ZodType) =>
  type instanceof z.ZodEnum || (type instanceof z.ZodString && (type.maxLength ?? Infinity) <= bounds.name);

function readForm(given: z.core.$ZodType): Form {
  const type = unwrap(given);
  if (z.globalRegistry.get(type as z.ZodType)?.secret === true) return { kind: 'secret' };
  if (type instanceof z.ZodObject) return formOf(type);
  if (type instanceof z.ZodArray) return { kind: 'list', item: readForm(type.element) };
  if (type instanceof z.ZodRecord) return { kind: 'document' };
  if (type instanceof z.ZodNumber) return { kind: 'number' };
  if (type instanceof z.ZodBoolean) return { kind: 'boolean' };
  return { kind: isName(type) ? 'name' : 'other' };
}

const forms = new WeakMap<z.ZodObject, ObjectForm>();

function formOf(type: z.ZodObject): ObjectForm {
  const known = forms.get(type);
  if (known) return known;
  const members = Object.entries(type.shape).map(([name, member]): [string, Member] => {
    const given = member as z.core.$ZodType;
    const facts = { isOptional: isOptional(given), whenEmpty: whenEmptyOf(given) };
    return [name, { form: readForm(given), ...facts }];
  });
  const form: ObjectForm = { kind: 'object', members: new Map(members) };
  forms.set(type, form);
  return form;
}

/** Every tool accepts a target, but its schema lists the member only if several are configured. */
const target: Member = { form: { kind: 'name' }, isOptional: true, whenEmpty: 'absent' };

/** The JSON that a text holds, if it begins with the wanted bracket. */
function parsed(text: string, opening: '{' | '['): unknown {
  if (!text.trimStart().startsWith(opening) || repeatsDryRun(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Longer than any number or boolean that a member takes. */
const LONGEST_SCALAR = 32;
const booleans = new Map([
  ['true', true],
  ['false', false],
]);

/** The value that a text stands for in a member of that form; undefined if it stands for none. */
function valueMeantBy(text: string, { kind }: Form): unknown {
  if (kind === 'object' || kind === 'document') return parsed(text, '{');
  if (kind === 'list') return parsed(text, '[');
  if (text.length > LONGEST_SCALAR) return undefined;
  const word = text.trim();
  if (kind === 'boolean') return booleans.get(word.toLowerCase());
  return kind === 'number' && /^-?\d+(\.\d+)?$/.test(word) ? Number(word) : undefined;
}

/** The paths of the members that the notes must name. */
interface ChangedPaths {
  readonly texts: string[];
  readonly empty: string[];
}

function members(
  value: Readonly<Record<string, unknown>>,
  known: ReadonlyMap<string, Member>,
  path: string,
  paths: ChangedPaths,
): unknown {
  const changed = new Map<string, unknown>();
  for (const [name, { form, isOptional: mayLack, whenEmpty }] of known) {
    if (!Object.hasOwn(value, name)) continue;
    const given = value[name];
    const isEmpty = given === null || (mayLack && typeof given === 'string' && given.trim() === '');
    if (isEmpty && whenEmpty === 'refused') continue;
    const memberPath = path === '' ? name : `${path}.${name}`;
    if (isEmpty && whenEmpty === 'noted') paths.empty.push(memberPath);
    const now = isEmpty ? undefined : normalized(given, form, memberPath, paths);
    if (now !== given) changed.set(name, now);
  }
  if (changed.size === 0) return value;
  const all = Object.entries(value).map(([name, given]) => [
    name,
    changed.has(name) ? changed.get(name) : given,
  ]);
  return Object.fromEntries(all.filter(([, now]) => now !== undefined));
}

function normalized(value: unknown, form: Form, path: string, paths: ChangedPaths): unknown {
  if (typeof value === 'string') {
    if (form.kind === 'name') return value.trim();
    if (form.kind === 'secret') return referenceIn(value) ?? value;
    const meant = valueMeantBy(value, form);
    if (meant === undefined || meant === null) return value;
    paths.texts.push(path);
    return typeof meant === 'object' ? normalized(meant, form, path, paths) : meant;
  }
  if (form.kind === 'object' && isObject(value)) return members(value, form.members, path, paths);
  if (form.kind === 'list' && Array.isArray(value) && value.length <= bounds.list) {
    const items = value.map((item, at) => normalized(item, form.item, `${path}.${at}`, paths));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  return value;
}

/** The normalized arguments of a call. */
export interface Normalized {
  /** The same object if nothing had to be changed. */
  readonly args: unknown;
  /** Sentences that name the members that were texts, or empty and so counted as absent; never their values. */
  readonly notes: readonly string[];
}

const MOST_NAMED = 5;

const roots = new WeakMap<z.ZodObject, ObjectForm>();

function rootOf(toolInput: z.ZodObject): ObjectForm {
  const known = roots.get(toolInput);
  if (known) return known;
  const root: ObjectForm = {
    kind: 'object',
    members: new Map([['target', target], ...formOf(toolInput).members]),
  };
  roots.set(toolInput, root);
  return root;
}

/** The first of these paths, and how many more there are. */
function named(paths: readonly string[]): string {
  const shown = paths.slice(0, MOST_NAMED).map(path => (path === '' ? 'arguments' : path));
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
  return `${shown.join(', ')}${more}`;
}

/** Normalizes the arguments of a call. Arguments that are too large are returned unchanged: the validation refuses them. */
export function normalizeArguments(toolInput: z.ZodObject, args: unknown): Normalized {
  if (excessOf(args) !== undefined) return { args, notes: [] };
  const paths: ChangedPaths = { texts: [], empty: [] };
  const now = normalized(args, rootOf(toolInput), '', paths);
  const { texts, empty } = paths;
  return {
    args: now,
    notes: [
      ...(texts.length > 0 ? [`Sent as text and read as JSON: ${named(texts)}. Send the value itself.`] : []),
      ...(empty.length > 0
        ? [`Sent empty and counted as absent: ${named(empty)}. Send a value if one is meant.`]
        : []),
    ],
  };
}

/** The shortest path below a structure to a member of that name, as in `userPoolConfigs.mfa`. */
function deeperMember(form: ObjectForm, key: string): string | undefined {
  const inside = [...form.members].flatMap(([name, { form: inner }]) =>
    inner.kind === 'object' ? [[name, inner] as const] : [],
  );
  const direct = inside.find(([, inner]) => inner.members.has(key));
  if (direct) return `${direct[0]}.${key}`;
  for (const [name, inner] of inside) {
    const found = deeperMember(inner, key);
    if (found !== undefined) return `${name}.${found}`;
  }
  return undefined;
}

/**
 * The member that an unknown key at a path of the arguments stands for: in another spelling, under another name, or nested
 * more deeply.
 */
export function memberMeant(
  toolInput: z.ZodObject,
  path: readonly PropertyKey[],
  key: string,
): string | undefined {
  let form: Form | undefined = formOf(toolInput);
  for (const step of path) {
    if (form?.kind === 'list') form = form.item;
    else form = form?.kind === 'object' ? form.members.get(String(step))?.form : undefined;
  }
  if (form?.kind !== 'object' || key.length > bounds.name) return undefined;
  return memberNamed([...form.members.keys()], key) ?? deeperMember(form, key);
}

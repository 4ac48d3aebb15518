/**
 * Edits a GraphQL schema by types: adds, changes and removes definitions by name. All other text, comments and layout
 * included, stays as it is. Pure.
 */
import { type DefinitionNode, type FieldDefinitionNode, Kind, parse, print } from 'graphql';
import { quoteName, quoteNames } from '../lib/quote.ts';
import { type Place, readInPieces, readPlaces, visitUses } from './schema.ts';
import { nameOf } from './schema-types.ts';

/** What is to change. */
export interface SchemaEdit {
  /** Definitions of types that the schema does not have. */
  readonly add?: string | undefined;
  /** Definitions that take the place of those of the same name; `extend type` adds or replaces fields. */
  readonly change?: string | undefined;
  /** Names of types. */
  readonly remove?: readonly string[] | undefined;
}

/** The new text, with a sentence for each part of the edit that it has already; or why the edit does not fit, as a sentence. */
export type EditedSchema =
  | { readonly schema: string; readonly notes: readonly string[] }
  | { readonly refused: string };

/** A definition as text. It is parsed again where it is needed, since the syntax trees of a long schema would fill the memory. */
interface Part {
  readonly name: string;
  readonly text: string;
  readonly place: Place;
  readonly isExtension: boolean;
}

class Refused extends Error {}

const textAt = (text: string, { start, end }: Place) => text.slice(start, end);

const partOf = (node: DefinitionNode, place: Place, source: string): Part => ({
  name: 'name' in node && node.name ? node.name.value : 'schema',
  ...{ text: textAt(source, place), place, isExtension: node.kind.endsWith('Extension') },
});

const nodeOf = ({ text }: Part) => parse(text).definitions[0] as DefinitionNode;

/** The definitions of a text. @throws Refused */
async function partsOf(text: string, what: string): Promise<Part[]> {
  const parts: Part[] = [];
  const unreadable = await readPlaces(text, (node, place) => parts.push(partOf(node, place, text)));
  if (unreadable !== undefined) throw new Refused(`${what} ${unreadable}.`);
  return parts;
}

/** A change of a text: what stands at a place is replaced. */
interface Replacement {
  readonly place: Place;
  readonly by: string;
}

/** Replaces the last place first, so that the other places stay valid. @throws Refused */
function applyReplacements(text: string, all: readonly Replacement[]): string {
  const ordered = [...all].sort((a, b) => b.place.start - a.place.start);
  const overlap = ordered.some(
    ({ place }, index) => place.end > (ordered[index - 1]?.place.start ?? Infinity),
  );
  if (overlap) throw new Refused('types states a field twice: state it once.');
  return ordered.reduce((now, { place, by }) => now.slice(0, place.start) + by + now.slice(place.end), text);
}

const fieldsOf = (node: DefinitionNode): readonly FieldDefinitionNode[] =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION
    ? (node.fields ?? [])
    : [];

/** The place of a field: in its definition, or in the text where the definition starts at `from`. */
const placeOf = ({ loc }: FieldDefinitionNode, from = 0): Place => ({
  start: from + (loc?.start ?? 0),
  end: from + (loc?.end ?? 0),
});

/** The replacements by which a type gets the fields of an extension. */
function withFields(type: Part, extension: Part): Replacement[] {
  const { start } = type.place;
  const known = new Map(fieldsOf(nodeOf(type)).map(field => [field.name.value, placeOf(field, start)]));
  const given = fieldsOf(nodeOf(extension));
  if (known.size === 0 || given.length === 0)
    throw new Refused(
      `extend in types.change adds fields to a type that has some: write ${quoteName(type.name)} whole instead.`,
    );
  const texts = given.map(field => ({
    place: known.get(field.name.value),
    by: textAt(extension.text, placeOf(field)),
  }));
  const added = texts.filter(({ place }) => place === undefined).map(({ by }) => `  ${by}\n`);
  const brace = { start: type.place.end - 1, end: type.place.end - 1 };
  return [
    ...texts.flatMap(({ place, by }) => (place ? [{ place, by }] : [])),
    ...(added.length > 0 ? [{ place: brace, by: added.join('') }] : []),
  ];
}

/** Removes a definition with the blank space after it. */
function removal(text: string, { start, end }: Place): Replacement {
  let after = end;
  while (after < text.length && /\s/.test(text.charAt(after))) after += 1;
  return { place: { start, end: after }, by: '' };
}

const listed = (parts: readonly Part[]) => [...new Set(parts.map(({ name }) => name))];

/** Whether two definitions say the same, whatever their layout. */
const saysSame = (one: Part, other: Part) => print(nodeOf(one)) === print(nodeOf(other));

/** The definitions to add, without those that the schema has in the same words. @throws Refused */
function newParts(own: readonly Part[], added: readonly Part[]): Part[] {
  const extended = added.find(({ isExtension }) => isExtension);
  if (extended) throw new Refused(`${quoteName(extended.name)} is extended in types.add: use types.change.`);
  return added.filter(part => {
    const known = own.find(({ name }) => name === part.name);
    if (known && !saysSame(known, part))
      throw new Refused(
        `The schema has ${quoteName(part.name)} already, with another definition: put the new one into types.change.`,
      );
    return known === undefined;
  });
}

/** @throws Refused where a changed type does not exist, or a type is stated twice */
function checkNames(
  own: readonly Part[],
  added: readonly Part[],
  changed: readonly Part[],
  removed: readonly string[],
): void {
  const missing = changed.map(({ name }) => name).filter(name => !own.some(part => part.name === name));
  if (missing.length > 0)
    throw new Refused(
      `The schema has no ${quoteNames(missing)}; it has (quoted data): ${quoteNames(listed(own))}. A new type goes into types.add.`,
    );
  // Several extensions may add to one type.
  const extended = listed(changed.filter(({ isExtension }) => isExtension));
  const whole = changed.filter(({ isExtension }) => !isExtension).map(({ name }) => name);
  const names = [...added.map(({ name }) => name), ...extended, ...whole, ...new Set(removed)];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new Refused(`types states ${quoteName(repeated)} twice: state each type once.`);
}

/** @throws Refused where a type of the new schema uses a removed one */
async function checkUses(schema: string, removed: readonly string[]): Promise<void> {
  const gone = new Set(removed);
  const unreadable = await readInPieces(schema, definitions =>
    visitUses(definitions, ({ kind, name: { value: used } }, definition) => {
      if (kind !== Kind.NAMED_TYPE || !gone.has(used)) return;
      const user = quoteName(nameOf(definition));
      throw new Refused(
        `${user} still uses ${quoteName(used)}, which is removed: state ${user} without it in types.change.`,
      );
    }),
  );
  if (unreadable !== undefined) throw new Refused(`The new schema ${unreadable}.`);
}

/** The replacements for a changed definition. @throws Refused */
function changesOf(text: string, own: readonly Part[], part: Part): Replacement[] {
  const types = own.filter(({ name }) => name === part.name);
  const [type, ...others] = types.filter(({ isExtension }) => !isExtension);
  if (!type) throw new Refused(`The schema only extends ${quoteName(part.name)}: send the whole schema.`);
  if (part.isExtension) return withFields(type, part);
  if (saysSame(type, part)) return [];
  // The new definition is complete, so extensions and repetitions of the old one are removed.
  const old = [...others, ...types.filter(({ isExtension }) => isExtension)];
  return [{ place: type.place, by: part.text }, ...old.map(({ place }) => removal(text, place))];
}

async function applyEdit(text: string, { add, change, remove = [] }: SchemaEdit, mayBeRemoved: boolean) {
  const own = await partsOf(text, 'The present schema');
  const added = add === undefined ? [] : await partsOf(add, 'types.add');
  const changed = change === undefined ? [] : await partsOf(change, 'types.change');
  checkNames(own, added, changed, remove);
  const newDefinitions = newParts(own, added);
  const replacements = [
    ...changed.flatMap(part => changesOf(text, own, part)),
    ...own.filter(({ name }) => remove.includes(name)).map(({ place }) => removal(text, place)),
  ];
  const addedText =
    newDefinitions.length === added.length
      ? (add ?? '').trim()
      : newDefinitions.map(part => part.text).join('\n\n');
  const rest = applyReplacements(text, replacements);
  const schema = addedText === '' ? rest : `${rest.trimEnd()}\n\n${addedText}`.trimStart();
  if (remove.length > 0) await checkUses(schema, remove);
  const absent = remove.filter(name => !own.some(part => part.name === name));
  if (absent.length === 0) return { schema, notes: [] };
  const notFound = `The schema has no ${quoteNames(absent)} to remove; it has (quoted data): ${quoteNames(listed(own))}.`;
  if (!mayBeRemoved) throw new Refused(notFound);
  return { schema, notes: [notFound] };
}

/**
 * Edits a schema. What it has already is left as it is.
 * @param mayBeRemoved whether a type to remove may be missing already; otherwise a missing one refuses the edit
 */
export async function editSchema(
  text: string,
  edit: SchemaEdit,
  mayBeRemoved = false,
): Promise<EditedSchema> {
  try {
    return await applyEdit(text, edit, mayBeRemoved);
  } catch (thrown) {
    if (thrown instanceof Refused) return { refused: thrown.message };
    throw thrown;
  }
}

/** The whole configuration of an API after a change: its schema, stated whole or by types, and its authorization modes. */
import type { SchemaEdit } from '../../environment/schema-edit.ts';
import { isObject, type Json, objectOf, textOf } from '../../lib/json.ts';
import { quoteName, quoteNames } from '../../lib/quote.ts';
import { isWithheld } from '../../lib/withheld-mark.ts';
import { usesUserPool, withUserPool } from '../provision-environment/names.ts';
import { type MergeResult, type MergeSource, mergeValues, refuse } from './merge-values.ts';

/** The schema, or undefined where a value in it is withheld. */
const readable = (schema: string | undefined) =>
  schema === undefined || isWithheld(schema) ? undefined : schema;

/** What may be a mistake in a new schema, a sentence each. @throws ServerError where no API can have the schema */
async function checkSchema(before: string | undefined, after: string, what: string): Promise<string[]> {
  // The parser is large, so it is loaded only when a schema is read.
  const { faultsText, newSchemaFaults } = await import('../../environment/schema-faults.ts');
  const found = await newSchemaFaults(readable(before), after);
  if ('unreadable' in found) throw refuse(`${what} ${found.unreadable}.`);
  const { faults, doubts } = found.value;
  if (faults.length > 0) throw refuse(`${what}: ${faultsText(faults)}`);
  return [...doubts];
}

/** The tables that a new schema adds, as a sentence. */
async function newTables(before: string | undefined, after: string): Promise<string[]> {
  const { readSchemaData } = await import('../../environment/schema-data.ts');
  const [was, is] = [
    before === undefined ? undefined : await readSchemaData(before),
    await readSchemaData(after),
  ];
  if (!was || 'unreadable' in was || 'unreadable' in is) return [];
  const names = [...is.value.tables.keys()].filter(name => !was.value.tables.has(name));
  if (names.length === 0) return [];
  return [
    `${names.length === 1 ? 'A new, empty table comes' : 'New, empty tables come'}: ${quoteNames(names)}.`,
  ];
}

interface NewSchema {
  readonly schema?: string;
  readonly notes: readonly string[];
  readonly alreadyTrue: readonly string[];
}

/** The new schema, where one is stated. @throws ServerError invalid_arguments */
async function schemaOf({ config, mayBeRemoved }: MergeSource, { schema, types }: Json): Promise<NewSchema> {
  if (schema !== undefined && types !== undefined) throw refuse('State api.schema or api.types, not both.');
  const present = textOf(config.transformSchema);
  const notesOn = async (after: string, what: string) => [
    ...(await checkSchema(present, after, what)),
    ...(await newTables(readable(present), after)),
  ];
  if (typeof schema === 'string')
    return { schema, notes: await notesOn(schema, 'api.schema'), alreadyTrue: [] };
  if (!isObject(types)) return { notes: [], alreadyTrue: [] };
  const whole = 'Send the whole schema as api.schema.';
  if (present === undefined) throw refuse('AWS does not show the present schema.', whole);
  if (isWithheld(present))
    throw refuse(
      'The present schema holds a withheld value (a header of @http, for instance), so single types cannot be changed.',
      whole,
    );
  const { editSchema } = await import('../../environment/schema-edit.ts');
  const edited = await editSchema(present, types as SchemaEdit, mayBeRemoved);
  if ('refused' in edited) throw refuse(`api.types: ${edited.refused}`);
  return {
    schema: edited.schema,
    notes: edited.schema === present ? [] : await notesOn(edited.schema, 'api.types'),
    alreadyTrue: edited.notes,
  };
}

/** The default auth type. A new mode replaces the old one with its settings. */
function mergeDefaultType(found: unknown, stated: unknown): unknown {
  const [was, is] = [objectOf(found), objectOf(stated)];
  return is.mode !== undefined && is.mode !== was.mode ? stated : mergeValues(found, stated);
}

const modeOf = (type: unknown) => textOf(objectOf(type).mode);

/** The additional auth types without the new default mode. */
function withoutMode(types: unknown, mode: string | undefined): unknown {
  return Array.isArray(types) ? types.filter(type => modeOf(type) !== mode) : types;
}

/** All auth types of a configuration, the default first. */
const authTypesOf = ({ defaultAuthType, additionalAuthTypes }: Json): unknown[] => [
  ...(defaultAuthType === undefined ? [] : [defaultAuthType]),
  ...(Array.isArray(additionalAuthTypes) ? additionalAuthTypes : []),
];

/** A sentence for each authorization mode that the change removes, with the types whose @auth rules need it. */
async function removedModes(before: Json, after: Json): Promise<string[]> {
  const kept = authTypesOf(after).map(modeOf);
  const lost = [...new Set(authTypesOf(before).flatMap(type => modeOf(type) ?? []))].filter(
    mode => !kept.includes(mode),
  );
  if (lost.length === 0) return [];
  const { modesInRules } = await import('../../environment/schema-auth.ts');
  const schema = readable(textOf(after.transformSchema));
  const needed: ReadonlyMap<string, readonly string[]> = schema ? await modesInRules(schema) : new Map();
  return lost.map(mode => {
    const types = needed.get(mode);
    const rules = types
      ? ` @auth rules of ${quoteNames(types)} need it: AWS refuses a schema with such rules.`
      : '';
    return `${quoteName(mode)} no longer authorizes anybody: clients that use it are refused.${rules} Keep it with additionalAuthTypes, which replaces the whole list.`;
  });
}

/** @throws ServerError where the mode OPENID_CONNECT lacks the provider that AppSync requires */
function checkSettings(stated: Json, after: Json): void {
  if (!authTypesOf(stated).some(type => modeOf(type) === 'OPENID_CONNECT')) return;
  const lacksProvider = (type: unknown) =>
    modeOf(type) === 'OPENID_CONNECT' &&
    textOf(objectOf(objectOf(type).settings).openIDIssueURL) === undefined;
  if (authTypesOf(after).some(lacksProvider))
    throw refuse(
      'OPENID_CONNECT needs its provider.',
      'State settings.openIDIssueURL and settings.openIDProviderName beside the mode.',
    );
}

/** @throws ServerError invalid_arguments where the change does not fit */
export async function api(source: MergeSource, stated: Json): Promise<MergeResult> {
  const { config, userPoolId } = source;
  const { schema, notes, alreadyTrue } = await schemaOf(source, stated);
  const { defaultAuthType: type, additionalAuthTypes: additional } = stated;
  const defaultAuthType = mergeDefaultType(config.defaultAuthType, type);
  const additionalAuthTypes = withoutMode(additional ?? config.additionalAuthTypes, modeOf(defaultAuthType));
  const whole: Json = {
    ...config,
    ...(schema !== undefined && { transformSchema: schema }),
    ...(defaultAuthType !== undefined && { defaultAuthType }),
    ...(additionalAuthTypes !== undefined && { additionalAuthTypes }),
  };
  checkSettings(stated, whole);
  const authorizesUsers = usesUserPool({ defaultAuthType: type, additionalAuthTypes: additional });
  if (authorizesUsers && userPoolId === undefined)
    throw refuse('The API is to authorize users, but the environment has no user pool.', 'Add auth first.');
  return {
    config: authorizesUsers ? withUserPool(whole, userPoolId) : whole,
    notes: [...notes, ...(await removedModes(config, whole))],
    alreadyTrue,
  };
}

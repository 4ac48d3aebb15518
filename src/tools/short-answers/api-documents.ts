/**
 * Shortens answers with long documents of an API: the schema in `get_backend_api`, and what `get_backend_api_models`
 * generated from it. A caller can ask for a part by its name. A part of a schema never takes the place of the whole in an
 * answer, since a caller could send it back as the whole.
 */
import type { Outcome } from '../../call/call-operation.ts';
import { ServerError } from '../../errors.ts';
import { type Json, memberOf, objectOf, textOf } from '../../lib/json.ts';
import { jsonText, quote, quoteName, quoteNames } from '../../lib/quote.ts';
import type { RawCall } from './raw-call.ts';

/** Characters of a schema, of one definition, and of the generated documents together. */
const LONGEST_SCHEMA = 6_000;
const LONGEST_DEFINITION = 6_000;
const LONGEST_DOCUMENTS = 8_000;
const MOST_NAMES = 40;
const SCHEMA = 'schema';

const partOf = (args: unknown) => textOf(memberOf(args, 'part'));

/** The failure for a part that does not exist. */
function noPart(part: string, names: readonly string[]): ServerError {
  return new ServerError('not_found', {
    message: `There is no ${quote(part)}; there are (quoted data): ${quoteNames(names, MOST_NAMES)}.`,
    hint: 'Call again with one of these as part.',
  });
}

/** @throws ServerError not_found where the schema has no such part */
export async function callGetBackendApi(call: RawCall, args: unknown): Promise<Outcome> {
  const outcome = await call(args);
  const { transformSchema, ...config } = objectOf(outcome.answer.resourceConfig);
  const [part, schema] = [partOf(args), textOf(transformSchema)];
  if (schema === undefined || part === SCHEMA || (part === undefined && schema.length <= LONGEST_SCHEMA))
    return outcome;
  const { definitionsOf } = await import('../../environment/schema-definitions.ts');
  const definitions = await definitionsOf(schema);
  const names = [...(definitions?.keys() ?? [])];
  const answer = { ...outcome.answer, resourceConfig: config };
  if (part === undefined) {
    const has = definitions ? `It has ${quoteNames(names, MOST_NAMES)}` : 'It does not parse';
    return {
      ...outcome,
      answer,
      notes: [
        ...outcome.notes,
        `transformSchema is left out: it has ${schema.length} characters. ${has} (quoted data). Call again with part: "NAME" for one of these, or part: "${SCHEMA}" for all.`,
      ],
    };
  }
  const text = definitions?.get(part);
  if (text === undefined) throw noPart(part, [...names, SCHEMA]);
  const note = `transformSchema is left out, except ${quoteName(part)} (quoted data): ${quote(text, LONGEST_DEFINITION)}`;
  return { ...outcome, answer, notes: [...outcome.notes, note] };
}

/** Members of a document of models that hold definitions by name. */
const groups = ['models', 'enums', 'nonModels'];

const namesIn = (document: unknown) =>
  groups.flatMap(group => Object.keys(objectOf(memberOf(document, group))));

/** The document with one definition alone; undefined where it has none of that name. */
function withOnly(document: unknown, name: string): Json | undefined {
  const group = groups.find(one => Object.hasOwn(objectOf(memberOf(document, one)), name));
  return group === undefined ? undefined : { [group]: { [name]: memberOf(memberOf(document, group), name) } };
}

/** @throws ServerError not_found where the documents have no such part */
export async function callGetBackendApiModels(call: RawCall, args: unknown): Promise<Outcome> {
  const outcome = await call(args);
  const { models, modelIntrospectionSchema, ...rest } = outcome.answer;
  const documents: Json = {
    ...(models !== undefined && { models }),
    ...(modelIntrospectionSchema !== undefined && { modelIntrospectionSchema }),
  };
  const part = partOf(args);
  const length = jsonText(documents).length;
  if (part === undefined && length <= LONGEST_DOCUMENTS) return outcome;
  const names = [...new Set(Object.values(documents).flatMap(namesIn))];
  if (part === undefined)
    return {
      ...outcome,
      answer: rest,
      notes: [
        ...outcome.notes,
        `${Object.keys(documents).join(' and ')} are left out: they have ${length} characters and define (quoted data): ${quoteNames(names, MOST_NAMES)}. Call again with part: "NAME" for one of these, or with the name of a document for all of it.`,
      ],
    };
  if (Object.hasOwn(documents, part)) return { ...outcome, answer: { ...rest, [part]: documents[part] } };
  const parts = Object.entries(documents).flatMap(([member, document]) => {
    const only = withOnly(document, part);
    return only ? [[member, only] as const] : [];
  });
  if (parts.length === 0) throw noPart(part, [...names, ...Object.keys(documents)]);
  return { ...outcome, answer: { ...rest, ...Object.fromEntries(parts) } };
}

/**
 * Data models from a GraphQL schema: enough of Amplify's model generation to show what a client gets, namely one
 * entry for each `type X @model`. No GraphQL parser: directives and arguments are stripped, the rest is regular.
 */
import { createHash } from 'node:crypto';

interface Field {
  readonly name: string;
  readonly isArray: boolean;
  readonly type: string | { readonly model: string };
  readonly isRequired: boolean;
  readonly attributes: readonly never[];
}

interface Model {
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
  readonly syncable: true;
  readonly pluralName: string;
  readonly attributes: readonly { readonly type: string; readonly properties: object }[];
}

/** Nested parentheses that a directive's arguments may have. */
const deepestNesting = 10;

/**
 * Generates models.
 * @returns the two strings of GetBackendAPIModels, both stringified JSON: `models` (the `schema.js` that DataStore
 *   loads) and `introspection` (the model introspection schema, version 1)
 */
export function generateModels(transformSchema: string): { models: string; introspection: string } {
  const models = Object.fromEntries(readModels(transformSchema).map(model => [model.name, model]));
  const version = createHash('md5').update(transformSchema).digest('hex');
  const introspected = Object.fromEntries(
    Object.values(models).map(model => [
      model.name,
      {
        ...model,
        primaryKeyInfo: { isCustomPrimaryKey: false, primaryKeyFieldName: 'id', sortKeyFieldNames: [] },
      },
    ]),
  );
  return {
    models: JSON.stringify({ models, enums: {}, nonModels: {}, version }),
    introspection: JSON.stringify({ version: 1, models: introspected, enums: {}, nonModels: {} }),
  };
}

/** The names of a schema's `@model` types, in its order. */
export function modelNames(transformSchema: string): string[] {
  return readModels(transformSchema).map(({ name }) => name);
}

function readModels(transformSchema: string): Model[] {
  const declarations = withoutArguments(transformSchema)
    .split('}')
    .flatMap(chunk => {
      const brace = chunk.indexOf('{');
      const [, name, directives = ''] =
        /\btype\s+(\w+)([^{]*)$/.exec(chunk.slice(0, Math.max(brace, 0))) ?? [];
      return name && /@model\b/.test(directives) ? [{ name, body: chunk.slice(brace + 1) }] : [];
    });
  const names = new Set(declarations.map(({ name }) => name));
  return declarations.map(({ name, body }) => ({
    name,
    fields: Object.fromEntries(readFields(body, names).map(field => [field.name, field])),
    syncable: true,
    pluralName: name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`,
    attributes: [{ type: 'model', properties: {} }],
  }));
}

function readFields(body: string, models: ReadonlySet<string>): Field[] {
  return [...body.matchAll(/\b(\w+) ?: ?(\[?) ?(\w+) ?(!?) ?(?:\] ?(!?))?/g)].map(
    ([, name = '', bracket, type = '', inner, outer]) => ({
      name,
      isArray: bracket === '[',
      type: models.has(type) ? { model: type } : type,
      isRequired: (bracket === '[' ? outer : inner) === '!',
      attributes: [],
    }),
  );
}

/**
 * Drops comments, texts and everything in parentheses, innermost first; then braces enclose nothing but fields. One
 * blank stays between words, which also keeps the patterns above linear in the length of the schema.
 */
function withoutArguments(schema: string): string {
  let text = schema
    .replace(/"""[\s\S]*?"""/g, '')
    .replace(/"[^"\n]*"/g, '')
    .replace(/#[^\n]*/g, '');
  for (let depth = 0; depth < deepestNesting && text.includes('('); depth++) {
    text = text.replace(/\([^()]*\)/g, '');
  }
  return text.replace(/\s+/g, ' ');
}

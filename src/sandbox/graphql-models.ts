/**
 * Generates data models from a GraphQL schema: one entry for each `type X @model`. It covers the part of Amplify's
 * model generation that clients of GetBackendAPIModels can see.
 */
import { createHash } from 'node:crypto';
import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
} from 'graphql';

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

/** Longer schemas are not parsed. Schemas that AWS deploys have at most a tenth of these tokens. */
const maxTokens = 50_000;

/**
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

/** The `@model` types, which have tables. None if the schema does not parse or is too long. */
function modelTypes(transformSchema: string): ObjectTypeDefinitionNode[] {
  try {
    return parse(transformSchema, { noLocation: true, maxTokens, maxComments: maxTokens }).definitions.filter(
      node => node.kind === Kind.OBJECT_TYPE_DEFINITION && node.directives?.some(isModel) === true,
    ) as ObjectTypeDefinitionNode[];
  } catch {
    // AWS would fail the job. The sandbox accepts any schema.
    return [];
  }
}

const isModel = ({ name }: ConstDirectiveNode) => name.value === 'model';

function readModels(transformSchema: string): Model[] {
  const types = modelTypes(transformSchema);
  const names = new Set(types.map(({ name }) => name.value));
  return types.map(({ name: { value: name }, fields = [] }) => ({
    name,
    fields: Object.fromEntries(fields.map(field => [field.name.value, readField(field, names)])),
    syncable: true,
    pluralName: name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`,
    attributes: [{ type: 'model', properties: {} }],
  }));
}

function readField({ name, type }: FieldDefinitionNode, models: ReadonlySet<string>): Field {
  const isRequired = type.kind === Kind.NON_NULL_TYPE;
  const isArray = (isRequired ? type.type : type).kind === Kind.LIST_TYPE;
  const innermost = innermostName(type);
  return {
    name: name.value,
    isArray,
    type: models.has(innermost) ? { model: innermost } : innermost,
    isRequired,
    attributes: [],
  };
}

const innermostName = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : innermostName(type.type);

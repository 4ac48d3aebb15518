/**
 * Invariants of the whole catalogue: each operation's input, and each tool in the list.
 * test/operations/sdk.test.ts compares the operations with AWS's model, and test/tool-list-budgets.test.ts prices the list.
 */
import { readdirSync } from 'node:fs';
import { AjvJsonSchemaValidator as AjvJsonSchemaValidatorV1 } from '@modelcontextprotocol/sdk/validation/ajv';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorRegistry, ServerError } from '../src/errors.ts';
import { WITHHELD } from '../src/lib/withheld-mark.ts';
import { buildCatalog, buildWorkflowCatalog } from '../src/mcp/catalog.ts';
import type { JsonSchema } from '../src/mcp/json-schema.ts';
import { toFailure } from '../src/mcp/results.ts';
import { operations } from '../src/operations/index.ts';
import { redactBySchema } from '../src/secrets/redaction.ts';
import { declaredTools } from '../src/tools/index.ts';
import { describeTool, descriptionFiles } from './support/descriptions.ts';
import { bare, type Inside, isSecretInput, sampleOf, typesInside } from './support/sdk-shapes.ts';

const MAX_DESCRIPTION = 2048;

/** All that common hosts neither drop nor refuse. */
const commonKeywords = [
  'type',
  'properties',
  'required',
  'items',
  'enum',
  'description',
  'minimum',
  'maximum',
  'additionalProperties',
];

const entries = buildCatalog(operations, describeTool);
const tools = entries.map(({ tool }) => tool);
const catalogue = operations.map((operation, index) => {
  const tool = tools[index];
  if (!tool) throw new Error(`${operation.name} has no tool`);
  return { name: tool.name, tool, operation };
});

const isUnlisted = (type: z.core.$ZodType) => z.globalRegistry.get(type as z.ZodType)?.unlisted === true;

/** The same value with that text in place of each of its own. */
function withTexts(value: unknown, text: string): unknown {
  if (typeof value === 'string') return text;
  if (Array.isArray(value)) return value.map(item => withTexts(item, text));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withTexts(inner, text)]));
}

const namesDuration = /Ms$|seconds|Seconds|expirationTime|TTL$/;
const isMember = (path: readonly string[]) => path.length > 0 && path.at(-1) !== '0';

type Validated = Parameters<AjvJsonSchemaValidator['getValidator']>[0];

/** What the clients of both SDKs compile output schemas with. */
const compilers = [new AjvJsonSchemaValidator(), new AjvJsonSchemaValidatorV1()] as const;

/** A valid value with one more key put into the object at the path. */
function withKeyAt(value: unknown, path: readonly (string | number)[], key: string): unknown {
  const copy = structuredClone(value);
  const target = path.reduce((inner, step) => (inner as Record<string, unknown>)[step], copy);
  (target as Record<string, unknown>)[key] = 1;
  return copy;
}

/** Every schema inside a JSON Schema, the given one first, each with the names that lead to it. */
function schemasIn(schema: JsonSchema, path: string[] = []): { path: string[]; schema: JsonSchema }[] {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  return [
    { path, schema },
    ...properties.flatMap(([name, inner]) => schemasIn(inner, [...path, name])),
    ...(schema.items ? schemasIn(schema.items as JsonSchema, [...path, '0']) : []),
  ];
}

/** All that a Zod type has inside, except what a tool list leaves out. */
function listedInside(type: z.core.$ZodType): Inside[] {
  const inside = typesInside(type);
  const unlisted = inside.filter(one => isUnlisted(one.type)).map(({ path }) => path.join('.'));
  return inside.filter(({ path }) =>
    unlisted.every(one => path.join('.') !== one && !path.join('.').startsWith(`${one}.`)),
  );
}

const pathsOf = (inside: readonly { path: readonly (string | number)[] }[]) =>
  inside.map(({ path }) => path.join('.')).sort();

describe.each(operations)('the input of $toolName', operation => {
  const { input, toolInput } = operation;
  const full = sampleOf(toolInput);
  const objects = typesInside(toolInput).filter(({ type }) => bare(type) instanceof z.ZodObject);

  it.each(objects)('is strict at $path', ({ path }) => {
    expect(toolInput.safeParse(full).error).toBeUndefined();
    const { error } = toolInput.safeParse(withKeyAt(full, path, 'surprise'));
    expect(error?.issues).toMatchObject([{ code: 'unrecognized_keys', path, keys: ['surprise'] }]);
  });

  it("adds to AWS's members only `part` for long documents, `all` for listings, and dryRun and confirmationToken for writes", () => {
    const extra = [
      ...(['get_backend', 'get_backend_api', 'get_backend_api_models'].includes(operation.toolName)
        ? ['part']
        : []),
      ...(operation.pages ? ['all'] : []),
      ...(operation.access === 'read' ? [] : ['dryRun', 'confirmationToken']),
    ];
    expect(Object.keys(toolInput.shape)).toEqual([...Object.keys(input.shape), ...extra]);
  });
});

it.each(operations.filter(({ input }) => 'maxResults' in input.shape))(
  '$toolName takes 1 to 25 results a page',
  ({ toolInput }) => {
    const full = sampleOf(toolInput) as object;
    const accepts = (maxResults: number) => toolInput.safeParse({ ...full, maxResults }).success;
    expect([-1, 0, 1, 2.5, 25, 26, Number.NaN].filter(accepts)).toEqual([1, 25]);
  },
);

describe.each(catalogue)('the tool $name', ({ tool, operation }) => {
  it('has a name that every host accepts, and its own description', () => {
    expect(tool.name).toMatch(/^[a-z0-9_]{1,64}$/);
    expect(tool.description).toMatch(/\w+ \w+/);
    expect(tool.description?.length).toBeLessThan(MAX_DESCRIPTION);
  });

  it('has schemas of common keywords only, each a plain object at the root', () => {
    const keywords = [...schemasIn(tool.inputSchema), ...schemasIn(tool.outputSchema ?? {})].flatMap(
      ({ schema }) => Object.keys(schema),
    );
    expect(keywords.filter(keyword => !commonKeywords.includes(keyword))).toEqual([]);
    expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(tool.outputSchema).toMatchObject({ type: 'object' });
  });

  it('lists exactly the arguments that it takes, each described, with required marks and enums', () => {
    const inside = listedInside(operation.toolInput);
    expect(pathsOf(schemasIn(tool.inputSchema))).toEqual(pathsOf(inside));
    const types = new Map(inside.map(({ path, type }) => [path.join('.'), type]));
    for (const { path, schema } of schemasIn(tool.inputSchema)) {
      const type = bare(types.get(path.join('.')) ?? z.never());
      expect(schema.enum).toEqual(type instanceof z.ZodEnum ? type.options : undefined);
      // A secret is a text or a reference, and hosts refuse a union: only its description can say so.
      if (isSecretInput(type)) {
        expect(schema.type).toBe('string');
        expect(schema.description).toContain('{"$secret": ');
      }
      if (!(type instanceof z.ZodObject)) continue;
      const required = Object.entries(type.shape).filter(([, inner]) => !(inner instanceof z.ZodOptional));
      expect(schema.required ?? []).toEqual(required.map(([name]) => name));
    }
  });

  it("lists the members of AWS's answer at every level, and what results have besides", () => {
    const { properties } = tool.outputSchema as { properties: Record<string, JsonSchema> };
    const { job, summary, error, notes, plan, confirmationToken, ...rest } = properties;
    expect(summary).toMatchObject({ type: 'string' });
    expect(error?.type).toEqual(operation.answersJob ? ['object', 'string'] : 'object');
    expect(notes).toMatchObject({ type: 'array' });
    expect(job !== undefined).toBe(operation.startsJob || operation.answersJob);
    expect([plan, confirmationToken].map(member => member !== undefined)).toEqual(
      Array(2).fill(operation.access !== 'read'),
    );
    const declared = pathsOf(typesInside(operation.shownOutput)).filter(path => path !== 'error');
    expect(pathsOf(schemasIn({ properties: rest }))).toEqual(declared);
  });

  it("leaves AWS's enums open, and names the values that are known", () => {
    const { properties } = tool.outputSchema as { properties: Record<string, JsonSchema> };
    const { job: _, ...rest } = properties;
    const types = new Map(
      typesInside(operation.shownOutput).map(({ path, type }) => [path.join('.'), bare(type)]),
    );
    for (const { path, schema } of schemasIn({ properties: rest })) {
      expect(schema, path.join('.')).not.toHaveProperty('enum');
      const type = types.get(path.join('.'));
      if (type instanceof z.ZodEnum) expect(schema.description).toContain(type.options.join(', '));
    }
  });

  it('has an output schema that any result fits', () => {
    const validate = compilers[0].getValidator(tool.outputSchema as Validated);
    const failure = toFailure(new ServerError('not_found', { requestId: 'r-1' })).structuredContent;
    const { error: _, ...answer } = sampleOf(operation.shownOutput) as Record<string, unknown>;
    const withheld = redactBySchema(operation.sdkOutput, answer) as object;
    const documents = [{ any: ['json'] }, ['json'], 'no JSON', 1, true, null].map(document =>
      Object.fromEntries(operation.holdsJson.map(name => [name, document])),
    );
    const results = [
      ...([
        failure,
        {},
        answer,
        withheld,
        withTexts(answer, 'NEW_AT_AWS'),
        withTexts(answer, WITHHELD),
      ] as object[]),
      ...documents.map(parsed => ({ ...answer, ...parsed, member: 'new at AWS' })),
      ...(operation.answersJob ? [{ ...answer, error: 'no room' }] : []),
    ];
    for (const result of results)
      expect(validate({ summary: 'Done.', ...result }), JSON.stringify(result)).toMatchObject({
        valid: true,
      });
  });

  it('has correct annotations', () => {
    const { readOnlyHint, destructiveHint, idempotentHint } = tool.annotations ?? {};
    expect(readOnlyHint).toBe(operation.access === 'read');
    // An update overwrites, and an import may take the place of a pool or a bucket.
    expect(destructiveHint).toBe(['delete', 'update'].includes(operation.access) || operation.mayDestroy);
    // A write that is sent again may start a second job.
    expect(idempotentHint).toBe(operation.access === 'read');
  });
});

describe.each([...buildWorkflowCatalog(declaredTools, describeTool), ...entries])(
  '$tool.name',
  ({ tool }) => {
    it('states its title and all four hints, and touches nothing outside of the account', () => {
      expect(tool.annotations).toEqual({
        title: tool.title,
        readOnlyHint: expect.any(Boolean),
        destructiveHint: expect.any(Boolean),
        idempotentHint: expect.any(Boolean),
        openWorldHint: false,
      });
    });

    const inputs = schemasIn(tool.inputSchema);
    const outputs = schemasIn(tool.outputSchema ?? {});

    it('gives each member of its schemas a type and a description, and keys that every model API takes', () => {
      const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
      const faulty: object[] = [];
      for (const { path, schema } of [...inputs, ...outputs]) {
        const given = [schema.type].flat();
        const isTyped = given.length > 0 && given.every(type => types.includes(`${type}`));
        const isDescribed = !isMember(path) || /\S/.test(`${schema.description ?? ''}`);
        const hasKeys = path.every(key => /^[a-zA-Z0-9_.-]{1,64}$/.test(key));
        if (!isTyped || !isDescribed || !hasKeys) faulty.push({ path, isTyped, isDescribed, hasKeys });
      }
      expect(faulty).toEqual([]);
    });

    it('lists no argument only to say that it has no use', () => {
      const useless = inputs.filter(({ schema }) => /always empty|not needed/i.test(`${schema.description}`));
      expect(useless.map(({ path }) => path.join('.'))).toEqual([]);
    });

    it('says the unit of every duration', () => {
      const durations = [...inputs, ...outputs].filter(({ path }) => namesDuration.test(path.at(-1) ?? ''));
      const withoutUnit = durations.filter(
        ({ schema }) => !/\b(ms|seconds|days)\b|as AWS writes it/i.test(`${schema.description}`),
      );
      expect(withoutUnit.map(({ path }) => path.join('.'))).toEqual([]);
    });

    it('has an output schema that the clients of both SDKs compile', () => {
      for (const compiler of compilers) {
        const validate = compiler.getValidator(tool.outputSchema as Validated);
        expect(validate({ summary: 'Done.' })).toMatchObject({ valid: true });
        expect(validate({ summary: 1 })).toMatchObject({ valid: false });
      }
    });

    it('requires nothing of a result, and forbids no member', () => {
      const shapes = ['type', 'description', 'properties', 'items', 'enum'];
      const others = outputs.flatMap(({ path, schema }) =>
        Object.keys(schema)
          .filter(keyword => !shapes.includes(keyword))
          .map(keyword => `${path.join('.')}: ${keyword}`),
      );
      expect(others).toEqual([]);
    });
  },
);

it('tools and description files match', () => {
  const files = readdirSync(descriptionFiles).map(file => file.replace(/\.md$/, ''));
  const names = [...tools.map(tool => tool.name), ...declaredTools.map(({ toolName }) => toolName)];
  expect(names.sort()).toEqual(files.sort());
});

it('no two tools share a name', () => {
  expect(new Set(tools.map(tool => tool.name)).size).toBe(operations.length);
});

it('every code of the registry makes a result with the same four facts', () => {
  for (const code of Object.keys(errorRegistry) as (keyof typeof errorRegistry)[])
    expect(toFailure(new ServerError(code)).structuredContent).toEqual({
      summary: `${errorRegistry[code].message}\nNext: ${errorRegistry[code].hint}`,
      error: { code, ...errorRegistry[code] },
    });
});

/** A long schema and long generated models are left out of an answer, and shown by name. */
import { describe, expect, it } from 'vitest';
import {
  callGetBackendApi,
  callGetBackendApiModels,
} from '../../../src/tools/short-answers/api-documents.ts';

const names = Array.from({ length: 200 }, (_, at) => `Kind${at}`);
const answering = (answer: Record<string, unknown>) => async () => ({ answer, notes: [] });

describe('the schema of get_backend_api', () => {
  const withSchema = (transformSchema: string) =>
    answering({ resourceName: 'shopapi', resourceConfig: { service: 'AppSync', transformSchema } });
  const types = names.map(name => `type ${name} @model { id: ID! }`).join('\n');
  const extended = `${types}\nextend type Kind7 { more: Int }`;

  it('is whole where it is short, and by part: "schema"', async () => {
    for (const [schema, args] of [
      ['type A @model { id: ID! }', {}],
      [extended, { part: 'schema' }],
    ] as const) {
      const call = withSchema(schema);
      expect(await callGetBackendApi(call, args)).toEqual(await call());
    }
  });

  it('is left out where it is long, with the names that it defines', async () => {
    const { answer, notes } = await callGetBackendApi(withSchema(extended), {});
    expect(answer).toEqual({ resourceName: 'shopapi', resourceConfig: { service: 'AppSync' } });
    expect(notes).toEqual([
      expect.stringMatching(
        /left out: it has \d+ characters\. It has Kind0, Kind1.* and 160 more \(quoted data\)/,
      ),
    ]);
  });

  it('shows one type with its extensions, never in the place of the schema', async () => {
    const { answer, notes } = await callGetBackendApi(withSchema(extended), { part: 'Kind7' });
    expect(answer.resourceConfig).toEqual({ service: 'AppSync' });
    expect(notes).toEqual([expect.stringMatching(/except Kind7 .*type Kind7 @model.*extend type Kind7/)]);
  });

  it('refuses a part that is not there', async () => {
    await expect(callGetBackendApi(withSchema(extended), { part: 'constructor' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(callGetBackendApi(withSchema(`${extended}\n}`), { part: 'Kind7' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('the documents of get_backend_api_models', () => {
  const definitions = Object.fromEntries(names.map(name => [name, { name, fields: { id: { name: 'id' } } }]));
  const models = { models: definitions, enums: { Size: { name: 'Size' } }, version: '1' };
  const long = { models, modelIntrospectionSchema: { ...models, nonModels: {} }, status: 'LATEST' };

  it('are whole where they are short', async () => {
    const call = answering({ models: 'export const x = 1;', status: 'STALE' });
    expect(await callGetBackendApiModels(call, {})).toEqual(await call());
  });

  it('are left out where they are long, with the names that they define', async () => {
    const { answer, notes } = await callGetBackendApiModels(answering(long), {});
    expect(answer).toEqual({ status: 'LATEST' });
    expect(notes).toEqual([expect.stringMatching(/Kind0.* and 161 more\. Call again with part/)]);
  });

  it.each([
    ['Kind3', { models: { Kind3: definitions.Kind3 } }],
    ['Size', { enums: { Size: { name: 'Size' } } }],
  ])('show %s alone', async (part, only) => {
    const { answer } = await callGetBackendApiModels(answering(long), { part });
    expect(answer).toEqual({ models: only, modelIntrospectionSchema: only, status: 'LATEST' });
  });

  it('show one document, and refuse what is not there', async () => {
    const { answer } = await callGetBackendApiModels(answering(long), { part: 'models' });
    expect(answer).toEqual({ models, status: 'LATEST' });
    for (const part of ['constructor', 'Kind'])
      await expect(callGetBackendApiModels(answering(long), { part })).rejects.toMatchObject({
        code: 'not_found',
      });
  });
});

/**
 * The bounds of tools' inputs: every text and list has one, a value at the bound is accepted, and a longer
 * one is refused with an error that names the bound.
 */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ServerError } from '../src/errors.ts';
import { operations } from '../src/operations/index.ts';
import { validateArguments } from '../src/operations/validate.ts';
import { declaredTools } from '../src/tools/index.ts';
import { document, readSnapshotDocument } from '../src/tools/shared/snapshot/document.ts';
import { argumentsWith } from './support/sample-arguments.ts';
import { walkTexts } from './support/text-members.ts';

const tools = [...operations, ...declaredTools];

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof ServerError && thrown.code === 'invalid_arguments') return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

it.each(tools)('$toolName bounds every text and list', ({ toolInput }) => {
  expect(walkTexts(toolInput).unbounded).toEqual([]);
});

it('so does a snapshot', () => {
  expect(walkTexts(document).unbounded).toEqual([]);
  expect(walkTexts(document).texts.map(({ path }) => path.join('.'))).toEqual(
    expect.arrayContaining([
      'api.schema.0',
      'auth.resourceConfig.userPoolConfigs.userPoolName',
      'withheld.0',
    ]),
  );
});

it.each([
  ['a text', z.string().min(1)],
  ['a list', z.array(z.boolean())],
  ['an item', z.array(z.string()).max(3)],
  ['a name', z.record(z.string(), z.boolean())],
  ['a member of a record', z.record(z.string().max(3), z.string())],
  ['an option', z.union([z.boolean(), z.string()])],
  ['what is optional', z.string().optional()],
  ['what is further in', z.strictObject({ a: z.strictObject({ b: z.array(z.string().max(1)) }) })],
  ['what stands under any name', z.object({}).catchall(z.string())],
  ['what nobody knows', z.unknown().transform(value => value)],
])('%s without a bound is found', (_, type) => {
  expect(walkTexts(z.strictObject({ member: type })).unbounded).toHaveLength(1);
});

it.each(tools)('$toolName refuses each text beyond its bound, naming the member and the bound', tool => {
  for (const { path, most } of walkTexts(tool.toolInput).texts) {
    if (path.includes('*')) continue;
    const args = argumentsWith(tool.toolInput, path, 'x'.repeat(most + 1));
    const said = refusal(() => validateArguments(tool, args));
    expect(said, path.join('.')).toContain(`- ${path.join('.')}: `);
    expect(said, path.join('.')).toMatch(new RegExp(`(?<!\\d)${most}(?!\\d)`));
    expect(said).not.toContain('xxxxxxxxxx');
  }
});

const nested = (levels: number) => Array.from({ length: levels }).reduce<object>(inner => ({ inner }), {});

describe('all arguments together', () => {
  const tool = operations[0] as (typeof operations)[number];
  const many = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`k${index}`, 1]));

  it.each([
    ['many values', many, 'have more than 20000 values'],
    ['many items', { appId: Array(60_000).fill('d1') }, 'have more than 20000 values'],
    ['deep ones', { appId: nested(100_000) }, 'nest deeper than 50 levels'],
    ['long names', { ['k'.repeat(2_000_001)]: 1 }, 'have more than 2000000 characters'],
    ['long texts', { a: 'x'.repeat(1_500_000), b: 'x'.repeat(600_000) }, 'have more than 2000000 characters'],
  ])('%s are refused before they are checked', (_, args, why) => {
    expect(refusal(() => validateArguments(tool, args))).toBe(
      `The arguments of ${tool.toolName} ${why}; nothing was sent to AWS.`,
    );
  });

  it('bound the free parts of a snapshot', () => {
    const snapshot = { format: 'amplify-backend-snapshot', version: 1, featureFlags: { deep: nested(60) } };
    expect(refusal(() => readSnapshotDocument(snapshot))).toContain('nest deeper than 50 levels');
  });
});

/**
 * What a model is told about arguments that do not fit: which members, and what to do about each, so that
 * one more call is enough; and never the values, which may be secrets.
 */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ServerError } from '../../src/errors.ts';
import { operations } from '../../src/operations/index.ts';
import { validateArguments } from '../../src/operations/validate.ts';
import { bare, sampleOf, typesInside } from '../support/sdk-shapes.ts';

function operationOf(toolName: string) {
  const operation = operations.find(candidate => candidate.toolName === toolName);
  if (!operation) throw new Error(`no ${toolName}`);
  return operation;
}

/** The message that refuses the arguments, line by line. */
function refusal(toolName: string, args: unknown): string[] {
  try {
    validateArguments(operationOf(toolName), args);
  } catch (thrown) {
    if (thrown instanceof ServerError && thrown.code === 'invalid_arguments')
      return thrown.message.split('\n');
    throw thrown;
  }
  throw new Error('they were accepted');
}

const SECRET = 'Sesame/open.123';

/** A value with what stands at the path replaced. */
function replacedAt(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const copy = structuredClone(value);
  const parent = path.slice(0, -1).reduce((at, step) => (at as Record<string, unknown>)[step], copy);
  (parent as Record<string, unknown>)[path.at(-1) ?? ''] = by;
  return copy;
}

describe.each(operations)('$toolName', operation => {
  const { toolName, toolInput } = operation;
  const full = sampleOf(toolInput);
  const members = typesInside(toolInput).filter(({ path }) => path.length > 0);

  it('names every member whose type is wrong, at every level, and echoes no value', () => {
    for (const { path, type } of members) {
      const isNumber = bare(type) instanceof z.ZodNumber;
      const [head, ...lines] = refusal(toolName, replacedAt(full, path, isNumber ? SECRET : 123_456_789));
      expect(head).toBe(`The arguments do not fit ${toolName}; nothing was sent to AWS:`);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(new RegExp(`^- ${path.join('\\.')}: .`));
      expect(lines[0]).not.toMatch(/123456789|Sesame/);
    }
  });

  it('echoes no text that a pattern or an enum refuses', () => {
    for (const { path, type } of members) {
      if (z.safeParse(bare(type) as z.ZodType, SECRET).success) continue;
      const lines = refusal(toolName, replacedAt(full, path, SECRET));
      expect(lines.join('\n')).not.toContain('Sesame');
    }
  });
});

it.each([
  [{ appId: undefined }, 'appId: missing or null; expected a text'],
  [{ appId: 5 }, 'appId: expected a text, not a number'],
  [{ nextToken: '' }, 'nextToken: must not be empty'],
  [{ nextToken: [] }, 'nextToken: expected a text, not a list'],
  [{ maxResults: 1e20 }, 'maxResults: expected at most 25'],
  [{ maxResults: 0 }, 'maxResults: expected at least 1'],
  [{ maxResults: 1.5 }, 'maxResults: expected a whole number'],
  [{ all: 'yes' }, 'all: expected true or false, not a text'],
  [{ status: 'x'.repeat(300) }, 'status: expected at most 255 characters'],
])('says of %j in one plain line: %s', (wrong, line) => {
  const args = { appId: 'd1', backendEnvironmentName: 'dev', ...wrong };
  expect(refusal('list_backend_jobs', args).slice(1)).toEqual([`- ${line}`]);
});

it('has words of its own for every type of member', () => {
  for (const { toolName, toolInput } of operations)
    for (const value of [undefined, true, 123_456_789, 'none', '', [], {}]) {
      const wrong = Object.fromEntries(Object.keys(toolInput.shape).map(name => [name, value]));
      const text = z.safeParse(toolInput, wrong).success ? '' : refusal(toolName, wrong).join('\n');
      expect(text).not.toMatch(/Invalid|Too (small|big)|undefined|another value/);
    }
});

it('gives back what fits as it was given', () => {
  const args = { appId: 'd1', backendEnvironmentName: 'dev' };
  expect(validateArguments(operationOf('get_backend'), args)).toEqual(args);
});

it.each([undefined, null])('takes %j for no arguments', args => {
  expect(validateArguments(operationOf('list_s3_buckets'), args)).toEqual({});
  expect(refusal('get_backend', args)[1]).toMatch(/^- appId: /);
});

it.each(['appId', 7, true, [], ['d1']])('refuses %j in place of arguments', args => {
  expect(refusal('get_backend', args)).toHaveLength(2);
});

it('says of an unknown argument which there are', () => {
  const [, line] = refusal('get_backend', { appId: 'd1', AppId: 'd1' });
  expect(line).toContain('"AppId"');
  expect(line).toContain('(this tool takes appId, backendEnvironmentName, part)');
});

it('says of an unknown nested member where it stands', () => {
  const args = { appId: 'd1', appName: 'shop', backendEnvironmentName: 'dev', resourceConfig: { name: 1 } };
  expect(refusal('create_backend', args)[1]).toMatch(/^- resourceConfig: .*"name"/);
});

it('names at most eight members, and says how many there are besides', () => {
  const twelve = Array.from({ length: 12 }, () => 'none of them');
  const full = sampleOf(operationOf('create_backend_auth').toolInput);
  const args = replacedAt(full, ['resourceConfig', 'userPoolConfigs', 'requiredSignUpAttributes'], twelve);
  const lines = refusal('create_backend_auth', args);
  expect(lines).toHaveLength(1 + 8 + 1);
  expect(lines.at(-1)).toBe('- and 4 more');
});

it('does not grow with what was sent', () => {
  const args = { appId: 'd1', ['x'.repeat(100_000)]: 1 };
  expect(refusal('get_backend', args).join('\n').length).toBeLessThan(600);
});

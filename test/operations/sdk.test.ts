/**
 * Every operation against the schemas that the AWS SDK exports, both ways and member for member: names,
 * paths, types, required marks, enums, and the mapping between AWS's two spellings. What is declared beside
 * AWS's model (jobs, pages, access) is held to that model here as well.
 */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { operations } from '../../src/operations/index.ts';
import { fromSdk, membersOf, type SdkSchema, toSdk } from '../../src/operations/wire.ts';
import {
  bare,
  type Field,
  isSecretInput,
  type Shape,
  sampleOf,
  sdkEnums,
  sdkOperations,
  sdkShape,
  typesInside,
  zodShape,
} from '../support/sdk-shapes.ts';

const byName = new Map(sdkOperations.map(operation => [operation.name, operation]));

function sdkOf(name: string) {
  const operation = byName.get(name);
  if (!operation) throw new Error(`the SDK has no ${name}`);
  return operation;
}

function membersIn(shape: Shape): Record<string, Field> {
  if (typeof shape === 'string' || !('members' in shape)) throw new Error('not a structure');
  return shape.members;
}

/** The ways to all simple members inside. */
function leavesIn(shape: Shape, path: readonly string[] = []): string[] {
  if (typeof shape === 'string') return [path.join('.')];
  if ('list' in shape) return leavesIn(shape.list, [...path, '0']);
  return Object.entries(shape.members).flatMap(([name, field]) => leavesIn(field.shape, [...path, name]));
}

/** The values of every `z.enum` inside. */
const enumsIn = (type: z.core.$ZodType) =>
  typesInside(type)
    .map(({ type: inner }) => bare(inner))
    .filter(inner => inner instanceof z.ZodEnum)
    .map(inner => inner.options.map(String).sort());

it('the SDK has a command for each operation, and each command is an operation', () => {
  const names = sdkOperations.map(operation => operation.name);
  expect(names).not.toHaveLength(0);
  expect(operations.map(operation => operation.name).sort()).toEqual(names.sort());
});

describe.each(operations)('$name', operation => {
  const { name, input, output } = operation;
  const { method, path, rawInput, rawOutput } = sdkOf(name);
  const answer = membersIn(sdkShape(rawOutput));

  it('takes exactly what AWS takes', () => {
    expect(zodShape(input)).toEqual(sdkShape(rawInput));
  });

  it('answers exactly what AWS answers', () => {
    expect(zodShape(output)).toEqual(sdkShape(rawOutput));
  });

  it("each enum is one of AWS's, whole", () => {
    for (const values of [...enumsIn(input), ...enumsIn(output)])
      expect([...sdkEnums.values()]).toContainEqual(values);
  });

  it('takes references exactly where AWS takes a secret text', () => {
    const secrets = leavesIn(sdkShape(rawInput)).filter(path => /(secret|private_?key)$/i.test(path));
    expect(operation.secretInputs.map(path => path.join('.'))).toEqual(secrets);
    const taking = typesInside(input).filter(({ type }) => isSecretInput(type));
    expect(taking.map(({ path }) => path.join('.'))).toEqual(secrets);
    expect(typesInside(output).filter(({ type }) => isSecretInput(type))).toEqual([]);
  });

  it("derives method, path and IAM action from AWS's name", () => {
    expect(operation.http).toEqual({ method, path });
    expect(operation.iamAction).toBe(`amplifybackend:${name}`);
  });

  it("reads names and required marks off AWS's schemas as they are", () => {
    for (const [schema, raw] of [
      [operation.sdkInput, rawInput] as const,
      [operation.sdkOutput, rawOutput] as const,
    ]) {
      const read = (membersOf(schema) ?? []).map(({ wireName, required }) => [wireName, required]);
      const declared = Object.entries(membersIn(sdkShape(raw)));
      expect(read).toEqual(declared.map(([name, { required }]) => [name, required]));
    }
  });

  it('finds in the path exactly the labels that the path has', () => {
    const labels = (membersOf(operation.sdkInput) ?? [])
      .filter(member => member.inPath)
      .map(member => member.sdkName);
    expect(labels.sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(match => match[1]).sort());
  });

  it.each([
    ['request', input, operation.sdkInput],
    ['answer', output, operation.sdkOutput],
  ] as [string, z.ZodObject, SdkSchema][])(
    "a full %s keeps every member through AWS's spelling",
    (_, type, schema) => {
      const full = sampleOf(type) as Record<string, unknown>;
      const spelled = toSdk(schema, full);
      expect(Object.keys(spelled).sort()).toEqual(
        (membersOf(schema) ?? []).map(member => member.sdkName).sort(),
      );
      expect(fromSdk(schema, spelled)).toEqual(full);
    },
  );

  it("says that it starts a job where AWS's answer names one, except where the job is what is asked about", () => {
    const isAboutJobs = name === 'GetBackendJob' || name === 'UpdateBackendJob';
    expect(operation.startsJob).toBe('jobId' in answer && !isAboutJobs);
  });

  it("says that it answers a job where AWS's answer is a job's record", () => {
    expect(operation.answersJob).toBe('createTime' in answer);
  });

  it("pages where AWS's answer has a cursor, over the list in it", () => {
    expect(operation.pages !== undefined).toBe('nextToken' in answer);
    if (operation.pages) expect(answer[operation.pages]?.shape).toHaveProperty('list');
  });

  it('holds JSON only in members that are strings', () => {
    for (const member of operation.holdsJson) expect(answer[member]?.shape).toBe('string');
  });

  it('does to the world what its name says', () => {
    const allowed: [verb: RegExp, access: string[]][] = [
      [/^(Get|List)/, ['read', 'secret']],
      [/^(Delete|Remove)/, ['delete']],
      [/^Create/, ['create', 'secret']],
      [/^(Clone|Import)/, ['create']],
      [/^(Update|Generate)/, ['update']],
    ];
    const [, access] = allowed.find(([verb]) => verb.test(name)) ?? [];
    expect(access).toContain(operation.access);
  });
});

it("every enum of AWS's is used", () => {
  const used = operations.flatMap(({ input, output }) => [...enumsIn(input), ...enumsIn(output)]);
  expect(sdkEnums.size).toBeGreaterThan(0);
  for (const values of sdkEnums.values()) expect(used).toContainEqual(values);
});

it('secrets are taken by the two operations that configure social sign-in, four each', () => {
  const taking = operations.filter(({ secretInputs }) => secretInputs.length > 0);
  expect(taking.map(({ name, secretInputs }) => [name, secretInputs.length])).toEqual([
    ['CreateBackendAuth', 4],
    ['UpdateBackendAuth', 4],
  ]);
});

it('only tokens are secret', () => {
  const secret = operations.filter(({ access }) => access === 'secret');
  for (const { output } of secret) expect(Object.keys(output.shape)).toContain('challengeCode');
  for (const { access, output } of operations)
    if ('challengeCode' in output.shape) expect(access).toBe('secret');
});

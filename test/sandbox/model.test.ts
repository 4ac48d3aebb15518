/** The sandbox's model, compared with the SDK's own declarations. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as sdk from '@aws-sdk/client-amplifybackend';
import { describe, expect, it } from 'vitest';
import { enumMembers, enumValues } from '../../src/sandbox/enums.ts';
import { allStructures, operations } from '../../src/sandbox/model.ts';

const declarations = join(
  dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-amplifybackend/package.json')),
  'dist-types/models',
);

/** Every `Interface.Member` of the SDK's declarations whose type is one of its enums, with the enum's name. */
function declaredEnumMembers(): Map<string, string> {
  const enums = new Set(
    [...readFileSync(join(declarations, 'enums.d.ts'), 'utf8').matchAll(/^export type (\w+) =/gm)].map(
      ([, name]) => name,
    ),
  );
  const found = new Map<string, string>();
  let owner = '';
  for (const line of readFileSync(join(declarations, 'models_0.d.ts'), 'utf8').split('\n')) {
    owner = /^export interface (\w+)/.exec(line)?.[1] ?? owner;
    const [, member, type = ''] = /^ {4}(\w+)\??: (\w+)(?:\[\])? \| undefined;/.exec(line) ?? [];
    if (member && enums.has(type)) found.set(`${owner}.${member}`, type);
  }
  return found;
}

describe('the model', () => {
  it('has an operation for each of the SDK client’s commands', () => {
    const commands = Object.keys(sdk).flatMap(name => /^(\w+)Command$/.exec(name)?.[1] ?? []);
    expect([...operations.keys()].sort()).toEqual(commands.sort());
  });

  it('has the values of every enum member in the SDK’s declarations, and no others', () => {
    const declared = declaredEnumMembers();
    expect(declared.size).toBeGreaterThan(20);
    expect(enumMembers().sort()).toEqual([...declared.keys()].sort());
    const exported = new Map<string, unknown>(Object.entries(sdk));
    for (const [member, name] of declared) {
      const [structure = '', field = ''] = member.split('.');
      expect(enumValues(structure, field), member).toEqual(Object.values(exported.get(name) as object));
    }
  });

  it('lists enum members only of structures that requests and answers contain', () => {
    const structures = new Map(allStructures().map(structure => [structure.name, structure]));
    for (const member of enumMembers()) {
      const [structure = '', field] = member.split('.');
      expect(
        structures.get(structure)?.members.map(({ name }) => name),
        member,
      ).toContain(field);
    }
  });

  it('knows which operations start a job', () => {
    const starters = [...operations.values()].filter(({ startsJob }) => startsJob).map(({ name }) => name);
    expect(starters.sort()).toEqual([
      'CloneBackend',
      'CreateBackend',
      'CreateBackendAPI',
      'CreateBackendAuth',
      'CreateBackendConfig',
      'CreateBackendStorage',
      'DeleteBackend',
      'DeleteBackendAPI',
      'DeleteBackendAuth',
      'DeleteBackendStorage',
      'GenerateBackendAPIModels',
      'ImportBackendAuth',
      'ImportBackendStorage',
      'RemoveAllBackends',
      'UpdateBackendAPI',
      'UpdateBackendAuth',
      'UpdateBackendStorage',
    ]);
  });
});

/** What `change_environment` takes is what the updates of AWS take, with every member optional. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { operations } from '../../../src/operations/index.ts';
import { changes } from '../../../src/tools/change-environment/input.ts';
import { bare } from '../../support/sdk-shapes.ts';

const objectOf = (type: unknown): z.ZodObject | undefined => {
  const inner = bare(type as z.core.$ZodType);
  return inner instanceof z.ZodObject ? inner : undefined;
};

/** The type at a path of members; of a list, that of its items. */
function typeAt(type: unknown, path: readonly string[]): unknown {
  const inner = bare(type as z.core.$ZodType);
  if (inner instanceof z.ZodArray) return typeAt(inner.element, path);
  const [name, ...rest] = path;
  return name === undefined ? inner : typeAt(objectOf(inner)?.shape[name], rest);
}

const updateOf = (category: string) =>
  operations.find(({ toolName }) => toolName === `update_backend_${category}`)?.input.shape.resourceConfig;

/** Every structure inside a type, with its path. */
function structuresIn(
  type: unknown,
  path: readonly string[] = [],
): (readonly [readonly string[], z.ZodObject])[] {
  const object = objectOf(typeAt(type, []));
  if (!object) return [];
  return [
    [path, object],
    ...Object.entries(object.shape).flatMap(([name, inner]) => structuresIn(inner, [...path, name])),
  ];
}

/** Members of our own, and those that are fixed or left to the raw updates. */
const own = ['removeProviders', 'schema', 'types'];
const left = ['service', 'serviceName', 'authResources', 'apiName', 'conflictResolution', 'transformSchema'];

it.each(Object.keys(changes))('%s has the members of the update, at every level', category => {
  const update = updateOf(category);
  for (const [path, object] of structuresIn(changes[category as keyof typeof changes])) {
    if (path[0] === 'types') continue;
    const like = objectOf(typeAt(update, path));
    const members = Object.keys(like?.shape ?? {}).filter(name => !left.includes(name));
    const mine = Object.keys(object.shape).filter(name => !own.includes(name));
    expect([path.join('.'), mine.sort()]).toEqual([path.join('.'), members.sort()]);
    for (const inner of Object.values(object.shape)) expect(inner).toBeInstanceOf(z.ZodOptional);
  }
});

it('a structure that is listed without its members names the tool that lists them', () => {
  const brief = Object.entries(changes).flatMap(([category, type]) =>
    structuresIn(type).flatMap(([path, object]) => {
      const { listedBy } = z.globalRegistry.get(object) ?? {};
      return listedBy === undefined ? [] : [{ category, path: path.join('.'), listedBy }];
    }),
  );
  expect(brief.map(({ path }) => path)).toEqual([
    'userPoolConfigs.forgotPassword',
    'userPoolConfigs.oAuth.socialProviderSettings',
    'userPoolConfigs.verificationMessage',
    'defaultAuthType.settings',
    'additionalAuthTypes',
  ]);
  for (const { category, listedBy } of brief) expect(listedBy).toBe(`update_backend_${category}`);
});

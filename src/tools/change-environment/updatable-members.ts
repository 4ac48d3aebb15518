/** Picks the members of a configuration that its update operation takes: AWS shows more members than it updates. */
import { z } from 'zod';
import { operationOf } from '../../call/reads.ts';
import { isObject, type Json } from '../../lib/json.ts';
import type { Category } from '../shared/snapshot/read.ts';

/** The schema of a member without its `optional()`. */
export const withoutOptional = (type: unknown): unknown =>
  type instanceof z.ZodOptional ? withoutOptional(type.unwrap()) : type;

/** A value without the members that the schema does not have, and without structures that are empty. */
function pick(given: unknown, value: unknown): unknown {
  const type = withoutOptional(given);
  if (!(type instanceof z.ZodObject) || !isObject(value)) return value ?? undefined;
  const members = Object.entries(type.shape).flatMap(([name, member]) => {
    const inner = pick(member, value[name]);
    const isEmpty = inner === undefined || (isObject(inner) && Object.keys(inner).length === 0);
    return isEmpty ? [] : [[name, inner] as const];
  });
  return Object.fromEntries(members);
}

export function updatableMembers(category: Category, config: Json): Json {
  const { resourceConfig } = operationOf(`update_backend_${category}`).input.shape;
  return pick(resourceConfig, config) as Json;
}

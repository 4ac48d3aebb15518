/**
 * What an optional member means that a caller sends as `null` or as an empty text. It counts as absent, which is harmless
 * for most members; the schemas of the others say so here, because leaving them out lets a call do or show more.
 */
import { z } from 'zod';

/**
 * `refused`: the call is refused, because without the member it would write. `noted`: it counts as absent, and the
 * answer says so. `absent`: it counts as absent, without a word.
 */
export type WhenEmpty = 'refused' | 'noted' | 'absent';

/** Has an empty value refused; the schema's own error must name the fix. */
export const refusedWhenEmpty = <Schema extends z.ZodType>(schema: Schema): Schema =>
  schema.meta({ whenEmpty: 'refused' });

/** Has the answer say that an empty value counted as absent. */
export const notedWhenEmpty = <Schema extends z.ZodType>(schema: Schema): Schema =>
  schema.meta({ whenEmpty: 'noted' });

/** What an empty value of that schema means; a secret is missed by its sender, so it is noted. */
export function whenEmptyOf(type: z.core.$ZodType): WhenEmpty {
  const { whenEmpty, secret } = z.globalRegistry.get(type as z.ZodType) ?? {};
  if (whenEmpty === 'refused' || whenEmpty === 'noted') return whenEmpty;
  if (secret === true) return 'noted';
  return type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodNullable
    ? whenEmptyOf(type.unwrap())
    : 'absent';
}

/**
 * What `null` or an empty text means for an optional member. By default the member counts as absent. If a call would then do
 * or show more than intended, the schema of the member says so here.
 */
import { z } from 'zod';

/**
 * `refused`: the call is refused, because without the member it would write. `noted`: the member counts as absent, and the
 * answer says so. `absent`: the member counts as absent, and the answer does not mention it.
 */
export type WhenEmpty = 'refused' | 'noted' | 'absent';

/** Makes empty values be refused. The schema's own error must say what to do. */
export const refusedWhenEmpty = <Schema extends z.ZodType>(schema: Schema): Schema =>
  schema.meta({ whenEmpty: 'refused' });

/** Makes the answer say that an empty value counted as absent. */
export const notedWhenEmpty = <Schema extends z.ZodType>(schema: Schema): Schema =>
  schema.meta({ whenEmpty: 'noted' });

/** What an empty value means for a schema. For a secret it is noted, since its sender would not expect it to be ignored. */
export function whenEmptyOf(type: z.core.$ZodType): WhenEmpty {
  const { whenEmpty, secret } = z.globalRegistry.get(type as z.ZodType) ?? {};
  if (whenEmpty === 'refused' || whenEmpty === 'noted') return whenEmpty;
  if (secret === true) return 'noted';
  return type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodNullable
    ? whenEmptyOf(type.unwrap())
    : 'absent';
}

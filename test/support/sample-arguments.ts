/** Makes arguments for a tool: the required ones, and one text at a place that the test chooses. */
import { z } from 'zod';
import { bare } from './sdk-shapes.ts';

const texts = ['dev', 'd1sandboxshop', 'x'];

/** A value that a type accepts, with the members that are required. */
export function leastOf(type: z.core.$ZodType): unknown {
  const inner = bare(type);
  if (inner instanceof z.ZodEnum) return inner.options[0];
  if (inner instanceof z.ZodArray) return [];
  if (inner instanceof z.ZodRecord) return {};
  if (inner instanceof z.ZodObject) {
    const required = Object.entries(inner.shape).filter(([, member]) => !(member instanceof z.ZodOptional));
    return Object.fromEntries(required.map(([name, member]) => [name, leastOf(member)]));
  }
  const fitting = [...texts, 7, true].find(value => z.safeParse(inner, value).success);
  if (fitting === undefined) throw new Error(`nothing fits a ${inner._zod.def.type}`);
  return fitting;
}

/** The smallest value that a type accepts, with a given value at a path of members: `0` is an item of a list, `*` any name. */
export function argumentsWith(
  type: z.core.$ZodType,
  [step, ...rest]: readonly (string | number)[],
  value: unknown,
): unknown {
  if (step === undefined) return value;
  const inner = bare(type);
  if (inner instanceof z.ZodArray) return [argumentsWith(inner.element, rest, value)];
  if (inner instanceof z.ZodRecord) return { [`${value}`.slice(0, 200)]: value };
  if (inner instanceof z.ZodUnion) {
    const option = inner.options.find(one => bare(one) instanceof z.ZodObject);
    return argumentsWith(option ?? z.never(), [step, ...rest], value);
  }
  if (!(inner instanceof z.ZodObject)) throw new Error(`a ${inner._zod.def.type} has no ${step}`);
  const member = inner.shape[step] as z.core.$ZodType;
  return { ...(leastOf(inner) as object), [step]: argumentsWith(member, rest, value) };
}

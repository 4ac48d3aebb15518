/** Finds every text in a tool's input, with its bound, and everything in the input that has no bound. */
import { z } from 'zod';
import { bare } from './sdk-shapes.ts';

type Path = readonly (string | number)[];

/** A text somewhere in the arguments; `0` stands for an item of a list, `*` for a member of any name. */
export interface TextMember {
  readonly path: Path;
  readonly most: number;
}

interface Walked {
  readonly texts: TextMember[];
  /** Texts and lists without a bound, and types that this module does not know. */
  readonly unbounded: string[];
}

const none: Walked = { texts: [], unbounded: [] };
const both = (walks: readonly Walked[]): Walked => ({
  texts: walks.flatMap(({ texts }) => texts),
  unbounded: walks.flatMap(({ unbounded }) => unbounded),
});

/** Types of which a value is short whatever it is; `unknown` is bounded with all arguments together. */
const short = [z.ZodEnum, z.ZodLiteral, z.ZodBoolean, z.ZodNumber, z.ZodUnknown, z.ZodNever];

/** What a type that checks with others says of them, since it cannot be seen. */
function checkedBy(type: z.core.$ZodType): readonly z.ZodType[] | undefined {
  const { checkedBy: types } = z.globalRegistry.get(type as z.ZodType) ?? {};
  return types as readonly z.ZodType[] | undefined;
}

/** Goes through a type, to the last member. */
export function walkTexts(type: z.core.$ZodType, path: Path = []): Walked {
  const inner = bare(type);
  const missing = (what: string): Walked => ({ texts: [], unbounded: [`${path.join('.')} is ${what}`] });
  const others = checkedBy(inner);
  if (others) return both(others.map(other => walkTexts(other, path)));
  if (short.some(kind => inner instanceof kind)) return none;
  if (inner instanceof z.ZodString) {
    const { maxLength: most } = inner;
    return most === null ? missing('a text without a bound') : { texts: [{ path, most }], unbounded: [] };
  }
  if (inner instanceof z.ZodArray) {
    const isBounded = inner._zod.def.checks?.some(({ _zod: { def } }) => def.check === 'max_length') === true;
    const items = walkTexts(inner.element, [...path, 0]);
    return isBounded ? items : both([items, missing('a list without a bound')]);
  }
  if (inner instanceof z.ZodUnion) return both(inner.options.map(option => walkTexts(option, path)));
  if (inner instanceof z.ZodRecord)
    return both([walkTexts(inner.keyType, [...path, '*']), walkTexts(inner.valueType, [...path, '*'])]);
  if (!(inner instanceof z.ZodObject))
    return missing(`of a kind that nothing is known of: ${inner._zod.def.type}`);
  const { catchall } = inner._zod.def;
  const more = catchall ? [walkTexts(catchall, [...path, '*'])] : [];
  const members = Object.entries(inner.shape).map(([name, member]) => walkTexts(member, [...path, name]));
  return both([...members, ...more]);
}

/** Bounds on all arguments of a call together, for members whose schema has no bound. */

const MOST_VALUES = 20_000;
const MOST_CHARACTERS = 2_000_000;
const MOST_LEVELS = 50;

/** The bound that the arguments exceed; undefined if they exceed none. Stops at the first one. */
export function excessOf(args: unknown): string | undefined {
  const waiting = [{ value: args, level: 0 }];
  let [values, characters] = [0, 0];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, level } = next;
    values += 1;
    if (typeof value === 'string') characters += value.length;
    if (value === null || typeof value !== 'object') continue;
    if (level === MOST_LEVELS) return `nest deeper than ${MOST_LEVELS} levels`;
    // `for in` instead of `Object.entries`, which would first copy all members of a huge object.
    for (const name in value) {
      if (values + waiting.length === MOST_VALUES) return `have more than ${MOST_VALUES} values`;
      characters += name.length;
      waiting.push({ value: (value as Record<string, unknown>)[name], level: level + 1 });
    }
    if (characters > MOST_CHARACTERS) break;
  }
  return characters > MOST_CHARACTERS ? `have more than ${MOST_CHARACTERS} characters` : undefined;
}

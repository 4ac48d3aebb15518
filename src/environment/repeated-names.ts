/**
 * Finds names that occur twice in one structure of a JSON text, as after a merge that kept both sides. `JSON.parse` keeps
 * the last one silently.
 *
 * Parsers that report repeated names recurse for each level, and a text may have 100,000 levels. This scan counts levels.
 */

/** Where a string ends whose content begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** The tokens of a text: whole strings, and the signs outside of them. @param text JSON that parses */
function* tokensOf(text: string): Generator<string> {
  const sign = /["{}[\]:]/g;
  for (let found = sign.exec(text); found; found = sign.exec(text)) {
    if (found[0] === '"') sign.lastIndex = endOfString(text, sign.lastIndex);
    yield text.slice(found.index, sign.lastIndex);
  }
}

/** The label of a repeated name, under which the meta reports it to every reader. */
const labelOf = (path: readonly string[]) => `${path.join('/')}, named twice`;

/** Labels of the categories and resources that are named twice. Linear. @param text JSON that parses, of an object */
export function findRepeatedNames(text: string): string[] {
  const found = new Set<string>();
  /** Names so far: of categories, and of the present category's resources. */
  const seen = [new Set<string>(), new Set<string>()];
  let depth = 0;
  let category = '';
  let last = '';
  for (const token of tokensOf(text)) {
    if (token === '{' || token === '[') {
      depth += 1;
      if (depth === 2) seen[1] = new Set();
    } else if (token === '}' || token === ']') depth -= 1;
    else if (token !== ':') last = token;
    else if (depth <= 2) {
      const name = String(JSON.parse(last));
      if (depth === 1) category = name;
      const names = seen[depth - 1];
      if (names?.has(name)) found.add(labelOf(depth === 1 ? [category, '*'] : [category, name]));
      names?.add(name);
    }
  }
  return [...found];
}

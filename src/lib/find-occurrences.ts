/** From this length on, `indexOf` can take seconds if the part and the text are repetitive. */
const LONG = 64;

/** For each position in a part: how many characters up to it equal the beginning of the part. */
function prefixLengths(part: string): Uint32Array {
  const lengths = new Uint32Array(part.length);
  let length = 0;
  for (let at = 1; at < part.length; at += 1) {
    while (length > 0 && part.charCodeAt(at) !== part.charCodeAt(length))
      length = lengths[length - 1] as number;
    if (part.charCodeAt(at) === part.charCodeAt(length)) length += 1;
    lengths[at] = length;
  }
  return lengths;
}

/** The Knuth-Morris-Pratt search, which is linear. */
function longOccurrences(text: string, part: string): number[] {
  const lengths = prefixLengths(part);
  const found: number[] = [];
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    while (length > 0 && text.charCodeAt(at) !== part.charCodeAt(length))
      length = lengths[length - 1] as number;
    if (text.charCodeAt(at) === part.charCodeAt(length)) length += 1;
    if (length < part.length) continue;
    found.push(at + 1 - length);
    length = 0;
  }
  return found;
}

/** The positions of a part in a text, without overlaps. The time grows with the sum of the lengths, not their product. */
export function occurrencesOf(text: string, part: string): number[] {
  if (part === '' || part.length > text.length) return [];
  if (part.length >= LONG) return longOccurrences(text, part);
  const found: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found.push(at);
  return found;
}

/** From this length on, the engine's own search takes seconds where a part and a text repeat themselves. */
const LONG = 64;

/** Of each position in a part: how many of the characters before it and it are those that the part begins with. */
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

/** By Knuth, Morris and Pratt: never goes back in the text. */
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

/** Where a text holds a part, none inside the one before. Takes time that grows with their lengths, not their product. */
export function occurrencesOf(text: string, part: string): number[] {
  if (part === '' || part.length > text.length) return [];
  if (part.length >= LONG) return longOccurrences(text, part);
  const found: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found.push(at);
  return found;
}

/** Finds the names and ids that a stack spells out: in its template, also within an ARN, or as a parameter or output. */
import type { StackView } from './stack-view.ts';

/** Whether a name can be recognized in a text: it could be a word if it is short, or a logical id without such a sign. */
const isRecognizable = (name: string) => name.length >= 6 && /[-_.:]/.test(name);

/** @returns those of the names that the stack spells out */
export function spelledIn({ facts }: StackView, names: Iterable<string>): string[] {
  const wanted = [...names].filter(isRecognizable);
  if (wanted.length === 0) return [];
  const text = JSON.stringify([facts.template ?? null, facts.parameters, facts.outputs]);
  // The id of an identity pool has a colon, which in an ARN separates names.
  const words = new Set([...text.split(/[^\w.:-]/), ...text.split(/[^\w.-]/)]);
  return wanted.filter(name => words.has(name));
}

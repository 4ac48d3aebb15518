/**
 * What differs between two resources, an API's schemas by types and fields where both can be read, and else as texts.
 * Others have their turn while it is found out.
 */
import { createSlices } from '../lib/event-loop.ts';
import { type Difference, differencesOf, memberOf } from './differences.ts';

/** What differs, and why schemas could only be compared as texts. */
export interface ResourceDifferences {
  readonly differences: readonly Difference[];
  readonly unreadable?: string;
}

type Json = Readonly<Record<string, unknown>>;

const SCHEMA = 'transformSchema';

const schemaOf = (settings: unknown): string | undefined => {
  const text = Object(settings)[SCHEMA];
  return typeof text === 'string' ? text : undefined;
};

async function typesThatDiffer(left: Json, right: Json, path: readonly string[]): Promise<Difference[]> {
  const nextStep = createSlices();
  const differences: Difference[] = [];
  for (const type of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()) {
    differences.push(...differencesOf(memberOf(left, type), memberOf(right, type), [...path, type]));
    await nextStep();
  }
  return differences;
}

/** Compares the settings of two resources; undefined stands for one that is not there. */
export async function compareResources(
  left: unknown,
  right: unknown,
  path: readonly string[],
): Promise<ResourceDifferences> {
  const [leftText, rightText] = [schemaOf(left), schemaOf(right)];
  if (leftText === undefined || rightText === undefined || leftText === rightText)
    return { differences: differencesOf(left, right, path) };
  // The parser is large, and loaded by the first two schemas that differ.
  const { readTypes } = await import('../environment/schema-types.ts');
  const [leftTypes, rightTypes] = await Promise.all([readTypes(leftText), readTypes(rightText)]);
  if ('unreadable' in leftTypes || 'unreadable' in rightTypes) {
    const { unreadable } = 'unreadable' in leftTypes ? leftTypes : (rightTypes as { unreadable: string });
    return { differences: differencesOf(left, right, path), unreadable };
  }
  const without = (settings: unknown) => ({ ...(settings as Json), [SCHEMA]: undefined });
  return {
    differences: [
      ...differencesOf(without(left), without(right), path),
      ...(await typesThatDiffer(leftTypes.value, rightTypes.value, [...path, SCHEMA])),
    ],
  };
}

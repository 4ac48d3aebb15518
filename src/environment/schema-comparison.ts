/** Compares two GraphQL schemas: by types and fields where both parse, else by lines. */
import { createSlices } from '../lib/event-loop.ts';
import { type Difference, differencesOf } from './differences.ts';
import { diffLines, type LineDiff } from './line-diff.ts';

/** The result of the comparison. */
export type SchemaComparison =
  | { readonly by: 'types'; readonly differences: readonly Difference[] }
  /** `why`: what one of the schemas does or is, as in "does not parse as GraphQL (line 3)". */
  | { readonly by: 'lines'; readonly why: string; readonly lines: LineDiff };

/** Shows a type that only one side has by its name and size, not by its contents. */
function shortened({ path, is, left, right }: Difference): Difference {
  const short = (value: unknown) => {
    if (value === null || typeof value !== 'object') return value;
    const { '(type)': own, ...fields } = value as Readonly<Record<string, unknown>>;
    const count = Object.keys(fields).length;
    return `${own} with ${count} ${count === 1 ? 'field' : 'fields'}`;
  };
  return {
    ...{ path, is },
    ...(left !== undefined && { left: short(left) }),
    ...(right !== undefined && { right: short(right) }),
  };
}

/** Compares two schemas. @param path of the schema: `api/shopapi/transformSchema` */
export async function compareSchemas(left: string, right: string, path: string): Promise<SchemaComparison> {
  if (left === right) return { by: 'types', differences: [] };
  const { readTypes } = await import('./schema-types.ts');
  const [leftTypes, rightTypes] = [await readTypes(left), await readTypes(right)];
  for (const read of [leftTypes, rightTypes])
    if ('unreadable' in read)
      return { by: 'lines', why: read.unreadable, lines: await diffLines(left, right) };
  const typesOf = (read: typeof leftTypes) => new Map(Object.entries('value' in read ? read.value : {}));
  const [ofLeft, ofRight] = [typesOf(leftTypes), typesOf(rightTypes)];
  const differences: Difference[] = [];
  const nextStep = createSlices();
  for (const name of [...new Set([...ofLeft.keys(), ...ofRight.keys()])].sort()) {
    differences.push(...differencesOf(ofLeft.get(name), ofRight.get(name), [path, name]).map(shortened));
    await nextStep();
  }
  return { by: 'types', differences };
}

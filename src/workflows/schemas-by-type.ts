/** The schemas of two APIs, made comparable: by types and fields where both can be read, and else as they are. */

/** Two settings that can be compared, and why their schemas could only be compared as texts. */
export interface Comparable {
  readonly left: unknown;
  readonly right: unknown;
  readonly unreadable?: string;
}

const schemaOf = (config: unknown): string | undefined => {
  const { transformSchema } = Object(config) as { readonly transformSchema?: unknown };
  return typeof transformSchema === 'string' ? transformSchema : undefined;
};

/** @param left and right: settings of an API; those of anything else come back as they are */
export async function withSchemasByType(left: unknown, right: unknown): Promise<Comparable> {
  const [leftText, rightText] = [schemaOf(left), schemaOf(right)];
  if (leftText === undefined || rightText === undefined || leftText === rightText) return { left, right };
  // The parser is large, and loaded by the first two schemas that differ.
  const { readTypes } = await import('../environment/schema-types.ts');
  const [leftTypes, rightTypes] = await Promise.all([readTypes(leftText), readTypes(rightText)]);
  for (const read of [leftTypes, rightTypes])
    if ('unreadable' in read) return { left, right, unreadable: read.unreadable };
  const put = (config: unknown, read: typeof leftTypes) => ({
    ...(config as object),
    transformSchema: 'value' in read ? read.value : undefined,
  });
  return { left: put(left, leftTypes), right: put(right, rightTypes) };
}

/** Compiling the output schemas of all tools costs more CPU than most tests. */

/** Wraps a compiler of JSON Schemas so that equal schemas are compiled once for all clients of the process. */
export function compileOnce<C extends { getValidator(schema: never): unknown }>(compiler: C): C {
  const compiled = new Map<string, unknown>();
  return {
    getValidator(schema: never) {
      const key = JSON.stringify(schema);
      if (!compiled.has(key)) compiled.set(key, compiler.getValidator(schema));
      return compiled.get(key);
    },
  } as C;
}

/** Compiling the output schemas of all tools, as a client does when it lists them, costs more CPU than most tests. */

type Validate = (input: unknown) => unknown;

/**
 * Wraps a compiler of JSON Schemas so that a schema is compiled when a result is first held against it, once for all clients of
 * the process. `test/catalog` compiles them all.
 */
export function compileOnce<C extends { getValidator(schema: never): Validate }>(compiler: C): C {
  const validators = new Map<string, Validate>();
  return {
    getValidator(schema: never) {
      const key = JSON.stringify(schema);
      const known = validators.get(key);
      if (known) return known;
      let compiled: Validate | undefined;
      const validate: Validate = input => {
        compiled ??= compiler.getValidator(schema);
        return compiled(input);
      };
      validators.set(key, validate);
      return validate;
    },
  } as C;
}

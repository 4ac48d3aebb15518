/** Compiling the output schemas of all tools, as a client does when it lists them, costs more CPU than most tests. */

type Validate = (input: unknown) => unknown;

/**
 * Wraps a JSON Schema compiler so that it compiles a schema when the first result is checked against it, once for all clients of
 * the process. `test/catalog.test.ts` compiles all of them.
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

/** The code of a system error in Node, such as `ENOENT`; `unknown error` if there is none. */
export const errorCodeOf = (thrown: unknown): string =>
  (thrown as { code?: string } | undefined)?.code ?? 'unknown error';

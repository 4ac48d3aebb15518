/** The code by which Node names a failure of the system, as `ENOENT`; `unknown error` where there is none. */
export const errorCodeOf = (thrown: unknown): string =>
  (thrown as { code?: string } | undefined)?.code ?? 'unknown error';

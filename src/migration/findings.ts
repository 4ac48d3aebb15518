/** What a comparison of both generations says. Texts quote all that is foreign. */

/** `access`: what people may do. `functions`: what functions may do. */
export const areas = ['data', 'access', 'functions', 'auth', 'api', 'left over'] as const;
export type Area = (typeof areas)[number];

/**
 * `wider`: Gen 2 allows more than Gen 1 did. `narrower`: less. `missing`: not in Gen 2. `new and empty`: in Gen 2, but without
 * the data. `not moved`: Gen 1 still has it, although other things have moved. `changed`: another value. `left over`: a stack that
 * a failed step left behind.
 */
export const changes = [
  'wider',
  'narrower',
  'missing',
  'new and empty',
  'other table',
  'not moved',
  'changed',
  'left over',
] as const;
export type Change = (typeof changes)[number];

/** One difference between the generations. */
export interface Finding {
  readonly area: Area;
  readonly change: Change;
  /** What differs: a model's name, `signed-in users: s3 private/*`, `password length`. Foreign: quote it in texts. */
  readonly subject: string;
  /** What Gen 1 has; absent where it has nothing. */
  readonly gen1?: string;
  /** What Gen 2 has; absent where it has nothing. */
  readonly gen2?: string;
}

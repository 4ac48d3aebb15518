import type { Outcome } from '../../call/dispatch.ts';

/** Calls one operation with raw arguments. @throws ServerError */
export type CallOnce = (args: unknown) => Promise<Outcome>;

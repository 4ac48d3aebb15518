import type { Outcome } from '../../call/dispatch.ts';
import type { JobReport } from '../../jobs/report.ts';

/** Calls one operation with raw arguments. @throws ServerError */
export type RawCall = (args: unknown) => Promise<Outcome>;

/** The report of the job that an outcome has; undefined where it cannot be read. */
export type ReadReport = (outcome: Outcome) => Promise<JobReport | undefined>;

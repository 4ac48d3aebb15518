import type { Outcome } from '../../call/call-operation.ts';
import type { JobReport } from '../../jobs/report.ts';

/** Calls one operation with raw arguments. @throws ServerError */
export type RawCall = (args: unknown) => Promise<Outcome>;

/** Reads the report of the job that an outcome started or shows; undefined for a young job, or where no report is known. */
export type ReadReport = (outcome: Outcome) => Promise<JobReport | undefined>;

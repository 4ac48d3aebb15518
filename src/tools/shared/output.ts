/**
 * Parts of output schemas that several tools have. A `brief` member is listed as `object`, without its own members,
 * since each word of a schema costs tokens in each tool list; answers are checked against the whole schema in tests.
 */
import { z } from 'zod';
import type { Difference } from '../../environment/index.ts';
import type { Job } from '../../jobs/job.ts';

/** A structure whose members the tool list leaves out. */
export const brief = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.strictObject(shape).meta({ brief: true });

/** A member that a tool list does not show. */
export const unlisted = <Schema extends z.ZodType>(schema: Schema) => schema.meta({ unlisted: true });

export const texts = z.array(z.string());

/** A document of AWS's or a plan, whose members are declared elsewhere. */
export const anyDocument = z.record(z.string(), z.unknown());

/** What the outcome of a call adds to an answer. */
export const jobShape = {
  appId: z.string(),
  backendEnvironmentName: z.string(),
  jobId: z.string(),
  operation: z.string(),
  status: z.string(),
  state: z.enum(['running', 'succeeded', 'failed', 'stalled']),
  uri: z.string(),
  createdAt: z.string().optional(),
  updatedAt: z.string().optional(),
  error: z.string().optional(),
} satisfies Record<keyof Job, z.ZodType>;

export const job = brief(jobShape);

/** A difference between two environments, in an answer. */
export const differenceShape = {
  path: z.string(),
  is: z.enum(['only left', 'only right', 'different']),
  left: unlisted(z.unknown().optional()),
  right: unlisted(z.unknown().optional()),
} satisfies Record<keyof Difference, z.ZodType>;

/** What `provision_environment` answers: of a dry run the plan, else the verdict and the steps. */
import { z } from 'zod';
import type { ToolOutcome } from '../define.ts';
import { anyDocument, brief, differenceShape, job, texts } from '../shared/output.ts';

const step = brief({
  step: z.enum(['environment', 'auth', 'api', 'storage']),
  tool: z.string(),
  did: z.enum(['created', 'updated', 'left alone', 'differs', 'waiting', 'skipped', 'failed']),
  jobId: z.string().optional(),
});

export const output = z.strictObject({
  verdict: z.enum(['complete', 'differs', 'unfinished', 'failed']).optional(),
  appId: z.string(),
  environment: z.string(),
  steps: z.array(step).optional(),
  differs: z.array(brief(differenceShape)).optional(),
  nextSteps: texts,
  job: job.optional(),
  plan: anyDocument.optional(),
  notes: texts.optional(),
});

export type ProvisionOutcome = ToolOutcome<typeof output>;
export type Verdict = NonNullable<ProvisionOutcome['answer']['verdict']>;
/** A step, as it is answered. */
export type Step = Readonly<z.infer<typeof step>>;

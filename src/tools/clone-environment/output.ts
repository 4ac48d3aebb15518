/** What `clone_environment` answers. A call that ends before the comparison has the names, and its job or its plan. */
import { z } from 'zod';
import { comparisonFields } from '../compare-environments/compared.ts';
import type { ToolOutcome } from '../define.ts';
import { job, nextSteps, notes, plan } from '../shared/output.ts';

export const output = z.strictObject({
  verdict: z
    .enum(['complete', 'partial', 'empty', 'failed'])
    .optional()
    .describe('Whether the clone has what the source has; absent before the comparison'),
  appId: z.string().describe('App id'),
  from: z.string().describe('Environment that is copied'),
  to: z.string().describe('Environment that is created'),
  ...comparisonFields,
  nextSteps: nextSteps.optional(),
  job: job.optional(),
  plan: plan.optional(),
  notes,
});

export type CloneOutcome = ToolOutcome<typeof output>;

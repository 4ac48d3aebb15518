/** What `clone_environment` answers. A call that ends before the comparison has the names, and its job or its plan. */
import { z } from 'zod';
import { comparisonFields } from '../compare-environments/compared.ts';
import type { ToolOutcome } from '../define.ts';
import { anyDocument, job, texts } from '../shared/output.ts';

export const output = z.strictObject({
  verdict: z.enum(['complete', 'partial', 'empty', 'failed']).optional(),
  appId: z.string(),
  from: z.string(),
  to: z.string(),
  ...comparisonFields,
  nextSteps: texts.optional(),
  job: job.optional(),
  plan: anyDocument.optional(),
  notes: texts.optional(),
});

export type CloneOutcome = ToolOutcome<typeof output>;

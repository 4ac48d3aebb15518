/** What `decommission_environment` answers. A call that ends before the proof has the names, and its job or its plan. */
import { z } from 'zod';
import type { ToolOutcome } from '../define.ts';
import { anyDocument, brief, job, texts } from '../shared/output.ts';

/** Something that stays, or was left behind, with the reason. */
const remaining = brief({ what: z.string(), why: z.string() });

export const output = z.strictObject({
  verdict: z.enum(['gone', 'leftovers', 'unproven', 'failed']).optional(),
  appId: z.string(),
  environment: z.string(),
  went: texts.optional(),
  stays: z.array(remaining).optional(),
  leftovers: z.array(remaining).optional(),
  stack: brief({ name: z.string(), status: z.string() }).optional(),
  nextSteps: texts.optional(),
  job: job.optional(),
  plan: anyDocument.optional(),
  notes: texts.optional(),
});

export type DecommissionOutcome = ToolOutcome<typeof output>;
export type Verdict = NonNullable<DecommissionOutcome['answer']['verdict']>;
export type Remaining = Readonly<z.infer<typeof remaining>>;

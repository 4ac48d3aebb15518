/** What `change_environment` answers: the plan of a dry run, or else the verdict, the changes and the steps. */
import { z } from 'zod';
import type { ToolOutcome } from '../define.ts';
import { job, nextSteps, notes, stepsPlan } from '../shared/output.ts';

const change = z.strictObject({
  path: z.string().describe('auth.userPoolConfigs.mfa.MFAMode, api.transformSchema.TYPE ...'),
  before: z.unknown().describe('Null for none'),
  after: z.unknown().describe('Null for a removal'),
});

const step = z.strictObject({
  step: z.enum(['auth', 'api', 'storage']).describe('What is changed'),
  resourceName: z.string().describe('Resource that is changed'),
  tool: z.string().describe('Tool of the step'),
  did: z.enum(['updated', 'left alone', 'waiting', 'failed', 'not started']).describe('What was done'),
  jobId: z.string().optional().describe('Job id'),
});

const difference = z.strictObject({
  path: z.string().describe('Setting'),
  wanted: z.unknown().describe('As asked for'),
  found: z.unknown().describe('As AWS shows it'),
});

export const output = z.strictObject({
  verdict: z
    .enum(['complete', 'differs', 'unfinished', 'failed'])
    .optional()
    .describe('Whether all of it is true now; absent in a dry run'),
  appId: z.string().describe('App id'),
  environment: z.string().describe('Environment'),
  changes: z.array(change).optional().describe('What changes, as it was before'),
  steps: z.array(step).optional().describe('What was done, in order'),
  differs: z.array(difference).optional().describe('What did not become true'),
  nextSteps,
  job: job.optional(),
  plan: stepsPlan.optional(),
  notes,
});

export type ChangeOutcome = ToolOutcome<typeof output>;
export type Verdict = NonNullable<ChangeOutcome['answer']['verdict']>;
/** A step, as it is answered. */
export type Step = Readonly<z.infer<typeof step>>;

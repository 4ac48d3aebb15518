/** What `provision_environment` answers: of a dry run the plan, else the verdict and the steps. */
import { z } from 'zod';
import type { ToolOutcome } from '../define.ts';
import { differenceShape, job, nextSteps, notes, stepsPlan } from '../shared/output.ts';
import { resourcesShape } from './resources.ts';

const step = z.strictObject({
  step: z.enum(['environment', 'auth', 'api', 'storage']).describe('What is provisioned'),
  tool: z.string().describe('Tool of the step'),
  did: z
    .enum(['created', 'imported', 'updated', 'left alone', 'differs', 'waiting', 'skipped', 'failed'])
    .describe('What was done'),
  jobId: z.string().optional().describe('Job id'),
});

export const output = z.strictObject({
  verdict: z
    .enum(['complete', 'differs', 'unfinished', 'failed'])
    .optional()
    .describe('Whether the environment is as asked for; absent in a dry run'),
  appId: z.string().describe('App id'),
  environment: z.string().describe('Environment'),
  steps: z.array(step).optional().describe('What was done, in order'),
  differs: z
    .array(z.strictObject(differenceShape))
    .optional()
    .describe('What is not as asked for: left is wanted, right is there'),
  resources: resourcesShape.optional().describe('What an app needs to use it; absent in a dry run'),
  nextSteps,
  job: job.optional(),
  plan: stepsPlan.optional(),
  notes,
});

export type ProvisionOutcome = ToolOutcome<typeof output>;
export type Verdict = NonNullable<ProvisionOutcome['answer']['verdict']>;
/** A step, as it is answered. */
export type Step = Readonly<z.infer<typeof step>>;

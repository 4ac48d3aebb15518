/** What `provision_environment` answers: of a dry run the plan, else the verdict and the steps. */
import { z } from 'zod';
import type { ToolOutcome } from '../define.ts';
import { anyDocument, brief, differenceShape, job, texts } from '../shared/output.ts';
import { resourcesShape } from './granted.ts';

const dids = [
  'created',
  'imported',
  'updated',
  'left alone',
  'differs',
  'waiting',
  'skipped',
  'failed',
] as const;

const step = brief({
  step: z.enum(['environment', 'auth', 'api', 'storage']).describe('What the step is about'),
  tool: z.string().describe('The operation of the step'),
  did: z.enum(dids).describe('What was done'),
  jobId: z.string().optional().describe('Its job'),
});

export const output = z.strictObject({
  verdict: z
    .enum(['complete', 'differs', 'unfinished', 'failed'])
    .optional()
    .describe('complete: all is as asked for. differs: not all. unfinished: call again. Absent in a dry run'),
  appId: z.string().describe('Amplify app id'),
  environment: z.string().describe('Environment name'),
  steps: z.array(step).optional().describe('The steps, in their order'),
  differs: z
    .array(brief(differenceShape))
    .optional()
    .describe('What differs: left is what was asked for, right what exists'),
  resources: resourcesShape
    .optional()
    .describe('Addresses and ids for the settings of an app, and permissions. Absent in a dry run'),
  nextSteps: texts.describe('What to do next, a sentence each'),
  job: job.optional().describe('The job that runs, or failed'),
  plan: anyDocument
    .optional()
    .describe('Of a dry run: the steps with their requests, problems and notChecked'),
  notes: texts.optional().describe('Further facts, a sentence each'),
});

export type ProvisionOutcome = ToolOutcome<typeof output>;
export type Verdict = NonNullable<ProvisionOutcome['answer']['verdict']>;
/** A step, as it is answered. */
export type Step = Readonly<z.infer<typeof step>>;

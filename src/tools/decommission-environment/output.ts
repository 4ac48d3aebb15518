/** What `decommission_environment` answers. A call that ends before the proof has the names, and its job or its plan. */
import { z } from 'zod';
import type { ToolOutcome } from '../define.ts';
import { error, job, nextSteps, notes, plan, resultMembers, texts } from '../shared/output.ts';

/** Something that stays, or was left behind, with the reason. */
const remaining = z.strictObject({
  what: z.string().describe('Kind and name'),
  why: z.string().describe('Why it is there'),
  command: z.string().optional().describe('What a person types to delete it'),
});

const count = (of: string) => z.number().describe(of);

/** Counts of resources and things together. */
const fates = {
  gone: count('Of both: gone'),
  left: count('Of both: still there'),
  notChecked: count('Of both: unknown'),
};

const accounted = z.strictObject({
  kind: z.string().describe('E.g. auth'),
  resources: count('Resources'),
  things: count('Things of theirs'),
  ...fates,
});

/** What became of one environment. */
const result = {
  verdict: z
    .enum(['gone', 'leftovers', 'unproven', 'failed'])
    .optional()
    .describe('What the proof found; absent before it'),
  environment: z.string().describe('Environment'),
  went: texts.optional().describe('What was deleted'),
  accounted: z.array(accounted).optional().describe('What happened to what the plan listed'),
  stays: z.array(remaining).optional().describe('What is meant to stay, e.g. imported pools'),
  leftovers: z.array(remaining).optional().describe('What was left behind'),
  stack: z
    .strictObject({
      name: z.string().describe('Stack name'),
      status: z.string().describe("CloudFormation's status"),
    })
    .optional()
    .describe('The root stack, if it is still there'),
  job: job.optional(),
};

/** What happened to each environment, in short, where several were named. */
const shortResult = z.strictObject({
  environment: result.environment,
  verdict: result.verdict,
  went: texts.optional().describe('Deleted'),
  accounted: z.strictObject(fates).optional().describe('As of one'),
  stays: texts.optional().describe('Stays'),
  leftovers: z.array(remaining).optional().describe('Left behind'),
  job: job.pick({ jobId: true, state: true, uri: true }).optional().describe('Its job'),
});

export const output = z.strictObject({
  ...result,
  environment: result.environment.optional(),
  environments: z.array(shortResult).optional().describe('Each, where several were named'),
  appId: z.string().describe('App id'),
  proof: z
    .strictObject({
      covers: texts.describe('What was checked'),
      doesNotCover: texts.describe('What was not checked'),
    })
    .optional()
    .describe('What the verdict rests on'),
  nextSteps: nextSteps.optional(),
  plan: plan.optional(),
  confirmation: z
    .strictObject({
      isNeeded: z.literal(true).describe('A person is to be asked'),
      type: z.string().describe('Name of what is confirmed'),
      nextStep: z.string().describe('How to confirm'),
    })
    .optional()
    .describe('The question to a person; nothing was sent yet'),
  error: error.optional().describe('confirmation_required, with a plan to confirm'),
  confirmationToken: resultMembers.confirmationToken.optional(),
  notes,
});

export type DecommissionOutcome = ToolOutcome<typeof output>;
export type Verdict = NonNullable<DecommissionOutcome['answer']['verdict']>;
export type Accounted = Readonly<z.infer<typeof accounted>>;
export type Remaining = Readonly<z.infer<typeof remaining>>;

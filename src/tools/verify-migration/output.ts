/** What `verify_migration` answers. */
import { z } from 'zod';
import {
  areas,
  changes,
  deletions,
  holdingKinds,
  holdingOwners,
  modelStates,
  verdicts,
} from '../../migration/index.ts';
import type { ToolOutcome } from '../define.ts';
import { nextSteps, notes, texts } from '../shared/output.ts';

const withGen1Stack = z.enum(deletions).describe('When the Gen 1 root stack is deleted');

const model = z.strictObject({
  model: z.string().describe('Model'),
  table: z.string().optional().describe('Its table in Gen 1'),
  gen2Table: z.string().optional().describe('The table that Gen 2 uses, where it is another one'),
  state: z.enum(modelStates).describe('adopted: Gen 2 uses the same table'),
  withGen1Stack,
});

const holding = z.strictObject({
  kind: z.enum(holdingKinds).describe("table: one that is no model's"),
  name: z.string().describe('Name or id'),
  owner: z.enum(holdingOwners).describe('both: Gen 1 owns it, Gen 2 uses it'),
  withGen1Stack,
});

const finding = z.strictObject({
  area: z.enum(areas).describe('Area'),
  change: z.enum(changes).describe('wider: Gen 2 allows more; narrower: less. not moved: others have'),
  subject: z.string().describe('What differs'),
  gen1: z.string().optional().describe('In Gen 1'),
  gen2: z.string().optional().describe('In Gen 2'),
});

const count = (of: string) => z.number().describe(of);

export const output = z.strictObject({
  appId: z.string().describe('App id'),
  environment: z.string().describe('Gen 1 environment'),
  branch: z.string().describe('Gen 2 branch'),
  verdict: z.enum(verdicts).describe('unproven: no difference, but not everything could be compared'),
  counts: z
    .strictObject({
      models: count('Models'),
      adopted: count('Of these, with the same table in Gen 2'),
      differences: count('Findings'),
      unproven: count('What could not be compared'),
    })
    .describe('On all pages'),
  refactored: z.boolean().describe('Whether pools, buckets or tables have moved into the Gen 2 stacks'),
  models: z.array(model).describe('Models of this page'),
  holdings: z.array(holding).describe('Pools, buckets, streams and other tables of this page'),
  findings: z.array(finding).describe('Differences of this page'),
  holdingStacks: z
    .array(
      z.strictObject({ name: z.string().describe('Stack'), status: z.string().describe("AWS's status") }),
    )
    .describe('What AWS moved out of Gen 2'),
  deletedWithGen1: texts.describe('What the deletion of the Gen 1 stack would delete, of this page'),
  unproven: texts.describe('What could not be compared and why'),
  notSeen: texts.describe('What no template shows'),
  nextSteps,
  notes,
});

export type Proof = ToolOutcome<typeof output>['answer'];

/** What `assess_migration` answers. */
import { z } from 'zod';
import { effects, readinessVerdicts, stages, toolSupports } from '../../migration/index.ts';
import type { ToolOutcome } from '../define.ts';
import { nextSteps, notes, texts } from '../shared/output.ts';

const finding = z.strictObject({
  what: z.string().describe('Feature'),
  effect: z
    .enum(effects)
    .describe("blocks: AWS's tool stops; manual: a person has work; carried: the tool takes it along"),
  row: z.string().optional().describe("Row of AWS's feature matrix"),
  support: z.enum(toolSupports).describe("What the matrix says of AWS's tool"),
  seenAt: texts.describe('Where it was seen'),
  tool: z.string().describe("What AWS's tool does"),
  person: z.string().optional().describe('What a person must do'),
  page: z.string().describe('Where AWS describes it'),
});

const count = (of: string) => z.number().describe(of);

export const output = z.strictObject({
  appId: z.string().describe('App id'),
  environment: z.string().describe('Environment'),
  stage: z.enum(stages).describe('Where the migration stands; only what still matters is judged'),
  verdict: z
    .enum(readinessVerdicts)
    .describe('unknown: nothing was found, but not everything could be checked'),
  counts: z
    .strictObject({
      blocks: count('Findings that block'),
      manual: count('Findings with manual work'),
      carried: count('Findings that the tool takes along'),
      unknown: count('What could not be looked at'),
    })
    .describe('How many of each'),
  findings: z.array(finding).describe('What blocks first, then manual work'),
  matrix: z
    .strictObject({
      date: z.string().describe("The day as of which AWS's matrix was read, YYYY-MM-DD"),
      isOld: z.boolean().describe('Whether that is more than 90 days ago'),
      page: z.string().describe('Address of the matrix'),
    })
    .describe("AWS's feature matrix"),
  unknown: texts.describe('What could not be looked at and why'),
  notSeen: texts.describe('What the cloud does not show'),
  nextSteps,
  notes,
});

export type Assessment = ToolOutcome<typeof output>['answer'];

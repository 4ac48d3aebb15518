/**
 * The tools behind the plan's page: `read_approval` tells whether its question is still open, and `approve_plan` sends the
 * person's decision. `src/mcp/approve-plan.ts` runs them: an approval calls the tool that it names.
 */
import { z } from 'zod';
import { anyObject, nameText } from '../../operations/bounds.ts';
import { validateArguments } from '../../operations/validate.ts';
import type { DeclaredTool } from '../define.ts';

const question = {
  tool: nameText().min(1).describe('The tool of the question'),
  arguments: anyObject().describe('Its arguments in the question'),
  approval: nameText().min(1).describe('The token of the question'),
};

export const approvePlan = {
  toolName: 'approve_plan',
  title: 'Answer the question of a plan',
  access: 'delete',
  toolInput: z.strictObject({
    ...question,
    decision: z.enum(['approve', 'keep']).describe('approve: make the call; keep: never make it'),
    name: nameText().optional().describe('To approve: the name that the person typed'),
  }),
  output: z.strictObject({}),
} as const satisfies DeclaredTool;

export const readApprovalTool = {
  toolName: 'read_approval',
  title: 'See whether the question of a plan is open',
  access: 'read',
  toolInput: z.strictObject(question),
  output: z.strictObject({
    state: z
      .enum(['open', 'expired', 'approved', 'kept', 'replaced', 'unknown'])
      .describe('Whether it can be answered, or how it was'),
    leftMs: z.number().optional().describe('How long it can be answered, in milliseconds'),
  }),
} as const satisfies DeclaredTool;

/** @throws ServerError invalid_arguments */
export const readAnswer = (args: unknown) => validateArguments(approvePlan, args);

/** @throws ServerError invalid_arguments */
export const readQuestion = (args: unknown) => validateArguments(readApprovalTool, args);

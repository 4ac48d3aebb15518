/**
 * `approve_plan`: the buttons of the plan's page. `src/mcp/approve-plan.ts` runs it: it calls the tool that it names with the
 * person's answer.
 */
import { z } from 'zod';
import { anyObject, nameText } from '../../operations/bounds.ts';
import { validateArguments } from '../../operations/validate.ts';
import type { DeclaredTool } from '../define.ts';

const toolInput = z.strictObject({
  tool: nameText().min(1).describe('The tool of the question'),
  arguments: anyObject().describe('Its arguments in the question'),
  approval: nameText().min(1).describe('The token of the question'),
  decision: z.enum(['approve', 'keep']).describe('approve: make the call; keep: never make it'),
  name: nameText().optional().describe('To approve: the name that the person typed'),
});

export const approvePlan = {
  toolName: 'approve_plan',
  title: 'Answer the question of a plan',
  access: 'delete',
  toolInput,
  output: z.strictObject({}),
} as const satisfies DeclaredTool;

/** @throws ServerError invalid_arguments */
export const readApproval = (args: unknown) => validateArguments(approvePlan, args);

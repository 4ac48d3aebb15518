/** The dry run of one step of a provision. */
import type { Plan } from '../../call/authorize/plan.ts';
import { ServerError } from '../../errors.ts';
import type { ToolContext } from '../define.ts';
import { planOf } from '../shared/plan-remarks.ts';
import type { CurrentState, Destination } from './current-state.ts';

/** Plans a write. The plan of a later step assumes the environment, which the first step creates. @throws ServerError */
export async function planStep(
  context: ToolContext,
  { tool, args }: { readonly tool: string; readonly args: object },
  { target }: Destination,
  { isThere }: CurrentState,
): Promise<Plan> {
  const isAfterCreation = !isThere && tool !== 'create_backend';
  const call = {
    ...context,
    answer: undefined,
    plannedBefore: isAfterCreation ? (['environment'] as const) : [],
  };
  const dry = { ...args, dryRun: true, ...(target !== undefined && { target }) };
  const plan = planOf(await context.callOperation(tool, dry, call));
  if (!plan) throw new ServerError('internal', { cause: new Error(`no plan for ${tool}`) });
  return plan;
}

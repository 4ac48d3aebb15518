/**
 * Checks every answer that a test gets against the output schema of its tool. A member that is not declared, is missing
 * or has another type fails the test that called the tool.
 */
import { z } from 'zod';
import { APPROVAL_META_KEY } from '../../src/mcp/page-question.ts';
import { toResult } from '../../src/mcp/results.ts';
import type { Operation } from '../../src/operations/define.ts';
import { operations } from '../../src/operations/index.ts';
import type { Tool, ToolContext } from '../../src/tools/define.ts';
import { workflows } from '../../src/tools/index.ts';
import { readBoardTool } from '../../src/tools/read-board/index.ts';
import { resultMembers } from '../../src/tools/shared/output.ts';
import type { Json } from './child.ts';

const { summary, error, notes, confirmationToken } = resultMembers;
const job = resultMembers.job.optional();
const plan = resultMembers.plan.optional();

/** AWS may leave out any member. A member with JSON is parsed if it is valid JSON; otherwise it stays text. */
function operationOutput({
  shownOutput: output,
  holdsJson,
  access,
  startsJob,
  answersJob,
}: Operation): z.ZodObject {
  const parsed = Object.fromEntries(holdsJson.map(name => [name, z.unknown().optional()]));
  return z.strictObject({
    ...output.partial().shape,
    ...parsed,
    notes,
    ...((startsJob || answersJob) && { job }),
    ...(access !== 'read' && { plan }),
  });
}

/** The members of a failure. A failure that asks for a confirmation also has the plan and a token. */
const failure = {
  ...{ job, plan, notes, error },
  confirmationToken: confirmationToken.optional(),
};

const outputs = new Map<string, z.ZodObject>([
  ...operations.map(one => [one.toolName, operationOutput(one)] as const),
  ...[...workflows, readBoardTool].map(one => [one.toolName, one.output] as const),
]);

/** The schemas that were used so far. Zod would compile a new one for each check, which costs more than the check itself. */
const schemas = new Map<string, z.ZodObject>();

function schemaOf(tool: string, output: z.ZodObject, isFailure: boolean): z.ZodObject {
  const key = `${tool} ${isFailure}`;
  const known = schemas.get(key);
  if (known) return known;
  const schema = (isFailure ? output.partial().extend(failure) : output).extend({ summary });
  schemas.set(key, schema);
  return schema;
}

/** The tool that answers a call: `run_operation` leads to another one. */
const calledTool = (name: string, args: Json) => (name === 'run_operation' ? String(args.tool) : name);

/** The result of a `tools/call`. */
interface Answered {
  readonly structuredContent?: unknown;
  readonly isError?: boolean | undefined;
  readonly _meta?: Json | undefined;
}

/**
 * Checks the structured content of a result.
 * @throws Error naming each member that does not fit
 */
export function checkAnswer(name: string, args: Json, { structuredContent, isError, _meta }: Answered): void {
  const tool = calledTool(name, args);
  const output = outputs.get(tool);
  // A task, a question to a person and an unknown tool have no answer.
  if (!output || structuredContent === undefined) return;
  // A question on the plan's page has the members of one that is a failure.
  const isQuestion = _meta?.[APPROVAL_META_KEY] !== undefined;
  const { error } = schemaOf(tool, output, isError === true || isQuestion).safeParse(structuredContent);
  if (error) throw new Error(`${tool} does not answer as it declares:\n${z.prettifyError(error)}`);
}

/** Runs a tool with checked arguments, past the policy. @returns its outcome, checked as well */
export async function runTool(tool: Tool, args: Json, context: ToolContext) {
  const outcome = await tool.check(args, []).run(context);
  checkAnswer(tool.toolName, args, toResult(outcome));
  return outcome;
}

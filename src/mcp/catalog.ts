/**
 * The tool list, derived from the operations: built once (by the build, which puts it into the bundle, so
 * that a start loads neither Zod schemas nor the AWS SDK) and served as it is.
 */
import type { Tool, ToolAnnotations } from '@modelcontextprotocol/server';
import { type Operation, toolsetOf } from '../operations/index.ts';
import type { DeclaredTool } from '../tools/define.ts';
import { listedMembers } from '../tools/shared/output.ts';
import { subjectOf } from '../tools/subject.ts';
import { anyType, inputJsonSchema, type JsonSchema, outputProperties } from './json-schema.ts';
import type { CatalogEntry } from './served.ts';

/**
 * Hosts decide by these hints whether to ask a person before a call. Every hint is set, because a host may read a missing
 * one as the most cautious value and refuse the call (Codex does). No tool touches anything outside of the AWS account.
 */
function annotationsOf({
  access,
  mayDestroy,
  guide,
  toolInput,
  title,
}: Annotated): Required<ToolAnnotations> {
  const runsAny = guide === 'runs';
  const isRead = access === 'read' && !runsAny;
  return {
    title,
    readOnlyHint: isRead,
    destructiveHint: runsAny || mayDestroy || access === 'delete' || access === 'update',
    // A repeated workflow continues from what exists. A repeated operation may start a second job.
    idempotentHint: isRead || 'timeoutSeconds' in toolInput.shape,
    openWorldHint: false,
  };
}

/** What the annotations are derived from. */
type Annotated = Pick<Operation, 'title' | 'access' | 'toolInput' | 'mayDestroy'> &
  Pick<DeclaredTool, 'guide'>;

/** What results can have besides the answers of their tools. */
const { summary, error, notes, job, startedJob, plan, confirmationToken } = outputProperties(listedMembers);

/** The members of an operation's own result. */
function operationOutput({
  access,
  answersJob,
  holdsJson,
  shownOutput,
  startsJob,
}: Operation): Record<string, JsonSchema> {
  const { error: _, ...answered } = outputProperties(shownOutput, true);
  // AWS sends these members as JSON in a string. They are listed as any type: a string remains where it cannot be parsed.
  for (const name of holdsJson) answered[name] = { ...answered[name], type: anyType };
  return {
    ...answered,
    ...(startsJob && { job: startedJob }),
    // AWS says in `error` why the job failed.
    ...(answersJob && { job, error: { ...error, type: ['object', 'string'] } }),
    ...(access !== 'read' && { plan }),
  };
}

/** A tool, from what operations and workflows have in common. */
function toTool(
  declared: Annotated & Pick<Operation, 'toolName'>,
  properties: Record<string, JsonSchema>,
  description: string,
): Tool {
  const { toolName, title, toolInput, access } = declared;
  const common = { summary, error, notes, ...(access !== 'read' && { confirmationToken }) };
  return {
    name: toolName,
    title,
    description,
    inputSchema: inputJsonSchema(toolInput) as Tool['inputSchema'],
    outputSchema: { type: 'object', properties: { ...common, ...properties } },
    annotations: annotationsOf(declared),
  };
}

/** The workflows' part of the catalog. @param describe gives a tool's description by its name */
export function buildWorkflowCatalog(
  workflows: readonly DeclaredTool[],
  describe: (toolName: string) => string,
): CatalogEntry[] {
  return workflows.map(workflow => {
    const subject = subjectOf(workflow);
    const annotated = { ...workflow, mayDestroy: subject.mayDestroy === true };
    const properties = outputProperties(workflow.output);
    return {
      tool: toTool(annotated, properties, describe(workflow.toolName)),
      subject,
      startsJob: false,
      waitsForJobs: 'timeoutSeconds' in workflow.toolInput.shape,
    };
  });
}

/** The operations' part of the catalog, in their order. @param describe gives a tool's description by its name */
export function buildCatalog(
  operations: readonly Operation[],
  describe: (toolName: string) => string,
): CatalogEntry[] {
  return operations.map(operation => {
    const { toolName, access, everyEnvironment, mayDestroy, startsJob } = operation;
    const subject = { toolName, access, everyEnvironment, mayDestroy, toolset: toolsetOf(operation) };
    const tool = toTool(operation, operationOutput(operation), describe(toolName));
    return { tool, subject, startsJob, waitsForJobs: false };
  });
}

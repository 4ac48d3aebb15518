/**
 * The tool list, derived from the operations: built once (by the build, which puts it into the bundle, so
 * that a start loads neither Zod schemas nor the AWS SDK) and served as it is.
 */
import type { Tool } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type Access, type Operation, toolsetOf } from '../operations/index.ts';
import { type DeclaredTool, subjectOf } from '../tools/index.ts';
import { jobShape } from '../tools/shared/output.ts';
import { inputJsonSchema, type JsonSchema, outputProperties } from './json-schema.ts';
import type { CatalogEntry } from './served.ts';

/** Hosts decide by these whether to ask a person before a call; `update` keeps the protocol's cautious defaults. */
const annotationsOf: Record<Access, Tool['annotations']> = {
  read: { readOnlyHint: true },
  create: { destructiveHint: false },
  secret: { destructiveHint: false },
  update: undefined,
  delete: { destructiveHint: true },
};

const string = { type: 'string' };

/** The members of `job`, listed where the tool is about a job. */
const jobProperties = {
  ...outputProperties(z.strictObject(jobShape)),
  state: { ...string, enum: jobShape.state.options },
};

/**
 * The members of an operation's `structuredContent`. Nothing is required and `error` has no type, since hosts validate
 * failures with it as well: there `error` holds the facts of the failure.
 */
function operationOutput(operation: Operation): Record<string, JsonSchema> {
  const properties = outputProperties(operation.output);
  for (const name of operation.holdsJson) properties[name] = {};
  properties.error = {};
  if (operation.pages || operation.holdsJson.length > 0) properties.notes = { type: 'array', items: string };
  if (operation.startsJob) properties.job = { type: 'object' };
  if (operation.answersJob) properties.job = { type: 'object', properties: jobProperties };
  return properties;
}

/** A tool, from what operations and workflows have in common. */
function toTool(
  declared: Pick<Operation, 'toolName' | 'title' | 'access' | 'toolInput'> & Pick<DeclaredTool, 'guide'>,
  properties: Record<string, JsonSchema>,
  description: string,
): Tool {
  const { toolName, title, access, toolInput, guide } = declared;
  // It may run any tool, so the protocol's cautious defaults apply.
  const annotations = guide === 'runs' ? undefined : annotationsOf[access];
  return {
    name: toolName,
    title,
    description,
    inputSchema: inputJsonSchema(toolInput) as Tool['inputSchema'],
    outputSchema: { type: 'object', properties },
    ...(annotations && { annotations }),
  };
}

/** The workflows' part of the catalogue. @param describe gives a tool's description by its name */
export function buildWorkflowCatalog(
  workflows: readonly DeclaredTool[],
  describe: (toolName: string) => string,
): CatalogEntry[] {
  return workflows.map(workflow => ({
    tool: toTool(workflow, { ...outputProperties(workflow.output), error: {} }, describe(workflow.toolName)),
    subject: subjectOf(workflow),
    startsJob: false,
    waitsForJobs: 'timeoutSeconds' in workflow.toolInput.shape,
  }));
}

/** The operations' part of the catalogue, in their order. @param describe gives a tool's description by its name */
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

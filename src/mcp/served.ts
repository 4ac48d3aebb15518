/**
 * The tools as a configuration serves them: those that policy leaves, with the members that depend on it.
 * Made once for a process.
 */
import type { Tool } from '@modelcontextprotocol/server';
import { decide, type PolicySettings, type Subject } from '../policy/decide.ts';
import type { JsonSchema } from './json-schema.ts';

/** A tool of the catalogue, and what policy has to know of it. */
export interface CatalogEntry {
  readonly tool: Tool;
  readonly subject: Subject;
  /** Whether its call starts a job, which a client may follow as a task. */
  readonly startsJob: boolean;
}

/** The input schema for this configuration: no token where nothing is asked, a target where there is a choice. */
function shape(schema: JsonSchema, isAsked: boolean, targets: readonly string[]): JsonSchema {
  const { confirmationToken, ...rest } = schema.properties as Record<string, JsonSchema>;
  const properties = isAsked && confirmationToken ? { ...rest, confirmationToken } : rest;
  if (targets.length < 2) return { ...schema, properties };
  const target = { type: 'string', enum: targets, description: 'AWS account' };
  const required = [...((schema.required as string[] | undefined) ?? []), 'target'];
  return { ...schema, required, properties: { ...properties, target } };
}

/** The list that `tools/list` carries. */
export function servedTools(
  catalog: readonly CatalogEntry[],
  policy: PolicySettings,
  targets: readonly string[],
): Tool[] {
  return catalog.flatMap(({ tool, subject }) => {
    const decision = decide(subject, policy);
    if (decision.kind === 'deny') return [];
    const inputSchema = shape(tool.inputSchema, decision.kind === 'confirm', targets);
    return [{ ...tool, inputSchema: inputSchema as Tool['inputSchema'] }];
  });
}

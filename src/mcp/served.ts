/**
 * The tools that a configuration serves: those that the policy allows, with the members that depend on the configuration.
 * Created once for each configuration.
 */
import type { Tool } from '@modelcontextprotocol/server';
import {
  decide,
  type PolicyCase,
  type PolicySettings,
  type PolicySubject,
  takesTokens,
} from '../policy/decide.ts';
import type { JsonSchema } from './json-schema.ts';
import { schemaWithoutMissing, withoutMissing } from './mentions.ts';

/** A tool of the catalog, and what the policy needs to know about it. */
export interface CatalogEntry {
  readonly tool: Tool;
  readonly subject: PolicySubject;
  /** Whether its call starts a job, which a client may follow as a task. */
  readonly startsJob: boolean;
  /** Whether it waits for jobs, and may continue as a task meanwhile. */
  readonly waitsForJobs: boolean;
}

/**
 * The input schema for this configuration. It has `confirmationToken` only if a token can confirm a call, and `target` or
 * `targets` only if several targets are configured.
 */
function inputSchemaFor(
  schema: JsonSchema,
  { isAsked, isGuide }: { readonly isAsked: boolean; readonly isGuide: boolean },
  targets: readonly string[],
): JsonSchema {
  const { confirmationToken, ...rest } = schema.properties as Record<string, JsonSchema>;
  const properties = isAsked && confirmationToken ? { ...rest, confirmationToken } : rest;
  if (targets.length < 2 || isGuide) return { ...schema, properties };
  const { targets: several } = properties;
  if (several) {
    const items = { type: 'string', enum: targets };
    return { ...schema, properties: { ...properties, targets: { ...several, items } } };
  }
  const target = { type: 'string', enum: targets, description: 'AWS account' };
  const required = [...((schema.required as string[] | undefined) ?? []), 'target'];
  return { ...schema, required, properties: { ...properties, target } };
}

/** A tool whose description and schema mention none of the missing tools. */
function withoutMentions(tool: Tool, missing: ReadonlySet<string>): Tool {
  if (missing.size === 0) return tool;
  return {
    ...tool,
    description: withoutMissing(tool.description ?? '', missing),
    inputSchema: schemaWithoutMissing(tool.inputSchema, missing) as Tool['inputSchema'],
  };
}

/** Whether a call can need a confirmation. */
export function mayNeedConfirmation(subject: PolicySubject, policy: PolicySettings): boolean {
  const asks = (instance?: PolicyCase) => decide(subject, policy, instance).kind === 'confirm';
  const isPush =
    ['auth', 'api', 'storage'].includes(subject.toolset) && ['create', 'update'].includes(subject.access);
  return (
    asks() ||
    (subject.mayDestroy === true && asks({ args: {}, destroys: true })) ||
    (isPush && asks({ args: {}, reachesGen2: true }))
  );
}

/** A member whose schema is longer than this, in characters, is shortened on a compact surface. */
const LONGEST_COMPACT = 250;

/** The schema for a compact surface, which lists a large member without the members inside it. */
function compacted(schema: JsonSchema): JsonSchema {
  const members = Object.entries(schema.properties as Record<string, JsonSchema>).map(([name, member]) => {
    if (JSON.stringify(member).length <= LONGEST_COMPACT) return [name, member] as const;
    const { type, description = '' } = member;
    return [
      name,
      { type, description: `${description}. Members: ask find_operation`.replace(/^\. /, '') },
    ] as const;
  });
  return { ...schema, properties: Object.fromEntries(members) };
}

const summaryOnly = {
  type: 'object' as const,
  properties: { summary: { type: 'string', description: 'In prose' } },
};

/** The list that `tools/list` carries. */
export function servedTools(
  catalog: readonly CatalogEntry[],
  policy: PolicySettings,
  targets: readonly string[],
): Tool[] {
  const isDenied = ({ subject }: CatalogEntry, settings: PolicySettings) =>
    decide(subject, settings).kind === 'deny';
  // Tools that a compact surface does not list can be called nevertheless.
  const full = { ...policy, surface: 'full' as const };
  const missing = catalog.filter(
    entry => entry.subject.guide === undefined && isDenied(entry, policy) && isDenied(entry, full),
  );
  const names = new Set(missing.map(({ tool }) => tool.name));
  return catalog.flatMap(({ tool, subject }) => {
    if (decide(subject, policy).kind === 'deny') return [];
    const settings = {
      isAsked: takesTokens(policy) && mayNeedConfirmation(subject, policy),
      isGuide: subject.guide !== undefined,
    };
    const inputSchema = inputSchemaFor(tool.inputSchema, settings, targets) as Tool['inputSchema'];
    // A compact surface saves tokens: of the output schemas it leaves the summary.
    const brief = policy.surface === 'compact' && {
      inputSchema: compacted(inputSchema) as Tool['inputSchema'],
      outputSchema: summaryOnly,
    };
    return [withoutMentions({ ...tool, inputSchema, ...brief }, names)];
  });
}

/** The approval that the plan's page gets with a question, and the arguments of its button. */
import type { Json } from './child.ts';
import type { ToolResult } from './clients.ts';

export const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;

export interface Approval extends Json {
  readonly tool: string;
  readonly arguments: Json;
  readonly approval: string;
  readonly type: string;
}

/** The approval in a result that asks a question. @throws if it asks none */
export function approvalOf({ _meta, content }: ToolResult): Approval {
  const found = _meta?.['amplify-backend-mcp/approval'] as Approval | undefined;
  if (!found) throw new Error(`no question: ${JSON.stringify(content)}`);
  return found;
}

/** What the model sees of a result. */
export const seenByModel = ({ content, structuredContent }: ToolResult) =>
  JSON.stringify([content, structuredContent]);

/** The arguments that the button sends. */
export const approve = ({ tool, arguments: args, approval, type }: Approval, more: Json = {}): Json => ({
  ...{ tool, arguments: args, approval, decision: 'approve', name: type },
  ...more,
});

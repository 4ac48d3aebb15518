/** The tool list for clients that show pages: tools link to the page of their results, and the pages' own tools are added. */
import type { Tool } from '@modelcontextprotocol/server';
import { decide, type PolicySettings, takesPages } from '../policy/decide.ts';
import { type CatalogEntry, mayNeedConfirmation } from './served.ts';
import { uriOf, type View } from './ui-page.ts';

/** The tools of the pages, which a client without pages cannot call. */
export const READ_BOARD = 'read_board';
export const APPROVE_PLAN = 'approve_plan';
export const READ_APPROVAL = 'read_approval';
export const pageToolNames: readonly string[] = [READ_BOARD, READ_APPROVAL, APPROVE_PLAN];

const viewByTool: Readonly<Record<string, View>> = {
  list_apps: 'board',
  describe_environment: 'board',
  list_recent_jobs: 'board',
  wait_for_job: 'board',
  explain_job: 'board',
  clone_environment: 'clone',
  compare_environments: 'difference',
  decommission_environment: 'plan',
  take_inventory: 'inventory',
  assess_migration: 'migration',
  verify_migration: 'migration',
};

/** The tool with the URI of its page. Older hosts read the URI from `ui/resourceUri`. */
function withPage(tool: Tool, view: View | undefined): Tool {
  if (!view) return tool;
  const resourceUri = uriOf(view);
  return { ...tool, _meta: { ...tool._meta, ui: { resourceUri }, 'ui/resourceUri': resourceUri } };
}

/** The board's tool. With one account its `target` is not listed; with several it is listed as optional. */
function withTargets(tool: Tool, targets: readonly string[]): Tool {
  const { target, ...rest } = tool.inputSchema.properties as Record<string, object>;
  const properties = targets.length < 2 ? rest : { ...rest, target: { ...target, enum: targets } };
  return { ...tool, inputSchema: { ...tool.inputSchema, properties } as Tool['inputSchema'] };
}

/** What the list is derived from. */
export interface PagesOptions {
  /** The list for clients without pages. */
  readonly tools: readonly Tool[];
  readonly catalog: readonly CatalogEntry[];
  readonly pageCatalog: readonly CatalogEntry[];
  readonly policy: PolicySettings;
  /** The names of the configured targets. */
  readonly targets: readonly string[];
}

/** The list for clients that show pages. Each tool that can ask for a confirmation has a page, where a person gives it. */
export function toolsWithPages({ tools, catalog, pageCatalog, policy, targets }: PagesOptions): Tool[] {
  // A tool that a compact surface does not list can still be called, through run_operation.
  const full = { ...policy, surface: 'full' as const };
  const asking = new Set(
    catalog.filter(({ subject }) => mayNeedConfirmation(subject, full)).map(({ tool }) => tool.name),
  );
  const runners = new Set(
    catalog.filter(({ subject }) => subject.guide === 'runs').map(({ tool }) => tool.name),
  );
  const viewOf = (name: string): View | undefined =>
    viewByTool[name] ?? (asking.has(name) || (runners.has(name) && asking.size > 0) ? 'plan' : undefined);
  const isServed = ({ tool: { name }, subject }: CatalogEntry) =>
    name === APPROVE_PLAN || name === READ_APPROVAL
      ? asking.size > 0 && takesPages(policy)
      : decide(subject, full).kind !== 'deny';
  const forPages = pageCatalog.filter(isServed).map(({ tool: { outputSchema: _, ...tool } }) => ({
    ...(tool.name === READ_BOARD ? withTargets(tool, targets) : tool),
    _meta: { ui: { visibility: ['app'] } },
  }));
  return [...tools.map(tool => withPage(tool, viewOf(tool.name))), ...forPages];
}

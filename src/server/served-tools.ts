/** The served tools and what is derived from them, shared by all callers with the same policy. */

import catalog from 'virtual:tool-catalog';
import type { Tool } from '@modelcontextprotocol/server';
import { BoundedMap } from '../lib/bounded-map.ts';
import { type Lazy, lazy } from '../lib/lazy.ts';
import { instructionsFor } from '../mcp/instructions.ts';
import { toolsWithPages } from '../mcp/page-links.ts';
import { createSurface, type Surface } from '../mcp/surface.ts';
import type { PolicySettings } from '../policy/decide.ts';
import type { FindTools } from '../tool-search/index.ts';
import { createFindToolsAmong } from './find-tools.ts';

/** Derived from one policy and one list of targets. */
export interface ServedTools {
  readonly surface: Surface;
  /** The tools for clients that show pages. */
  readonly toolsWithPages: Lazy<readonly Tool[]>;
  readonly instructions: string;
  readonly findTools: FindTools;
}

/** Returns what a policy serves. @param targets the names that a tool's `target` can take */
export type ServedToolsFor = (policy: PolicySettings, targets: readonly string[]) => ServedTools;

/** How many are cached for new applications; live applications keep theirs in any case. */
const MOST_KEPT = 64;

export function createServedTools(): ServedToolsFor {
  const findToolsAmong = createFindToolsAmong(
    new Map(catalog.map(({ tool, subject }) => [tool.name, subject.access])),
  );
  const kept = new BoundedMap<string, ServedTools>(MOST_KEPT);

  function make(policy: PolicySettings, targets: readonly string[]): ServedTools {
    const surface = createSurface(catalog, policy, targets);
    return {
      surface,
      toolsWithPages: lazy(async () => {
        const { default: pageCatalog } = await import('virtual:page-tools');
        return toolsWithPages({ tools: surface.tools, catalog, pageCatalog, policy, targets });
      }),
      instructions: instructionsFor(surface, policy.surface === 'compact'),
      findTools: findToolsAmong(surface.callable),
    };
  }

  return ({ readOnly, toolsets, surface, confirm, confirmBy, scopes }, targets) => {
    // Lists of apps and environments change no tool; they are decided per call.
    const unrestricted = { apps: [], protected: [], readOnlyEnvironments: [] };
    const policy = { readOnly, toolsets, surface, confirm, confirmBy, scopes, ...unrestricted };
    return kept.getOrCreate(JSON.stringify([policy, targets]), () => make(policy, targets));
  };
}

/** The tools as callers see them, and what follows from that alone: made once for all callers who see the same. */

import catalog from 'virtual:tool-catalog';
import { LruMap } from '../lib/lru-map.ts';
import { instructionsFor } from '../mcp/instructions.ts';
import { createSurface, type Surface } from '../mcp/surface.ts';
import type { PolicySettings } from '../policy/decide.ts';
import type { FindTools } from '../tool-search/index.ts';
import { createFindToolsAmong } from './find-tools.ts';

/** What one policy and one list of targets serve. */
export interface ServedTools {
  readonly surface: Surface;
  readonly instructions: string;
  readonly findTools: FindTools;
}

/** Gives what a policy serves. @param targets the names among which a tool's `target` chooses */
export type ServedToolsFor = (policy: PolicySettings, targets: readonly string[]) => ServedTools;

/** Whose applications live keep theirs; this many more may be shared by those who come. */
const MOST_KEPT = 64;

/** Makes what gives them. */
export function createServedTools(): ServedToolsFor {
  const findToolsAmong = createFindToolsAmong();
  const kept = new LruMap<string, ServedTools>(MOST_KEPT);

  function make(policy: PolicySettings, targets: readonly string[]): ServedTools {
    const surface = createSurface(catalog, policy, targets);
    return {
      surface,
      instructions: instructionsFor(surface, policy.surface === 'compact'),
      findTools: findToolsAmong(surface.callable),
    };
  }

  return ({ readOnly, toolsets, surface, confirm, confirmBy, scopes }, targets) => {
    // Which apps and environments may be touched changes no tool: it is decided call by call.
    const anywhere = { apps: [], protected: [], readOnlyEnvironments: [] };
    const policy = { readOnly, toolsets, surface, confirm, confirmBy, scopes, ...anywhere };
    return kept.getOrCreate(JSON.stringify([policy, targets]), () => make(policy, targets));
  };
}

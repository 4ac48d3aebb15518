/** The table of all operations, in the order in which the tool list serves them. */
import { apiOperations } from './api.ts';
import { authOperations } from './auth.ts';
import { backendOperations } from './backend.ts';
import { configOperations } from './config.ts';
import type { Operation } from './define.ts';
import { jobOperations } from './jobs.ts';
import { storageOperations } from './storage.ts';
import { tokenOperations } from './tokens.ts';

/** The groups in which operations can be served. */
export const toolsets = {
  environments: backendOperations,
  jobs: jobOperations,
  auth: authOperations,
  api: apiOperations,
  storage: storageOperations,
  admin: [...configOperations, ...tokenOperations],
} as const satisfies Record<string, readonly Operation[]>;

/** The name of a group. */
export type Toolset = keyof typeof toolsets;

const toolsetByTool = new Map<string, Toolset>(
  Object.entries(toolsets).flatMap(([name, group]) =>
    group.map(({ toolName }) => [toolName, name as Toolset]),
  ),
);

/** The group that an operation is in. */
export function toolsetOf({ toolName }: Operation): Toolset {
  return toolsetByTool.get(toolName) as Toolset;
}

/** Every operation of AmplifyBackend, each once. */
export const operations: readonly Operation[] = Object.values(toolsets).flat();

export type { Access, Operation } from './define.ts';

/** The requests that agents are measured by. */
import type { AgentRequest } from './request.ts';
import { changing } from './requests/changing.ts';
import { copying } from './requests/copying.ts';
import { inMigration } from './requests/in-migration.ts';
import { limits } from './requests/limits.ts';
import { reading } from './requests/reading.ts';

export const requests: readonly AgentRequest[] = [
  ...reading,
  ...copying,
  ...changing,
  ...inMigration,
  ...limits,
];

/** The ids of the requests that need the workflows, whose calls are counted together. */
export const counted: ReadonlySet<string> = new Set(
  requests.filter(({ isCounted }) => isCounted).map(({ id }) => id),
);

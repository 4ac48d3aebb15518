/** What `take_inventory` answers. */
import { z } from 'zod';
import type { ToolOutcome } from '../define.ts';
import { texts } from '../shared/output.ts';
import { migrationStates } from './migration-state.ts';

const count = (of: string) => z.number().describe(of);

const totals = z.strictObject({
  apps: count('Apps that were read'),
  gen1: count('Apps with Gen 1 environments only'),
  gen2: count('Apps with Gen 2 backends only'),
  both: count('Apps with both'),
  neither: count('Apps without a backend'),
  unknown: count('Apps that could not be read'),
  gen2Unknown: count('Apps whose branches could not be read'),
  environments: count('Gen 1 environments'),
  gen2Backends: count('Branches with a Gen 2 backend'),
  holdingData: count('Gen 1 environments that hold data'),
  importing: count('Gen 1 environments with imported resources'),
  contentUnknown: count('Gen 1 environments whose content is unknown'),
  migrating: count("Gen 1 environments that AWS's migration tool has locked, or that are further on"),
  migrationUnknown: count('Gen 1 environments of which not all signs of a migration could be read'),
  unread: count('Apps and environments that could not be read'),
  notCounted: count('Further apps, not read for lack of time'),
});

/** One line of the inventory. */
const row = z.strictObject({
  target: z.string().optional().describe('Name of the configured account'),
  appId: z.string().describe('App id'),
  app: z.string().optional().describe('App name'),
  generation: z
    .enum(['gen1', 'gen2', 'both', 'none', 'unknown'])
    .describe('What backends the app has; unknown: it could not be read'),
  environment: z.string().optional().describe('Gen 1 environment'),
  branch: z.string().optional().describe('Branch with a Gen 2 backend'),
  state: z
    .enum(['deployed', 'registered', 'unreadable'])
    .optional()
    .describe('Of a Gen 1 environment. registered: never deployed'),
  lastChange: z.string().optional().describe('When its root stack last changed, ISO 8601'),
  data: texts.optional().describe('What holds data; of a Gen 2 branch what was moved to it'),
  imported: texts.optional().describe('Resources that Amplify did not create'),
  hosting: z
    .enum(['git', 'manual', 'own', 'none', 'unknown'])
    .describe(
      'git: builds from a repository; manual: deployed by hand; own: a bucket or container of the backend',
    ),
  migration: z
    .enum(migrationStates)
    .optional()
    .describe(
      'Of a Gen 1 environment. deployed: locked, and there is a Gen 2 backend; refactored: pools or buckets were moved to it; retained: and Gen 1 keeps the rest; failed: half way; beside: not locked, but there is a Gen 2 backend',
    ),
});

export const output = z.strictObject({
  endOfLife: z.string().describe('When Gen 1 ends, ISO 8601'),
  daysLeft: z.number().describe('Days until then; 0 afterwards'),
  accounts: z
    .array(
      z.strictObject({
        target: z.string().optional().describe('Name of the configured account'),
        account: z.string().optional().describe('AWS account id'),
        region: z.string().optional().describe('AWS region'),
        apps: z.number().optional().describe('How many apps it has; absent where they could not be listed'),
      }),
    )
    .describe('The accounts that were asked'),
  totals: totals.optional().describe('Over all apps that were read; on the first page only'),
  rows: z.array(row).describe('A row for each environment, each Gen 2 backend, and each app without either'),
  after: z.string().optional().describe('For the next page: call again with it'),
  notes: texts.optional().describe('What could not be read or is left out'),
});

type Answer = ToolOutcome<typeof output>['answer'];
export type Inventory = Answer;
export type Row = Answer['rows'][number];
export type Totals = NonNullable<Answer['totals']>;
export type Account = Answer['accounts'][number];
